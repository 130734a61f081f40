package schema

import (
	"encoding/json"
	"math/big"
	"strings"
)

// numbers is a set of numbers: an interval, multiples and exceptions.
type numbers struct {
	lo, hi         *big.Rat
	loOpen, hiOpen bool
	multiple       *big.Rat // of all of these; 1 for integers
	notMultiples   []*big.Rat
	except         map[string]bool // RatString of the exceptions
}

var one = big.NewRat(1, 1)

func (n *numbers) atLeast(v *big.Rat, open bool) {
	if n.lo == nil || v.Cmp(n.lo) > 0 || v.Cmp(n.lo) == 0 && open {
		n.lo, n.loOpen = v, open
	}
}

func (n *numbers) atMost(v *big.Rat, open bool) {
	if n.hi == nil || v.Cmp(n.hi) < 0 || v.Cmp(n.hi) == 0 && open {
		n.hi, n.hiOpen = v, open
	}
}

func (n *numbers) multipleOf(v *big.Rat) {
	if n.multiple == nil {
		n.multiple = v
		return
	}
	n.multiple = lcmRat(n.multiple, v)
}

func (n *numbers) exclude(v *big.Rat) {
	except := make(map[string]bool, len(n.except)+1)
	for k := range n.except {
		except[k] = true
	}
	except[v.RatString()] = true
	n.except = except
}

// lcmRat returns the smallest positive number that is a multiple of both: lcm of the numerators by gcd of the denominators.
func lcmRat(a, b *big.Rat) *big.Rat {
	num := new(big.Int).GCD(nil, nil, a.Num(), b.Num())
	num.Div(new(big.Int).Mul(a.Num(), b.Num()), num)
	den := new(big.Int).GCD(nil, nil, a.Denom(), b.Denom())
	return new(big.Rat).SetFrac(num, den)
}

func isMultiple(v, of *big.Rat) bool { return new(big.Rat).Quo(v, of).IsInt() }

func (n *numbers) contains(v *big.Rat) bool {
	if n.lo != nil && (v.Cmp(n.lo) < 0 || n.loOpen && v.Cmp(n.lo) == 0) {
		return false
	}
	if n.hi != nil && (v.Cmp(n.hi) > 0 || n.hiOpen && v.Cmp(n.hi) == 0) {
		return false
	}
	if n.multiple != nil && !isMultiple(v, n.multiple) {
		return false
	}
	for _, m := range n.notMultiples {
		if isMultiple(v, m) {
			return false
		}
	}
	return !n.except[v.RatString()]
}

const maxNumberTries = 300000

// pick returns a number of the set; found is false when there is none, ok is false when that could not be decided.
func (n *numbers) pick() (v *big.Rat, found, ok bool) {
	for _, m := range n.notMultiples {
		if n.multiple != nil && isMultiple(n.multiple, m) {
			return nil, false, true
		}
	}
	if n.lo != nil && n.hi != nil {
		if c := n.lo.Cmp(n.hi); c > 0 || c == 0 && (n.loOpen || n.hiOpen) {
			return nil, false, true
		}
	}
	if n.multiple != nil {
		return n.pickMultiple()
	}
	for _, v := range n.candidates() {
		if n.contains(v) {
			return v, true, true
		}
	}
	if n.lo != nil && n.hi != nil && n.lo.Cmp(n.hi) == 0 {
		return nil, false, true
	}
	return n.pickDense()
}

// candidates are the readable numbers: small integers and the neighbourhood of the bounds.
func (n *numbers) candidates() []*big.Rat {
	out := []*big.Rat{new(big.Rat), one, big.NewRat(2, 1), big.NewRat(-1, 1), big.NewRat(3, 2), big.NewRat(1, 2)}
	for _, bound := range []*big.Rat{n.lo, n.hi} {
		if bound != nil {
			floor := new(big.Rat).SetInt(floorRat(bound))
			out = append(out, bound, floor, new(big.Rat).Add(floor, one), new(big.Rat).Sub(floor, one))
		}
	}
	return out
}

// pickDense searches an interval that holds infinitely many numbers: the exceptions are finite or of measure zero.
func (n *numbers) pickDense() (*big.Rat, bool, bool) {
	lo, width := new(big.Rat), big.NewRat(1, 1)
	switch {
	case n.lo != nil && n.hi != nil:
		lo, width = n.lo, new(big.Rat).Sub(n.hi, n.lo)
	case n.lo != nil:
		lo = n.lo
	case n.hi != nil:
		lo = new(big.Rat).Sub(n.hi, one)
	}
	for _, divisor := range []int64{2, 3, 7, 11, 13, 1009, 65537} {
		for i := int64(1); i < divisor && i < 2000; i++ {
			v := new(big.Rat).Mul(width, big.NewRat(i, divisor))
			v = decimal(v.Add(v, lo), new(big.Rat).Mul(width, big.NewRat(1, 4*divisor)))
			if n.contains(v) {
				return v, true, true
			}
		}
	}
	return nil, false, false
}

// decimal rounds v to a short decimal that is at most slack away.
func decimal(v, slack *big.Rat) *big.Rat {
	unit := big.NewRat(1, 1)
	tenth := big.NewRat(1, 10)
	for unit.Cmp(slack) > 0 {
		unit = new(big.Rat).Mul(unit, tenth)
	}
	steps := floorRat(new(big.Rat).Quo(v, unit))
	return new(big.Rat).Mul(new(big.Rat).SetInt(steps), unit)
}

func floorRat(v *big.Rat) *big.Int {
	q, m := new(big.Int).DivMod(v.Num(), v.Denom(), new(big.Int))
	_ = m // Euclidean: the remainder is never negative, so that q is the floor
	return q
}

// pickMultiple walks the multiples of n.multiple in the interval, those nearest to zero first. The exceptions repeat
// with a period or are finite, so that the walk ends.
func (n *numbers) pickMultiple() (*big.Rat, bool, bool) {
	var first, last *big.Int
	if n.lo != nil {
		q := new(big.Rat).Quo(n.lo, n.multiple)
		first = floorRat(q)
		if !q.IsInt() || n.loOpen {
			first.Add(first, big.NewInt(1))
		}
	}
	if n.hi != nil {
		q := new(big.Rat).Quo(n.hi, n.multiple)
		last = floorRat(q)
		if q.IsInt() && n.hiOpen {
			last.Sub(last, big.NewInt(1))
		}
	}
	if first != nil && last != nil && first.Cmp(last) > 0 {
		return nil, false, true
	}
	limit := n.period() + len(n.except) + 1
	count, step := big.NewInt(0), big.NewInt(1)
	switch {
	case first != nil && (first.Sign() >= 0 || last == nil):
		count.Set(first)
		if first.Sign() < 0 {
			count.SetInt64(0)
		}
	case last != nil:
		count.Set(last)
		if last.Sign() > 0 {
			count.SetInt64(0)
			if v, found := n.walk(count, step, last, limit); found {
				return v, true, true
			}
		}
		step = big.NewInt(-1)
		last = first
	}
	return n.finish(count, step, first, last, limit)
}

func (n *numbers) finish(count, step, first, last *big.Int, limit int) (*big.Rat, bool, bool) {
	if v, found := n.walk(count, step, last, limit); found {
		return v, true, true
	}
	if step.Sign() > 0 && first != nil && first.Sign() < 0 {
		if v, found := n.walk(big.NewInt(-1), big.NewInt(-1), first, limit); found {
			return v, true, true
		}
	}
	return nil, false, limit <= maxNumberTries
}

// walk tries multiples from start on, at most limit of them, not beyond end.
func (n *numbers) walk(start, step, end *big.Int, limit int) (*big.Rat, bool) {
	at := new(big.Int).Set(start)
	for i := 0; i < min(limit, maxNumberTries); i++ {
		if end != nil && (at.Cmp(end) > 0) == (step.Sign() > 0) && at.Cmp(end) != 0 {
			return nil, false
		}
		v := new(big.Rat).Mul(new(big.Rat).SetInt(at), n.multiple)
		if n.contains(v) {
			return v, true
		}
		at.Add(at, step)
	}
	return nil, false
}

// period returns after how many multiples the pattern of notMultiples repeats.
func (n *numbers) period() int {
	period := big.NewInt(1)
	for _, m := range n.notMultiples {
		d := new(big.Rat).Quo(n.multiple, m).Denom()
		gcd := new(big.Int).GCD(nil, nil, period, d)
		period.Mul(period, d).Div(period, gcd)
	}
	if !period.IsInt64() || period.Int64() > maxNumberTries {
		return maxNumberTries
	}
	return int(period.Int64())
}

// numberLiteral writes an exact decimal; a number that has none is cut after 20 digits.
func numberLiteral(v *big.Rat) json.Number {
	if v.IsInt() {
		return json.Number(v.Num().String())
	}
	for digits := 1; digits <= 400; digits *= 2 {
		text := v.FloatString(digits)
		if back, ok := new(big.Rat).SetString(text); ok && back.Cmp(v) == 0 {
			return json.Number(strings.TrimRight(text, "0"))
		}
	}
	return json.Number(v.FloatString(20))
}
