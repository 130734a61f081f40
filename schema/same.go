package schema

import (
	"math/big"
	"slices"
	"strconv"
)

// maxLooks bounds the pairs that one proof compares for being written alike.
const maxLooks = 150000

// same tells whether two schemas are written alike, whatever their place: the same keywords with the same values, through
// all references. A pair that is being compared is assumed to be alike.
func (p *prover) same(a, b *Schema) bool {
	var trail [][2]*Schema
	alike := p.alike(a, b, &trail)
	if !alike {
		for _, pair := range trail {
			if p.equals[pair] {
				delete(p.equals, pair) // it was assumed, not found
			}
		}
		if p.looks <= maxLooks {
			p.equals[[2]*Schema{a, b}] = false
		}
	}
	return alike
}

func (p *prover) alike(a, b *Schema, trail *[][2]*Schema) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil {
		return false
	}
	pair := [2]*Schema{a, b}
	if known, ok := p.equals[pair]; ok {
		return known
	}
	if p.looks++; p.looks > maxLooks {
		return false
	}
	if p.text(a) != p.text(b) {
		p.equals[pair] = false
		return false
	}
	p.equals[pair] = true
	*trail = append(*trail, pair)
	x, y := a.children(), b.children()
	if len(x) != len(y) {
		p.equals[pair] = false
		return false
	}
	for i := range x {
		if !p.alike(plainOrNil(x[i]), plainOrNil(y[i]), trail) {
			if p.looks <= maxLooks {
				p.equals[pair] = false
			}
			return false
		}
	}
	return true
}

func plainOrNil(s *Schema) *Schema {
	if s == nil || s.ReadOnly || s.WriteOnly {
		return s
	}
	for i := 0; i < 100 && s.Ref != nil && s.bare && !s.Ref.ReadOnly && !s.Ref.WriteOnly; i++ {
		s = s.Ref
	}
	return s
}

// children lists the schemas directly below s; text tells which keyword each belongs to.
func (s *Schema) children() []*Schema {
	out := []*Schema{s.Ref, s.DynamicRef, s.Items, s.Contains, s.UnevaluatedItems, s.AdditionalProperties, s.PropertyNames,
		s.UnevaluatedProperties, s.Not, s.If, s.Then, s.Else}
	for _, list := range [][]*Schema{s.PrefixItems, s.AllOf, s.AnyOf, s.OneOf} {
		out = append(out, list...)
	}
	for _, list := range [][]Property{s.Properties, s.PatternProperties, s.DependentSchemas} {
		for _, pr := range list {
			out = append(out, pr.Schema)
		}
	}
	if s.Discriminator != nil {
		for _, m := range s.Discriminator.Mapping {
			out = append(out, m.Schema)
		}
		if s.Discriminator.Default != nil {
			out = append(out, s.Discriminator.Default)
		}
	}
	return out
}

// text writes the keywords of s that are no schemas.
func (p *prover) text(s *Schema) string {
	if known, ok := p.shallow[s]; ok {
		return known
	}
	b := make([]byte, 0, 64)
	b = append(b, byte(s.Types), boolBits(s.Never, s.HasEnum, s.UniqueItems, s.ReadOnly, s.WriteOnly, s.HasPattern))
	for i, text := range []string{assertedName(s.Format), s.ContentEncoding, s.Pattern, s.DynamicName} {
		if text != "" {
			b = strconv.AppendQuote(append(b, 'a'+byte(i)), text)
		}
	}
	for i, v := range []*big.Rat{s.Minimum, s.Maximum, s.ExclusiveMinimum, s.ExclusiveMaximum, s.MultipleOf} {
		if v != nil {
			b = append(append(b, 'f'+byte(i)), v.RatString()...)
		}
	}
	for i, n := range []*int{s.MinLength, s.MaxLength, s.MinItems, s.MaxItems, s.MinContains, s.MaxContains, s.MinProperties,
		s.MaxProperties} {
		if n != nil {
			b = strconv.AppendInt(append(b, 'k'+byte(i)), int64(*n), 10)
		}
	}
	b = appendNames(b, 'E', enumTexts(s))
	b = appendNames(b, 'R', s.Required)
	b = appendNames(appendNames(b, 'U', s.unsent[0]), 'V', s.unsent[1])
	for _, d := range s.DependentRequired {
		b = appendNames(strconv.AppendQuote(append(b, 'D'), d.Name), 'd', d.Required)
	}
	for _, c := range s.children()[:12] {
		b = append(b, boolBits(c != nil))
	}
	for i, list := range [][]*Schema{s.PrefixItems, s.AllOf, s.AnyOf, s.OneOf} {
		b = strconv.AppendInt(append(b, 'w'+byte(i)), int64(len(list)), 10)
	}
	for i, list := range [][]Property{s.Properties, s.PatternProperties, s.DependentSchemas} {
		b = append(b, 'P'+byte(i))
		for _, pr := range list {
			b = strconv.AppendQuote(b, pr.Name)
		}
	}
	if s.Discriminator != nil {
		b = strconv.AppendQuote(append(b, 'T'), s.Discriminator.PropertyName)
		for _, m := range s.Discriminator.Mapping {
			b = strconv.AppendQuote(b, m.Value)
		}
		b = append(b, boolBits(s.Discriminator.Default != nil))
	}
	text := string(b)
	p.shallow[s] = text
	return text
}

func assertedName(format string) string {
	if AssertedFormat(format) {
		return format
	}
	return ""
}

func boolBits(flags ...bool) byte {
	var bits byte
	for i, f := range flags {
		if f {
			bits |= 1 << i
		}
	}
	return bits
}

func appendNames(b []byte, mark byte, names []string) []byte {
	if len(names) == 0 {
		return b
	}
	b = append(b, mark)
	for _, name := range names {
		b = strconv.AppendQuote(b, name)
	}
	return b
}

func enumTexts(s *Schema) []string {
	values := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		values[i] = canonicalText(v)
	}
	slices.Sort(values)
	return values
}
