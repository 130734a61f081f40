package schema

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// Automaton is a pattern as a deterministic automaton that reads a text from its end to its beginning: each character
// takes one step, whatever lookaheads and lookbehinds the pattern has. State 0 is that of the empty text.
type Automaton struct {
	// Bounds cuts the characters into intervals: each character of Bounds, in ascending order, begins one, and those
	// below the first are an interval as well. Classes holds the class of each interval, one byte more than Bounds has
	// characters.
	Bounds  string
	Classes string

	Width  int      // the number of classes
	Next   []uint16 // the state after each state and class
	Accept []uint16 // the states, ascending, in which the text read is accepted

	once   sync.Once
	bounds []rune
	ascii  [utf8.RuneSelf]uint8
	states []uint8 // whether a state accepts, and whether it is final: whatever comes before makes no difference
}

const (
	accepting = 1 << iota
	settled
)

func (a *Automaton) load() {
	a.bounds = []rune(a.Bounds)
	for r := range rune(utf8.RuneSelf) {
		a.ascii[r] = a.class(r)
	}
	a.states = make([]uint8, len(a.Next)/a.Width)
	for _, state := range a.Accept {
		a.states[state] = accepting
	}
	for state := range a.states {
		leaves := slices.ContainsFunc(a.Next[state*a.Width:(state+1)*a.Width], func(to uint16) bool { return int(to) != state })
		if !leaves {
			a.states[state] |= settled
		}
	}
}

// class returns the class of a character.
func (a *Automaton) class(r rune) uint8 {
	i, found := slices.BinarySearch(a.bounds, r)
	if found {
		i++
	}
	return a.Classes[i]
}

// Match tells whether the pattern is found in text, which is UTF-8.
func (a *Automaton) Match(text []byte) bool {
	a.once.Do(a.load)
	state := 0
	for i := len(text); i > 0; {
		var class uint8
		if c := text[i-1]; c < utf8.RuneSelf {
			class = a.ascii[c]
			i--
		} else {
			r, size := utf8.DecodeLastRune(text[:i])
			class = a.class(r)
			i -= size
		}
		state = int(a.Next[state*a.Width+int(class)])
		if a.states[state]&settled != 0 {
			break
		}
	}
	return a.states[state]&accepting != 0
}
