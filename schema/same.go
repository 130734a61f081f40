package schema

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// maxLooks bounds the pairs that one proof compares for being written alike.
const maxLooks = 300000

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
	}
	return out
}

// text writes the keywords of s that are no schemas.
func (p *prover) text(s *Schema) string {
	if known, ok := p.shallow[s]; ok {
		return known
	}
	var b strings.Builder
	fmt.Fprint(&b, s.Never, s.Types, s.HasEnum, s.UniqueItems, s.ReadOnly, s.WriteOnly, s.DynamicName)
	if AssertedFormat(s.Format) {
		b.WriteString(s.Format)
	}
	fmt.Fprintf(&b, "|%s|%v%q|", s.ContentEncoding, s.HasPattern, s.Pattern)
	for _, v := range []*big.Rat{s.Minimum, s.Maximum, s.ExclusiveMinimum, s.ExclusiveMaximum, s.MultipleOf} {
		if v != nil {
			b.WriteString(v.RatString())
		}
		b.WriteByte('|')
	}
	for _, n := range []*int{s.MinLength, s.MaxLength, s.MinItems, s.MaxItems, s.MinContains, s.MaxContains, s.MinProperties,
		s.MaxProperties} {
		if n != nil {
			b.WriteString(strconv.Itoa(*n))
		}
		b.WriteByte('|')
	}
	values := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		values[i] = canonicalText(v)
	}
	slices.Sort(values)
	fmt.Fprintf(&b, "%q%q%v|", values, s.Required, s.DependentRequired)
	for _, c := range s.children()[:12] {
		b.WriteString(strconv.FormatBool(c != nil))
	}
	fmt.Fprint(&b, len(s.PrefixItems), len(s.AllOf), len(s.AnyOf), len(s.OneOf))
	for _, list := range [][]Property{s.Properties, s.PatternProperties, s.DependentSchemas} {
		fmt.Fprintf(&b, "%q", namesOf(list))
	}
	if s.Discriminator != nil {
		fmt.Fprintf(&b, "%q", s.Discriminator.PropertyName)
		for _, m := range s.Discriminator.Mapping {
			fmt.Fprintf(&b, "%q", m.Value)
		}
	}
	text := b.String()
	p.shallow[s] = text
	return text
}
