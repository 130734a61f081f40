package schema

import "slices"

// keyClass is a set of member names: one name, or the names in some languages and not in others, save some names.
type keyClass struct {
	name   string
	single bool
	in     *language // nil: any name
	notIn  []*language
	except []string
}

func nameClass(name string) keyClass { return keyClass{name: name, single: true} }

func (k *keyClass) contains(name string) (in, ok bool) {
	if k.single {
		return k.name == name, true
	}
	if slices.Contains(k.except, name) {
		return false, true
	}
	if k.in != nil {
		if in, ok := k.in.contains(name); !ok || !in {
			return false, ok
		}
	}
	for _, l := range k.notIn {
		if in, ok := l.contains(name); !ok || in {
			return false, ok
		}
	}
	return true, true
}

// memberFact speaks of the members whose name is in a class: all of them, or at least one, satisfy the literals. No
// literal and never set means that there is no such member.
type memberFact struct {
	class keyClass
	lits  goal
	never bool
}

// objectClause is a conjunction of facts about an object.
type objectClause struct {
	lo, hi int // number of members; hi is unbounded when negative
	all    []memberFact
	exists []memberFact
}

func (o objectClause) clone() objectClause {
	o.all, o.exists = slices.Clip(o.all), slices.Clip(o.exists)
	return o
}

func (o *objectClause) atMost(n int) {
	if o.hi < 0 || n < o.hi {
		o.hi = n
	}
}

func allFact(m memberFact) []fact {
	return atomFact(func(c *clause) bool { c.object.all = append(c.object.all, m); return true })
}

func existsFact(m memberFact) []fact {
	return []fact{{exists: &m, atom: func(c *clause) bool { c.object.exists = append(c.object.exists, m); return true }}}
}

// affirmObject adds the object keywords of a schema.
func (p *prover) affirmObject(c *clause, l scoped) bool {
	s, o := l.schema, &c.object
	if s.MinProperties != nil {
		o.lo = max(o.lo, *s.MinProperties)
	}
	if s.MaxProperties != nil {
		o.atMost(*s.MaxProperties)
	}
	sender := l.sender && p.closed
	p.spend(len(s.Properties) / 8)
	for _, pr := range s.Properties {
		m := memberFact{class: nameClass(pr.Name), lits: goal{{pr.Schema, false, sender}}}
		if !travels(pr.Schema, p.direction) {
			if !l.sender {
				continue
			}
			m.lits, m.never = nil, true
		}
		o.all = append(o.all, m)
	}
	langs, known := p.patternsOf(s)
	if !known {
		c.drop("a pattern of patternProperties is not regular")
	}
	for i, pp := range s.PatternProperties {
		if langs[i] != nil {
			o.all = append(o.all, memberFact{class: keyClass{in: langs[i]}, lits: goal{{pp.Schema, false, sender}}})
		}
	}
	if s.AdditionalProperties != nil && known {
		rest := keyClass{notIn: langs, except: namesOf(s.Properties)}
		o.all = append(o.all, memberFact{class: rest, lits: goal{{s.AdditionalProperties, false, sender}}})
	}
	for _, name := range requiredIn(s, p.direction) {
		o.exists = append(o.exists, memberFact{class: nameClass(name)})
	}
	p.evaluates(c, l, langs)
	return p.affirmNames(c, l) && p.affirmDependent(c, l)
}

func namesOf(properties []Property) []string {
	names := make([]string, len(properties))
	for i, pr := range properties {
		names[i] = pr.Name
	}
	return names
}

func (p *prover) patternsOf(s *Schema) (langs []*language, known bool) {
	known = true
	for _, pp := range s.PatternProperties {
		lang, err := p.pattern(pp.Name)
		langs = append(langs, lang)
		known = known && err == nil
	}
	return langs, known
}

// evaluates records what a schema declares in the scopes around it.
func (p *prover) evaluates(c *clause, l scoped, langs []*language) {
	s := l.schema
	for at := l.scope; at >= 0; at = c.scopes[at].parent {
		sc := &c.scopes[at]
		if sc.closing && !(l.sender && p.closed) {
			continue
		}
		sc.declares = sc.declares || len(s.Properties)+len(s.PatternProperties) > 0
		sc.names = append(sc.names, namesOf(s.Properties)...)
		for _, lang := range langs {
			if lang == nil {
				sc.uncertain = true
			} else {
				sc.patterns = append(sc.patterns, lang)
			}
		}
		sc.all = sc.all || s.AdditionalProperties != nil || s.UnevaluatedProperties != nil && l.scope != at
		if sc.closing {
			sc.names = append(sc.names, s.Required...)
			for _, d := range s.DependentRequired {
				sc.names = append(sc.names, d.Required...)
			}
		}
	}
}

func (p *prover) affirmNames(c *clause, l scoped) bool {
	if l.schema.PropertyNames == nil {
		return true
	}
	lang, ok := p.languageOf(l.schema.PropertyNames, 0)
	if !ok {
		c.drop("propertyNames is not a regular set of names")
		return true
	}
	c.object.all = append(c.object.all, memberFact{class: keyClass{in: lang.not()}, never: true})
	return true
}

func (p *prover) affirmDependent(c *clause, l scoped) bool {
	absent := func(name string) []fact { return allFact(memberFact{class: nameClass(name), never: true}) }
	for _, d := range l.schema.DependentRequired {
		var all []fact
		for _, name := range d.Required {
			all = append(all, existsFact(memberFact{class: nameClass(name)})...)
		}
		if !c.choose(choice{absent(d.Name), all}) {
			return false
		}
	}
	for _, d := range l.schema.DependentSchemas {
		present := existsFact(memberFact{class: nameClass(d.Name)})
		sub := &scoped{literal{d.Schema, false, l.sender && p.closed}, l.scope}
		if !c.choose(choice{absent(d.Name), append(present, fact{lit: sub})}) {
			return false
		}
	}
	return true
}

// denyObject lists the negations of the object keywords of a schema.
func (p *prover) denyObject(l scoped) choice {
	s := l.schema
	var out choice
	for _, name := range requiredIn(s, p.direction) {
		missing := allFact(memberFact{class: nameClass(name), never: true})
		missing[0].absent = name
		out = append(out, missing)
	}
	for _, pr := range s.Properties {
		if travels(pr.Schema, p.direction) {
			out = append(out, existsFact(memberFact{class: nameClass(pr.Name), lits: goal{{pr.Schema, true, false}}}))
		}
	}
	langs, known := p.patternsOf(s)
	if !known {
		out = append(out, dropFact("a pattern of patternProperties is not regular"))
	}
	for i, pp := range s.PatternProperties {
		if langs[i] != nil {
			out = append(out, existsFact(memberFact{class: keyClass{in: langs[i]}, lits: goal{{pp.Schema, true, false}}}))
		}
	}
	if s.AdditionalProperties != nil && known {
		rest := keyClass{notIn: langs, except: namesOf(s.Properties)}
		out = append(out, existsFact(memberFact{class: rest, lits: goal{{s.AdditionalProperties, true, false}}}))
	}
	if s.MinProperties != nil && *s.MinProperties > 0 {
		n := *s.MinProperties - 1
		out = append(out, atomFact(func(c *clause) bool { c.object.atMost(n); return true }))
	}
	if s.MaxProperties != nil {
		n := *s.MaxProperties + 1
		out = append(out, atomFact(func(c *clause) bool { c.object.lo = max(c.object.lo, n); return true }))
	}
	return append(out, p.denyNames(l)...)
}

func (p *prover) denyNames(l scoped) choice {
	s := l.schema
	var out choice
	if s.PropertyNames != nil {
		if lang, ok := p.languageOf(s.PropertyNames, 0); ok {
			out = append(out, existsFact(memberFact{class: keyClass{in: lang.not()}}))
		} else {
			out = append(out, dropFact("propertyNames is not a regular set of names"))
		}
	}
	for _, d := range s.DependentRequired {
		for _, name := range d.Required {
			if name != d.Name {
				out = append(out, append(existsFact(memberFact{class: nameClass(d.Name)}),
					allFact(memberFact{class: nameClass(name), never: true})...))
			}
		}
	}
	for _, d := range s.DependentSchemas {
		out = append(out, append(existsFact(memberFact{class: nameClass(d.Name)}),
			fact{lit: &scoped{literal{d.Schema, true, false}, l.scope}}))
	}
	return out
}

// denyUnevaluated holds for the values that s accepts but for its unevaluated keywords.
func (p *prover) denyUnevaluated(c *clause, l scoped) choice {
	s := l.schema
	if !(c.kind == kindObject && s.UnevaluatedProperties != nil || c.kind == kindArray && s.UnevaluatedItems != nil) {
		return nil
	}
	bare, ok := p.stripped[s]
	if !ok {
		copied := *s
		copied.UnevaluatedProperties, copied.UnevaluatedItems = nil, nil
		bare = &copied
		p.stripped[s] = bare
	}
	return choice{atomFact(func(c *clause) bool {
		inner := p.openScope(c, scoped{literal{schema: s}, l.scope}, true)
		return p.assert(c, scoped{literal{schema: bare}, inner.scope})
	})}
}

// closeScopes adds what the unevaluated keywords and the sender's reading ask of the members that no schema evaluates.
func (p *prover) closeScopes(c *clause) bool {
	for i := len(c.scopes) - 1; i >= 0; i-- {
		sc := &c.scopes[i]
		if c.kind == kindObject && !closeMembers(c, sc) || c.kind == kindArray && !closeItems(c, sc) {
			return false
		}
	}
	return true
}

func closeMembers(c *clause, sc *scope) bool {
	rest := keyClass{notIn: sc.patterns, except: sc.names}
	wanted := sc.members != nil || sc.closing && sc.declares
	switch {
	case !wanted:
	case sc.all:
		return sc.closing || !sc.negMembers
	case sc.uncertain:
		c.drop("unevaluated members depend on a pattern that is not regular")
	case sc.closing:
		c.object.all = append(c.object.all, memberFact{class: rest, never: true})
	case sc.negMembers:
		c.object.exists = append(c.object.exists, memberFact{class: rest, lits: goal{sc.members.literal}})
	default:
		c.object.all = append(c.object.all, memberFact{class: rest, lits: goal{sc.members.literal}})
	}
	return true
}
