package schema

import (
	"slices"
	"sort"
	"strconv"
)

// objectSolver builds an object that satisfies a clause. The names split into those that the clause mentions, and
// regions of the others: the names in the same patterns are all alike.
type objectSolver struct {
	p       *prover
	c       *clause
	single  map[string]goal // what every member of the name satisfies
	never   map[string]bool
	names   []string // mentioned, sorted
	groups  []memberFact
	langs   []*language
	regions []region
	reason  string
}

// region is a set of names that no class of the clause tells apart.
type region struct {
	lang  *language // nil: any name that is not mentioned
	lits  goal
	never bool
	sign  uint
}

const maxKeyPatterns = 6

func (p *prover) newObjectSolver(c *clause) *objectSolver {
	s := &objectSolver{p: p, c: c, single: map[string]goal{}, never: map[string]bool{}}
	mentioned := map[string]bool{}
	note := func(l *language) {
		if l != nil && !slices.Contains(s.langs, l) {
			s.langs = append(s.langs, l)
		}
	}
	for _, list := range [][]memberFact{c.object.all, c.object.exists} {
		for _, m := range list {
			if m.class.single {
				mentioned[m.class.name] = true
			}
			for _, name := range m.class.except {
				mentioned[name] = true
			}
			note(m.class.in)
			for _, l := range m.class.notIn {
				note(l)
			}
		}
	}
	for _, m := range c.object.all {
		if !m.class.single {
			s.groups = append(s.groups, m)
			continue
		}
		s.single[m.class.name] = append(s.single[m.class.name], m.lits...)
		if m.never {
			s.never[m.class.name] = true
		}
	}
	s.names = sortedKeys(mentioned)
	return s
}

// at returns what a member of the given, mentioned name must satisfy.
func (s *objectSolver) at(name string) (g goal, never bool) {
	g, never = slices.Clone(s.single[name]), s.never[name]
	for i := range s.groups {
		m := &s.groups[i]
		in, ok := m.class.contains(name)
		if !ok {
			s.reason = "a pattern is too large to compare"
		}
		if in {
			g, never = append(g, m.lits...), never || m.never
		}
	}
	return g, never
}

// place is a member of the object that is being built.
type place struct {
	name string
	lits goal // beyond what the name asks
	in   *region
}

// solveObject finds an object of a clause without choices.
func (p *prover) solveObject(c *clause) answer {
	if c.object.hi >= 0 && c.object.lo > c.object.hi {
		return answer{}
	}
	if !p.spend(1 + (len(c.object.all)+len(c.object.exists))/4) {
		return unsureAnswer("the comparison is too large")
	}
	s := p.newObjectSolver(c)
	var places []place
	var others []memberFact
	for _, m := range c.object.exists {
		if !m.class.single {
			others = append(others, m)
			continue
		}
		i := slices.IndexFunc(places, func(pl place) bool { return pl.name == m.class.name })
		if i < 0 {
			places = append(places, place{name: m.class.name})
			i = len(places) - 1
		}
		places[i].lits = append(places[i].lits, m.lits...)
	}
	for i := range places {
		if s.value(places[i]).status == empty {
			return answer{}
		}
	}
	if len(s.langs) > maxKeyPatterns {
		c.drop("too many patterns of names")
		s.langs = s.langs[:maxKeyPatterns]
	}
	s.cutRegions()
	a := s.placeOthers(places, others)
	if a.status != found && s.reason != "" && a.status == empty {
		return unsureAnswer(s.reason)
	}
	return a
}

// cutRegions lists the regions of the names that are not mentioned.
func (s *objectSolver) cutRegions() {
	for sign := uint(0); sign < 1<<len(s.langs); sign++ {
		r := region{sign: sign}
		for i, l := range s.langs {
			if sign>>i&1 == 0 {
				l = l.not()
			}
			if r.lang == nil {
				r.lang = &language{op: langAnd}
			}
			r.lang.subs = append(r.lang.subs, l)
		}
		for _, m := range s.groups {
			if s.covers(&m.class, sign) {
				r.lits, r.never = append(r.lits, m.lits...), r.never || m.never
			}
		}
		if !r.never {
			s.regions = append(s.regions, r)
		}
	}
	// The regions in the fewest patterns first: their names are the plainest.
	sort.SliceStable(s.regions, func(i, j int) bool { return s.regions[i].sign < s.regions[j].sign })
}

// covers tells whether a region is part of a class.
func (s *objectSolver) covers(k *keyClass, sign uint) bool {
	within := func(l *language) bool {
		i := slices.Index(s.langs, l)
		return i >= 0 && sign>>i&1 == 1
	}
	return !k.single && (k.in == nil || within(k.in)) && !slices.ContainsFunc(k.notIn, within)
}

// value solves the value of a member.
func (s *objectSolver) value(pl place) answer {
	var g goal
	if pl.in != nil {
		g = append(g, pl.in.lits...)
	} else {
		base, never := s.at(pl.name)
		if never {
			return answer{}
		}
		g = base
	}
	return s.p.solve(append(g, pl.lits...))
}

// placeOthers finds a member for each of the facts that ask for one of a class, then as many as the count needs.
func (s *objectSolver) placeOthers(places []place, others []memberFact) answer {
	if len(others) == 0 {
		return s.fill(places)
	}
	m, rest := others[0], others[1:]
	best := answer{}
	try := func(next []place) bool {
		a := s.placeOthers(next, rest)
		if a.status == found || a.status == unsure && !best.has {
			best = a
		}
		return a.status == found
	}
	with := func(i int) []place {
		next := slices.Clone(places)
		next[i].lits = append(slices.Clip(next[i].lits), m.lits...)
		return next
	}
	room := s.c.object.hi < 0 || len(places) < s.c.object.hi
	for i := range s.regions {
		r := &s.regions[i]
		if !room || !s.covers(&m.class, r.sign) {
			continue
		}
		pl := place{lits: m.lits, in: r}
		if s.value(pl).status == empty {
			continue
		}
		if name, ok := s.fresh(r, places); ok {
			pl.name = name
			if try(append(slices.Clip(places), pl)) {
				return best
			}
		}
	}
	for i, pl := range places {
		if in, _ := s.inClass(&m.class, pl); in {
			if next := with(i); s.value(next[i]).status != empty && try(next) {
				return best
			}
		}
	}
	for _, name := range s.names {
		taken := slices.ContainsFunc(places, func(pl place) bool { return pl.name == name })
		if in, _ := m.class.contains(name); !in || taken || !room {
			continue
		}
		pl := place{name: name, lits: m.lits}
		if s.value(pl).status != empty && try(append(slices.Clip(places), pl)) {
			return best
		}
	}
	return best
}

func (s *objectSolver) inClass(k *keyClass, pl place) (bool, bool) {
	if pl.in != nil {
		return s.covers(k, pl.in.sign), true
	}
	return k.contains(pl.name)
}

// fresh returns a name of the region that is neither mentioned nor taken.
func (s *objectSolver) fresh(r *region, places []place) (string, bool) {
	used := map[string]bool{}
	for _, name := range s.names {
		used[name] = true
	}
	for _, pl := range places {
		used[pl.name] = true
	}
	if r.lang == nil {
		for _, name := range []string{"x", "y", "z"} {
			if !used[name] {
				return name, true
			}
		}
		for i := 1; ; i++ {
			if name := "x" + strconv.Itoa(i); !used[name] {
				return name, true
			}
		}
	}
	except := wordsLanguage(sortedKeys(used)...).not()
	readable := both(append([]*language{except, lengthLanguage(1, unbounded)}, r.lang.subs...)...)
	if name, found, _ := readable.shortest(); found {
		return name, true
	}
	name, found, sure := both(append([]*language{except}, r.lang.subs...)...).shortest()
	if !sure {
		s.reason = "the patterns of names are too large to compare"
	}
	return name, found
}

const maxMembers = 5000

// fill adds members until there are enough, and builds the object.
func (s *objectSolver) fill(places []place) answer {
	o := &s.c.object
	if o.hi >= 0 && len(places) > o.hi {
		return answer{}
	}
	if o.lo > maxMembers {
		return unsureAnswer("the object has too many members")
	}
	places = slices.Clone(places)
	for _, name := range s.names {
		if len(places) >= o.lo {
			break
		}
		pl := place{name: name}
		if !slices.ContainsFunc(places, func(q place) bool { return q.name == name }) && s.value(pl).status != empty {
			places = append(places, pl)
		}
	}
	for i := 0; i < len(s.regions) && len(places) < o.lo; {
		name, ok := "", s.value(place{in: &s.regions[i]}).status != empty
		if ok {
			name, ok = s.fresh(&s.regions[i], places)
		}
		if !ok {
			i++
			continue
		}
		places = append(places, place{name: name, in: &s.regions[i]})
	}
	if len(places) < o.lo {
		return answer{}
	}
	return s.build(places)
}

func (s *objectSolver) build(places []place) answer {
	object := make(map[string]any, len(places))
	result := answer{status: found, has: true}
	for _, pl := range places {
		a := s.value(pl)
		switch a.status {
		case empty:
			return answer{}
		case unsure:
			result.status, result.reason = unsure, a.reason
			result.has = result.has && a.has
		}
		object[pl.name] = a.value
	}
	result.value = object
	return result
}

// memberPossible tells whether a member of the class could satisfy the literals, given what the clause says of it.
func (p *prover) memberPossible(c *clause, m *memberFact) bool {
	if !m.class.single {
		return true
	}
	var g goal
	for i := range c.object.all {
		all := &c.object.all[i]
		if in, _ := all.class.contains(m.class.name); in {
			if all.never {
				return false
			}
			g = append(g, all.lits...)
		}
	}
	for i := range c.object.exists {
		if e := &c.object.exists[i]; e.class.single && e.class.name == m.class.name {
			g = append(g, e.lits...)
		}
	}
	return p.solve(append(g, m.lits...)).status != empty
}

// objectPossible looks at the members that d, which extends c, says more about.
func (p *prover) objectPossible(c, d *clause) bool {
	o := &d.object
	if o.hi >= 0 && o.lo > o.hi {
		return false
	}
	touched := map[string]bool{}
	for _, m := range o.all[min(len(c.object.all), len(o.all)):] {
		if m.class.single {
			touched[m.class.name] = true
		}
	}
	for _, m := range o.exists[min(len(c.object.exists), len(o.exists)):] {
		if m.class.single {
			touched[m.class.name] = true
		}
	}
	for i := range o.exists {
		if e := &o.exists[i]; e.class.single && touched[e.class.name] && !p.memberPossible(d, e) {
			return false
		}
	}
	return true
}
