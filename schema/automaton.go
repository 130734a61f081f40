package schema

import (
	"encoding/binary"
	"errors"
	"sync"
	"unicode"
)

// instruction is a state of a nondeterministic automaton (Thompson's construction).
type instruction struct {
	op   patternOp // opSet, opAlt (split), opBegin, opEnd, opWord, opNotWord; opCat marks the accepting state
	set  runeSet
	a, b int32
}

const (
	maxInstructions = 20000
	maxStates       = 100000
	maxWork         = 4000000
)

var errPatternSize = errors.New("is too large to compare")

type assembler struct {
	prog []instruction
}

func (m *assembler) emit(i instruction) (int32, error) {
	if len(m.prog) >= maxInstructions {
		return 0, errPatternSize
	}
	m.prog = append(m.prog, i)
	return int32(len(m.prog) - 1), nil
}

// compile emits code for node that continues at next, and returns its start.
func (m *assembler) compile(node *patternNode, next int32) (int32, error) {
	switch node.op {
	case opSet:
		return m.emit(instruction{op: opSet, set: node.set, a: next})
	case opBegin, opEnd, opWord, opNotWord:
		return m.emit(instruction{op: node.op, a: next})
	case opLook:
		return 0, errBeyondRegular
	case opCat:
		var err error
		for i := len(node.subs) - 1; i >= 0 && err == nil; i-- {
			next, err = m.compile(node.subs[i], next)
		}
		return next, err
	case opAlt:
		start, err := m.compile(node.subs[len(node.subs)-1], next)
		for i := len(node.subs) - 2; i >= 0 && err == nil; i-- {
			var branch int32
			if branch, err = m.compile(node.subs[i], next); err == nil {
				start, err = m.emit(instruction{op: opAlt, a: branch, b: start})
			}
		}
		return start, err
	default:
		return m.repeat(node, next)
	}
}

func (m *assembler) repeat(node *patternNode, next int32) (int32, error) {
	sub, start := node.subs[0], next
	var err error
	if node.max == unbounded {
		loop, err := m.emit(instruction{op: opAlt, b: next})
		if err != nil {
			return 0, err
		}
		body, err := m.compile(sub, loop)
		if err != nil {
			return 0, err
		}
		m.prog[loop].a = body
		start = loop
	}
	for i := node.min; i < node.max && err == nil; i++ {
		var body int32
		if body, err = m.compile(sub, start); err == nil {
			start, err = m.emit(instruction{op: opAlt, a: body, b: next})
		}
	}
	for i := 0; i < node.min && err == nil; i++ {
		start, err = m.compile(sub, start)
	}
	return start, err
}

// context is what an assertion sees on one side of a position.
type context uint8

const (
	edge context = iota
	wordSide
	otherSide
)

func contextOf(r rune) context {
	if wordRunes.contains(r) {
		return wordSide
	}
	return otherSide
}

// automaton is a pattern as a deterministic automaton that is built while it runs. It accepts the strings that the
// pattern matches anywhere.
type automaton struct {
	prog    []instruction
	start   int32
	restart bool // a match may begin after the first character
	asserts bool
	states  []dstate
	index   map[string]int32
	bounds  runeSet // every set of the program
	work    int     // instructions visited to build states

	mu sync.Mutex // guards states, index and work: the automata of the formats are shared
}

type dstate struct {
	set    []int32
	prev   context
	next   map[rune]int32
	accept int8 // 0 not computed, 1 yes, -1 no
}

// The first two states of every automaton.
const (
	deadState int32 = iota
	wonState
	startState
)

func newAutomaton(node *patternNode) (*automaton, error) {
	m := &assembler{prog: []instruction{{op: opCat}}}
	start, err := m.compile(node, 0)
	if err != nil {
		return nil, err
	}
	a := &automaton{prog: m.prog, start: start, index: map[string]int32{}}
	for _, i := range a.prog {
		switch i.op {
		case opSet:
			a.bounds = append(a.bounds, i.set...)
		case opWord, opNotWord:
			a.bounds = append(a.bounds, wordRunes...)
			a.asserts = true
		case opBegin, opEnd:
			a.asserts = true
		}
	}
	a.states = []dstate{{}, {}, {set: []int32{start}}}
	for _, prev := range []context{wordSide, otherSide} {
		for _, next := range []context{edge, wordSide, otherSide} {
			set, won := a.closure([]int32{start}, prev, next)
			a.restart = a.restart || won || len(set) > 0
		}
	}
	return a, nil
}

// closure follows the transitions that consume nothing; won tells that the accepting state is reached. The result holds
// the states that consume a character.
func (a *automaton) closure(from []int32, prev, next context) (set []int32, won bool) {
	seen := make(map[int32]bool, 2*len(from))
	stack := append([]int32(nil), from...)
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[s] {
			continue
		}
		seen[s] = true
		a.work++
		switch i := &a.prog[s]; i.op {
		case opSet:
			set = append(set, s)
		case opCat:
			won = true
		case opAlt:
			stack = append(stack, i.b, i.a)
		case opBegin:
			if prev == edge {
				stack = append(stack, i.a)
			}
		case opEnd:
			if next == edge {
				stack = append(stack, i.a)
			}
		default:
			if ((prev == wordSide) != (next == wordSide)) == (i.op == opWord) {
				stack = append(stack, i.a)
			}
		}
	}
	return set, won
}

// step returns the state after r; false when the automaton grows too large.
func (a *automaton) step(state int32, r rune) (int32, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.advance(state, r)
}

// advance is step under the lock.
func (a *automaton) advance(state int32, r rune) (int32, bool) {
	if state < startState {
		return state, true
	}
	if to, ok := a.states[state].next[r]; ok {
		return to, true
	}
	if a.work > maxWork {
		return deadState, false
	}
	s := &a.states[state]
	set, won := a.closure(s.set, s.prev, contextOf(r))
	to, ok := wonState, true
	if !won {
		mark := map[int32]bool{}
		for _, i := range set {
			if a.prog[i].set.contains(r) {
				mark[a.prog[i].a] = true
			}
		}
		if a.restart {
			mark[a.start] = true
		}
		to, ok = a.intern(mark, contextOf(r))
	}
	if s = &a.states[state]; s.next == nil {
		s.next = map[rune]int32{}
	}
	s.next[r] = to
	return to, ok
}

func (a *automaton) intern(mark map[int32]bool, prev context) (int32, bool) {
	if len(mark) == 0 {
		return deadState, true
	}
	if !a.asserts {
		prev = otherSide
	}
	set := make([]int32, 0, len(mark))
	for s := range mark {
		set = append(set, s)
	}
	sortInt32(set)
	key := make([]byte, 1, 1+4*len(set))
	key[0] = byte(prev)
	for _, s := range set {
		key = binary.LittleEndian.AppendUint32(key, uint32(s))
	}
	if id, ok := a.index[string(key)]; ok {
		return id, true
	}
	if len(a.states) >= maxStates {
		return deadState, false
	}
	id := int32(len(a.states))
	a.states = append(a.states, dstate{set: set, prev: prev})
	a.index[string(key)] = id
	return id, true
}

// accepts tells whether a string that ends in state is in the language.
func (a *automaton) accepts(state int32) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.final(state)
}

// final is accepts under the lock.
func (a *automaton) final(state int32) bool {
	if state < startState {
		return state == wonState
	}
	s := &a.states[state]
	if s.accept == 0 {
		s.accept = -1
		if _, won := a.closure(s.set, s.prev, edge); won {
			s.accept = 1
		}
	}
	return s.accept == 1
}

// match runs the automaton over text.
func (a *automaton) match(text string) (matched, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	state := startState
	for _, r := range text {
		if state, ok = a.advance(state, r); !ok {
			return false, false
		}
		if state < startState {
			break
		}
	}
	return a.final(state), true
}

func sortInt32(s []int32) {
	for i := 1; i < len(s); i++ {
		for j := i; j > 0 && s[j] < s[j-1]; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

// partition cuts the code points into classes that no set of bounds tells apart, and returns one readable character of
// each, the most readable first.
func partition(bounds runeSet) []rune {
	cuts := map[rune]bool{0: true, 0xD800: true, 0xE000: true}
	for _, r := range bounds {
		cuts[r.lo] = true
		if r.hi < unicode.MaxRune {
			cuts[r.hi+1] = true
		}
	}
	return representatives(cuts)
}
