package param

import (
	"encoding/json"
	"strconv"
	"strings"
)

// append appends the JSON value of the collected parameter. The alternative reads what can be read in two ways the
// other way: as a string what looks like a number, as one value what looks like a list.
func (in *Reader) append(dst []byte, p *Spec, alternative bool) ([]byte, fault) {
	if p.JSON {
		return in.appendJSON(dst, p)
	}
	if p.In == QueryString {
		return in.appendQuery(dst, p, alternative)
	}
	switch in.shape(p, alternative) {
	case Array:
		items, wrong := in.split(p, alternative)
		if wrong != (fault{}) {
			return dst, wrong
		}
		return appendArray(dst, p.Value.Items, items, alternative)
	case Object:
		if p.Style == DeepObject {
			return in.appendDeep(dst, p, alternative)
		}
		fields, wrong := in.members(p)
		if wrong != (fault{}) {
			return dst, wrong
		}
		return appendObject(dst, &p.Value, fields, alternative)
	}
	return in.appendText(dst, p, alternative)
}

// shape decides whether the parameter is read as an array, an object or a scalar (zero).
func (in *Reader) shape(p *Spec, alternative bool) Types {
	t := p.Value.Types
	if t == 0 || t == Any {
		if len(in.raws) > 1 {
			return Array
		}
		return 0
	}
	if p.Style == DeepObject && t&Object != 0 && len(in.raws) == 0 {
		return Object
	}
	compound, plain := t&(Array|Object), t&scalars != 0
	if plain && (compound == 0 || len(in.raws) == 1 && !alternative) {
		return 0
	}
	if compound == Array|Object {
		if alternative || p.exploded() && len(in.raws) == 0 {
			return Object
		}
		return Array
	}
	return compound
}

// appendText appends a scalar.
func (in *Reader) appendText(dst []byte, p *Spec, alternative bool) ([]byte, fault) {
	text, wrong := in.single(p)
	if wrong != (fault{}) {
		return dst, wrong
	}
	dst, want := appendScalar(dst, text, p.Value.Types, alternative)
	if want != "" {
		return dst, fault{"", "type", "must be " + want}
	}
	in.scalar, in.text = string(dst) != "null", text
	return dst, fault{}
}

// single returns the decoded text of a parameter that may occur once.
func (in *Reader) single(p *Spec) (string, fault) {
	if len(in.raws) != 1 {
		return "", fault{"", "type", "is given more than once"}
	}
	raw, wrong := p.strip(in.raws[0])
	if wrong != (fault{}) {
		return "", wrong
	}
	return p.decode(raw)
}

// strip takes the prefix that the styles label and matrix put before a value.
func (p *Spec) strip(raw string) (string, fault) {
	ok := true
	switch p.Style {
	case Label:
		raw, ok = strings.CutPrefix(raw, ".")
	case Matrix:
		if raw, ok = strings.CutPrefix(raw, ";"); ok && !(p.Explode && p.Value.Types&Object != 0 && p.Value.Types != Any) {
			if raw, ok = strings.CutPrefix(raw, p.Name); ok && raw != "" {
				raw, ok = strings.CutPrefix(raw, "=")
			}
		}
	}
	if !ok {
		return "", fault{"", "style", "is not written in the style of the parameter"}
	}
	return raw, fault{}
}

// decode decodes the percent-encoding that the place of the parameter has. A cookie that is not encoded properly is
// taken as it is, and headers have no encoding.
func (p *Spec) decode(raw string) (string, fault) {
	switch p.In {
	case Header:
		return strings.Trim(raw, " \t"), fault{}
	case Cookie:
		if text, ok := unescape(raw, false); ok {
			return text, fault{}
		}
		return raw, fault{}
	}
	text, ok := unescape(raw, p.In != Path)
	if !ok {
		return "", fault{"", "", "has a malformed percent-encoding"}
	}
	return text, fault{}
}

// separator returns the text between the items of an array.
func (p *Spec) separator(alternative bool) string {
	switch p.Style {
	case Label:
		if p.Explode || alternative {
			return "."
		}
	case Matrix:
		if p.Explode {
			return ";" + p.Name + "="
		}
	}
	return ","
}

// split returns the decoded items of an array.
func (in *Reader) split(p *Spec, alternative bool) ([]string, fault) {
	in.items = in.items[:0]
	if p.Style == Form && p.Explode || p.Style == DeepObject {
		for _, raw := range in.raws {
			text, wrong := p.decode(raw)
			if wrong != (fault{}) {
				return nil, wrong
			}
			in.items = append(in.items, text)
		}
		return in.items, fault{}
	}
	if len(in.raws) > 1 && p.In != Header {
		return nil, fault{"", "type", "is given more than once"}
	}
	for _, raw := range in.raws {
		raw, wrong := p.strip(raw)
		if wrong != (fault{}) {
			return nil, wrong
		}
		for rest, more := raw, raw != ""; more; {
			var item string
			item, rest, more = p.cut(rest, alternative)
			text, wrong := p.decode(item)
			if wrong != (fault{}) {
				return nil, wrong
			}
			in.items = append(in.items, text)
		}
	}
	return in.items, fault{}
}

// cut cuts the first item off a list.
func (p *Spec) cut(list string, alternative bool) (item, rest string, more bool) {
	if p.Style != SpaceDelimited && p.Style != PipeDelimited {
		return strings.Cut(list, p.separator(alternative))
	}
	for i := 0; i < len(list); i++ {
		switch {
		case p.Style == SpaceDelimited && (list[i] == '+' || list[i] == ' '), p.Style == PipeDelimited && list[i] == '|':
			return list[:i], list[i+1:], true
		case list[i] == '%' && i+2 < len(list):
			c := list[i : i+3]
			if p.Style == SpaceDelimited && c == "%20" || p.Style == PipeDelimited && strings.EqualFold(c, "%7C") {
				return list[:i], list[i+3:], true
			}
		}
	}
	return list, "", false
}

// members returns the decoded members of an object.
func (in *Reader) members(p *Spec) ([]field, fault) {
	in.fields = in.fields[:0]
	if p.exploded() && (p.In == Query || p.In == Cookie) {
		for _, q := range in.pairs {
			if !p.takes(q.name) {
				continue
			}
			text, wrong := p.decode(q.raw)
			if wrong != (fault{}) {
				return nil, wrong
			}
			in.fields = append(in.fields, field{q.name, text})
		}
		return in.fields, in.tooMany()
	}
	if p.Style == Matrix && p.Explode && len(in.raws) == 1 {
		raw, ok := strings.CutPrefix(in.raws[0], ";")
		if !ok {
			return nil, fault{"", "style", "is not written in the style of the parameter"}
		}
		return in.assignments(p, raw, ";")
	}
	if p.Explode && len(in.raws) == 1 {
		raw, wrong := p.strip(in.raws[0])
		if wrong != (fault{}) {
			return nil, wrong
		}
		return in.assignments(p, raw, p.separator(false))
	}
	items, wrong := in.split(p, false)
	if wrong != (fault{}) {
		return nil, wrong
	}
	if len(items)%2 != 0 {
		return nil, fault{"", "type", "must be a list of names and values"}
	}
	for i := 0; i < len(items); i += 2 {
		in.fields = append(in.fields, field{items[i], items[i+1]})
	}
	return in.fields, in.tooMany()
}

// assignments reads a list of name=value.
func (in *Reader) assignments(p *Spec, list, separator string) ([]field, fault) {
	for rest, more := list, list != ""; more; {
		var item string
		item, rest, more = strings.Cut(rest, separator)
		name, value, ok := strings.Cut(item, "=")
		if !ok {
			return nil, fault{"", "type", "must be a list of name=value"}
		}
		name, wrong := p.decode(name)
		if wrong != (fault{}) {
			return nil, wrong
		}
		text, wrong := p.decode(value)
		if wrong != (fault{}) {
			return nil, wrong
		}
		in.fields = append(in.fields, field{name, text})
	}
	return in.fields, in.tooMany()
}

// tooMany checks the number of members.
func (in *Reader) tooMany() fault {
	if len(in.fields) > maxMembers {
		return fault{"", "maxProperties", "has too many members"}
	}
	return fault{}
}

// appendJSON appends the text of a parameter with JSON content.
func (in *Reader) appendJSON(dst []byte, p *Spec) ([]byte, fault) {
	text, wrong := in.single(p)
	if wrong != (fault{}) {
		return dst, wrong
	}
	return append(dst, text...), fault{}
}

// appendArray appends the items as a JSON array.
func appendArray(dst []byte, item *Value, items []string, alternative bool) ([]byte, fault) {
	dst = append(dst, '[')
	for i, text := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		var wrong fault
		if dst, wrong = appendNested(dst, item, text, alternative); wrong != (fault{}) {
			wrong.pointer = "/" + strconv.Itoa(i)
			return dst, wrong
		}
	}
	return append(dst, ']'), fault{}
}

// appendNested appends a value inside of an array or object. Arrays and objects have no style there: they are JSON.
func appendNested(dst []byte, v *Value, text string, alternative bool) ([]byte, fault) {
	var t Types
	if v != nil {
		t = v.Types
	}
	if t != 0 && t&scalars == 0 && t&(Array|Object) != 0 && text != "" {
		if len(text) > 64<<10 || !json.Valid([]byte(text)) {
			return dst, fault{"", "type", "must be " + expected(t) + " in JSON"}
		}
		return append(dst, text...), fault{}
	}
	dst, want := appendScalar(dst, text, t, alternative)
	if want != "" {
		return dst, fault{"", "type", "must be " + want}
	}
	return dst, fault{}
}

// appendObject appends the members as a JSON object. A member that occurs several times must be an array.
func appendObject(dst []byte, v *Value, fields []field, alternative bool) ([]byte, fault) {
	dst = append(dst, '{')
	first := true
	for i, f := range fields {
		if index(fields[:i], f.name) >= 0 {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		var ok bool
		if dst, ok = AppendString(dst, f.name); !ok {
			return dst, fault{"", "", "must be valid UTF-8"}
		}
		dst = append(dst, ':')
		var wrong fault
		if dst, wrong = appendMember(dst, v.member(f.name), fields[i:], alternative); wrong != (fault{}) {
			wrong.pointer = string(appendPointer(nil, f.name)) + wrong.pointer
			return dst, wrong
		}
	}
	return append(dst, '}'), fault{}
}

// appendMember appends the value of the first field, together with the later ones of the same name.
func appendMember(dst []byte, v *Value, fields []field, alternative bool) ([]byte, fault) {
	name := fields[0].name
	repeated := index(fields[1:], name) >= 0
	var t Types
	if v != nil {
		t = v.Types
	}
	if repeated && (t == 0 || t&Array != 0) || t&Array != 0 && t&scalars == 0 && !strings.HasPrefix(fields[0].text, "[") {
		items := make([]string, 0, 4)
		for _, f := range fields {
			if f.name == name {
				items = append(items, f.text)
			}
		}
		var item *Value
		if v != nil {
			item = v.Items
		}
		return appendArray(dst, item, items, alternative)
	}
	if repeated {
		return dst, fault{"", "type", "is given more than once"}
	}
	return appendNested(dst, v, fields[0].text, alternative)
}

// member returns the value of the member name, or nil when anything goes.
func (v *Value) member(name string) *Value {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return v.Additional
}

// index finds a field by its name.
func index(fields []field, name string) int {
	for i := range fields {
		if fields[i].name == name {
			return i
		}
	}
	return -1
}
