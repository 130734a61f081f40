package schema

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// verdict of an evaluation; its negation is the verdict of the complement.
type verdict int8

const (
	invalid   verdict = -1
	undecided verdict = 0
	valid     verdict = 1
)

func verdictOf(b bool) verdict {
	if b {
		return valid
	}
	return invalid
}

// evaluator checks values against schemas, keyword by keyword. A sender's read-only members don't travel in requests, and
// a receiver does not look at them.
type evaluator struct {
	direction Direction
	enums     map[*Schema]map[string]bool
	patterns  map[string]*language
	depth     int
	branches  map[*Schema][]*Schema
}

func newEvaluator(direction Direction) *evaluator {
	return &evaluator{direction: direction, enums: map[*Schema]map[string]bool{}, patterns: map[string]*language{},
		branches: map[*Schema][]*Schema{}}
}

const maxEvaluationDepth = 500

// check tells whether s accepts v.
func (e *evaluator) check(s *Schema, v any, sender bool) verdict {
	if s.Never {
		return invalid
	}
	if e.depth++; e.depth > maxEvaluationDepth {
		e.depth--
		return undecided
	}
	defer func() { e.depth-- }()
	result := e.checkValue(s, v)
	steps := []func() verdict{
		func() verdict { return e.checkApplicators(s, v, sender) },
		func() verdict { return e.checkObject(s, v, sender) },
		func() verdict { return e.checkArray(s, v, sender) },
		func() verdict { return e.checkUnevaluated(s, v, sender) },
	}
	for _, step := range steps {
		if result == invalid {
			return invalid
		}
		result = min(result, step())
	}
	return result
}

func (e *evaluator) checkValue(s *Schema, v any) verdict {
	if s.Types != 0 && s.Types&TypesOf(v) == 0 {
		return invalid
	}
	if s.HasEnum && !e.inEnum(s, v) {
		return invalid
	}
	switch value := v.(type) {
	case string:
		return e.checkString(s, value)
	case json.Number, float64:
		if n, ok := Rat(value); ok {
			return verdictOf(numbersOf(s).contains(n))
		}
		return undecided
	}
	return valid
}

// TypesOf returns the types of a value of json.Unmarshal with UseNumber: Integer and Number for a number without a fraction,
// which 1.0 is, too.
func TypesOf(v any) Types {
	switch v := v.(type) {
	case nil:
		return Null
	case bool:
		return Boolean
	case string:
		return String
	case []any:
		return Array
	case map[string]any:
		return Object
	default:
		if n, ok := Rat(v); ok && n.IsInt() {
			return Integer | Number
		}
		return Number
	}
}

func (e *evaluator) inEnum(s *Schema, v any) bool {
	set, ok := e.enums[s]
	if !ok {
		set = make(map[string]bool, len(s.Enum))
		for _, value := range s.Enum {
			set[canonicalText(value)] = true
		}
		e.enums[s] = set
	}
	return set[canonicalText(v)]
}

// canonicalText is equal for equal JSON values.
func canonicalText(v any) string {
	var b strings.Builder
	writeCanonical(&b, v)
	return b.String()
}

func writeCanonical(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case string:
		b.WriteString(strconv.Quote(v))
	case []any:
		b.WriteByte('[')
		for _, item := range v {
			writeCanonical(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b.WriteByte('{')
		for _, k := range keys {
			b.WriteString(strconv.Quote(k))
			b.WriteByte(':')
			writeCanonical(b, v[k])
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		if n, ok := Rat(v); ok {
			b.WriteString(n.RatString())
		} else if n, ok := v.(json.Number); ok {
			b.WriteString(string(n))
		}
	}
}

// numbersOf returns the set of numbers that the numeric keywords of s describe.
func numbersOf(s *Schema) *numbers {
	n := &numbers{}
	if s.Minimum != nil {
		n.atLeast(s.Minimum, false)
	}
	if s.ExclusiveMinimum != nil {
		n.atLeast(s.ExclusiveMinimum, true)
	}
	if s.Maximum != nil {
		n.atMost(s.Maximum, false)
	}
	if s.ExclusiveMaximum != nil {
		n.atMost(s.ExclusiveMaximum, true)
	}
	if s.MultipleOf != nil {
		n.multipleOf(s.MultipleOf)
	}
	if s.Types != 0 && s.Types&Number == 0 && s.Types&Integer != 0 {
		n.multipleOf(one)
	}
	if lo, hi, ok := integerFormat(s.Format); ok {
		n.atLeast(lo, false)
		n.atMost(hi, false)
		n.multipleOf(one)
	}
	return n
}

func (e *evaluator) checkString(s *Schema, text string) verdict {
	n := utf8.RuneCountInString(text)
	if s.MinLength != nil && n < *s.MinLength || s.MaxLength != nil && n > *s.MaxLength {
		return invalid
	}
	result := valid
	if s.HasPattern {
		result = e.matches(s.Pattern, text)
	}
	if f, ok := formats()[s.Format]; ok && result != invalid {
		inner, ok1 := f.inner.contains(text)
		outer, ok2 := f.outer.contains(text)
		switch {
		case !ok1 || !ok2 || !inner && outer:
			result = min(result, undecided)
		case !inner:
			result = invalid
		}
	}
	return result
}

func (e *evaluator) matches(pattern, text string) verdict {
	l, known := e.patterns[pattern]
	if !known {
		l, _ = compilePattern(pattern)
		e.patterns[pattern] = l
	}
	if l == nil {
		return undecided
	}
	in, ok := l.contains(text)
	if !ok {
		return undecided
	}
	return verdictOf(in)
}

func (e *evaluator) checkApplicators(s *Schema, v any, sender bool) verdict {
	result := valid
	if s.Ref != nil {
		result = e.check(s.Ref, v, sender)
	}
	if s.DynamicRef != nil {
		result = min(result, e.check(s.DynamicRef, v, sender))
		if s.DynamicName != "" && result == valid {
			result = undecided
		}
	}
	for _, b := range s.AllOf {
		if result != invalid {
			result = min(result, e.check(b, v, sender))
		}
	}
	if len(s.AnyOf) > 0 && result != invalid {
		best := invalid
		for _, b := range e.anyOf(s) {
			best = max(best, e.check(b, v, sender))
		}
		result = min(result, best)
	}
	if len(s.OneOf) > 0 && result != invalid {
		result = min(result, e.checkOneOf(s, v, sender))
	}
	if s.Not != nil && result != invalid {
		result = min(result, -e.check(s.Not, v, false))
	}
	if s.If != nil && result != invalid {
		result = min(result, e.checkIf(s, v, sender))
	}
	return result
}

func (e *evaluator) checkOneOf(s *Schema, v any, sender bool) verdict {
	yes, maybe := 0, 0
	for _, b := range e.oneOf(s) {
		switch e.check(b, v, sender) {
		case valid:
			yes++
		case undecided:
			maybe++
		}
	}
	switch {
	case yes > 1 || yes+maybe == 0:
		return invalid
	case maybe > 0:
		return undecided
	}
	return verdictOf(yes == 1)
}

func (e *evaluator) checkIf(s *Schema, v any, sender bool) verdict {
	branch := func(b *Schema) verdict {
		if b == nil {
			return valid
		}
		return e.check(b, v, sender)
	}
	switch e.check(s.If, v, sender) {
	case valid:
		return branch(s.Then)
	case invalid:
		return branch(s.Else)
	}
	return min(max(branch(s.Then), branch(s.Else)), undecided)
}

// oneOf and anyOf return the branches with the values that their discriminator assigns to each.
func (e *evaluator) oneOf(s *Schema) []*Schema { return e.discriminated(s, s.OneOf) }

func (e *evaluator) anyOf(s *Schema) []*Schema {
	if len(s.OneOf) > 0 {
		return s.AnyOf
	}
	return e.discriminated(s, s.AnyOf)
}

func (e *evaluator) discriminated(s *Schema, branches []*Schema) []*Schema {
	if s.Discriminator == nil || len(s.Discriminator.Mapping) == 0 {
		return branches
	}
	known, ok := e.branches[s]
	if !ok {
		known = discriminate(s, branches)
		e.branches[s] = known
	}
	return known
}

// discriminate adds to each branch that the discriminator maps the values of the discriminating property: they are
// authoritative (OpenAPI 3.1 section 4.8.25).
func discriminate(s *Schema, branches []*Schema) []*Schema {
	values, others := map[*Schema][]any{}, []any{}
	otherwise := plain(s.Discriminator.Default)
	for _, m := range s.Discriminator.Mapping {
		values[plain(m.Schema)] = append(values[plain(m.Schema)], m.Value)
		if plain(m.Schema) != otherwise {
			others = append(others, m.Value)
		}
	}
	out := make([]*Schema, len(branches))
	for i, b := range branches {
		out[i] = b
		list, name := values[plain(b)], s.Discriminator.PropertyName
		tag := &Schema{Types: Object, Required: []string{name}, Properties: []Property{{name, &Schema{Types: String, Enum: list, HasEnum: true}}}}
		switch {
		case otherwise != nil && plain(b) == otherwise:
			known := &Schema{Enum: others, HasEnum: true}
			tag = &Schema{Types: Object, Properties: []Property{{name, &Schema{Not: known}}}}
		case len(list) == 0:
			continue
		}
		out[i] = &Schema{Location: s.Location + "/discriminator/" + strconv.Itoa(i), AllOf: []*Schema{b, tag}}
	}
	return out
}
