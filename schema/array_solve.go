package schema

import (
	"math/bits"
	"slices"
)

const (
	maxArrayLength  = 1 << 17
	maxArrayDemands = 40
)

// arraySolver builds an array of a given length.
type arraySolver struct {
	p      *prover
	a      *arrayClause
	tail   int    // from here on the positions are alike
	extra  []goal // for each position, beyond what the clause asks of all
	reason string
	best   answer
}

// solveArray finds an array of a clause without choices. An item at a position beyond the horizon that no fact needs
// can be left out, so that the lengths up to the sum of what is needed decide.
func (p *prover) solveArray(c *clause) answer {
	a := &c.array
	a.limits = p.mergeLimits(a.limits)
	horizon, demand := a.horizon(), 0
	for _, f := range a.exists {
		demand += f.count
	}
	hi := max(a.lo, horizon+min(demand, maxArrayDemands))
	if a.dup {
		hi = max(hi, horizon+demand+2)
	}
	if a.hi >= 0 {
		hi = min(hi, a.hi)
	}
	if a.hi >= 0 && a.lo > a.hi {
		return answer{}
	}
	if a.lo > maxArrayLength {
		return p.solveLong(c, horizon+min(demand, maxArrayDemands)+2)
	}
	best := answer{}
	for n := 0; n <= hi; n++ {
		if n > 0 && n-1 <= horizon && p.solve(a.at(n-1)).status == empty {
			break
		}
		if n < a.lo {
			if n > horizon {
				n = a.lo - 1
			}
			continue
		}
		s := &arraySolver{p: p, a: a, tail: horizon, extra: make([]goal, n)}
		if s.demand(0, 0, 0) {
			return s.best
		}
		if s.best.status == unsure {
			best = s.best
		} else if s.reason != "" && best.status == empty {
			best = unsureAnswer(s.reason)
		}
		if !p.spend(1) {
			return unsureAnswer("the comparison is too large")
		}
	}
	if demand > maxArrayDemands && best.status == empty {
		return unsureAnswer("contains asks for too many items")
	}
	return best
}

// solveLong decides about arrays that are too long to be built: where there is none of a length at which the items are
// alike from the horizon on, there is none that is longer.
func (p *prover) solveLong(c *clause, enough int) answer {
	short := *c
	short.array = c.array.clone()
	short.array.lo, short.array.hi = enough, enough
	if enough < min(maxArrayLength, maxArrayDemands) && p.solveArray(&short).status == empty && !c.array.unique && !c.array.dup {
		return answer{}
	}
	return unsureAnswer("the array is too long to be shown")
}

// mergeLimits keeps the lowest limit for each schema.
func (p *prover) mergeLimits(limits []itemFact) []itemFact {
	var out []itemFact
	for _, f := range limits {
		i := slices.IndexFunc(out, func(g itemFact) bool { return p.same(f.lits[0].schema, g.lits[0].schema) })
		if i < 0 {
			out = append(out, f)
		} else {
			out[i].count = min(out[i].count, f.count)
		}
	}
	return out
}

// demand places the items that exists asks for: the k-th of the i-th fact, at position at or later.
func (s *arraySolver) demand(i, k, at int) bool {
	if i == len(s.a.exists) {
		return s.limit(0, make([]int, len(s.a.limits)))
	}
	f := &s.a.exists[i]
	if k == f.count {
		return s.demand(i+1, 0, 0)
	}
	end := len(s.extra)
	if f.to >= 0 {
		end = min(end, f.to)
	}
	for pos := max(at, f.from); pos < end; pos++ {
		kept := s.extra[pos]
		untouched := pos >= s.tail && len(kept) == 0
		s.extra[pos] = append(slices.Clip(kept), f.lits...)
		if s.value(pos).status != empty && s.demand(i, k+1, pos+1) {
			return true
		}
		s.extra[pos] = kept
		if untouched || !s.p.spend(1) {
			break // the positions after it are the same
		}
	}
	return false
}

func (s *arraySolver) goalAt(pos int) goal { return append(s.a.at(pos), s.extra[pos]...) }

func (s *arraySolver) value(pos int) answer { return s.p.solve(s.goalAt(pos)) }

const maxLimits = 5

// limit makes sure that no more items than allowed satisfy the literals of a limit: at each position from pos on it
// denies as many of them as it can.
func (s *arraySolver) limit(pos int, counts []int) bool {
	limits := s.a.limits
	if pos == len(s.extra) || len(limits) == 0 {
		return s.build()
	}
	if len(limits) > maxLimits || !s.p.spend(1) {
		s.reason = "several contains limit the items"
		return false
	}
	kept := s.extra[pos]
	defer func() { s.extra[pos] = kept }()
	var tried []int // sets of limits that the item may count for, none a superset of another
	for _, mask := range bySize(len(limits)) {
		if slices.ContainsFunc(tried, func(t int) bool { return mask&t == t }) {
			continue
		}
		next := slices.Clone(counts)
		within := true
		s.extra[pos] = slices.Clip(kept)
		for i, f := range limits {
			if mask>>i&1 == 1 {
				next[i]++
				within = within && next[i] <= f.count
			} else {
				s.extra[pos] = append(s.extra[pos], literal{f.lits[0].schema, !f.lits[0].neg, false})
			}
		}
		if s.value(pos).status == empty {
			continue
		}
		tried = append(tried, mask)
		if within && s.limit(pos+1, next) {
			return true
		}
	}
	return false
}

// bySize lists the subsets of n things as bit masks, the smallest first.
func bySize(n int) []int {
	masks := make([]int, 1<<n)
	for i := range masks {
		masks[i] = i
	}
	slices.SortStableFunc(masks, func(a, b int) int { return bits.OnesCount(uint(a)) - bits.OnesCount(uint(b)) })
	return masks
}

// build solves every position, with distinct or with two equal values where that is asked.
func (s *arraySolver) build() bool {
	if s.a.dup {
		return s.buildDuplicate()
	}
	return s.buildWith(-1, -1)
}

func (s *arraySolver) buildDuplicate() bool {
	n := len(s.extra)
	for i := 0; i < n; i++ {
		for j := i + 1; j < n; j++ {
			if i > s.tail+4 || j > s.tail+6 {
				return false
			}
			if s.p.solve(append(s.goalAt(i), s.goalAt(j)...)).status != empty && s.buildWith(i, j) {
				return true
			}
		}
	}
	return false
}

// buildWith solves every position; those at i and j get the same value when j is not negative.
func (s *arraySolver) buildWith(i, j int) bool {
	if s.a.unique && j >= 0 {
		return false
	}
	result := answer{status: found, has: true}
	array := make([]any, len(s.extra))
	var taken []any
	for pos := range s.extra {
		g := s.goalAt(pos)
		switch {
		case j >= 0 && (pos == i || pos == j):
			g = append(s.goalAt(i), s.goalAt(j)...)
		case s.a.unique && pos > 300:
			s.reason = "uniqueItems with too many items"
			return false
		case s.a.unique:
			g = s.without(g, taken)
		}
		a := s.p.solve(g)
		if a.status == empty {
			if s.a.unique && !s.uniform() {
				s.reason = "uniqueItems over items of few values"
			}
			return false
		}
		if a.status == unsure {
			result.status, result.reason, result.has = unsure, a.reason, result.has && a.has
		}
		array[pos] = a.value
		taken = append(taken, a.value)
	}
	result.value = array
	if result.status == found || s.best.status == empty {
		s.best = result
	}
	return result.status == found
}

// without excludes the values that are taken already.
func (s *arraySolver) without(g goal, taken []any) goal {
	for _, v := range taken {
		g = append(g, literal{s.p.constant(v), true, false})
	}
	return g
}

// uniform tells whether all positions ask the same, so that taking values one by one decides.
func (s *arraySolver) uniform() bool {
	for pos := range s.extra {
		if !slices.Equal(s.goalAt(pos), s.goalAt(0)) {
			return false
		}
	}
	return true
}
