package schema

import (
	"encoding/binary"
	"slices"
	"sort"
	"unicode"
)

const maxSearch = 200000

// shortest returns the shortest string of the language, a readable one; found is false when there is none, and ok is
// false when the search was too large to tell.
func (l *language) shortest() (text string, found, ok bool) {
	s := &search{root: l}
	s.collect(l)
	return s.run()
}

// search is a breadth-first walk through the product of the automata of a formula.
type search struct {
	root   *language
	parts  []*language // langAuto and langWords
	number map[*language]int
	count  int // lengths from here on are not told apart
	nodes  []searchNode
	bounds runeSet
}

type searchNode struct {
	parent int32
	via    rune
	length int
}

func (s *search) collect(l *language) {
	if s.number == nil {
		s.number = map[*language]int{}
	}
	switch l.op {
	case langAuto, langWords:
		if _, known := s.number[l]; !known {
			s.number[l] = len(s.parts)
			s.parts = append(s.parts, l)
			if l.op == langAuto {
				s.bounds = append(s.bounds, l.auto.bounds...)
			} else {
				s.bounds = append(s.bounds, l.word.bounds...)
			}
		}
	case langLength:
		s.count = max(s.count, l.lo, l.hi+1)
	}
	for _, sub := range l.subs {
		s.collect(sub)
	}
}

func (s *search) run() (string, bool, bool) {
	alphabet := partition(s.bounds)
	width := len(s.parts)
	states := make([]int32, width)
	for i, p := range s.parts {
		if p.op == langAuto {
			states[i] = startState
		}
	}
	all := [][]int32{states}
	s.nodes = []searchNode{{parent: -1}}
	seen := map[string]bool{}
	for at, steps := 0, 0; at < len(s.nodes); at++ {
		node, current := s.nodes[at], all[at]
		if s.verdict(s.root, current, node.length, true) == 1 {
			return s.spell(int32(at)), true, true
		}
		for _, r := range alphabet {
			if steps++; steps > maxSearch {
				return "", false, false
			}
			next, ok := s.advance(current, r)
			if !ok {
				return "", false, false
			}
			length := min(node.length+1, s.count)
			if s.verdict(s.root, next, length, false) == -1 || s.visited(seen, next, length) {
				continue
			}
			s.nodes = append(s.nodes, searchNode{int32(at), r, length})
			all = append(all, next)
		}
	}
	return "", false, true
}

// key tells states apart.
func (s *search) key(states []int32) string {
	var key []byte
	for _, state := range states {
		key = binary.LittleEndian.AppendUint32(key, uint32(state))
	}
	return string(key)
}

func (s *search) visited(seen map[string]bool, states []int32, length int) bool {
	key := binary.LittleEndian.AppendUint32(nil, uint32(length))
	for _, state := range states {
		key = binary.LittleEndian.AppendUint32(key, uint32(state))
	}
	if seen[string(key)] {
		return true
	}
	seen[string(key)] = true
	return false
}

func (s *search) advance(states []int32, r rune) ([]int32, bool) {
	next := make([]int32, len(states))
	for i, p := range s.parts {
		if p.op == langAuto {
			to, ok := p.auto.step(states[i], r)
			if !ok {
				return nil, false
			}
			next[i] = to
			continue
		}
		next[i] = -1
		if states[i] >= 0 {
			if to, ok := p.word.next[states[i]][r]; ok {
				next[i] = to
			}
		}
	}
	return next, true
}

// verdict evaluates the formula: 1 true, -1 false, 0 open. With end set the string ends here, else it is what holds for
// every continuation.
func (s *search) verdict(l *language, states []int32, length int, end bool) int {
	switch l.op {
	case langAll:
		return 1
	case langNone:
		return -1
	case langAuto:
		state := states[s.number[l]]
		if end {
			return sign(l.auto.accepts(state))
		}
		return int(map[int32]int8{deadState: -1, wonState: 1}[state])
	case langWords:
		state := states[s.number[l]]
		if end || state < 0 {
			return sign(state >= 0 && l.word.ends[state])
		}
		return 0
	case langLength:
		return lengthVerdict(l, length, end)
	case langNot:
		return -s.verdict(l.subs[0], states, length, end)
	}
	win := 1
	if l.op == langAnd {
		win = -1
	}
	result := -win
	for _, sub := range l.subs {
		switch v := s.verdict(sub, states, length, end); v {
		case win:
			return win
		case 0:
			result = 0
		}
	}
	return result
}

func lengthVerdict(l *language, length int, end bool) int {
	switch {
	case l.hi >= 0 && length > l.hi:
		return -1
	case end:
		return sign(length >= l.lo)
	case length >= l.lo && l.hi < 0:
		return 1
	}
	return 0
}

func sign(b bool) int {
	if b {
		return 1
	}
	return -1
}

func (s *search) spell(at int32) string {
	var out []rune
	for ; at > 0; at = s.nodes[at].parent {
		out = append(out, s.nodes[at].via)
	}
	slices.Reverse(out)
	return string(out)
}

// representatives returns one character of each class between two cuts, letters and digits first, without surrogates.
func representatives(cuts map[rune]bool) []rune {
	starts := make([]rune, 0, len(cuts))
	for r := range cuts {
		starts = append(starts, r)
	}
	sort.Slice(starts, func(i, j int) bool { return starts[i] < starts[j] })
	var out []rune
	for i, lo := range starts {
		hi := rune(unicode.MaxRune)
		if i+1 < len(starts) {
			hi = starts[i+1] - 1
		}
		if lo >= 0xD800 && lo < 0xE000 {
			continue
		}
		out = append(out, readable(lo, hi))
	}
	sort.SliceStable(out, func(i, j int) bool { return readability(out[i]) < readability(out[j]) })
	return out
}

// readable picks the most readable character of a range.
func readable(lo, hi rune) rune {
	for _, want := range []runeRange{{'x', 'x'}, {'a', 'z'}, {'0', '9'}, {'A', 'Z'}, {'!', '~'}, {' ', ' '}, {0xA1, 0xD7FF}} {
		if lo <= want.hi && hi >= want.lo {
			return max(lo, want.lo)
		}
	}
	return lo
}

func readability(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return 0
	case r >= '0' && r <= '9':
		return 1
	case r >= 'A' && r <= 'Z':
		return 2
	case r > ' ' && r <= '~':
		return 3
	case r == ' ':
		return 4
	}
	return 5
}
