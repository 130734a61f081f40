package compile

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestLookaroundsMeanWhatECMA262Says holds patterns of real contracts, and some made up at random, against what V8's
// RegExp found: testdata/lookarounds.jsonl is its answers.
func TestLookaroundsMeanWhatECMA262Says(t *testing.T) {
	file, err := os.Open("testdata/lookarounds.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var test struct {
			Pattern string
			Yes, No []string
		}
		if err := json.Unmarshal(lines.Bytes(), &test); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{}).pattern("", test.Pattern); err != nil {
			t.Errorf("%s: %v", test.Pattern, err)
		}
		automaton, err := tableOf(test.Pattern)
		if err != nil {
			continue // it is taken in parts
		}
		for _, text := range test.Yes {
			if !automaton.match(text) {
				t.Errorf("%s is not found in %q", test.Pattern, text)
			}
		}
		for _, text := range test.No {
			if automaton.match(text) {
				t.Errorf("%s is found in %q", test.Pattern, text)
			}
		}
	}
}

func TestAutomataMeanWhatECMA262Says(t *testing.T) {
	for _, test := range []struct {
		pattern  string
		yes, not []string
	}{
		{`(?!^.*--)(?!^[0-9]+$)(?!^-)(?!.*-$)^[A-Za-z0-9-]+$`, []string{"a-b", "1a"}, []string{"12", "-a", "a-", "a--b", ""}},
		{`^[a-zA-Z]((?!--|__)[a-zA-Z0-9-_])+$`, []string{"a-b_c", "ab-_"}, []string{"a--b", "a__", "a"}},
		{`^[0-9a-z\.\-]*(?<!\.)$`, []string{"", "a.b"}, []string{"a.", "."}},
		{`(?<=\$)\d+(?!\d*%)`, []string{"$12", "x$1 "}, []string{"12", "$12%", "$1%"}},
		{`(?i)^(?!AWS:)\w+:x$`, []string{"foo:X"}, []string{"aws:x", "AwS:x"}},
		{`^(?!é)\p{L}+(?<!ß)$`, []string{"aéa", "ßa"}, []string{"éa", "aß", "a1"}},
		{`^(\/|(\/(?!\.)+[^/]+){1,4})$`, []string{"/", "/a/b"}, []string{"/.a", "/a/b/c/d/e"}},
		{`^(?:(?=a)b?a)*$`, []string{"", "aa"}, []string{"ba"}},
		{`\bfoo\b(?!-)`, []string{"a foo b"}, []string{"foo-", "afoo"}},
		{`(?<=^|,)a(?=,|$)`, []string{"a", "b,a", "a,b"}, []string{"ba", "ab"}},
		{`^(?=[\s\S]{2,3}$)(?<!x)😀`, []string{"😀a", "😀é😀"}, []string{"😀", "a😀"}},
	} {
		automaton, err := tableOf(test.pattern)
		if err != nil {
			t.Fatalf("%s: %v", test.pattern, err)
		}
		for _, text := range test.yes {
			if !automaton.match(text) {
				t.Errorf("%s is not found in %q", test.pattern, text)
			}
		}
		for _, text := range test.not {
			if automaton.match(text) {
				t.Errorf("%s is found in %q", test.pattern, text)
			}
		}
	}
}

func TestPatternsThatNeedBacktrackingAreRefused(t *testing.T) {
	for _, pattern := range []string{`(a)\1`, `(?<x>a)\k<x>`, `(?<=(?=a)b)c`, `(?<=(?<!a)b)c`, `(?=x)(?s:.)`, `^x?(?=[^]*[01][^]{40}y)[^]*z`} {
		name, err := New(Options{}).pattern("", pattern)
		if err == nil {
			t.Errorf("%s: got %s", pattern, name)
		}
		u := New(Options{SkipPatterns: true})
		if name, err := u.pattern("", pattern); err != nil || name != "" || len(u.Warnings()) != 1 {
			t.Errorf("%s, skipped: got %q, %v and %d warnings", pattern, name, err, len(u.Warnings()))
		}
	}
}

// FuzzAutomata holds the automata against RE2, for patterns that both know.
func FuzzAutomata(f *testing.F) {
	f.Add(`^[a-c]+(x|yz){2,3}$`, "abxyz")
	f.Add(`\bab*\B.|c$`, "ab c")
	f.Add(`(a|^b){1,3}[^é]`, "bé1")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 40 || strings.ContainsRune(text, '\uFFFD') {
			return
		}
		list, err := RE2(pattern)
		r, parseErr := parseRegex(pattern)
		if err != nil || parseErr != nil || len(list) != 1 {
			return
		}
		automaton, err := tabled(r, easyWork)
		if err != nil {
			return
		}
		want, err := matchesName(pattern, text)
		if got := automaton.match(text); err == nil && got != want {
			t.Fatalf("%q in %q: got %t", pattern, text, got)
		}
	})
}
