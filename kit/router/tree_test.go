package router

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// A segment is taken apart as the greedy regular expression of its template does it, in linear time.
func TestEdgesMatchAsRegularExpressions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	text := func(most int) string {
		var b strings.Builder
		for range random.IntN(most + 1) {
			b.WriteByte("ab-."[random.IntN(4)])
		}
		return b.String()
	}
	matched := 0
	for range 20000 {
		e, pattern := edge{texts: []string{text(1)}}, ""
		pattern = "^" + regexp.QuoteMeta(e.texts[0])
		for range 1 + random.IntN(3) {
			literal := text(2)
			e.texts = append(e.texts, literal)
			pattern += "(.+)" + regexp.QuoteMeta(literal)
		}
		segment := text(9) + "a"[:random.IntN(2)] + text(1)
		if segment == "" {
			continue // no parameter takes it; the tree doesn't ask
		}
		p := &Params{}
		got := e.match(p, segment)
		want := regexp.MustCompile(pattern + "$").FindStringSubmatch(segment)
		if got != (want != nil) {
			t.Fatalf("%q %q: got %v, want %v", e.texts, segment, got, want != nil)
		}
		if got {
			matched++
			if strings.Join(p.raw, "|") != strings.Join(want[1:], "|") {
				t.Fatalf("%q %q: got %q, want %q", e.texts, segment, p.raw, want[1:])
			}
		}
	}
	if matched < 1000 {
		t.Errorf("only %d segments matched", matched)
	}
}

func TestCanonical(t *testing.T) {
	tests := []struct {
		path, want string
		ok         bool
	}{
		{"/a%62c", "/abc", true},
		{"/a%2fb", "/a%2Fb", true},
		{"/é|{", "/%C3%A9%7C%7B", true},
		{"/a,b;c=d", "/a,b;c=d", true},
		{"/%2e%2E", "/..", true},
		{"/%", "", false},
		{"/%4", "", false},
		{"/%zz", "", false},
	}
	for _, tt := range tests {
		got, ok := canonical(tt.path)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %q %v, want %q %v", tt.path, got, ok, tt.want, tt.ok)
		}
		if again, _ := canonical(got); ok && again != got {
			t.Errorf("%s: %q becomes %q", tt.path, got, again)
		}
	}
}
