package compile

import (
	"regexp"
	"strings"
	"testing"
)

// found tells whether the rewritten pattern is found in text.
func found(t *testing.T, pattern, text string) bool {
	t.Helper()
	ok, err := matchesName(pattern, text)
	if err != nil {
		t.Fatalf("%q: %v", pattern, err)
	}
	return ok
}

func TestRE2KeepsTheMeaningOfECMA262(t *testing.T) {
	for _, test := range []struct {
		pattern  string
		yes, not []string
	}{
		{`^\d+$`, []string{"12"}, []string{"١", "12\n", ""}},
		{`^\s$`, []string{" ", "\u00a0", "\ufeff", "\u2029", "\v"}, []string{"\u200b", "x"}},
		{`^\S$`, []string{"x", "é"}, []string{" ", "\u3000"}},
		{`^[\s\S]$`, []string{"\n", "x"}, []string{""}},
		{`^[^\S\n]$`, []string{" ", "\u2003"}, []string{"\n", "a"}},
		{`^.$`, []string{"a", "😀"}, []string{"\n", "\r", "\u2028"}},
		{`^\cA\x41\u0042\u{43}\0$`, []string{"\x01ABC\x00"}, nil},
		{`^\ud83d\ude00$`, []string{"😀"}, nil},
		{`^[\w.-]+$`, []string{"a-b.c_d"}, []string{"a b", "é"}},
		{`^[\w-.]+$`, []string{"a-b.c"}, []string{"a,b"}},
		{`^[^]$`, []string{"\n", "a"}, []string{""}},
		{`[]`, nil, []string{"", "a"}},
		{`^(?<year>\d{4})-(?:a|b)$`, []string{"2024-a"}, []string{"2024-c"}},
		{`^\/a\-b\.c$`, []string{"/a-b.c"}, []string{"/a-bxc"}},
		{`^a{1200}$`, []string{strings.Repeat("a", 1200)}, []string{strings.Repeat("a", 1199), strings.Repeat("a", 1201)}},
		{`^[a-z]{0,2500}$`, []string{"", strings.Repeat("a", 2500)}, []string{strings.Repeat("a", 2501)}},
		{`^(?:ab{1,20}){1,100}$`, []string{strings.Repeat("ab", 100)}, []string{strings.Repeat("ab", 101)}},
		{`^(?=.*[A-Z])(?=.*\d)(?!.*\s).{4,}$`, []string{"Abc1"}, []string{"abc1", "Abcd", "A b1", "Ab1"}},
		{`^\p{Lu}\p{Script=Greek}$`, []string{"Aα"}, []string{"aα", "Aa"}},
		{`a|^b$`, []string{"xax", "b"}, []string{"xbx"}},
		{`[[:alpha:]]`, []string{"a]", ":]"}, []string{"a", "b]"}},
		{`^{a}$`, []string{"{a}"}, []string{"a"}},
		{`^a{,3}$`, []string{"a{,3}"}, []string{"aa"}},
		{`^[\b]$`, []string{"\b"}, []string{"b"}},
		{`\bfoo\b`, []string{"a foo b"}, []string{"afoo"}},
		{`^[a-z]+?$`, []string{"abc"}, []string{"1"}},
		{`[\s\S]{1,5000000}`, []string{"a", strings.Repeat("a", 3000)}, []string{""}},
		{`a{2,3000}b{1,2000000}`, []string{"aab", "xaaabbb"}, []string{"ab", "aa"}},
		{`^\p{XDigit}{2}$`, []string{"aF"}, []string{"aG"}},
		{`^$`, []string{""}, []string{"\n"}},
		{`\A[a-z]+\z`, []string{"ab"}, []string{"ab\n", "1a"}},
		{`\Aa\Z`, []string{"a"}, []string{"a\n"}},
		{`^[^/:|\000-\037]+$`, []string{"ab 0-37"}, []string{"a/b", "a\x1fb", "\x00"}},
		{`^\012\0$`, []string{"\n\x00"}, []string{"12"}},
		{`^[\x{60}\x41]$`, []string{"`", "A"}, []string{"{", "6"}},
		{`^\p{IsLetter}\p{LD}\p{Punct}$`, []string{"é5!", "ab-"}, []string{"5a!", "aa§"}},
		{`^\p{Upper}\p{Lower}\p{Alpha}\p{Digit}$`, []string{"Aaé1"}, []string{"aaa1", "Aaa٣"}},
		{`^\P{Alphabetic}[\p{Print}]\p{all}$`, []string{"1 \n"}, []string{"a  ", "1\n1"}},
		{`^\pL\p{Letter}\p{gc=Uppercase_Letter}\p{IsGreek}$`, []string{"aéZα"}, []string{"aézα", "1aZα"}},
		{`^(?!\p{White_Space})[\P{Lu}]+$`, []string{"ab", "1"}, []string{" a", "aB"}},
	} {
		for _, text := range test.yes {
			if !found(t, test.pattern, text) {
				t.Errorf("%s is not found in %q", test.pattern, text)
			}
		}
		for _, text := range test.not {
			if found(t, test.pattern, text) {
				t.Errorf("%s is found in %q", test.pattern, text)
			}
		}
	}
}

func TestRE2RefusesWhatNeedsBacktracking(t *testing.T) {
	for _, pattern := range []string{
		`(a)\1`, `(?<x>a)\k<x>`, `(?<=a)b`, `(?<!a)b`, `a(?=b)`, `(?!x)a`, `^(a|(?=b))$`, `a**`, `a++`, `(`, `)`, `[`, `[z-a]`, `a{3,2}`, `\`,
		`\p`, `\p{scx=Greek}`, `\G`, `\p{Nope}`, `\u12`, `^(?:a{1000}){1000}$`, `*a`, `(?<n`, "\xff",
	} {
		if list, err := RE2(pattern); err == nil {
			t.Errorf("%q: got %d expressions", pattern, len(list))
		}
	}
}

// FuzzRE2 holds the rewriting against Go's regexp for patterns that mean the same in both.
func FuzzRE2(f *testing.F) {
	f.Add("^[a-c]+(x|yz){2,3}$", "abxyz")
	f.Add(`a{2,}b?|\d`, "aab")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if strings.ContainsAny(pattern, `\.?{[`) || strings.ContainsAny(text, "\r\n\u2028\u2029") {
			return
		}
		list, err := RE2(pattern)
		want, wantErr := regexp.Compile(pattern)
		if err != nil || wantErr != nil {
			return
		}
		got := true
		for _, c := range list {
			got = got && regexp.MustCompile(c.Source).MatchString(text) != c.Negated
		}
		if got != want.MatchString(text) {
			t.Fatalf("%q in %q: got %t (%v)", pattern, text, got, list)
		}
	})
}

func TestStraightTakesTheCommonPatterns(t *testing.T) {
	for _, pattern := range []string{
		`^[A-Z]{3}-[0-9]+$`, `^[a-z0-9_-]{3,16}$`, `^\d{4}-\d{2}-\d{2}$`, `^(0[1-9]|1[0-2])/\d{2}$`, `^#[0-9a-fA-F]{6}$`, `^[^\s]+$`, `^$`,
		`^\+[1-9]\d{1,14}$`, `^v\d+(\.\d+)*$`, `^https`, `^.{1,5000}$`, `^(foo|bar)$`, `^[a-z]+(-[a-z]+)*$`,
	} {
		r, err := parseRegex(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := straight(r); !ok {
			t.Errorf("%s is not compiled to Go", pattern)
		}
	}
}
