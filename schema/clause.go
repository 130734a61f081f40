package schema

import (
	"math/big"
	"slices"
)

// kind is a JSON type with integers among the numbers: the sets of a kind are decided separately.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

func (k kind) types() Types {
	return [...]Types{Null, Boolean, Integer | Number, String, Array, Object}[k]
}

// clause is a conjunction of facts about values of one kind, with the disjunctions that are still to be split.
type clause struct {
	kind     kind
	root     goal
	literals []scoped // already asserted
	choices  []openChoice
	scopes   []scope
	dropped  string // why a constraint could not be expressed

	bools   uint8 // bit 0: false is allowed, bit 1: true
	numbers numbers
	strings stringClause
	array   arrayClause
	object  objectClause
	finite  []any // the only values left, when hasEnum
	hasEnum bool
}

// scoped is a literal in a scope.
type scoped struct {
	literal
	scope int
}

// choice is a disjunction: one of its alternatives holds.
type choice [][]fact

// openChoice is a choice that is still to be made. denied is the schema whose negation it is, if it is one: these come
// after the others, which say more about the value.
type openChoice struct {
	alternatives choice
	denied       *Schema
}

// fact is a conjunct of an alternative: a literal, or an atom of the clause's kind.
type fact struct {
	lit  *scoped
	atom func(*clause) bool // adds itself; false when the clause is contradictory
	// member and count describe the two atoms that quick looks into: a member (or item) that must exist.
	exists *memberFact
	item   *itemFact
	absent string // the member that must be missing, for the negation of required
}

// scope gathers what the schemas within one schema evaluate (2020-12 section 11), or declare in the sender's reading.
type scope struct {
	parent     int
	origin     *Schema
	closing    bool // the sender's reading: undeclared members are not sent
	members    *scoped
	items      *scoped
	negMembers bool // some unevaluated member is not accepted
	negItems   bool
	exact      bool // alternatives of anyOf are told apart

	declares  bool
	all       bool
	names     []string
	patterns  []*language
	prefix    int
	allItems  bool
	uncertain bool
}

func (c *clause) clone() *clause {
	d := *c
	d.literals = slices.Clip(c.literals)
	d.choices = slices.Clone(c.choices)
	d.scopes = slices.Clone(c.scopes)
	for i := range d.scopes {
		d.scopes[i].names = slices.Clip(d.scopes[i].names)
		d.scopes[i].patterns = slices.Clip(d.scopes[i].patterns)
	}
	d.numbers.notMultiples = slices.Clip(c.numbers.notMultiples)
	d.strings = c.strings.clone()
	d.array = c.array.clone()
	d.object = c.object.clone()
	return &d
}

func (c *clause) drop(reason string) {
	if c.dropped == "" {
		c.dropped = reason
	}
}

// solveKind decides the values of one kind.
func (p *prover) solveKind(g goal, k kind) answer {
	c := &clause{kind: k, root: g, bools: 3}
	c.strings.hi, c.array.hi, c.object.hi = unbounded, unbounded, unbounded
	c.scopes = []scope{{parent: -1, closing: true}}
	for _, l := range g {
		if !l.neg && !p.assert(c, scoped{l, 0}) {
			return answer{}
		}
	}
	for _, l := range g {
		if l.neg && !p.assert(c, scoped{l, 0}) {
			return answer{}
		}
	}
	return p.split(c, 0)
}

const maxSplits = 300

// split decides a clause with choices: it drops the alternatives that can't hold, takes those that must, and tries the
// rest one by one.
func (p *prover) split(c *clause, depth int) answer {
	if c.hasEnum {
		return p.pickValue(c.finite, c.root)
	}
	if depth > maxSplits {
		return unsureAnswer("too many alternatives")
	}
	next, ok := p.propagate(c)
	if !ok {
		return answer{}
	}
	if c.hasEnum {
		return p.pickValue(c.finite, c.root)
	}
	if next < 0 {
		return p.finish(c)
	}
	if !p.spend(1 + len(c.literals)/8) {
		return unsureAnswer("the comparison is too large")
	}
	alternatives := c.choices[next].alternatives
	c.choices = slices.Delete(c.choices, next, next+1)
	best := answer{}
	for _, alternative := range alternatives {
		d := c.clone()
		if !p.assertAll(d, alternative) {
			continue
		}
		a := p.split(d, depth+1)
		if a.status == found {
			return a
		}
		if a.status == unsure && (best.status != unsure || !best.has && a.has) {
			best = a
		}
	}
	return best
}

// propagate removes impossible alternatives and asserts the only ones left; it returns the index of the choice to split
// next, or -1.
func (p *prover) propagate(c *clause) (next int, ok bool) {
	for {
		next = -1
		changed := false
		final := !slices.ContainsFunc(c.choices, func(o openChoice) bool { return o.denied == nil })
		for i := 0; i < len(c.choices) && !changed; i++ {
			kept, done := p.prune(c, c.choices[i], final)
			switch {
			case done:
				c.choices = slices.Delete(c.choices, i, i+1)
				changed = true
			case len(kept) == 0:
				return 0, false
			case len(kept) == 1:
				c.choices = slices.Delete(c.choices, i, i+1)
				if !p.assertAll(c, kept[0]) {
					return 0, false
				}
				changed = true
			default:
				c.choices[i].alternatives = kept
				if next < 0 || before(c.choices[i], c.choices[next]) {
					next = i
				}
			}
		}
		if !changed {
			return next, true
		}
	}
}

// prune drops the alternatives of a choice that can't hold; done tells that one of them holds already.
func (p *prover) prune(c *clause, o openChoice, final bool) (kept choice, done bool) {
	if o.denied != nil && p.tellsApart(c, o.denied) {
		return nil, true
	}
	for _, alternative := range o.alternatives {
		if c.entails(alternative, final) {
			return nil, true
		}
	}
	kept = make(choice, 0, len(o.alternatives))
	for _, alternative := range o.alternatives {
		if p.quick(c, alternative) {
			kept = append(kept, alternative)
		}
	}
	return kept, false
}

// before orders the choices: negations last, then the smallest first.
func before(a, b openChoice) bool {
	if (a.denied == nil) != (b.denied == nil) {
		return a.denied == nil
	}
	return len(a.alternatives) < len(b.alternatives)
}

// entails tells whether the clause plainly contains every fact. final says that no choice is left but negations, so that
// the members that the sender declares are known.
func (c *clause) entails(facts []fact, final bool) bool {
	for _, f := range facts {
		known := false
		switch {
		case f.lit != nil:
			known = slices.ContainsFunc(c.literals, func(l scoped) bool { return l.literal == f.lit.literal })
		case f.absent != "":
			known = c.lacks(f.absent, final)
		}
		if !known {
			return false
		}
	}
	return true
}

// lacks tells whether the objects of the clause surely have no such member.
func (c *clause) lacks(name string, final bool) bool {
	sc := &c.scopes[0]
	if final && sc.declares && !sc.all && !sc.uncertain && len(sc.patterns) == 0 && !slices.Contains(sc.names, name) {
		return true
	}
	return slices.ContainsFunc(c.object.all, func(m memberFact) bool {
		in, _ := m.class.contains(name)
		return m.never && in
	})
}

// quick tells whether an alternative could hold, looking only at what it touches.
func (p *prover) quick(c *clause, alternative []fact) bool {
	if !p.spend(1) {
		return true
	}
	for _, f := range alternative {
		if f.exists != nil && !p.memberPossible(c, f.exists) || f.item != nil && !p.itemPossible(c, f.item) {
			return false
		}
	}
	if len(alternative) == 1 && (alternative[0].exists != nil || alternative[0].item != nil) {
		return true
	}
	d := c.clone()
	d.choices = nil
	if !p.assertAll(d, alternative) {
		return false
	}
	if d.hasEnum {
		return p.pickValue(d.finite, d.root).status != empty
	}
	switch d.kind {
	case kindBool:
		return d.bools != 0
	case kindNumber:
		_, found, ok := d.numbers.pick()
		return found || !ok
	case kindString:
		return d.strings.possible()
	case kindObject:
		return p.objectPossible(c, d)
	}
	return true
}

func (p *prover) assertAll(c *clause, facts []fact) bool {
	for _, f := range facts {
		if f.lit != nil {
			if !p.assert(c, *f.lit) {
				return false
			}
		} else if !f.atom(c) {
			return false
		}
	}
	return true
}

// finish decides a clause without choices.
func (p *prover) finish(c *clause) answer {
	if !p.closeScopes(c) {
		return answer{}
	}
	var a answer
	switch c.kind {
	case kindNull:
		a = answer{status: found, has: true}
	case kindBool:
		if c.bools != 0 {
			a = answer{status: found, has: true, value: c.bools&2 != 0}
		}
	case kindNumber:
		v, ok, sure := c.numbers.pick()
		switch {
		case ok:
			a = answer{status: found, has: true, value: numberLiteral(v)}
		case !sure:
			a = unsureAnswer("no number found between the bounds")
		}
	case kindString:
		a = c.strings.pick()
	case kindArray:
		a = p.solveArray(c)
	default:
		a = p.solveObject(c)
	}
	if a.status == found && c.dropped != "" {
		a.status, a.reason = unsure, c.dropped
	}
	return a
}

// choose adds a disjunction.
func (c *clause) choose(alternatives choice) bool {
	c.choices = append(c.choices, openChoice{alternatives: alternatives})
	return len(alternatives) > 0
}

func atomFact(atom func(*clause) bool) []fact { return []fact{{atom: atom}} }

// exclude removes one value of the clause's kind; arrays and objects are excluded by a schema instead.
func (c *clause) exclude(value any) {
	switch v := value.(type) {
	case bool:
		if v {
			c.bools &^= 2
		} else {
			c.bools &^= 1
		}
	case string:
		c.strings.except = append(c.strings.except, v)
	default:
		if n, ok := Rat(v); ok {
			c.numbers.exclude(n)
		} else {
			c.drop("a number of an enum is too large")
		}
	}
}

func (n *numbers) restrict(m *numbers) {
	if m.lo != nil {
		n.atLeast(m.lo, m.loOpen)
	}
	if m.hi != nil {
		n.atMost(m.hi, m.hiOpen)
	}
	if m.multiple != nil {
		n.multipleOf(m.multiple)
	}
}

func ratAtom(apply func(*numbers, *big.Rat), v *big.Rat) []fact {
	return atomFact(func(c *clause) bool { apply(&c.numbers, v); return true })
}
