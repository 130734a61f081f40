package generator

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// serverAnswer is one content of a response as the templates see it; Content is nil for a response without one.
type serverAnswer struct {
	*Response
	Content *Content
	Type    string // Go name
	Var     string // Go name of its codec
	GoType  string // of the body, "" for none
	Codec   string // Go expression, "" for none
	Check   string // Go expression of the validator of a text
	Fields  []*serverHeader

	body     string // Go expression of a pointer to the body of JSON
	declared []int  // the codes that have responses of their own
}

// serverHeader is a response header as the templates see it.
type serverHeader struct {
	*Header
	GoType string // of the field
	Encode string // Go expression of type content.Header
}

// Words is the comment of the field.
func (h *serverHeader) Words() string { return modelComment(h.Comment) }

// answers describes the contents of a response.
func (o *serverOperation) answers(r *Response) error {
	contents := r.Contents
	if len(contents) == 0 {
		contents = []*Content{nil}
	}
	var headers []*serverHeader
	for _, h := range r.Headers {
		header, err := o.header(h)
		if err != nil {
			return err
		}
		headers = append(headers, header)
	}
	for _, c := range contents {
		a := &serverAnswer{Response: r, Content: c, Type: r.Name, Fields: headers}
		if c != nil {
			a.Type += c.Suffix
		}
		a.Var = "answer" + a.Type
		for _, other := range o.Responses {
			if code, err := strconv.Atoi(other.Status); err == nil {
				a.declared = append(a.declared, code)
			}
		}
		if err := o.answer(a); err != nil {
			return err
		}
		o.Answers = append(o.Answers, a)
	}
	return nil
}

// answer settles the type and the codec of a content.
func (o *serverOperation) answer(a *serverAnswer) error {
	c := a.Content
	switch {
	case c == nil:
		return nil
	case c.Kind == EventStream:
		a.GoType = "iter.Seq[content.Event]"
		return nil
	case c.Kind == Text:
		a.GoType = "string"
		var err error
		a.Check, err = o.view.validator(c.Schema, schema.Response)
		return err
	case c.Kind == JSON && c.Type != nil:
		a.GoType = o.view.use(c.Type)
		a.body = "&v.Body"
		switch kind := o.view.kind(a.GoType); {
		case kind == "[]" && a.GoType != "[]byte":
			a.body = "content.List(&v.Body)"
		case kind == "map":
			a.body = "content.Map(&v.Body)"
		}
		var err error
		a.Codec, err = o.codec(c.Type, c.Schema, schema.Response)
		return err
	}
	a.GoType = "io.Reader"
	return nil
}

// Doc is the comment of the answer's type.
func (a *serverAnswer) Doc() string {
	doc := a.Type + " is the response " + a.Status
	if a.Content != nil && a.Content.Suffix != "" {
		doc += " as " + essence(a.Content.MediaType)
	}
	if description := oneLine(a.Description); description != "" {
		doc += ": " + description
	}
	return doc
}

// Body is the name of the field that holds the body.
func (a *serverAnswer) Body() string {
	if a.Events() {
		return "Events"
	}
	return "Body"
}

// Events tells whether the answer is a stream of events.
func (a *serverAnswer) Events() bool { return a.Content != nil && a.Content.Kind == EventStream }

// Stream tells whether the body is an io.Reader.
func (a *serverAnswer) Stream() bool { return a.GoType == "io.Reader" }

// Text tells whether the body is text.
func (a *serverAnswer) Text() bool { return a.Check != "" }

// Variable tells whether the handler sets the status.
func (a *serverAnswer) Variable() bool {
	return a.Status == "default" || strings.HasSuffix(a.Status, "XX")
}

// Code is a Go expression of the status.
func (a *serverAnswer) Code() string {
	if a.Variable() {
		return "v.StatusCode"
	}
	return a.Status
}

// Covers is the Go expression that checks the status that the handler set: that it is in the range of the response, and
// that no other response declares it.
func (a *serverAnswer) Covers() string {
	low, high := 200, 599
	if a.Status != "default" {
		low = int(a.Status[0]-'0') * 100
		high = low + 99
	}
	args := fmt.Sprintf("v.StatusCode, %d, %d", low, high)
	for _, code := range a.declared {
		if code >= low && code <= high {
			args += ", " + strconv.Itoa(code)
		}
	}
	return "out.Covers(" + args + ")"
}

// Write is the Go expression that writes the answer.
func (a *serverAnswer) Write() string {
	args := "out, " + a.Code()
	media := GoString(a.MediaType())
	if a.Chooses() {
		media = "content.Or(v.ContentType, " + media + ")"
	}
	function := "WriteEmpty"
	switch {
	case a.Events():
		function, args = "WriteEvents", args+", "+media+", v.Events"
	case a.Text():
		function, args = "WriteText", args+", "+media+", "+a.Check+", v.Body"
	case a.Stream():
		function, args = "WriteStream", args+", "+media+", v.Body"
	case a.Codec != "":
		function, args = "WriteJSON", args+", "+media+", &"+a.Var+", "+a.body
	}
	for _, h := range a.Fields {
		args += ",\n" + h.Encode
	}
	if len(a.Fields) > 0 {
		args += ",\n"
	}
	return "content." + function + "(" + args + ")"
}

// Chooses tells whether the handler may set the media type.
func (a *serverAnswer) Chooses() bool {
	return a.Stream() || a.Text() && strings.Contains(a.Content.MediaType, "*")
}

// MediaType is the media type that is sent when the handler sets none.
func (a *serverAnswer) MediaType() string {
	if a.Content == nil {
		return ""
	}
	sent := strings.TrimSpace(a.Content.MediaType)
	if !strings.Contains(essence(sent), "*") && !strings.ContainsAny(sent, "\r\n") {
		return sent
	}
	switch a.Content.Kind {
	case JSON:
		return "application/json"
	case Text:
		return "text/plain"
	}
	return "application/octet-stream"
}

// header describes a response header, with the check of what its Go type leaves open.
func (o *serverOperation) header(h *Header) (*serverHeader, error) {
	out := o.headerField(h)
	if strings.HasPrefix(out.Encode, "content.Cookies(") {
		return out, nil
	}
	check, err := o.view.validator(h.Schema, schema.Response)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(check, "(*schema.Scanner).Any") && check != "(*schema.Scanner).Bool" {
		out.Encode += ".Checked(" + check + ")"
	}
	return out, nil
}

// headerField describes a response header by its Go type.
func (o *serverOperation) headerField(h *Header) *serverHeader {
	goType := o.view.use(h.Type)
	out := &serverHeader{Header: h, GoType: goType}
	name, value := GoString(h.Name), "v."+h.Field
	pointer := !h.Required && !o.view.container(goType)
	if pointer {
		out.GoType = "*" + goType
	}
	if strings.EqualFold(h.Name, "Set-Cookie") && goType == "[]string" {
		out.Encode = "content.Cookies(" + value + ")"
		return out
	}
	asJSON := h.MediaType != "" && contentKind(h.MediaType) == JSON
	switch {
	case o.view.kind(goType) == "string" && !asJSON && pointer:
		out.Encode = fmt.Sprintf("content.OptionalTextHeader(%s, %s)", name, value)
		return out
	case o.view.kind(goType) == "string" && !asJSON:
		out.Encode = fmt.Sprintf("content.TextHeader(%s, %s)", name, value)
		return out
	}
	if !pointer {
		value = "&" + value
	}
	if asJSON {
		out.Encode = fmt.Sprintf("content.JSONHeader(%s, %s, %s)", name, o.view.unit.Encoder(goType), value)
	} else {
		out.Encode = fmt.Sprintf("content.EncodedHeader(%s, %s, %s, %t)", name, o.view.unit.Encoder(goType), value, h.Explode)
	}
	return out
}
