package schema

import (
	"encoding/binary"
	"sort"
)

// literal says that a value is (or, negated, is not) accepted by a schema. A sender's literal is read closed.
type literal struct {
	schema *Schema
	neg    bool
	sender bool
}

// goal is a set of values: those that all its literals hold for.
type goal []literal

// status tells what is known about a goal.
type status uint8

const (
	empty  status = iota
	unsure        // a constraint was dropped, or the budget ran out
	found
)

// answer is what solving a goal yields: a value unless it is empty; the value of an unsure answer is a candidate.
type answer struct {
	status status
	value  any
	has    bool
	reason string
}

func unsureAnswer(reason string) answer { return answer{status: unsure, reason: reason} }

// prover decides whether sets of values are empty, by a tableau for each JSON type whose leaves are decided by
// arithmetic, automata, and the same procedure for the members of objects and arrays. A goal met again while it is being
// solved is taken to be empty: a smallest value of a goal does not contain another one of the same goal.
type prover struct {
	direction Direction
	closed    bool
	ids       map[*Schema]int32
	memo      map[string]*entry
	frames    []*frame
	steps     int
	budget    int
	looks     int // pairs compared by same
	languages map[string]patternLanguage
	synthetic map[string]*Schema
	stripped  map[*Schema]*Schema
	equals    map[[2]*Schema]bool
	shallow   map[*Schema]string
	tagged    map[*Schema][]tag
	eval      *evaluator
}

type entry struct {
	done   bool
	depth  int
	answer answer
}

// frame is a goal that is being solved. provisional are the goals found empty on the assumption that a goal further out
// is empty.
type frame struct {
	low         int
	provisional []string
}

type patternLanguage struct {
	language *language
	err      error
}

const maxGoalDepth = 2500

func newProver(direction Direction, closed bool) *prover {
	return &prover{
		direction: direction, closed: closed, ids: map[*Schema]int32{}, memo: map[string]*entry{},
		languages: map[string]patternLanguage{}, synthetic: map[string]*Schema{}, stripped: map[*Schema]*Schema{},
		equals: map[[2]*Schema]bool{}, shallow: map[*Schema]string{}, tagged: map[*Schema][]tag{}, eval: newEvaluator(direction),
	}
}

func (p *prover) spend(n int) bool {
	p.steps += n
	return p.steps <= p.budget
}

func (p *prover) id(s *Schema) int32 {
	id, ok := p.ids[s]
	if !ok {
		id = int32(len(p.ids))
		p.ids[s] = id
	}
	return id
}

// begin gives the next proof a budget of steps.
func (p *prover) begin(budget int) { p.steps, p.looks, p.budget = 0, 0, budget }

// solve finds a value of the goal.
func (p *prover) solve(g goal) answer {
	g, contradiction := p.normalize(g)
	if contradiction {
		return answer{}
	}
	key := p.key(g)
	if e, ok := p.memo[key]; ok {
		if !e.done || e.depth >= 0 {
			p.lean(e.depth)
		}
		return e.answer
	}
	if len(p.frames) >= maxGoalDepth {
		return unsureAnswer("schemas are nested too deeply")
	}
	if !p.spend(1) {
		return unsureAnswer("the comparison is too large")
	}
	depth := len(p.frames)
	f := &frame{low: depth}
	p.frames = append(p.frames, f)
	p.memo[key] = &entry{depth: depth}
	result := p.decide(g)
	p.frames = p.frames[:depth]
	p.leave(key, f, depth, result)
	return result
}

// lean notes that the goal at hand relies on the assumption made at depth.
func (p *prover) lean(depth int) {
	top := p.frames[len(p.frames)-1]
	top.low = min(top.low, depth)
}

// leave records the answer of the goal that was solved at depth.
func (p *prover) leave(key string, f *frame, depth int, result answer) {
	e := p.memo[key]
	e.done, e.answer = true, result
	switch {
	case result.status == empty && f.low < depth:
		e.depth = f.low
		outer := p.frames[depth-1]
		outer.low = min(outer.low, f.low)
		outer.provisional = append(append(outer.provisional, f.provisional...), key)
		return
	case result.status == empty:
		for _, k := range f.provisional {
			if inner, ok := p.memo[k]; ok {
				inner.depth = -1
			}
		}
	default:
		for _, k := range f.provisional {
			delete(p.memo, k)
		}
		if depth > 0 && f.low < depth {
			p.lean(f.low)
		}
		if result.status == unsure && (f.low < depth || p.steps > p.budget) {
			delete(p.memo, key)
		}
	}
	e.depth = -1
}

func (p *prover) key(g goal) string {
	key := make([]byte, 0, 4*len(g))
	for _, l := range g {
		key = binary.LittleEndian.AppendUint32(key, p.code(l))
	}
	return string(key)
}

func (p *prover) code(l literal) uint32 {
	code := uint32(p.id(l.schema)) << 2
	if l.neg {
		code |= 1
	}
	if l.sender {
		code |= 2
	}
	return code
}

// normalize follows plain references, drops what always holds, and finds plain contradictions.
func (p *prover) normalize(g goal) (goal, bool) {
	out := make(goal, 0, len(g))
	for _, l := range g {
		s := plain(l.schema)
		switch {
		case s == nil || p.accepts(s):
			if l.neg {
				return nil, true
			}
			continue
		case s.Never:
			if !l.neg {
				return nil, true
			}
			continue
		}
		out = append(out, literal{s, l.neg, l.sender && !l.neg && p.closed})
	}
	sort.Slice(out, func(i, j int) bool { return p.code(out[i]) < p.code(out[j]) })
	unique := out[:0]
	for i, l := range out {
		if i == 0 || l != out[i-1] {
			unique = append(unique, l)
		}
	}
	for _, a := range unique {
		for _, b := range unique {
			if !a.neg && b.neg && p.same(a.schema, b.schema) {
				return nil, true
			}
		}
	}
	return unique, false
}

// plain skips wrappers that add nothing: references alone and allOf, anyOf or oneOf of one branch alone.
func plain(s *Schema) *Schema {
	for i := 0; s != nil && i < 100; i++ {
		t := s.Target()
		if t == nil {
			return nil
		}
		if next := t.wrapped(); next != nil {
			s = next
			continue
		}
		return t
	}
	return s
}

// wrapped returns the only branch of a schema that has nothing else.
func (s *Schema) wrapped() *Schema {
	var only *Schema
	switch {
	case len(s.AllOf) == 1 && len(s.AnyOf)+len(s.OneOf) == 0:
		only = s.AllOf[0]
	case len(s.AnyOf) == 1 && len(s.AllOf)+len(s.OneOf) == 0 && s.Discriminator == nil:
		only = s.AnyOf[0]
	case len(s.OneOf) == 1 && len(s.AllOf)+len(s.AnyOf) == 0 && s.Discriminator == nil:
		only = s.OneOf[0]
	}
	if only == nil || s.Ref != nil || s.DynamicRef != nil || s.hasScalars() || s.hasArrays() || s.hasObjects() ||
		s.Not != nil || s.If != nil || s.UnevaluatedProperties != nil || s.UnevaluatedItems != nil || s.ReadOnly || s.WriteOnly {
		return nil
	}
	return only
}

func (s *Schema) hasScalars() bool {
	return s.Types != 0 || s.HasEnum || s.Minimum != nil || s.Maximum != nil || s.ExclusiveMinimum != nil ||
		s.ExclusiveMaximum != nil || s.MultipleOf != nil || s.MinLength != nil || s.MaxLength != nil || s.HasPattern ||
		AssertedFormat(s.Format) || s.ContentEncoding != ""
}

func (s *Schema) hasArrays() bool {
	return s.MinItems != nil || s.MaxItems != nil || s.UniqueItems || s.PrefixItems != nil || s.Items != nil || s.Contains != nil
}

func (s *Schema) hasObjects() bool {
	return s.MinProperties != nil || s.MaxProperties != nil || len(s.Required) > 0 || s.Properties != nil ||
		s.PatternProperties != nil || s.AdditionalProperties != nil || s.PropertyNames != nil ||
		s.DependentRequired != nil || s.DependentSchemas != nil
}

// accepts tells whether a schema plainly accepts everything.
func (p *prover) accepts(s *Schema) bool {
	return !s.Never && s.Ref == nil && s.DynamicRef == nil && !s.hasScalars() && !s.hasArrays() && !s.hasObjects() &&
		len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 && s.Not == nil && s.If == nil &&
		s.UnevaluatedProperties == nil && s.UnevaluatedItems == nil
}

// decide solves a normalized goal.
func (p *prover) decide(g goal) answer {
	for _, l := range g {
		if !l.neg && l.schema.HasEnum {
			return p.pickValue(l.schema.Enum, g)
		}
	}
	best := answer{}
	for _, k := range []kind{kindNumber, kindString, kindBool, kindNull, kindArray, kindObject} {
		if !possible(g, k) {
			continue
		}
		a := p.solveKind(g, k)
		if a.status == found {
			return a
		}
		if a.status == unsure && (best.status != unsure || !best.has && a.has) {
			best = a
		}
	}
	return best
}

// pickValue returns the first of the values that the goal holds for.
func (p *prover) pickValue(values []any, g goal) answer {
	best := answer{}
	for _, v := range values {
		switch p.holds(g, v) {
		case valid:
			return answer{status: found, value: v, has: true}
		case undecided:
			best = answer{status: unsure, value: v, has: true, reason: "a value of an enum can't be checked"}
		}
		if !p.spend(1) && best.status == empty {
			return unsureAnswer("the enum is too large")
		}
	}
	return best
}

// holds tells whether the value is in the goal's set.
func (p *prover) holds(g goal, v any) verdict {
	result := valid
	var senders []*Schema
	for _, l := range g {
		r := p.eval.check(l.schema, v, l.sender)
		if l.neg {
			r = -r
		}
		if l.sender {
			senders = append(senders, l.schema)
		}
		result = min(result, r)
		if result == invalid {
			return invalid
		}
	}
	if len(senders) > 0 {
		result = min(result, p.eval.declared(senders, v))
	}
	return result
}

// possible tells whether the types of the positive literals leave room for values of the kind.
func possible(g goal, k kind) bool {
	for _, l := range g {
		if !l.neg && l.schema.Types != 0 && l.schema.Types&k.types() == 0 {
			return false
		}
	}
	return true
}
