package compile

import (
	"encoding/binary"
	"slices"
)

// past is a deterministic automaton that reads a text from its beginning and tells what the assertions that look back
// see. State 0 is that of the beginning.
type past struct {
	states []pastState
}

type pastState struct {
	begin  bool
	word   bool   // the last character is one of a word
	behind []bool // whether each lookbehind is found
	next   []int  // by class
	active [][]int
}

// maxPast bounds the states of what precedes a place: each multiplies the work.
const maxPast = 64

func newPast(m *machine, sample []rune) (*past, error) {
	p := &past{}
	index := map[string]int{}
	intern := func(s pastState) int {
		key := []byte{flag(s.begin), flag(s.word)}
		for _, set := range s.active {
			key = binary.AppendUvarint(key, uint64(len(set)))
			for _, i := range set {
				key = binary.AppendUvarint(key, uint64(i))
			}
		}
		id, known := index[string(key)]
		if !known {
			id = len(p.states)
			index[string(key)] = id
			p.states = append(p.states, s)
		}
		return id
	}
	intern(m.pastAt(make([][]int, len(m.behinds)), true, false))
	for i := 0; i < len(p.states); i++ {
		for _, r := range sample {
			moved := make([][]int, len(m.behinds))
			for k, body := range m.behinds {
				for _, step := range p.states[i].active[k] {
					if s := body.steps[step]; s.op == stepSet && s.set.contains(r) {
						moved[k] = append(moved[k], s.next)
					}
				}
			}
			to := intern(m.pastAt(moved, false, m.words && wordSet.contains(r)))
			p.states[i].next = append(p.states[i].next, to)
			if len(p.states) > maxPast {
				return nil, errStates
			}
		}
	}
	return p, nil
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// pastAt returns the state in which the lookbehinds have come to the steps of moved, and begin anew.
func (m *machine) pastAt(moved [][]int, begin, word bool) pastState {
	s := pastState{begin: begin, word: word, active: make([][]int, len(m.behinds)), behind: make([]bool, len(m.behinds))}
	for k, body := range m.behinds {
		s.active[k] = body.closure(append(moved[k], body.start), begin)
		s.behind[k] = slices.ContainsFunc(s.active[k], func(i int) bool { return body.steps[i].op == stepAccept })
	}
	return s
}

// closure returns the steps that are reached without reading a character, sorted.
func (m *machine) closure(from []int, begin bool) []int {
	seen := map[int]bool{}
	var out []int
	for stack := from; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		switch s := m.steps[i]; s.op {
		case stepSet, stepAccept:
			out = append(out, i)
		case stepSplit:
			stack = append(stack, s.next, s.branch)
		case stepBegin:
			if begin {
				stack = append(stack, s.next)
			}
		}
	}
	slices.Sort(out)
	return out
}
