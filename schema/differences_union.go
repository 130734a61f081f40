package schema

import "slices"

// pureUnion tells whether a schema is an anyOf or oneOf and nothing else.
func (s *Schema) pureUnion() bool {
	return (len(s.AnyOf) == 0) != (len(s.OneOf) == 0) && s.Ref == nil && s.DynamicRef == nil && !s.hasScalarsBut() &&
		!s.hasArrays() && !s.hasObjects() && len(s.AllOf) == 0 && s.Not == nil && s.If == nil &&
		s.UnevaluatedItems == nil && s.UnevaluatedProperties == nil
}

// hasScalarsBut is hasScalars; a type that all branches repeat does not make a union impure.
func (s *Schema) hasScalarsBut() bool {
	bare := *s
	bare.Types = 0
	return bare.hasScalars()
}

func (s *Schema) branches() []*Schema {
	if len(s.AnyOf) > 0 {
		return s.AnyOf
	}
	return s.OneOf
}

func (s *Schema) unionKeyword() string {
	if len(s.AnyOf) > 0 {
		return "anyOf"
	}
	return "oneOf"
}

// explainUnion explains the sender's branches one by one, each beside the receiver's branch that resembles it.
func (c *comparison) explainUnion(a, b *Schema, x *explanation) {
	branches := c.unionOf(a)
	for i, branch := range branches {
		if c.proved(branch, b) {
			continue
		}
		source := a.branches()[i]
		if c.overlapped(a, branch, b) {
			if branch = alone(branches, i); c.proved(branch, b) {
				continue
			}
			source = branch
		}
		if !b.pureUnion() {
			x.edges = append(x.edges, step{"", pairOf(branch, b)})
			continue
		}
		partner := c.partner(a.branches()[i], b, i)
		if partner != nil && !c.proved(branch, partner) {
			x.edges = append(x.edges, step{"", pairOf(source, partner)})
			continue
		}
		if d := c.difference(pairOf(branch, b), b, b.unionKeyword(), ""); !shown(x.local, d) {
			x.local = append(x.local, d)
		}
	}
}

// overlapped tells whether what a branch of oneOf has and the receiver lacks is also in another branch, and therefore is
// never sent.
func (c *comparison) overlapped(a, branch, b *Schema) bool {
	if len(a.OneOf) == 0 {
		return false
	}
	r := c.subset(branch, b)
	return r.Answer == No && c.prover.eval.check(a, r.Witness, true) == invalid
}

// alone is what a branch accepts and no other does.
func alone(branches []*Schema, i int) *Schema {
	s := &Schema{Location: branches[i].Location, AllOf: []*Schema{branches[i]}}
	if target := plain(branches[i]); target != nil {
		s.Location = target.Location
	}
	for j, other := range branches {
		if j != i {
			s.AllOf = append(s.AllOf, &Schema{Location: s.Location, Not: other})
		}
	}
	return s
}

// shown tells whether a difference has the witness of another: overlapping branches meet the same value.
func shown(known []Difference, d Difference) bool {
	return d.Answer == No && slices.ContainsFunc(known, func(k Difference) bool {
		return k.Answer == No && Equal(k.Witness, d.Witness)
	})
}

func (c *comparison) unionOf(s *Schema) []*Schema {
	if len(s.AnyOf) > 0 {
		return c.prover.eval.anyOf(s)
	}
	return c.prover.eval.oneOf(s)
}

// partner finds the branch of a union that resembles the sender's branch: the component of the same name, one that a
// constant member tags alike, or the one at the same position with the same type.
func (c *comparison) partner(branch, union *Schema, position int) *Schema {
	candidates := union.branches()
	name := componentName(branch)
	for _, b := range candidates {
		if name != "" && componentName(b) == name {
			return c.unproved(branch, b)
		}
	}
	s := plain(branch)
	if s == nil {
		return nil
	}
	if tag, value := tagOf(s); tag != "" {
		for _, b := range candidates {
			if t := plain(b); t != nil {
				if other, v := tagOf(t); other == tag && Equal(v, value) {
					return c.unproved(branch, b)
				}
			}
		}
		return nil
	}
	if position >= 0 && position < len(candidates) && s.Types != 0 {
		if t := plain(candidates[position]); t != nil && t.Types == s.Types && !s.HasEnum {
			return c.unproved(branch, t)
		}
	}
	return nil
}

// unproved returns b unless a is a subset of it.
func (c *comparison) unproved(a, b *Schema) *Schema {
	if c.proved(a, b) {
		return nil
	}
	return b
}

// componentName returns the last token of the location that a reference leads to.
func componentName(s *Schema) string {
	if s.Ref == nil || !s.bare {
		return ""
	}
	location := s.Ref.Location
	for i := len(location) - 1; i >= 0; i-- {
		if location[i] == '/' {
			return location[i+1:]
		}
	}
	return ""
}

// tagOf returns a required member with a single value.
func tagOf(s *Schema) (string, any) {
	for _, pr := range s.Properties {
		m := plain(pr.Schema)
		if m != nil && len(m.Enum) == 1 && slices.Contains(s.Required, pr.Name) {
			return pr.Name, m.Enum[0]
		}
	}
	return "", nil
}
