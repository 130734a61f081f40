package compat

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/msgen/msgen/schema"
)

// Parameters and headers travel as text: 5 and "5" are the same bytes. textsOf returns the schema of the texts that the
// values of s are written as. A receiver's must not be too large (exact), a sender's not too small; ok is false where
// that can't be had.
func (w *wire) textsOf(s *schema.Schema, exact bool) (texts *schema.Schema, ok bool) {
	s = s.Target()
	switch {
	case s == nil || s.Never || s.Not != nil && exact || s.If != nil && exact || s.DynamicRef != nil || s.Ref != nil:
		return nil, false
	case s.HasEnum:
		return w.enumTexts(s), true
	case len(s.AnyOf)+len(s.OneOf) > 0:
		return w.branchTexts(s, exact)
	case len(s.AllOf) > 0:
		return w.partTexts(s, exact)
	case s.Types == 0:
		return s, !exact || anything(s)
	case s.Types&(schema.Array|schema.Object) != 0:
		return nil, false
	}
	return w.typeTexts(s, exact)
}

// anything tells whether a schema without a type has nothing else either.
func anything(s *schema.Schema) bool {
	return s.Minimum == nil && s.Maximum == nil && s.ExclusiveMinimum == nil && s.ExclusiveMaximum == nil && s.MultipleOf == nil &&
		s.MinLength == nil && s.MaxLength == nil && !s.HasPattern && !schema.AssertedFormat(s.Format)
}

func (w *wire) enumTexts(s *schema.Schema) *schema.Schema {
	judge := schema.NewJudge(schema.Neither, false)
	texts := []any{}
	for _, value := range s.Enum {
		if ok, err := judge.Valid(s, value); ok || err != nil {
			texts = append(texts, textOf(value))
		}
	}
	return &schema.Schema{Enum: texts, HasEnum: true}
}

// textOf is the text of a value in a parameter.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case nil:
		return "null"
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

// branchTexts unites the texts of alternatives. Those of oneOf must be of different types to be exact: the text of two
// alternatives may be the same where their values are not.
func (w *wire) branchTexts(s *schema.Schema, exact bool) (*schema.Schema, bool) {
	if exact && (!anything(s) || len(s.AllOf) > 0 || len(s.AnyOf) > 0 && len(s.OneOf) > 0) {
		return nil, false
	}
	united := &schema.Schema{}
	var seen schema.Types
	for _, branch := range append(append([]*schema.Schema{}, s.AnyOf...), s.OneOf...) {
		target := branch.Target()
		if target == nil || exact && len(s.OneOf) > 0 && (target.Types == 0 || target.Types&seen != 0) {
			return nil, false
		}
		if seen |= target.Types; target.Types&schema.Number != 0 {
			seen |= schema.Integer
		}
		texts, ok := w.textsOf(branch, exact)
		if !ok {
			return nil, false
		}
		united.AnyOf = append(united.AnyOf, texts)
	}
	return united, true
}

// partTexts intersects the texts of the parts of allOf.
func (w *wire) partTexts(s *schema.Schema, exact bool) (*schema.Schema, bool) {
	own := *s
	own.AllOf = nil
	parts := append([]*schema.Schema{&own}, s.AllOf...)
	if own.Types == 0 && anything(&own) {
		parts = parts[1:]
	}
	intersection := &schema.Schema{}
	var common schema.Types
	for _, part := range parts {
		target := part.Target()
		if target == nil || exact && (target.Types == 0 || common != 0 && target.Types != common) {
			return nil, false
		}
		common = target.Types
		texts, ok := w.textsOf(part, exact)
		if !ok {
			return nil, false
		}
		intersection.AllOf = append(intersection.AllOf, texts)
	}
	return intersection, !exact || common&(common-1) == 0
}

func (w *wire) typeTexts(s *schema.Schema, exact bool) (*schema.Schema, bool) {
	united := &schema.Schema{}
	add := func(part *schema.Schema) { united.AnyOf = append(united.AnyOf, part) }
	if s.Types&schema.String != 0 {
		part := *s
		part.Types, part.Location = schema.String, ""
		add(&part)
	}
	if s.Types&schema.Boolean != 0 {
		add(pattern("^(true|false)$"))
	}
	if s.Types&schema.Null != 0 {
		add(pattern("^(null)?$"))
	}
	if s.Types&(schema.Integer|schema.Number) != 0 {
		numbers, ok := numberTexts(s, exact)
		if !ok {
			return nil, false
		}
		add(pattern(numbers))
	}
	return united, true
}

func pattern(text string) *schema.Schema {
	return &schema.Schema{Types: schema.String, Pattern: text, HasPattern: true}
}

// numberTexts is a pattern of the numbers of a schema, as JSON writes them.
func numberTexts(s *schema.Schema, exact bool) (string, bool) {
	bounded := s.Minimum != nil || s.Maximum != nil || s.ExclusiveMinimum != nil || s.ExclusiveMaximum != nil
	if s.MultipleOf != nil && exact && !(s.MultipleOf.IsInt() && s.MultipleOf.Num().IsInt64() && s.MultipleOf.Num().Int64() == 1) {
		return "", false
	}
	if s.Types&schema.Number != 0 {
		return `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`, !exact || !bounded && !schema.AssertedFormat(s.Format)
	}
	lo, hi := integerBounds(s)
	return integers(lo, hi), true
}

// integerBounds are the least and the greatest integer of a schema; nil for none.
func integerBounds(s *schema.Schema) (lo, hi *big.Int) {
	atLeast := func(n *big.Int) {
		if lo == nil || n.Cmp(lo) > 0 {
			lo = n
		}
	}
	atMost := func(n *big.Int) {
		if hi == nil || n.Cmp(hi) < 0 {
			hi = n
		}
	}
	one := big.NewInt(1)
	floor := func(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }
	if s.Minimum != nil {
		n := floor(s.Minimum)
		if !s.Minimum.IsInt() {
			n.Add(n, one)
		}
		atLeast(n)
	}
	if s.ExclusiveMinimum != nil {
		atLeast(new(big.Int).Add(floor(s.ExclusiveMinimum), one))
	}
	if s.Maximum != nil {
		atMost(floor(s.Maximum))
	}
	if s.ExclusiveMaximum != nil {
		n := floor(s.ExclusiveMaximum)
		if s.ExclusiveMaximum.IsInt() {
			n.Sub(n, one)
		}
		atMost(n)
	}
	if bits := map[string]uint{"int32": 31, "int64": 63}[s.Format]; bits > 0 {
		limit := new(big.Int).Lsh(one, bits)
		atLeast(new(big.Int).Neg(limit))
		atMost(new(big.Int).Sub(limit, one))
	}
	return lo, hi
}

// integers is a pattern of the integers between two bounds; nil is no bound.
func integers(lo, hi *big.Int) string {
	var parts []string
	zero := new(big.Int)
	if lo == nil || lo.Sign() < 0 { // the negative ones, by their magnitude
		from, to := big.NewInt(1), (*big.Int)(nil)
		if hi != nil && hi.Sign() < 0 {
			from = new(big.Int).Neg(hi)
		}
		if lo != nil {
			to = new(big.Int).Neg(lo)
		}
		for _, p := range magnitudes(from, to) {
			parts = append(parts, "-"+p)
		}
	}
	if hi == nil || hi.Sign() >= 0 {
		from := zero
		if lo != nil && lo.Sign() > 0 {
			from = lo
		}
		parts = append(parts, magnitudes(from, hi)...)
	}
	if len(parts) == 0 {
		return `^\b$` // nothing
	}
	return "^(" + strings.Join(parts, "|") + ")$"
}

// magnitudes lists patterns of the numbers from lo to hi, which are not negative.
func magnitudes(lo, hi *big.Int) []string {
	var parts []string
	from := lo.String()
	if hi == nil {
		parts = digitRange(from, strings.Repeat("9", len(from)))
		return append(parts, fmt.Sprintf("[1-9][0-9]{%d,}", len(from)))
	}
	to := hi.String()
	if lo.Cmp(hi) > 0 {
		return nil
	}
	for len(from) < len(to) {
		parts = append(parts, digitRange(from, strings.Repeat("9", len(from)))...)
		from = "1" + strings.Repeat("0", len(from))
	}
	return append(parts, digitRange(from, to)...)
}

// digitRange lists patterns of the digit strings from lo to hi, which are of one length.
func digitRange(lo, hi string) []string {
	if len(lo) == 1 {
		return []string{class(lo[0], hi[0])}
	}
	rest := len(lo) - 1
	if lo[1:] == strings.Repeat("0", rest) && hi[1:] == strings.Repeat("9", rest) {
		return []string{fmt.Sprintf("%s[0-9]{%d}", class(lo[0], hi[0]), rest)}
	}
	if lo[0] == hi[0] {
		return prefixed(lo[:1], digitRange(lo[1:], hi[1:]))
	}
	parts := prefixed(lo[:1], digitRange(lo[1:], strings.Repeat("9", rest)))
	if lo[0]+1 < hi[0] {
		parts = append(parts, fmt.Sprintf("%s[0-9]{%d}", class(lo[0]+1, hi[0]-1), rest))
	}
	return append(parts, prefixed(hi[:1], digitRange(strings.Repeat("0", rest), hi[1:]))...)
}

func prefixed(digit string, parts []string) []string {
	for i := range parts {
		parts[i] = digit + parts[i]
	}
	return parts
}

func class(lo, hi byte) string {
	if lo == hi {
		return string(lo)
	}
	return fmt.Sprintf("[%c-%c]", lo, hi)
}
