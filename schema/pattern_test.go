package schema

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func FuzzPattern(f *testing.F) {
	for _, seed := range []string{"^a+$", `^(?!x)[\w-]{1,5}\.(a|b)*$`, `[^]`, `\u{1F600}`, `a{2,}?`, `(?<n>x)`, `\bx\B`, "{", "]", `\`, "[a-", "(?=", `\cJ\x41\p{L}`} {
		f.Add(seed, "a")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		l, err := compilePattern(pattern)
		if err != nil {
			return
		}
		in, ok := l.contains(text)
		out, ok2 := l.not().contains(text)
		if ok && ok2 && in == out {
			t.Fatalf("%q is in %q and in its complement", text, pattern)
		}
		if word, found, _ := l.shortest(); found {
			if in, ok := l.contains(word); ok && !in {
				t.Fatalf("the shortest string %q of %q does not match", word, pattern)
			}
		}
	})
}

// drawPattern draws a pattern that ECMA-262 and RE2 read alike.
func drawPattern(t *rapid.T, depth int) string {
	atoms := []string{"a", "b", "1", "[ab]", "[^a]", `\d`, `\w`, `\D`, `\W`, "x-y", `\bb`, `a\B`, "(?:ab|1)", "_", " "}
	if depth == 0 {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	switch rapid.IntRange(0, 6).Draw(t, "pattern") {
	case 0, 1, 2:
		return drawPattern(t, depth-1) + drawPattern(t, depth-1)
	case 3:
		return "(" + drawPattern(t, depth-1) + "|" + drawPattern(t, depth-1) + ")"
	case 4:
		return "(" + drawPattern(t, depth-1) + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"}).Draw(t, "repeat")
	case 5:
		return "^" + drawPattern(t, depth-1)
	}
	return drawPattern(t, depth-1) + "$"
}

func TestPatternAgreesWithRE2(t *testing.T) {
	texts := rapid.StringOfN(rapid.SampledFrom([]rune("ab1 _-x")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		pattern := drawPattern(t, 3)
		re, err := regexp.Compile(pattern)
		if err != nil {
			t.Skip(err)
		}
		l, err := compilePattern(pattern)
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		for range 8 {
			text := texts.Draw(t, "text")
			if got, ok := l.contains(text); ok && got != re.MatchString(text) {
				t.Fatalf("%q on %q: got %v", pattern, text, got)
			}
		}
		if word, found, ok := l.shortest(); found && !re.MatchString(word) {
			t.Fatalf("%q: %q does not match", pattern, word)
		} else if !found && ok && re.MatchString("ab1") {
			t.Fatalf("%q is said to be empty", pattern)
		}
	})
}

func TestPatternReadsECMA262(t *testing.T) {
	tests := []struct{ pattern, matches, misses string }{
		{`^[^]$`, "\n", ""},
		{`^\/a\-b$`, "/a-b", "a-b"},
		{`^\u0041\x42\u{43}$`, "ABC", "AB"},
		{`^[\w-]+$`, "a-b_1", "a b"},
		{`^[a-\d]+$`, "a-1", "b"},
		{`^\cJ$`, "\n", "J"},
		{`^a{,2}$`, "a{,2}", "aa"},
		{`^x{$`, "x{", "x"},
		{`^(?<year>\d{4})$`, "2024", "x"},
		{`^(?=.*\d)(?!.*\s)[a-z\d]{3,}$`, "ab1", "abc"},
		{`^((?!foo).)*$`, "bar", "a foo"},
		{`^\p{Lu}\P{Lu}$`, "Äb", "ab"},
		{`^\s$`, "\u00a0", "x"},
		{`^[\b]$`, "\b", "b"},
		{`^😀{2}$`, "😀😀", "😀"},
		{`\d+(\.\d+)?$`, "a1.5", "x"},
	}
	for _, test := range tests {
		l, err := compilePattern(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		if in, _ := l.contains(test.matches); !in {
			t.Errorf("%s does not match %q", test.pattern, test.matches)
		}
		if in, _ := l.contains(test.misses); in {
			t.Errorf("%s matches %q", test.pattern, test.misses)
		}
	}
}

func TestPatternRefusesWhatIsNotRegular(t *testing.T) {
	for _, pattern := range []string{`(a)\1`, `(?<=a)b`, `a(?=b)c`, `[z-a]`, `(`, `)`, `*`, `a{2,1}`, `\`, `\p{Nope}`,
		strings.Repeat("a", maxPatternBytes+1)} {
		if _, err := compilePattern(pattern); err == nil {
			t.Errorf("%.40q is accepted", pattern)
		}
	}
}
