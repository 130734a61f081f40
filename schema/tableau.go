package schema

// assert adds a literal to a clause; false when the clause becomes contradictory.
func (p *prover) assert(c *clause, l scoped) bool {
	if !p.spend(1 + len(c.literals)/16) {
		c.drop("the comparison is too large")
		return true
	}
	for _, known := range c.literals {
		if known == l {
			return true
		}
		if known.neg != l.neg && p.same(known.schema, l.schema) {
			return false
		}
	}
	if c.within(l) || l.neg && p.tellsApart(c, l.schema) {
		return true
	}
	c.literals = append(c.literals, l)
	s := l.schema
	switch {
	case s.Never:
		return l.neg
	case l.neg:
		return p.deny(c, l)
	}
	if (c.kind == kindObject && s.UnevaluatedProperties != nil) || (c.kind == kindArray && s.UnevaluatedItems != nil) {
		return p.affirm(c, p.openScope(c, l, false))
	}
	return p.affirm(c, l)
}

// within tells whether a schema is met again inside its own scope: a reference cycle that adds nothing.
func (c *clause) within(l scoped) bool {
	for at := l.scope; at > 0; at = c.scopes[at].parent {
		if !l.neg && c.scopes[at].origin == l.schema {
			return true
		}
	}
	return false
}

// openScope starts the scope of a schema with unevaluated keywords.
func (p *prover) openScope(c *clause, l scoped, deny bool) scoped {
	s := scope{parent: l.scope, origin: l.schema, exact: deny, negMembers: deny, negItems: deny}
	if u := l.schema.UnevaluatedProperties; u != nil {
		s.members = &scoped{literal{u, deny, l.sender && !deny}, l.scope}
	}
	if u := l.schema.UnevaluatedItems; u != nil {
		s.items = &scoped{literal{u, deny, l.sender && !deny}, l.scope}
	}
	c.scopes = append(c.scopes, s)
	return scoped{l.literal, len(c.scopes) - 1}
}

// affirm adds every keyword of a schema.
func (p *prover) affirm(c *clause, l scoped) bool {
	s := l.schema
	if s.Types != 0 && s.Types&c.kind.types() == 0 {
		return false
	}
	if s.HasEnum {
		c.restrictTo(s.Enum)
		if len(c.finite) == 0 {
			return false
		}
	}
	sub := func(t *Schema, neg bool) *scoped {
		return &scoped{literal{t, neg, l.sender && !neg && p.closed}, l.scope}
	}
	if s.Ref != nil && !p.assert(c, *sub(s.Ref, false)) {
		return false
	}
	if s.DynamicRef != nil && !p.affirmDynamic(c, sub(s.DynamicRef, false), s) {
		return false
	}
	for _, b := range s.AllOf {
		if !p.assert(c, *sub(b, false)) {
			return false
		}
	}
	if s.Not != nil && !p.assert(c, *sub(s.Not, true)) {
		return false
	}
	if !p.affirmAtoms(c, l) {
		return false
	}
	if len(s.AnyOf) > 0 && !p.affirmAny(c, l, sub) {
		return false
	}
	if len(s.OneOf) > 0 && !p.affirmOne(c, l, sub) {
		return false
	}
	return s.If == nil || c.choose(ifChoice(s, sub, false))
}

func (p *prover) affirmDynamic(c *clause, l *scoped, s *Schema) bool {
	if s.DynamicName != "" {
		c.drop("$dynamicRef depends on the schemas that lead to it")
		return true
	}
	return p.assert(c, *l)
}

func (c *clause) restrictTo(values []any) {
	var kept []any
	if c.hasEnum {
		known := map[string]bool{}
		for _, v := range c.finite {
			known[canonicalText(v)] = true
		}
		for _, v := range values {
			if known[canonicalText(v)] {
				kept = append(kept, v)
			}
		}
	} else {
		for _, v := range values {
			if TypesOf(v)&c.kind.types() != 0 {
				kept = append(kept, v)
			}
		}
	}
	c.finite, c.hasEnum = kept, true
}

// ifChoice is (if and then) or (not if and else), or its negation.
func ifChoice(s *Schema, sub func(*Schema, bool) *scoped, neg bool) choice {
	var out choice
	branch := func(negIf bool, then *Schema) {
		switch {
		case then != nil:
			out = append(out, []fact{{lit: sub(s.If, negIf)}, {lit: sub(then, neg)}})
		case !neg:
			out = append(out, []fact{{lit: sub(s.If, negIf)}})
		}
	}
	branch(false, s.Then)
	branch(true, s.Else)
	return out
}

const (
	maxCombined = 4
	maxPairs    = 60
)

// affirmAny adds an anyOf. Where it matters which branches a value is in (it declares the union of their members), the
// combinations are alternatives of their own.
func (p *prover) affirmAny(c *clause, l scoped, sub func(*Schema, bool) *scoped) bool {
	branches := p.eval.anyOf(l.schema)
	tracked := (c.kind == kindObject || c.kind == kindArray) && c.tracks(l, p)
	if tracked && c.exactScope(l.scope) {
		return p.affirmExactly(c, branches, sub)
	}
	var out choice
	for _, b := range branches {
		out = append(out, []fact{{lit: sub(b, false)}})
	}
	if tracked && len(branches) > 1 {
		for mask := 1; len(branches) <= maxCombined && mask < 1<<len(branches); mask++ {
			if mask&(mask-1) != 0 {
				out = append(out, combination(branches, mask, sub, false))
			}
		}
		if len(branches) > maxCombined {
			out = append(out, combination(branches, 1<<min(len(branches), 62)-1, sub, false))
		}
	}
	return c.choose(out)
}

func combination(branches []*Schema, mask int, sub func(*Schema, bool) *scoped, exact bool) []fact {
	var facts []fact
	for i, b := range branches {
		if i < 62 && mask>>i&1 == 1 {
			facts = append(facts, fact{lit: sub(b, false)})
		} else if exact {
			facts = append(facts, fact{lit: sub(b, true)})
		}
	}
	return facts
}

func (p *prover) affirmExactly(c *clause, branches []*Schema, sub func(*Schema, bool) *scoped) bool {
	if len(branches) > maxCombined {
		c.drop("unevaluated members depend on many alternatives")
		return true
	}
	var out choice
	for mask := 1; mask < 1<<len(branches); mask++ {
		out = append(out, combination(branches, mask, sub, true))
	}
	return c.choose(out)
}

// tracks tells whether some scope around the literal counts evaluated members.
func (c *clause) tracks(l scoped, p *prover) bool {
	return l.scope > 0 || p.closed && l.sender
}

func (c *clause) exactScope(at int) bool {
	for ; at >= 0; at = c.scopes[at].parent {
		if c.scopes[at].exact {
			return true
		}
	}
	return false
}

// affirmOne adds a oneOf: one branch holds and the others don't.
func (p *prover) affirmOne(c *clause, l scoped, sub func(*Schema, bool) *scoped) bool {
	branches := p.eval.oneOf(l.schema)
	var out choice
	for i, b := range branches {
		facts := []fact{{lit: sub(b, false)}}
		for j, other := range branches {
			if j != i && !p.apartIn(b, other, c.kind, len(branches)) {
				facts = append(facts, fact{lit: sub(other, true)})
			}
		}
		out = append(out, facts)
	}
	return c.choose(out)
}

// deny adds the negation of a schema: one of its keywords does not hold.
func (p *prover) deny(c *clause, l scoped) bool {
	s := l.schema
	if s.Types != 0 && s.Types&c.kind.types() == 0 {
		return true
	}
	sub := func(t *Schema, neg bool) *scoped { return &scoped{literal{t, neg, false}, l.scope} }
	out := p.denyAtoms(c, l)
	if s.HasEnum {
		out = append(out, p.denyEnum(c, s, l.scope))
	}
	if s.Ref != nil {
		out = append(out, []fact{{lit: sub(s.Ref, true)}})
	}
	if s.DynamicRef != nil {
		if s.DynamicName != "" {
			out = append(out, dropFact("$dynamicRef depends on the schemas that lead to it"))
		} else {
			out = append(out, []fact{{lit: sub(s.DynamicRef, true)}})
		}
	}
	for _, b := range s.AllOf {
		out = append(out, []fact{{lit: sub(b, true)}})
	}
	if s.Not != nil {
		out = append(out, []fact{{lit: sub(s.Not, false)}})
	}
	if len(s.AnyOf) > 0 {
		var facts []fact
		for _, b := range p.eval.anyOf(s) {
			facts = append(facts, fact{lit: sub(b, true)})
		}
		out = append(out, facts)
	}
	if len(s.OneOf) > 0 {
		out = append(out, p.denyOne(c, s, sub)...)
	}
	if s.If != nil {
		out = append(out, ifChoice(s, sub, true)...)
	}
	out = append(out, p.denyUnevaluated(c, l)...)
	if len(out) == 1 {
		return p.assertAll(c, out[0])
	}
	c.choices = append(c.choices, openChoice{out, s})
	return len(out) > 0
}

func dropFact(reason string) []fact {
	return atomFact(func(c *clause) bool { c.drop(reason); return true })
}

// denyOne lists the ways to miss a oneOf: no branch holds, or two do.
func (p *prover) denyOne(c *clause, s *Schema, sub func(*Schema, bool) *scoped) choice {
	branches := p.eval.oneOf(s)
	var none []fact
	for _, b := range branches {
		none = append(none, fact{lit: sub(b, true)})
	}
	out := choice{none}
	for i, a := range branches {
		for _, b := range branches[i+1:] {
			if p.apartIn(a, b, c.kind, len(branches)) {
				continue
			}
			if len(branches) > maxPairs {
				return append(out, dropFact("a large oneOf whose branches may overlap"))
			}
			out = append(out, []fact{{lit: sub(a, false)}, {lit: sub(b, false)}})
		}
	}
	return out
}

// denyEnum excludes the values of an enum.
func (p *prover) denyEnum(c *clause, s *Schema, scope int) []fact {
	var facts []fact
	var scalars []any
	for _, v := range s.Enum {
		if TypesOf(v)&c.kind.types() == 0 {
			continue
		}
		switch v.(type) {
		case nil:
			return atomFact(func(*clause) bool { return false })
		case []any, map[string]any:
			facts = append(facts, fact{lit: &scoped{literal{p.constant(v), true, false}, scope}})
		default:
			scalars = append(scalars, v)
		}
	}
	return append(facts, fact{atom: func(c *clause) bool {
		for _, v := range scalars {
			c.exclude(v)
		}
		return true
	}})
}

// constant returns a schema without enum that accepts only v: its negation is a boolean formula.
func (p *prover) constant(v any) *Schema {
	key := canonicalText(v)
	if s, ok := p.synthetic[key]; ok {
		return s
	}
	s := &Schema{Location: "const:" + key}
	switch v := v.(type) {
	case []any:
		n := len(v)
		s.Types, s.MinItems, s.MaxItems = Array, &n, &n
		for _, item := range v {
			s.PrefixItems = append(s.PrefixItems, p.constant(item))
		}
	case map[string]any:
		s.Types, s.Required, s.AdditionalProperties = Object, sortedKeys(v), &Schema{Never: true}
		for _, name := range s.Required {
			s.Properties = append(s.Properties, Property{name, p.constant(v[name])})
		}
	default:
		s.Enum, s.HasEnum, s.Const = []any{v}, true, true
	}
	p.synthetic[key] = s
	return s
}
