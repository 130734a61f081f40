package schema

import (
	"errors"
	"slices"
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
