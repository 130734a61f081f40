package schema

import (
	"bytes"
	"math/big"
	"math/bits"
)

// decimal is the exact value of a JSON number: 0.d1d2d3… times ten to the power of point, where digits, which may hold
// the decimal point, begins and ends with a digit that is not 0. Zero has no digits.
type decimal struct {
	negative bool
	digits   []byte
	point    int
}

// parseDecimal reads a JSON number. It allocates nothing: digits is part of the literal.
func parseDecimal(literal []byte) decimal {
	var d decimal
	if literal[0] == '-' {
		d.negative = true
		literal = literal[1:]
	}
	exponent, point := 0, -1
	for i, c := range literal {
		if c == '.' {
			point = i
		} else if c|0x20 == 'e' {
			exponent = parseExponent(literal[i+1:])
			literal = literal[:i]
			break
		}
	}
	if point < 0 {
		point = len(literal)
	}
	first := 0
	for first < len(literal) && (literal[first] == '0' || literal[first] == '.') {
		first++
	}
	last := len(literal)
	for last > first && (literal[last-1] == '0' || literal[last-1] == '.') {
		last--
	}
	if first == last {
		return decimal{}
	}
	d.digits = literal[first:last]
	d.point = point - first + exponent
	if first > point {
		d.point++
	}
	return d
}

func parseExponent(text []byte) int {
	negative, value := false, 0
	for _, c := range text {
		switch {
		case c == '-':
			negative = true
		case c != '+' && value < 1<<30:
			value = value*10 + int(c-'0')
		}
	}
	if negative {
		return -value
	}
	return value
}

// count returns how many digits there are.
func (d decimal) count() int {
	if bytes.IndexByte(d.digits, '.') >= 0 {
		return len(d.digits) - 1
	}
	return len(d.digits)
}

func (d decimal) sign() int {
	switch {
	case len(d.digits) == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compare returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d decimal) compare(e decimal) int {
	sign := d.sign()
	if other := e.sign(); sign != other || sign == 0 {
		return min(max(sign-other, -1), 1)
	}
	switch {
	case d.point < e.point:
		return -sign
	case d.point > e.point:
		return sign
	}
	return sign * compareDigits(d.digits, e.digits)
}

func compareDigits(a, b []byte) int {
	for {
		a, b = skipPoint(a), skipPoint(b)
		switch {
		case len(a) == 0 && len(b) == 0:
			return 0
		case len(a) == 0:
			return -1
		case len(b) == 0:
			return 1
		case a[0] < b[0]:
			return -1
		case a[0] > b[0]:
			return 1
		}
		a, b = a[1:], b[1:]
	}
}

func skipPoint(digits []byte) []byte {
	if len(digits) > 0 && digits[0] == '.' {
		return digits[1:]
	}
	return digits
}

// integer tells whether d has no fractional part.
func (d decimal) integer() bool {
	return d.count() <= d.point || len(d.digits) == 0
}

// isInteger tells whether a literal stands for a number without a fractional part.
func isInteger(literal []byte) bool {
	for _, c := range literal {
		if c == '.' || c == 'e' || c == 'E' {
			return parseDecimal(literal).integer()
		}
	}
	return true
}

// smallInteger returns the value of a literal that is an integer of at most 18 digits without point or exponent.
func smallInteger(literal []byte) (value int64, ok bool) {
	digits := literal
	if literal[0] == '-' {
		digits = literal[1:]
	}
	if len(digits) > 18 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int64(c-'0')
	}
	if len(digits) < len(literal) {
		value = -value
	}
	return value, true
}

// multipleOf tells whether value is an integer times unit, exactly.
func multipleOf(value, unit decimal) bool {
	if len(value.digits) == 0 {
		return true
	}
	// value = v * 10^shift * 10^k and unit = u * 10^k, where neither v nor u ends with a 0.
	shift := (value.point - value.count()) - (unit.point - unit.count())
	if shift < 0 {
		return false
	}
	if unit.count() > 19 {
		return multipleOfLarge(value, unit, shift)
	}
	var modulus uint64
	for _, c := range unit.digits {
		if c != '.' {
			modulus = modulus*10 + uint64(c-'0')
		}
	}
	var rest uint64
	next := func(digit uint64) {
		high, low := bits.Mul64(rest, 10)
		low, carry := bits.Add64(low, digit, 0)
		rest = bits.Rem64(high+carry, low, modulus)
	}
	for _, c := range value.digits {
		if c != '.' {
			next(uint64(c - '0'))
		}
	}
	for range shift {
		if rest == 0 {
			break
		}
		next(0)
	}
	return rest == 0
}

func multipleOfLarge(value, unit decimal, shift int) bool {
	v, u := value.big(), unit.big()
	v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil))
	return v.Rem(v, u).Sign() == 0
}

// big returns the digits as an integer.
func (d decimal) big() *big.Int {
	n, _ := new(big.Int).SetString(string(bytes.ReplaceAll(d.digits, []byte("."), nil)), 10)
	return n
}
