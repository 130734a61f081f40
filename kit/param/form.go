package param

import (
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/kit/problem"
)

// AppendForm appends the JSON object that a form body (application/x-www-form-urlencoded) stands for. The members of v
// say in which style each field is written. Errors have the pointers of a body: /name. With alternative set, what can be
// read in two ways is read the other way: as a string what looks like a number.
func AppendForm(dst []byte, body string, v *Value, alternative bool) ([]byte, []problem.FieldError) {
	in := NewReader(nil, nil)
	defer in.Close()
	if detail := in.parse(body); detail != "" {
		return dst, []problem.FieldError{{Detail: detail}}
	}
	dst, wrong := in.appendPairs(dst, v, alternative)
	if wrong != (fault{}) {
		return dst, []problem.FieldError{{Pointer: wrong.pointer, Detail: wrong.detail, Keyword: wrong.keyword}}
	}
	return dst, nil
}

// appendQuery appends the value of a querystring parameter with form content.
func (in *Reader) appendQuery(dst []byte, p *Spec, alternative bool) ([]byte, fault) {
	if !p.Form {
		return in.appendText(dst, p, alternative)
	}
	if detail := in.parse(in.request.URL.RawQuery); detail != "" {
		return dst, fault{"", "", detail}
	}
	return in.appendPairs(dst, &p.Value, alternative)
}

// appendPairs appends the pairs as an object: the declared members in their styles, then the others.
func (in *Reader) appendPairs(dst []byte, v *Value, alternative bool) ([]byte, fault) {
	dst = append(dst, '{')
	first := true
	for i := range v.Members {
		m := &v.Members[i]
		in.raws = in.raws[:0]
		if !in.find(m) {
			continue
		}
		dst = appendName(dst, m.Name, &first)
		var wrong fault
		if dst, wrong = in.append(dst, m, alternative); wrong != (fault{}) {
			wrong.pointer = string(appendPointer(nil, m.Name)) + wrong.pointer
			return dst, wrong
		}
	}
	in.fields = in.fields[:0]
	for _, q := range in.pairs {
		if v.claims(q.name) {
			continue
		}
		text, ok := unescape(q.raw, true)
		if _, utf8 := AppendString(in.spare[:0], q.name); !ok || !utf8 {
			return dst, fault{"", "", "must be valid UTF-8"}
		}
		in.fields = append(in.fields, field{q.name, text})
	}
	if wrong := in.tooMany(); wrong != (fault{}) {
		return dst, wrong
	}
	for i, f := range in.fields {
		if index(in.fields[:i], f.name) >= 0 {
			continue
		}
		dst = appendName(dst, f.name, &first)
		var wrong fault
		if dst, wrong = appendMember(dst, v.Additional, in.fields[i:], alternative); wrong != (fault{}) {
			wrong.pointer = string(appendPointer(nil, f.name)) + wrong.pointer
			return dst, wrong
		}
	}
	return append(dst, '}'), fault{}
}

// claims reports whether a declared member takes the pair called name.
func (v *Value) claims(name string) bool {
	return slices.ContainsFunc(v.Members, func(m Spec) bool {
		return m.Name == name || m.Style == DeepObject && deepName(name, m.Name) || m.exploded() && m.takes(name)
	})
}

// appendName appends the name of a member and what stands before and after it.
func appendName(dst []byte, name string, first *bool) []byte {
	if !*first {
		dst = append(dst, ',')
	}
	*first = false
	dst, _ = AppendString(dst, name)
	return append(dst, ':')
}

// Field is one field of a multipart body. JSON says that its text is one valid JSON value.
type Field struct {
	Name, Text string
	JSON       bool
}

// AppendFields appends the JSON object that the fields of a multipart body stand for, like [AppendForm].
func AppendFields(dst []byte, all []Field, v *Value, alternative bool) ([]byte, []problem.FieldError) {
	dst = append(dst, '{')
	first := true
	for i, f := range all {
		if slices.ContainsFunc(all[:i], func(before Field) bool { return before.Name == f.Name }) {
			continue
		}
		if _, ok := AppendString(nil, f.Name); !ok {
			return dst, []problem.FieldError{{Detail: "has a name that is not UTF-8"}}
		}
		dst = appendName(dst, f.Name, &first)
		var wrong fault
		if dst, wrong = appendField(dst, v.member(f.Name), all[i:], alternative); wrong != (fault{}) {
			pointer := string(appendPointer(nil, f.Name)) + wrong.pointer
			return dst, []problem.FieldError{{Pointer: pointer, Detail: wrong.detail, Keyword: wrong.keyword}}
		}
	}
	return append(dst, '}'), nil
}

// appendField appends the value of the first field, together with the later ones of the same name.
func appendField(dst []byte, v *Value, all []Field, alternative bool) ([]byte, fault) {
	var same []Field
	for _, f := range all {
		if f.Name == all[0].Name {
			same = append(same, f)
		}
	}
	if v == nil {
		v = &Value{}
	}
	whole := len(same) == 1 && same[0].JSON && (v.Items == nil || strings.HasPrefix(strings.TrimLeft(same[0].Text, " \t\r\n"), "["))
	list := v.Types&Array != 0 && v.Types != Any && !whole && (v.Types&scalars == 0 || len(same) > 1)
	if !list && len(same) > 1 {
		return dst, fault{"", "type", "is given more than once"}
	}
	if !list {
		return appendFieldText(dst, v, same[0], alternative)
	}
	dst = append(dst, '[')
	for i, f := range same {
		if i > 0 {
			dst = append(dst, ',')
		}
		var wrong fault
		if dst, wrong = appendFieldText(dst, v.Items, f, alternative); wrong != (fault{}) {
			wrong.pointer = "/" + strconv.Itoa(i)
			return dst, wrong
		}
	}
	return append(dst, ']'), fault{}
}

// appendFieldText appends the value of one field.
func appendFieldText(dst []byte, v *Value, f Field, alternative bool) ([]byte, fault) {
	if f.JSON {
		return append(dst, f.Text...), fault{}
	}
	return appendNested(dst, v, f.Text, alternative)
}
