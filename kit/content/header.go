package content

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/msgen/msgen/kit/param"
	"github.com/msgen/msgen/kit/schema"
)

// Header is a response header, encoded. The zero value stands for one that is not sent.
type Header struct {
	Name, Value string
	more        []string // further values, each in a line of its own
	err         error
	doc         []byte // the value as JSON; nil for text
	check       schema.Func
}

// Checked is the header with the check of its value, which is made as the mode of responses says.
func (h Header) Checked(check schema.Func) Header {
	h.check = check
	return h
}

// TextHeader is a header whose value is text.
func TextHeader[T ~string](name string, value T) Header {
	return Header{Name: name, Value: string(value)}
}

// OptionalTextHeader is a header whose value is text; nil is not sent.
func OptionalTextHeader[T ~string](name string, value *T) Header {
	if value == nil {
		return Header{}
	}
	return TextHeader(name, *value)
}

// Cookies are Set-Cookie headers, one for each value: they are the only header whose values can't be joined (RFC 6265
// section 3).
func Cookies[T ~[]string](values T) Header {
	if len(values) == 0 {
		return Header{}
	}
	return Header{Name: "Set-Cookie", Value: values[0], more: values[1:]}
}

// EncodedHeader is a header in the style simple of OpenAPI: items and members separated by commas. nil and null are not sent.
func EncodedHeader[T any](name string, encode func([]byte, *T) ([]byte, error), value *T, explode bool) Header {
	if value == nil {
		return Header{}
	}
	doc, err := encode(nil, value)
	if err != nil {
		return Header{Name: name, err: err}
	}
	if string(doc) == "null" {
		return Header{}
	}
	text, err := flat(doc, explode)
	return Header{Name: name, Value: text, err: err, doc: doc}
}

// JSONHeader is a header with JSON content.
func JSONHeader[T any](name string, encode func([]byte, *T) ([]byte, error), value *T) Header {
	if value == nil {
		return Header{}
	}
	doc, err := encode(nil, value)
	return Header{Name: name, Value: string(doc), err: err, doc: doc}
}

// checkHeader validates the value of a header as the mode says.
func (o Out) checkHeader(status int, h *Header) error {
	if h.Name == "" || h.check == nil || o.Options.Responses == Off {
		return nil
	}
	if h.doc != nil {
		return o.check(status, "header "+h.Name, h.doc, h.check)
	}
	doc := newBuffer()
	defer doc.free()
	var ok bool
	if doc.bytes, ok = param.AppendString(doc.bytes, h.Value); !ok {
		return fmt.Errorf("operation %s: response header %s is not UTF-8", o.Operation, h.Name)
	}
	return o.check(status, "header "+h.Name, doc.bytes, h.check)
}

// headers sets the headers of a response.
func (o Out) headers(status int, headers []Header) error {
	for i := range headers {
		h := &headers[i]
		if h.err != nil {
			return fmt.Errorf("operation %s: response header %s: %w", o.Operation, h.Name, h.err)
		}
		if strings.ContainsAny(h.Value+strings.Join(h.more, ""), "\r\n\x00") {
			return fmt.Errorf("operation %s: response header %s holds a line break", o.Operation, h.Name)
		}
		if err := o.checkHeader(status, h); err != nil {
			return err
		}
	}
	for _, h := range headers {
		if h.Name == "" {
			continue
		}
		o.W.Header().Set(h.Name, h.Value)
		for _, value := range h.more {
			o.W.Header().Add(h.Name, value)
		}
	}
	return nil
}

// flat writes a JSON value in the style simple: a string without its quotes, the items of an array and the names and
// values of an object separated by commas. Members that are null are left out.
func flat(doc []byte, explode bool) (string, error) {
	doc = bytes.TrimSpace(doc)
	if len(doc) == 0 {
		return "", errors.New("is empty")
	}
	switch doc[0] {
	case '"':
		var s string
		err := json.Unmarshal(doc, &s)
		return s, err
	case '[':
		var items []json.RawMessage
		if err := json.Unmarshal(doc, &items); err != nil {
			return "", err
		}
		texts := make([]string, len(items))
		for i, item := range items {
			text, err := flat(item, false)
			if err != nil {
				return "", err
			}
			texts[i] = text
		}
		return strings.Join(texts, ","), nil
	case '{':
		return flatObject(doc, explode)
	case 'n':
		return "", nil
	}
	return string(doc), nil
}

// flatObject writes the members of an object in their order: name,value or name=value.
func flatObject(doc []byte, explode bool) (string, error) {
	between := ","
	if explode {
		between = "="
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	if _, err := d.Token(); err != nil {
		return "", err
	}
	var texts []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return "", err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return "", err
		}
		if string(value) == "null" {
			continue
		}
		text, err := flat(value, false)
		if err != nil {
			return "", err
		}
		texts = append(texts, fmt.Sprint(name)+between+text)
	}
	return strings.Join(texts, ","), nil
}
