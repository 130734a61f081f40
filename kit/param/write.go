package param

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// WriteForm returns the form (application/x-www-form-urlencoded) that AppendForm reads as value, which must encode as a
// JSON object; null members are left out. members say in which style a member is written; one that they don't name is
// written as style form with explode. Arrays and objects inside of arrays and objects are written as JSON.
func WriteForm(value any, members []Spec) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil {
		return "", errors.New("a form must be an object: use a struct or a map")
	}
	var f formWriter
	for _, name := range slices.Sorted(maps.Keys(object)) {
		member := Spec{Name: name, Style: Form, Explode: true}
		if i := slices.IndexFunc(members, func(m Spec) bool { return m.Name == name }); i >= 0 {
			member = members[i]
		}
		f.member(&member, object[name])
	}
	return f.b.String(), nil
}

// WriteQuery returns text as a whole query string.
func WriteQuery(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// formWriter writes pairs.
type formWriter struct{ b strings.Builder }

// pair writes a name and a value that is escaped already.
func (f *formWriter) pair(name, value string) {
	if f.b.Len() > 0 {
		f.b.WriteByte('&')
	}
	f.b.WriteString(url.QueryEscape(name) + "=" + value)
}

func (f *formWriter) member(m *Spec, value any) {
	switch v := value.(type) {
	case nil:
	case []any:
		f.list(m, v)
	case map[string]any:
		f.object(m, v)
	default:
		f.pair(m.Name, escapedText(value))
	}
}

func (f *formWriter) list(m *Spec, items []any) {
	var texts []string
	for _, item := range items {
		texts = append(texts, escapedText(item))
	}
	switch {
	case m.Explode && m.Style != SpaceDelimited && m.Style != PipeDelimited:
		for _, text := range texts {
			f.pair(m.Name, text)
		}
	case len(texts) > 0:
		f.pair(m.Name, strings.Join(texts, separator(m.Style)))
	}
}

func (f *formWriter) object(m *Spec, members map[string]any) {
	var flat []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := members[name]
		switch {
		case value == nil:
		case m.Style == DeepObject:
			f.deep(m.Name+"["+name+"]", value)
		case m.Style == Form && m.Explode:
			f.pair(name, escapedText(value))
		default:
			flat = append(flat, url.QueryEscape(name), escapedText(value))
		}
	}
	if len(flat) > 0 {
		f.pair(m.Name, strings.Join(flat, separator(m.Style)))
	}
}

// deep writes what stands under a name such as a[b].
func (f *formWriter) deep(name string, value any) {
	switch v := value.(type) {
	case nil:
	case []any:
		for _, item := range v {
			f.pair(name+"[]", escapedText(item))
		}
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(v)) {
			f.deep(name+"["+member+"]", v[member])
		}
	default:
		f.pair(name, escapedText(value))
	}
}

// escapedText is a scalar, or the JSON of what is none, for a form.
func escapedText(value any) string {
	text, ok := value.(string)
	if !ok {
		data, err := json.Marshal(value)
		if err != nil {
			return "" // a value that was decoded from JSON is always encoded
		}
		text = string(data)
	}
	return url.QueryEscape(text)
}

// separator stands between the values of a style that writes them into one pair.
func separator(style Style) string {
	switch style {
	case SpaceDelimited:
		return "%20"
	case PipeDelimited:
		return "%7C"
	}
	return ","
}
