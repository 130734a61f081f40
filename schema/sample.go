package schema

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"sync"
)

// SampleOptions say which values Sample and Invalid make.
type SampleOptions struct {
	// Direction leaves out the members that do not travel in it.
	Direction Direction
	// Seed varies the choices; equal seeds make equal values.
	Seed uint64
	// Count bounds the number of values; 0 means 8.
	Count int
	// Depth bounds the nesting of optional members and items; 0 means 4.
	Depth int
}

// sampler makes values from the prover's minimal ones.
type sampler struct {
	prover    *prover
	direction Direction
	seed      uint64
	depth     int
}

func newSampler(o SampleOptions) *sampler {
	s := &sampler{prover: newProver(o.Direction, true), direction: o.Direction, seed: o.Seed, depth: o.Depth}
	if s.depth <= 0 {
		s.depth = 4
	}
	return s
}

const sampleBudget = 20000

// solve returns a value of a goal that the evaluator agrees with.
func (s *sampler) solve(g ...literal) (any, bool) {
	s.prover.begin(sampleBudget)
	a := s.prover.solve(g)
	if !a.has {
		return nil, false
	}
	return a.value, s.prover.holds(g, a.value) == valid
}

// Sample returns different values that the schema accepts and that have no undeclared members: a minimal one, a full
// one with every optional member that fits, one for each branch of the alternatives, and variations. It returns none when
// the schema accepts nothing or when no value could be found.
func Sample(schema *Schema, o SampleOptions) []any {
	s := newSampler(o)
	count := o.Count
	if count <= 0 {
		count = 8
	}
	var out []any
	seen := map[string]bool{}
	add := func(v any, ok bool) {
		if text := canonicalText(v); ok && len(out) < count && !seen[text] {
			seen[text] = true
			out = append(out, v)
		}
	}
	root := literal{schema, false, true}
	add(s.solve(root))
	if full, ok := s.grow([]*Schema{schema}, 0); ok {
		add(full, s.prover.holds(goal{root}, full) == valid)
	}
	for _, branch := range alternatives(schema, 0) {
		add(s.solve(root, literal{branch, false, true}))
		if full, ok := s.grow([]*Schema{schema, branch}, 0); ok {
			add(full, s.prover.holds(goal{root}, full) == valid)
		}
	}
	for tries := 0; len(out) < count && tries < 2*count && len(out) > 0; tries++ {
		s.seed = s.seed*6364136223846793005 + 1442695040888963407
		v, ok := s.vary(schema, out, tries)
		add(v, ok && s.prover.holds(goal{root}, v) == valid)
	}
	return out
}

// alternatives lists the branches of the unions that a schema consists of.
func alternatives(s *Schema, depth int) []*Schema {
	var out []*Schema
	gather(s, depth, func(t *Schema) {
		out = append(out, t.AnyOf...)
		out = append(out, t.OneOf...)
	})
	return out
}

// vary makes another value: one that differs from those so far, or one grown with other choices.
func (s *sampler) vary(schema *Schema, so []any, try int) (any, bool) {
	if try%2 == 0 {
		g := goal{{schema, false, true}}
		for _, v := range so {
			g = append(g, literal{s.prover.constant(v), true, false})
		}
		return s.solve(g...)
	}
	return s.grow([]*Schema{schema}, 0)
}

// grow makes a value of all the schemas that has optional members and items where they fit.
func (s *sampler) grow(schemas []*Schema, depth int) (any, bool) {
	g := make(goal, len(schemas))
	for i, t := range schemas {
		g[i] = literal{t, false, true}
	}
	for _, v := range s.preferred(schemas) {
		if s.prover.holds(g, v) == valid {
			return v, true
		}
	}
	v, ok := s.solve(g...)
	if !ok || depth >= s.depth {
		return v, ok
	}
	switch value := v.(type) {
	case map[string]any:
		return s.growObject(schemas, g, value, depth), true
	case []any:
		return s.growArray(schemas, g, value, depth), true
	}
	return v, true
}

func (s *sampler) growObject(schemas []*Schema, g goal, small map[string]any, depth int) any {
	var active []*Schema
	var names []string
	for _, t := range schemas {
		active = append(active, t)
		for _, b := range alternatives(t, 0) {
			if s.prover.eval.check(b, small, true) == valid {
				active = append(active, b)
			}
		}
	}
	for _, t := range active {
		names = append(names, declaredNames(t, 0)...)
	}
	if slices.Sort(names); len(names) == 0 {
		names = []string{"x"}
	}
	grown := map[string]any{}
	for _, name := range slices.Compact(names) {
		if v, ok := s.growMember(active, name, depth); ok {
			grown[name] = v
		}
	}
	full := maps.Clone(small)
	maps.Copy(full, grown)
	if s.prover.holds(g, full) == valid {
		return full
	}
	return s.addOneByOne(g, small, grown)
}

// addOneByOne keeps the members that the goal bears, when it does not bear all of them.
func (s *sampler) addOneByOne(g goal, small, grown map[string]any) any {
	object := maps.Clone(small)
	for i, name := range sortedKeys(grown) {
		if i > maxOneByOne {
			break
		}
		old, had := object[name]
		if object[name] = grown[name]; s.prover.holds(g, object) != valid {
			if object[name] = old; !had {
				delete(object, name)
			}
		}
	}
	return object
}

const maxOneByOne = 50

// growMember makes a value of a member; false when the schemas don't speak of it or it does not travel.
func (s *sampler) growMember(active []*Schema, name string, depth int) (any, bool) {
	var subs []*Schema
	for _, t := range active {
		found, _ := s.subs(t, name)
		subs = append(subs, found...)
	}
	if len(subs) == 0 || slices.ContainsFunc(subs, func(t *Schema) bool { return !travels(t, s.direction) }) {
		return nil, false
	}
	return s.grow(subs, depth+1)
}

// subs returns the schemas of a member through everything that applies without condition.
func (s *sampler) subs(t *Schema, name string) (out []*Schema, ok bool) {
	gather(t, 0, func(u *Schema) {
		found, _ := s.prover.eval.membersOf(u, name)
		out = append(out, found...)
	})
	return out, len(out) > 0
}

func (s *sampler) growArray(schemas []*Schema, g goal, small []any, depth int) any {
	array := slices.Clone(small)
	for i := range 2 {
		var subs []*Schema
		for _, t := range schemas {
			subs = append(subs, itemsOf(t, i, 0)...)
		}
		if len(subs) == 0 {
			break
		}
		v, ok := s.grow(subs, depth+1)
		if !ok {
			break
		}
		next := slices.Clone(array)
		if i < len(next) {
			next[i] = v
		} else {
			next = append(next, v)
		}
		if s.prover.holds(g, next) != valid {
			break
		}
		array = next
	}
	return array
}

// preferred lists the values that the schemas themselves propose, and plain ones.
func (s *sampler) preferred(schemas []*Schema) []any {
	var out []any
	for _, t := range schemas {
		gather(t, 0, func(u *Schema) {
			if u.HasExample {
				out = append(out, u.Example)
			}
			if u.HasDefault {
				out = append(out, u.Default)
			}
			if n := len(u.Enum); n > 0 {
				out = append(out, u.Enum[int(s.seed%uint64(n))])
			}
			if u.MaxLength != nil && *u.MaxLength < 1000 && !u.HasPattern {
				out = append(out, lengthened(*u.MaxLength))
			}
			for _, bound := range []*big.Rat{u.Maximum, u.Minimum} {
				if bound != nil && s.seed%2 == 0 {
					out = append(out, numberLiteral(bound))
				}
			}
			if value, ok := formatExamples()[u.Format]; ok {
				out = append(out, value)
			}
		})
	}
	return out
}

func lengthened(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyz"[i%26]
	}
	return string(text)
}

var formatExamples = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"date": "2024-02-29", "date-time": "2024-02-29T12:30:00Z", "time": "12:30:00Z", "duration": "P3D",
		"uuid": "123e4567-e89b-12d3-a456-426614174000", "email": "ada@example.com", "ipv4": "192.0.2.1",
		"ipv6": "2001:db8:0:0:0:0:0:1", "hostname": "example.com", "uri": "https://example.com/a", "byte": "aGVsbG8=",
		"uri-reference": "/a",
	}
})

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
