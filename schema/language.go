package schema

import (
	"encoding/binary"
	"errors"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// language is a set of strings: a boolean formula over automata, lengths and finite sets.
type language struct {
	op   langOp
	subs []*language
	auto *automaton
	lo   int
	hi   int // unbounded when negative
	word *words
}

type langOp uint8

const (
	langAll langOp = iota
	langNone
	langAuto
	langLength
	langWords
	langAnd
	langOr
	langNot
)

// words is a finite set of strings as a trie.
type words struct {
	next   []map[rune]int32
	ends   []bool
	bounds runeSet
	list   map[string]bool
}

func newWords(list []string) *words {
	w := &words{next: []map[rune]int32{nil}, ends: []bool{false}, list: make(map[string]bool, len(list))}
	seen := map[rune]bool{}
	for _, text := range list {
		w.list[text] = true
		node := int32(0)
		for _, r := range text {
			if !seen[r] {
				seen[r] = true
				w.bounds = append(w.bounds, runeRange{r, r})
			}
			to, ok := w.next[node][r]
			if !ok {
				to = int32(len(w.next))
				if w.next[node] == nil {
					w.next[node] = map[rune]int32{}
				}
				w.next[node][r] = to
				w.next, w.ends = append(w.next, nil), append(w.ends, false)
			}
			node = to
		}
		w.ends[node] = true
	}
	return w
}

func wordsLanguage(list ...string) *language { return &language{op: langWords, word: newWords(list)} }

func lengthLanguage(lo, hi int) *language { return &language{op: langLength, lo: lo, hi: hi} }

func both(subs ...*language) *language {
	if len(subs) == 1 {
		return subs[0]
	}
	return &language{op: langAnd, subs: subs}
}

func either(subs ...*language) *language {
	if len(subs) == 1 {
		return subs[0]
	}
	return &language{op: langOr, subs: subs}
}

func (l *language) not() *language {
	switch l.op {
	case langNot:
		return l.subs[0]
	case langAll:
		return &language{op: langNone}
	case langNone:
		return &language{op: langAll}
	}
	return &language{op: langNot, subs: []*language{l}}
}

// compilePattern returns the language of an ECMA-262 pattern.
func compilePattern(text string) (*language, error) {
	node, err := parsePattern(text)
	if err != nil {
		return nil, err
	}
	return lowerPattern(node)
}

// lowerPattern turns a pattern into a formula over patterns without lookaheads: those that stand right after ^ are
// intersections, and ^((?!x).)*$ is the complement of x.
func lowerPattern(node *patternNode) (*language, error) {
	if !hasLook(node) {
		auto, err := newAutomaton(node)
		if err != nil {
			return nil, err
		}
		return &language{op: langAuto, auto: auto}, nil
	}
	switch node.op {
	case opAlt:
		return lowerEach(node.subs, langOr)
	case opCat:
		if len(node.subs) == 1 {
			return lowerPattern(node.subs[0])
		}
		if len(node.subs) > 1 && node.subs[0].op == opBegin {
			return lowerAnchored(node)
		}
	}
	return nil, errors.New("has a lookahead that is not at its beginning")
}

func lowerEach(nodes []*patternNode, op langOp) (*language, error) {
	out := &language{op: op}
	for _, n := range nodes {
		l, err := lowerPattern(n)
		if err != nil {
			return nil, err
		}
		out.subs = append(out.subs, l)
	}
	return out, nil
}

// lowerAnchored handles a sequence that starts with ^.
func lowerAnchored(node *patternNode) (*language, error) {
	anchored := func(subs ...*patternNode) *patternNode {
		return &patternNode{op: opCat, subs: append([]*patternNode{{op: opBegin}}, subs...)}
	}
	rest := node.subs[1:]
	switch first := rest[0]; {
	case first.op == opLook:
		ahead, err := lowerPattern(anchored(first.subs[0]))
		if err != nil {
			return nil, err
		}
		if first.neg {
			ahead = ahead.not()
		}
		tail, err := lowerPattern(anchored(rest[1:]...))
		if err != nil {
			return nil, err
		}
		return both(ahead, tail), nil
	case first.op == opCat:
		return lowerPattern(anchored(append(slices.Clone(first.subs), rest[1:]...)...))
	case first.op == opAlt:
		out := &language{op: langOr}
		for _, branch := range first.subs {
			l, err := lowerPattern(anchored(append([]*patternNode{branch}, rest[1:]...)...))
			if err != nil {
				return nil, err
			}
			out.subs = append(out.subs, l)
		}
		return out, nil
	case len(rest) == 2 && rest[1].op == opEnd && tempered(first):
		body := first.subs[0]
		never, err := lowerPattern(body.subs[0].subs[0])
		if err != nil {
			return nil, err
		}
		plain := *first
		plain.subs = []*patternNode{body.subs[1]}
		all, err := lowerPattern(anchored(&plain, rest[1]))
		if err != nil {
			return nil, err
		}
		return both(never.not(), all), nil
	}
	return nil, errors.New("has a lookahead that is not at its beginning")
}

// tempered recognises ((?!x).)*.
func tempered(node *patternNode) bool {
	if node.op != opRepeat || node.max != unbounded || node.subs[0].op != opCat || len(node.subs[0].subs) != 2 {
		return false
	}
	look, set := node.subs[0].subs[0], node.subs[0].subs[1]
	return look.op == opLook && look.neg && set.op == opSet && !hasLook(look.subs[0])
}

func hasLook(node *patternNode) bool {
	return node.op == opLook || slices.ContainsFunc(node.subs, hasLook)
}

// contains tells whether text is in the language; false for ok when it can't be told.
func (l *language) contains(text string) (in, ok bool) {
	switch l.op {
	case langAll:
		return true, true
	case langNone:
		return false, true
	case langAuto:
		return l.auto.match(text)
	case langLength:
		n := utf8.RuneCountInString(text)
		return n >= l.lo && (l.hi < 0 || n <= l.hi), true
	case langWords:
		return l.word.list[text], true
	case langNot:
		in, ok = l.subs[0].contains(text)
		return !in, ok
	}
	for _, sub := range l.subs {
		in, ok := sub.contains(text)
		if !ok {
			return false, false
		}
		if in == (l.op == langOr) {
			return in, true
		}
	}
	return l.op == langAnd, true
}

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
