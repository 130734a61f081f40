package param

import (
	"strconv"
	"strings"
)

// appendDeep appends the object of a deepObject parameter: name[member]=value, name[member][inner]=value,
// name[list][]=value. The numbers in name[list][7]=value keep no gaps: the items come in the order of the query.
func (in *Reader) appendDeep(dst []byte, p *Spec, alternative bool) ([]byte, fault) {
	in.fields = in.fields[:0]
	for _, q := range in.pairs {
		if !deepName(q.name, p.Name) {
			continue
		}
		path := q.name[len(p.Name):]
		if path[len(path)-1] != ']' || strings.Count(path, "][") >= maxDepth {
			return dst, fault{"", "style", "is not written as name[member]=value"}
		}
		text, wrong := p.decode(q.raw)
		if wrong != (fault{}) {
			return dst, wrong
		}
		in.fields = append(in.fields, field{path[1:], text})
	}
	if wrong := in.tooMany(); wrong != (fault{}) {
		return dst, wrong
	}
	return appendTree(dst, &p.Value, in.fields, alternative)
}

// appendTree appends the object whose members have the paths "a]" or "a][b]".
func appendTree(dst []byte, v *Value, fields []field, alternative bool) ([]byte, fault) {
	dst = append(dst, '{')
	first := true
	for i, f := range fields {
		name, _, _ := strings.Cut(f.name, "]")
		if seen(fields[:i], name) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		var ok bool
		if dst, ok = AppendString(dst, name); !ok {
			return dst, fault{"", "", "must be valid UTF-8"}
		}
		dst = append(dst, ':')
		var member *Value
		if v != nil {
			member = v.member(name)
		}
		var wrong fault
		if dst, wrong = appendBranch(dst, member, inner(fields[i:], name), alternative); wrong != (fault{}) {
			wrong.pointer = string(appendPointer(nil, name)) + wrong.pointer
			return dst, wrong
		}
	}
	return append(dst, '}'), fault{}
}

// seen reports whether a field before is of the member name.
func seen(fields []field, name string) bool {
	for _, f := range fields {
		if before, _, _ := strings.Cut(f.name, "]"); before == name {
			return true
		}
	}
	return false
}

// inner returns the fields of the member name, with the rest of their paths: "" for a value, "b]" or "b][c]" for more.
func inner(fields []field, name string) []field {
	var in []field
	for _, f := range fields {
		if before, rest, _ := strings.Cut(f.name, "]"); before == name {
			in = append(in, field{strings.TrimPrefix(rest, "["), f.text})
		}
	}
	return in
}

// appendBranch appends the value of one member.
func appendBranch(dst []byte, v *Value, fields []field, alternative bool) ([]byte, fault) {
	leaves := 0
	for _, f := range fields {
		if f.name == "" {
			leaves++
		}
	}
	switch {
	case leaves == len(fields):
		return appendMember(dst, v, fields, alternative)
	case leaves > 0:
		return dst, fault{"", "type", "is given as a value and as an object"}
	case v != nil && v.Types&Array != 0 && v.Types != Any && listed(fields):
		return appendList(dst, v.Items, fields, alternative)
	}
	return appendTree(dst, v, fields, alternative)
}

// listed reports whether the fields are items: "]" or "7]".
func listed(fields []field) bool {
	for _, f := range fields {
		index, _, _ := strings.Cut(f.name, "]")
		if digits(index) != len(index) {
			return false
		}
	}
	return true
}

// appendList appends the items of a list inside of a deepObject, in the order in which they came.
func appendList(dst []byte, item *Value, fields []field, alternative bool) ([]byte, fault) {
	dst = append(dst, '[')
	n := 0
	for i, f := range fields {
		index, rest, _ := strings.Cut(f.name, "]")
		members := []field{{strings.TrimPrefix(rest, "["), f.text}}
		if index != "" {
			if seen(fields[:i], index) {
				continue
			}
			members = inner(fields[i:], index)
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		var wrong fault
		if dst, wrong = appendBranch(dst, item, members, alternative); wrong != (fault{}) {
			wrong.pointer = "/" + strconv.Itoa(n) + wrong.pointer
			return dst, wrong
		}
		n++
	}
	return append(dst, ']'), fault{}
}
