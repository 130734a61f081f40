package schema

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// maxExponent bounds the exponent of a number that is read exactly: 1e1000000 would take a megabyte.
const maxExponent = 1000

// Rat returns the exact value of a JSON number; false for another kind of value and for numbers whose exponent is beyond
// 1000 or that are longer than 2,000 digits.
func Rat(value any) (*big.Rat, bool) {
	var text string
	switch v := value.(type) {
	case json.Number:
		text = string(v)
	case float64:
		text = strconv.FormatFloat(v, 'g', -1, 64)
	case int:
		return new(big.Rat).SetInt64(int64(v)), true
	case int64:
		return new(big.Rat).SetInt64(v), true
	case *big.Rat:
		return v, true
	default:
		return nil, false
	}
	if len(text) > 2000 {
		return nil, false
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		exponent, err := strconv.Atoi(text[i+1:])
		if err != nil || exponent > maxExponent || exponent < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

// Equal tells whether two JSON values are equal in the sense of JSON Schema (2020-12 core section 4.2.2): numbers by
// mathematical value, objects without regard to order.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case string:
		y, ok := b.(string)
		return ok && x == y
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key, value := range x {
			other, ok := y[key]
			if !ok || !Equal(value, other) {
				return false
			}
		}
		return true
	}
	return equalNumbers(a, b)
}

func equalNumbers(a, b any) bool {
	x, ok := Rat(a)
	y, ok2 := Rat(b)
	if ok && ok2 {
		return x.Cmp(y) == 0
	}
	m, ok := a.(json.Number)
	n, ok2 := b.(json.Number)
	return ok && ok2 && m == n
}
