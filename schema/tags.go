package schema

import "slices"

// tellsApart tells whether a tag of an object (a required member with few values) already keeps the clause out of s.
func (p *prover) tellsApart(c *clause, s *Schema) bool {
	if c.kind != kindObject {
		return false
	}
	for _, known := range c.literals {
		if !known.neg && p.taggedApart(known.schema, s) {
			return true
		}
	}
	return false
}

// taggedApart tells whether a required member has other values in a than in b.
func (p *prover) taggedApart(a, b *Schema) bool {
	for _, x := range p.tags(a) {
		for _, y := range p.tags(b) {
			if x.name == y.name && (x.required || y.required) && p.apart(x.schema, y.schema) {
				return true
			}
		}
	}
	return false
}

// tag is a member that has only a few values.
type tag struct {
	name     string
	schema   *Schema
	required bool
}

const maxTagValues = 20

func (p *prover) tags(s *Schema) []tag {
	known, ok := p.tagged[s]
	if !ok {
		gather(s, 0, func(t *Schema) {
			for _, pr := range t.Properties {
				m := plain(pr.Schema)
				if m != nil && m.HasEnum && len(m.Enum) <= maxTagValues && travels(pr.Schema, p.direction) {
					known = append(known, tag{pr.Name, m, slices.Contains(t.Required, pr.Name)})
				}
			}
		})
		p.tagged[s] = known
	}
	return known
}

// apart tells whether two enums have no value in common.
func (p *prover) apart(a, b *Schema) bool {
	return !slices.ContainsFunc(a.Enum, func(v any) bool { return p.eval.inEnum(b, v) })
}

// apartIn tells whether two of n branches share no value of the kind. For many branches only types and tags are looked at.
func (p *prover) apartIn(a, b *Schema, k kind, n int) bool {
	a, b = plain(a), plain(b)
	if a == nil || b == nil || a == b {
		return false
	}
	if a.Types != 0 && a.Types&k.types() == 0 || b.Types != 0 && b.Types&k.types() == 0 {
		return true
	}
	if k == kindObject && p.taggedApart(a, b) || a.HasEnum && b.HasEnum && len(a.Enum) <= maxTagValues && p.apart(a, b) {
		return true
	}
	return n <= maxPairs && p.solve(goal{{schema: a}, {schema: b}}).status == empty
}
