package schema

import (
	"maps"
	"math/big"
	"slices"
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
