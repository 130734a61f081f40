package schema

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// literal makes a JSON number at random, with exponents and zeros wherever they may stand.
func literal(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteByte('-')
	}
	digits := func(n int) {
		for range n {
			b.WriteByte("0011259"[r.IntN(7)])
		}
	}
	if r.IntN(3) == 0 {
		b.WriteByte('0')
	} else {
		b.WriteByte("123459"[r.IntN(6)])
		digits(r.IntN(22))
	}
	if r.IntN(2) == 0 {
		b.WriteByte('.')
		digits(1 + r.IntN(6))
	}
	if r.IntN(3) == 0 {
		b.WriteString([]string{"e", "E", "e+", "e-"}[r.IntN(4)] + strconv.Itoa(r.IntN(25)))
	}
	return b.String()
}

func TestDecimalsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		a, b := literal(r), literal(r)
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if got, want := parseDecimal([]byte(a)).compare(parseDecimal([]byte(b))), x.Cmp(y); got != want {
			t.Fatalf("compare %s with %s: got %d, want %d", a, b, got, want)
		}
		if got, want := isInteger([]byte(a)), x.IsInt(); got != want {
			t.Fatalf("%s is an integer: got %t", a, got)
		}
		if y.Sign() <= 0 {
			continue
		}
		if got, want := multipleOf(parseDecimal([]byte(a)), parseDecimal([]byte(b))), new(big.Rat).Quo(x, y).IsInt(); got != want {
			t.Fatalf("%s is a multiple of %s: got %t", a, b, got)
		}
	}
}

func TestUniqueComparesValues(t *testing.T) {
	long := func(item string) string {
		items := make([]string, 40)
		for i := range items {
			items[i] = strings.ReplaceAll(item, "#", strconv.Itoa(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	for text, want := range map[string]bool{
		`[1,1.0]`: false, `[1,10e-1,2]`: false, `["a","\u0061"]`: false, `[{"a":1,"b":2},{"b":2,"a":1}]`: false, `[[1],[1.0]]`: false,
		`[0,-0]`: false, `[true,1,"1",null,[],{}]`: true, `[{"a":1},{"a":2}]`: true, `[[1,2],[2,1]]`: true, `[false,0,""]`: true,
		`[1,"1",1]`: false, `[]`: true, long(`"#"`): true, long(`{"a":#}`): true, long(`#`)[:8] + `,1]`: false,
		strings.TrimSuffix(long(`{"a":[#]}`), "]") + `,{"a":[1.0]}]`: false, long("1#e-1"): true,
	} {
		if e := Validate([]byte(text), (*Scanner).Unique, Limits{}); e != nil && e.Syntax || (e == nil) != want {
			t.Errorf("%s: got %v, want unique %t", text, e, want)
		}
	}
}

func TestUniqueIsNotQuadratic(t *testing.T) {
	items := make([]string, 20_000)
	for i := range items {
		items[i] = `{"k":` + strconv.Itoa(i) + `}`
	}
	if e := Validate([]byte("["+strings.Join(items, ",")+"]"), (*Scanner).Unique, Limits{}); e != nil {
		t.Fatal(e)
	}
}

func TestEnumComparesValues(t *testing.T) {
	values := []string{`1`, `"a"`, `{"x":[1,2]}`, `null`}
	f := func(s *Scanner) bool { return s.Enum(values) }
	for text, want := range map[string]bool{
		`1.0`: true, `10e-1`: true, `"\u0061"`: true, `{"x":[1.0,2]}`: true, ` null `: true, `"1"`: false, `true`: false, `{"x":[2,1]}`: false, `{}`: false, `[]`: false,
	} {
		if e := Validate([]byte(text), f, Limits{}); (e == nil) != want {
			t.Errorf("%s: got %v, want %t", text, e, want)
		}
	}
}

func TestIntegerInIsExact(t *testing.T) {
	f := func(s *Scanner) bool { return s.IntegerIn(-9223372036854775808, 9223372036854775807) }
	for text, want := range map[string]bool{
		"9223372036854775807": true, "9223372036854775808": false, "-9223372036854775808": true, "-9223372036854775809": false,
		"18446744073709551617": false, "9.223372036854775807e18": true, "9.2233720368547758071e18": false, "1.5": false, "1.50e1": true, "-0": true, "1e400": false,
	} {
		if e := Validate([]byte(text), f, Limits{}); (e == nil) != want {
			t.Errorf("%s: got %v, want %t", text, e, want)
		}
	}
}

func TestLengthCountsCodePoints(t *testing.T) {
	f := func(s *Scanner) bool { return s.String(2, 3) }
	for text, want := range map[string]bool{`"😀"`: false, `"😀😀"`: true, `"😀😀😀"`: true, `"😀😀😀😀"`: false, `"\ud83d\ude00a"`: true, `"a"`: false, `"abcd"`: false} {
		if e := Validate([]byte(text), f, Limits{}); (e == nil) != want {
			t.Errorf("%s: got %v, want %t", text, e, want)
		}
	}
}
