package schema

import (
	"bytes"
	"strings"
)

// tree is a parsed JSON value.
type tree struct {
	kind    Kind
	text    []byte           // of a number or boolean: its literal; of a string: its content
	items   []*tree          // of an array
	members map[string]*tree // of an object
	keys    []string         // of an object, in order
}

// parseTree parses JSON that is known to be valid.
func parseTree(data []byte) *tree {
	s := &Scanner{data: data, limits: Limits{Depth: 1 << 20, Members: 1 << 30, Number: 1 << 30, Exponent: 1 << 20}}
	s.space()
	return s.tree()
}

func (s *Scanner) tree() *tree {
	start := s.pos
	t := &tree{kind: s.Kind()}
	switch t.kind {
	case KindObject:
		t.members = map[string]*tree{}
		var o Members
		s.Object(&o)
		for s.Member(&o) {
			key := string(s.Key(&o))
			t.keys = append(t.keys, key)
			t.members[key] = s.tree()
		}
		s.EndObject(&o, nil)
	case KindArray:
		var a Items
		s.Array(&a)
		for s.Item(&a) {
			t.items = append(t.items, s.tree())
		}
		s.EndArray(&a, 0, -1)
	case KindString:
		text, _ := s.text()
		t.text = bytes.Clone(text)
	default:
		s.Any()
		t.text = s.data[start:s.pos]
	}
	return t
}

func (t *tree) equal(u *tree) bool {
	if t.kind != u.kind {
		return false
	}
	switch t.kind {
	case KindObject:
		if len(t.members) != len(u.members) {
			return false
		}
		for key, value := range t.members {
			other, ok := u.members[key]
			if !ok || !value.equal(other) {
				return false
			}
		}
		return true
	case KindArray:
		if len(t.items) != len(u.items) {
			return false
		}
		for i := range t.items {
			if !t.items[i].equal(u.items[i]) {
				return false
			}
		}
		return true
	case KindNumber:
		return parseDecimal(t.text).compare(parseDecimal(u.text)) == 0
	}
	return bytes.Equal(t.text, u.text)
}

// escapeToken escapes a token of a JSON pointer (RFC 6901 section 3).
func escapeToken(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}
