package compat

import (
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// whole returns a value of the whole body or parameter that shows the difference d: the sender may send it, the receiver
// refuses it. known is a witness of the pair, which may show d already. ok is false when no value could be confirmed.
func (s *schemas) whole(side string, sender, receiver *schema.Schema, d schema.Difference, known any, hasKnown bool) (any, bool) {
	o := s.options(side)
	if d.Answer != schema.No {
		return nil, false
	}
	if d.Path == "" && schema.Confirm(sender, receiver, d.Witness, o) == nil {
		return d.Witness, true
	}
	if hasKnown && shows(known, steps(d.Path), func(v any) bool { return schema.Equal(v, d.Witness) }) {
		return known, true
	}
	for _, around := range surround(steps(d.Path), d.Witness) {
		narrowed := &schema.Schema{AllOf: []*schema.Schema{sender, around}}
		result := schema.Subset(narrowed, receiver, o)
		if result.Answer == schema.No && schema.Confirm(sender, receiver, result.Witness, o) == nil {
			return result.Witness, true
		}
	}
	if hasKnown && shows(known, steps(d.Path), func(v any) bool { return schema.Refuses(d.Receiver, v, o) }) {
		return known, true
	}
	return nil, false
}

func steps(path string) []string {
	if path == "" {
		return nil
	}
	tokens := strings.Split(path[1:], "/")
	for i := range tokens {
		tokens[i] = spec.UnescapePointer(tokens[i])
	}
	return tokens
}

// shows tells whether some value at the path (in which * is any member or item) has the property.
func shows(v any, path []string, has func(any) bool) bool {
	if len(path) == 0 {
		return has(v)
	}
	switch v := v.(type) {
	case map[string]any:
		if next, ok := v[path[0]]; ok {
			return shows(next, path[1:], has)
		}
		if path[0] == "*" {
			for _, next := range v {
				if shows(next, path[1:], has) {
					return true
				}
			}
		}
	case []any:
		for i, next := range v {
			if (path[0] == "*" || path[0] == strconv.Itoa(i)) && shows(next, path[1:], has) {
				return true
			}
		}
	}
	return false
}

// maxOpen bounds the readings of a path: each * and each number may be an item or a member.
const maxOpen = 4

// surround returns schemas of values that have value at the path: one for each reading of its stars and numbers.
func surround(path []string, value any) []*schema.Schema {
	positions := map[int]int{} // by the index of a token that may be an item; 0 for a star
	for i, token := range path {
		if n, err := strconv.Atoi(token); token == "*" || err == nil && n >= 0 && n < 100 {
			positions[i] = n
		}
	}
	var all []*schema.Schema
	for reading := range 1 << min(len(positions), maxOpen) {
		leaf := &schema.Schema{Enum: []any{value}, HasEnum: true}
		open := 0
		for i := len(path) - 1; i >= 0; i-- {
			position, may := positions[i]
			isItem := may && reading>>open&1 == 0
			if may {
				open++
			}
			switch {
			case isItem:
				leaf = item(position, leaf)
			case path[i] == "*":
				leaf = having("x", leaf)
			default:
				leaf = having(path[i], leaf)
			}
		}
		all = append(all, leaf)
	}
	return all
}

// item is the schema of arrays with the schema at a position.
func item(position int, of *schema.Schema) *schema.Schema {
	least := position + 1
	s := &schema.Schema{Types: schema.Array, MinItems: &least}
	for range position {
		s.PrefixItems = append(s.PrefixItems, &schema.Schema{})
	}
	s.PrefixItems = append(s.PrefixItems, of)
	return s
}

// having is the schema of objects with a member.
func having(name string, of *schema.Schema) *schema.Schema {
	return &schema.Schema{Types: schema.Object, Required: []string{name}, Properties: []schema.Property{{Name: name, Schema: of}}}
}
