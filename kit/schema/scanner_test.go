package schema

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestScannerRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "space": " ", "BOM": "\ufeff{}", "trailing data": "{} {}", "trailing comma": `{"a":1,}`, "array comma": "[1,]",
		"comment": "{/**/}", "leading zero": "01", "plus": "+1", "bare point": "1.", "no exponent": "1e", "hex": "0x1", "NaN": "NaN",
		"invalid UTF-8": "\"\xff\xfe\"", "overlong": "\"\xc0\xaf\"", "surrogate in UTF-8": "\"\xed\xa0\x80\"", "lone high": `"\ud800"`,
		"lone low": `"\udc00"`, "two highs": `"\ud800\ud800"`, "control": "\"\x01\"", "tab": "\"\t\"", "bad escape": `"\x41"`, "short escape": `"\u12"`,
		"open string": `"abc`, "duplicate": `{"a":1,"a":2}`, "escaped duplicate": `{"a":1,"\u0061":2}`, "nested duplicate": `[{"b":{"x":1,"x":1}}]`,
		"single quotes": "{'a':1}", "no colon": `{"a" 1}`, "number key": `{1:1}`, "truncated": `{"a":[1,2`, "two values": "[1 2]", "words": "nulll",
		"UTF-16": "{\x00}\x00", "form feed": "\f1", "only comma": "[,]", "NUL": "1\x00",
	} {
		e := Validate([]byte(text), (*Scanner).Any, Limits{})
		if e == nil || !e.Syntax || len(e.List) != 1 || e.List[0].Keyword != "syntax" {
			t.Errorf("%s: %q: got %+v", name, text, e)
		}
	}
}

func TestScannerAccepts(t *testing.T) {
	for _, text := range []string{
		"null", " true ", "\t[\r\n]", "{}", "-0", "0.5e-10", "1E+2", `"\ud83d\ude00"`, `"\"\\\/\b\f\n\r\t\u0041"`, "\"é😀\u2028\"", `{"":{"":[]}}`,
		`{"a":1,"A":2,"b":{"a":1}}`, "\"\x7f\"", strings.Repeat("[", 64) + strings.Repeat("]", 64),
	} {
		if e := Validate([]byte(text), (*Scanner).Any, Limits{}); e != nil {
			t.Errorf("%q: %v", text, e)
		}
	}
}

func TestLimitsEndEarly(t *testing.T) {
	var members strings.Builder
	members.WriteString("{")
	for i := range 100_000 {
		if i > 0 {
			members.WriteByte(',')
		}
		members.WriteString(`"key` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String() + `":1`)
	}
	members.WriteString("}")
	for name, text := range map[string]string{
		"members": members.String(),
		"depth":   strings.Repeat("[", 400_000),
		"objects": strings.Repeat(`{"a":`, 400_000),
		"digits":  strings.Repeat("9", 500_000),
		"decimal": "0." + strings.Repeat("1", 500_000),
		"power":   "1e999999999",
	} {
		for validator, f := range map[string]Func{"any": (*Scanner).Any, "number": (*Scanner).AnyNumber, "list": func(s *Scanner) bool { return s.List(0, -1, (*Scanner).Any) }} {
			if e := Validate([]byte(text), f, Limits{}); e == nil || !e.Syntax {
				t.Errorf("%s with %s: got %v", name, validator, e)
			}
		}
	}
}

func TestManyMembersWithoutDuplicate(t *testing.T) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range 9_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + time.Duration(i).String() + `":{"inner":1}`)
	}
	if e := Validate(append(b.Bytes(), '}'), (*Scanner).Any, Limits{}); e != nil {
		t.Fatal(e)
	}
	for _, i := range []int{0, 1, 20, 5000, 8999} {
		text := b.String() + `,"` + time.Duration(i).String() + `":0}`
		if e := Validate([]byte(text), (*Scanner).Any, Limits{}); e == nil || !strings.Contains(e.List[0].Detail, "duplicate") {
			t.Errorf("duplicate of member %d: got %v", i, e)
		}
	}
}

func TestValidateDoesNotAllocate(t *testing.T) {
	text := []byte(`{"name":"é😀","list":[1,2.5,-3e2,"a\nb"],"deep":{"a":{"b":{}}},"t":true,"n":null}`)
	if n := allocations(text, (*Scanner).Any); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// allocations counts those of checking a document with a scanner of its own: the race detector empties pools at random.
func allocations(text []byte, f Func) float64 {
	s := &Scanner{limits: Limits{}.withDefaults()}
	return testing.AllocsPerRun(100, func() {
		s.reset(text)
		if s.space(); !f(s) || !s.end() {
			panic("refused")
		}
	})
}

// FuzzScanner holds the scanner against encoding/json: what the scanner accepts is JSON with the same meaning, and what
// it refuses is either not JSON for encoding/json too, or beyond the rules that are stricter here.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,null,true,"x\u00e9\ud83d\ude00"]}`, `[{}, "\"", -0.0]`, `{"a":1,"a":2}`, "\"\xff\"", `"\ud800"`, "1e5000", "[[[]]]", " 12 ", "tru"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e := Validate(data, (*Scanner).Any, Limits{})
		valid := json.Valid(data)
		switch {
		case e == nil && !valid:
			t.Fatalf("accepted, but it is not JSON: %q", data)
		case e == nil:
			compareMeaning(t, data)
		case valid && !isStricter(e.List[0].Detail, data):
			t.Fatalf("refused with %q, but it is JSON: %q", e.List[0].Detail, data)
		}
	})
}

// isStricter tells whether an error is of a rule that encoding/json does not have.
func isStricter(detail string, data []byte) bool {
	for _, rule := range []string{"duplicate member", "nested too deeply", "too many members", "too long", "too large"} {
		if strings.Contains(detail, rule) {
			return true
		}
	}
	return strings.Contains(detail, "invalid UTF-8") && !utf8.Valid(data) || strings.Contains(detail, "invalid escape") && bytes.Contains(bytes.ToLower(data), []byte(`\ud`))
}

func compareMeaning(t *testing.T, data []byte) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var want any
	if err := d.Decode(&want); err != nil {
		t.Fatalf("%v: %q", err, data)
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !parseTree(data).equal(parseTree(text)) {
		t.Fatalf("%q was read as something else than %q", data, text)
	}
}
