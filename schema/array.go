package schema

import "slices"

// itemFact speaks of the items at positions from (inclusive) to to (exclusive, unbounded when negative).
type itemFact struct {
	from, to int
	lits     goal
	count    int // of an exists: at least that many; of a limit: at most
}

// arrayClause is a conjunction of facts about an array.
type arrayClause struct {
	lo, hi      int
	all         []itemFact
	exists      []itemFact
	limits      []itemFact
	unique, dup bool
}

func (a arrayClause) clone() arrayClause {
	a.all, a.exists, a.limits = slices.Clip(a.all), slices.Clip(a.exists), slices.Clip(a.limits)
	return a
}

func (a *arrayClause) atMost(n int) {
	if a.hi < 0 || n < a.hi {
		a.hi = n
	}
}

func (p *prover) affirmArray(c *clause, l scoped) {
	s, a := l.schema, &c.array
	if s.MinItems != nil {
		a.lo = max(a.lo, *s.MinItems)
	}
	if s.MaxItems != nil {
		a.atMost(*s.MaxItems)
	}
	a.unique = a.unique || s.UniqueItems
	sender := l.sender && p.closed
	for i, item := range s.PrefixItems {
		a.all = append(a.all, itemFact{from: i, to: i + 1, lits: goal{{item, false, sender}}})
	}
	if s.Items != nil {
		a.all = append(a.all, itemFact{from: len(s.PrefixItems), to: unbounded, lits: goal{{s.Items, false, sender}}})
	}
	if s.Contains != nil {
		least, lits := containsLeast(s), goal{{s.Contains, false, sender}}
		if least > 0 {
			a.exists = append(a.exists, itemFact{to: unbounded, lits: lits, count: least})
		}
		if s.MaxContains != nil {
			a.limits = append(a.limits, itemFact{to: unbounded, lits: goal{{schema: s.Contains}}, count: *s.MaxContains})
		}
	}
	for at := l.scope; at >= 0; at = c.scopes[at].parent {
		sc := &c.scopes[at]
		sc.prefix = max(sc.prefix, len(s.PrefixItems))
		sc.allItems = sc.allItems || s.Items != nil || s.UnevaluatedItems != nil && l.scope != at
		sc.uncertain = sc.uncertain || s.Contains != nil
	}
}

func containsLeast(s *Schema) int {
	if s.MinContains != nil {
		return *s.MinContains
	}
	return 1
}

func denyArray(l scoped) choice {
	s := l.schema
	var out choice
	set := func(apply func(*arrayClause)) {
		out = append(out, atomFact(func(c *clause) bool { apply(&c.array); return true }))
	}
	if s.MinItems != nil && *s.MinItems > 0 {
		set(func(a *arrayClause) { a.atMost(*s.MinItems - 1) })
	}
	if s.MaxItems != nil {
		set(func(a *arrayClause) { a.lo = max(a.lo, *s.MaxItems+1) })
	}
	if s.UniqueItems {
		set(func(a *arrayClause) { a.dup = true; a.lo = max(a.lo, 2) })
	}
	for i, item := range s.PrefixItems {
		out = append(out, existsItem(itemFact{from: i, to: i + 1, lits: goal{{item, true, false}}, count: 1}))
	}
	if s.Items != nil {
		out = append(out, existsItem(itemFact{from: len(s.PrefixItems), to: unbounded, lits: goal{{s.Items, true, false}}, count: 1}))
	}
	if s.Contains != nil {
		lits := goal{{schema: s.Contains}}
		if least := containsLeast(s); least > 0 {
			set(func(a *arrayClause) {
				a.limits = append(a.limits, itemFact{to: unbounded, lits: lits, count: least - 1})
			})
		}
		if s.MaxContains != nil {
			out = append(out, existsItem(itemFact{to: unbounded, lits: lits, count: *s.MaxContains + 1}))
		}
	}
	return out
}

func existsItem(f itemFact) []fact {
	return []fact{{item: &f, atom: func(c *clause) bool { c.array.exists = append(c.array.exists, f); return true }}}
}

func closeItems(c *clause, sc *scope) bool {
	switch {
	case sc.items == nil:
	case sc.allItems:
		return !sc.negItems
	case sc.uncertain:
		c.drop("unevaluatedItems beside contains")
	case sc.negItems:
		c.array.exists = append(c.array.exists, itemFact{from: sc.prefix, to: unbounded, lits: goal{sc.items.literal}, count: 1})
	default:
		c.array.all = append(c.array.all, itemFact{from: sc.prefix, to: unbounded, lits: goal{sc.items.literal}})
	}
	return true
}

// itemPossible tells whether an item could satisfy the literals somewhere.
func (p *prover) itemPossible(c *clause, f *itemFact) bool {
	horizon := c.array.horizon()
	end := max(horizon, f.from) + 1
	if f.to >= 0 {
		end = min(end, f.to)
	}
	for i := f.from; i < end; i++ {
		if c.array.hi >= 0 && i >= c.array.hi {
			return false
		}
		if p.solve(append(c.array.at(i), f.lits...)).status != empty {
			return true
		}
		if p.solve(c.array.at(i)).status == empty {
			return false
		}
	}
	return false
}

// horizon is the position from which on all positions are alike.
func (a *arrayClause) horizon() int {
	h := 0
	for _, list := range [][]itemFact{a.all, a.exists, a.limits} {
		for _, f := range list {
			h = max(h, f.from, f.to)
		}
	}
	return h
}

// at returns what the item at a position must satisfy.
func (a *arrayClause) at(i int) goal {
	var g goal
	for _, f := range a.all {
		if i >= f.from && (f.to < 0 || i < f.to) {
			g = append(g, f.lits...)
		}
	}
	return g
}
