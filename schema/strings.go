package schema

import (
	"slices"
	"strings"
)

// stringClause is a conjunction of facts about a string.
type stringClause struct {
	lo, hi  int // hi is unbounded when negative
	langs   []*language
	formats []string
	not     []string // formats
	except  []string
}

func (s stringClause) clone() stringClause {
	s.langs, s.formats = slices.Clip(s.langs), slices.Clip(s.formats)
	s.not, s.except = slices.Clip(s.not), slices.Clip(s.except)
	return s
}

func (s *stringClause) atLeast(n int) { s.lo = max(s.lo, n) }

func (s *stringClause) atMost(n int) {
	if s.hi < 0 || n < s.hi {
		s.hi = n
	}
}

// possible is a cheap test without automata.
func (s *stringClause) possible() bool {
	if s.hi >= 0 && s.lo > s.hi {
		return false
	}
	for _, f := range s.formats {
		for _, n := range s.not {
			if formats()[f].implies[n] {
				return false
			}
		}
	}
	return true
}

// pick returns a string of the clause. Formats that are not known exactly are over-approximated in the proof that there
// is none, and under-approximated for the string that is returned.
func (s *stringClause) pick() answer {
	if !s.possible() {
		return answer{}
	}
	if len(s.langs)+len(s.formats)+len(s.not) == 0 {
		if text, ok := s.plain(); ok {
			return answer{status: found, has: true, value: text}
		}
	}
	text, ok, sure := s.search(true)
	if sure && !ok {
		return answer{}
	}
	if len(s.formats)+len(s.not) > 0 {
		text, ok, sure = s.search(false)
	}
	switch {
	case !sure && s.lo > maxPlainLength:
		return unsureAnswer("the string is too long to be shown")
	case !sure:
		return unsureAnswer("the patterns are too large to compare")
	case !ok:
		return unsureAnswer("no string found that the formats surely accept")
	}
	return answer{status: found, has: true, value: text}
}

// search finds a string of the clause; see language.shortest.
func (s *stringClause) search(outer bool) (text string, found, sure bool) {
	if max(s.lo, s.hi) <= manyCharacters {
		return s.formula(outer).shortest()
	}
	long := *s
	long.lo, long.hi = 0, -1
	return long.formula(outer).within(s.lo, s.hi)
}

const maxPlainLength = 1 << 22

// plain finds a string when only lengths and exceptions count.
func (s *stringClause) plain() (string, bool) {
	except := map[string]bool{}
	for _, e := range s.except {
		except[e] = true
	}
	if s.hi != 0 && s.lo <= 1 && !except["x"] {
		return "x", true
	}
	for n := s.lo; n <= maxPlainLength && (s.hi < 0 || n <= s.hi) && n <= s.lo+len(s.except); n++ {
		if text := strings.Repeat("x", n); !except[text] {
			return text, true
		}
	}
	return "", false
}

func (s *stringClause) formula(outer bool) *language {
	l := &language{op: langAnd}
	if s.lo > 0 || s.hi >= 0 {
		l.subs = append(l.subs, lengthLanguage(s.lo, s.hi))
	}
	l.subs = append(l.subs, s.langs...)
	for _, name := range s.formats {
		l.subs = append(l.subs, formats()[name].side(outer))
	}
	for _, name := range s.not {
		l.subs = append(l.subs, formats()[name].side(!outer).not())
	}
	if len(s.except) > 0 {
		l.subs = append(l.subs, wordsLanguage(s.except...).not())
	}
	return l
}

func (f formatLanguages) side(outer bool) *language {
	if outer {
		return f.outer
	}
	return f.inner
}
