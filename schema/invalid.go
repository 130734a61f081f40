package schema

import (
	"slices"
	"strconv"
)

// InvalidSample is a value that breaks one keyword.
type InvalidSample struct {
	Value   any
	Keyword string
	// Pointer is the JSON pointer of the part of Value that is at fault.
	Pointer string
}

// Invalid returns, for each keyword of the schema and of the schemas of its members and items, a value that breaks that
// keyword and, where that is possible, no other.
func Invalid(schema *Schema, o SampleOptions) []InvalidSample {
	s := newSampler(o)
	c := &comparison{side: side{o.Direction, true}, prover: s.prover, cut: map[*Schema][]part{},
		combined: map[string]*Schema{}}
	return s.invalid(c, schema, 0, map[*Schema]bool{})
}

func (s *sampler) invalid(c *comparison, schema *Schema, depth int, active map[*Schema]bool) []InvalidSample {
	t := plain(schema)
	if t == nil || depth > s.depth || active[t] {
		return nil
	}
	active[t] = true
	defer delete(active, t)
	parts := c.parts(t)
	var out []InvalidSample
	for i, p := range parts {
		if p.keyword == "$ref" || p.keyword == "allOf" {
			for _, bad := range s.invalid(c, p.child, depth+1, active) {
				if s.prover.eval.check(t, bad.Value, false) == invalid {
					out = append(out, bad)
				}
			}
			continue
		}
		if p.child != nil && !p.child.Never {
			out = append(out, s.invalidMember(c, t, p, depth, active)...)
			continue
		}
		if v, ok := s.breaking(parts, i); ok {
			out = append(out, InvalidSample{Value: v, Keyword: p.keyword, Pointer: ""})
		}
	}
	return out
}

// breaking finds a value that breaks one part, and as few others as possible.
func (s *sampler) breaking(parts []part, i int) (any, bool) {
	g := goal{{parts[i].schema, true, false}}
	for j, p := range parts {
		if j != i && (parts[i].keyword != "type" || p.keyword == "enum") {
			g = append(g, literal{p.schema, false, false})
		}
	}
	if v, ok := s.solve(g...); ok {
		return v, true
	}
	return s.solve(literal{parts[i].schema, true, false})
}

// invalidMember puts the invalid values of a member or item into a valid value.
func (s *sampler) invalidMember(c *comparison, t *Schema, p part, depth int, active map[*Schema]bool) []InvalidSample {
	name := p.name
	var wrap func(any) (any, bool)
	switch p.keyword {
	case "properties", "additionalProperties", "patternProperties":
		if p.keyword != "properties" {
			if name = s.nameFor(t, p); name == "" {
				return nil
			}
		}
		base, ok := s.solve(literal{t, false, false})
		object, isObject := base.(map[string]any)
		if !ok || !isObject {
			object = map[string]any{}
		}
		wrap = func(v any) (any, bool) {
			next := map[string]any{name: v}
			for k, old := range object {
				if k != name {
					next[k] = old
				}
			}
			return next, true
		}
	case "items", "prefixItems":
		at, _ := strconv.Atoi(name)
		if p.keyword == "items" {
			at = len(t.PrefixItems)
		}
		name = strconv.Itoa(at)
		wrap = func(v any) (any, bool) { return s.arrayWith(t, at, v) }
	default:
		return nil
	}
	var out []InvalidSample
	for _, bad := range s.invalid(c, p.child, depth+1, active) {
		if v, ok := wrap(bad.Value); ok && s.prover.eval.check(t, v, false) == invalid {
			out = append(out, InvalidSample{v, bad.Keyword, "/" + EscapePointer(name) + bad.Pointer})
		}
	}
	return out
}

// arrayWith puts v at a position among items that are valid.
func (s *sampler) arrayWith(t *Schema, at int, v any) (any, bool) {
	array := make([]any, at, at+1)
	for i := range array {
		item, ok := s.solve(literal{t.PrefixItems[i], false, false})
		if !ok {
			return nil, false
		}
		array[i] = item
	}
	return append(array, v), true
}

// nameFor finds a member name that the part's schema applies to.
func (s *sampler) nameFor(t *Schema, p part) string {
	v, ok := s.solve(literal{&Schema{Types: Object, MinProperties: ptr(1), Location: "#name",
		PropertyNames: &Schema{Not: &Schema{Enum: namesAsValues(t.Properties), HasEnum: true}}}, false, false})
	object, _ := v.(map[string]any)
	for _, name := range sortedKeys(object) {
		subs, _ := s.prover.eval.membersOf(p.schema, name)
		if ok && slices.Contains(subs, p.child) {
			return name
		}
	}
	if lang, err := s.prover.pattern(p.name); err == nil && p.keyword == "patternProperties" {
		name, _, _ := lang.shortest()
		return name
	}
	return ""
}

func ptr(n int) *int { return &n }

func namesAsValues(list []Property) []any { return anyList(namesOf(list)) }
