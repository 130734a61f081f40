package compile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is a deterministic automaton that reads a text from its end, as kit/schema.Automaton runs it: lookaheads, which
// tell what follows, are known by then. State 0 is that of the empty text.
type table struct {
	bounds  []rune  // the first character of each interval but the first
	classes []uint8 // of each interval
	width   int
	next    []uint16
	accept  []uint16
}

// The bounds of the work and of its result. The largest pattern of the contracts that were tried takes a half of them.
const (
	maxRawStates = 10_000
	maxWork      = 60_000_000
	maxEntries   = 32_000
)

var errStates = errors.New("it needs too many states to be matched without backtracking; simplify it")

// determined makes a program deterministic. What precedes a place (the beginning, word boundaries, lookbehinds) is not
// known when the text is read from its end: the states hold what follows from each state that a forward automaton of
// what precedes may be in; at the beginning of the text it is known which one was right.
func determined(m *machine, work int) (*table, error) {
	bounds, classes, sample := m.partition()
	past, err := newPast(m, sample)
	if err != nil {
		return nil, err
	}
	d := &determiner{machine: m, past: past, index: map[string]int{}, work: work}
	d.prepare()
	raw := &table{bounds: bounds, classes: classes, width: len(sample)}
	if err := d.intern(d.initial()); err != nil {
		return nil, err
	}
	for state := 0; state < len(d.states); state++ {
		for class, r := range sample {
			if err := d.intern(d.before(d.states[state], r, class)); err != nil {
				return nil, err
			}
			raw.next = append(raw.next, uint16(d.last))
		}
	}
	accepting := make([]bool, len(d.states))
	for i, s := range d.states {
		accepting[i] = s[0].found
	}
	small := raw.minimal(accepting)
	if len(small.next) > maxEntries {
		return nil, errStates
	}
	return small, nil
}

// partition cuts the characters into classes that no set of the program tells apart, with one character of each.
func (m *machine) partition() (bounds []rune, classes []uint8, sample []rune) {
	var sets []runeSet
	if m.words {
		sets = append(sets, wordSet)
	}
	for _, part := range append([]machine{*m}, m.behinds...) {
		for _, s := range part.steps {
			if s.op == stepSet {
				sets = append(sets, s.set)
			}
		}
	}
	for _, set := range sets {
		for i := 0; i < len(set); i += 2 {
			bounds = append(bounds, set[i], set[i+1]+1)
		}
	}
	for i, r := range bounds {
		if 0xD800 <= r && r < 0xE000 { // no text holds surrogates
			bounds[i] = 0xE000
		}
	}
	slices.Sort(bounds)
	bounds = slices.DeleteFunc(slices.Compact(bounds), func(r rune) bool { return r <= 0 || r > maxRune })
	known := map[string]uint8{}
	for _, r := range append([]rune{0}, bounds...) {
		signature := make([]byte, len(sets))
		for i, set := range sets {
			if set.contains(r) {
				signature[i] = 1
			}
		}
		class, ok := known[string(signature)]
		if !ok {
			class = uint8(len(sample))
			known[string(signature)] = class
			sample = append(sample, r)
		}
		classes = append(classes, class)
		if len(sample) > 200 {
			break // refused by the table's size
		}
	}
	return bounds, classes, sample
}

func (s runeSet) contains(r rune) bool {
	for i := 0; i < len(s); i += 2 {
		if s[i] <= r && r <= s[i+1] {
			return true
		}
	}
	return false
}

// determiner builds the states.
type determiner struct {
	machine *machine
	past    *past
	preds   [][]int // the steps that go on at a step
	sets    []int   // the steps that read a character
	byLevel [][]int // the steps that accept, and those that read, by level
	value   []bool
	stack   []int

	states []future
	index  map[string]int
	last   int
	work   int // steps that may yet be looked at
}

// future is what is known of the text behind a place, for each state of what precedes it.
type future []outcome

type outcome struct {
	found bool   // the pattern is found at the place or behind it
	goes  []byte // bit i: the program accepts from the step behind the i-th one that reads a character
}

func (d *determiner) prepare() {
	d.preds = make([][]int, len(d.machine.steps))
	d.byLevel = make([][]int, d.machine.levels+1)
	d.value = make([]bool, len(d.machine.steps))
	for i, s := range d.machine.steps {
		switch s.op {
		case stepSet:
			d.sets = append(d.sets, i)
			continue
		case stepAccept:
			d.byLevel[s.level] = append(d.byLevel[s.level], i)
			continue
		case stepSplit:
			d.preds[s.branch] = append(d.preds[s.branch], i)
		}
		d.preds[s.next] = append(d.preds[s.next], i)
	}
}

// intern sets last to the number of a state.
func (d *determiner) intern(f future) error {
	var key []byte
	for _, o := range f {
		if o.found {
			key = append(key, 1)
			continue
		}
		key = append(append(key, 0), o.goes...)
	}
	id, known := d.index[string(key)]
	if !known {
		id = len(d.states)
		d.states = append(d.states, f)
		d.index[string(key)] = id
	}
	d.last = id
	if len(d.states) > maxRawStates || d.work < 0 {
		return errStates
	}
	return nil
}

// initial returns the future at the end of the text.
func (d *determiner) initial() future {
	f := make(future, len(d.past.states))
	for i := range f {
		f[i] = d.resolve(nil, 0, &d.past.states[i], -1)
	}
	return f
}

// before returns the future at the place before a character, of which class is the class.
func (d *determiner) before(f future, r rune, class int) future {
	out := make(future, len(f))
	for i := range out {
		state := &d.past.states[i]
		after := &f[state.next[class]]
		if after.found {
			out[i].found = true
			continue
		}
		out[i] = d.resolve(after.goes, r, state, 1)
	}
	return out
}

// resolve computes the values of all steps at a place; r is the character that follows unless end is negative.
func (d *determiner) resolve(goes []byte, r rune, p *pastState, end int) outcome {
	m := d.machine
	clear(d.value)
	d.work -= len(m.steps)
	word := end >= 0 && wordSet.contains(r)
	for level := m.levels; level >= 0; level-- {
		for _, i := range d.byLevel[level] {
			d.value[i] = true
			d.stack = append(d.stack, i)
		}
		for n, i := range d.sets {
			if goes != nil && m.steps[i].level == level && goes[n/8]&(1<<(n%8)) != 0 && m.steps[i].set.contains(r) {
				d.value[i] = true
				d.stack = append(d.stack, i)
			}
		}
		for len(d.stack) > 0 {
			top := d.stack[len(d.stack)-1]
			d.stack = d.stack[:len(d.stack)-1]
			for _, i := range d.preds[top] {
				if !d.value[i] && d.passes(&m.steps[i], p, word, end < 0) {
					d.value[i] = true
					d.stack = append(d.stack, i)
				}
			}
		}
	}
	if d.value[m.start] {
		return outcome{found: true}
	}
	out := outcome{goes: make([]byte, (len(d.sets)+7)/8)}
	for n, i := range d.sets {
		if d.value[m.steps[i].next] {
			out.goes[n/8] |= 1 << (n % 8)
		}
	}
	return out
}

// passes tells whether a step that reads nothing lets pass.
func (d *determiner) passes(s *step, p *pastState, word, end bool) bool {
	switch s.op {
	case stepBegin:
		return p.begin
	case stepEnd:
		return end
	case stepBoundary:
		return (p.word != word) != s.not
	case stepAhead:
		return d.value[s.branch] != s.not
	case stepBehind:
		return p.behind[s.branch] != s.not
	}
	return true
}

// minimal merges the states and the classes that make no difference.
func (t *table) minimal(accepting []bool) *table {
	group := make([]int, len(accepting))
	for i, a := range accepting {
		if a != accepting[0] {
			group[i] = 1
		}
	}
	for count := 0; ; {
		known := map[string]int{}
		refined := make([]int, len(group))
		var key []byte
		for state := range group {
			key = binary.AppendUvarint(key[:0], uint64(group[state]))
			for _, to := range t.next[state*t.width : (state+1)*t.width] {
				key = binary.AppendUvarint(key, uint64(group[to]))
			}
			id, ok := known[string(key)]
			if !ok {
				id = len(known)
				known[string(key)] = id
			}
			refined[state] = id
		}
		group = refined
		if len(known) == count {
			break
		}
		count = len(known)
	}
	return t.merged(group, accepting)
}

// merged returns the table of the groups of states; the numbers of the groups ascend with their first states.
func (t *table) merged(group []int, accepting []bool) *table {
	var first []int
	out := &table{bounds: t.bounds}
	for state, g := range group {
		if g == len(first) {
			first = append(first, state)
			if accepting[state] {
				out.accept = append(out.accept, uint16(g))
			}
		}
	}
	columns := map[string]uint8{}
	renamed := make([]uint8, t.width)
	var kept []int
	for class := range t.width {
		var column []byte
		for _, state := range first {
			column = binary.LittleEndian.AppendUint16(column, uint16(group[t.next[state*t.width+class]]))
		}
		id, ok := columns[string(column)]
		if !ok {
			id = uint8(len(kept))
			columns[string(column)] = id
			kept = append(kept, class)
		}
		renamed[class] = id
	}
	out.width = len(kept)
	for _, state := range first {
		for _, class := range kept {
			out.next = append(out.next, uint16(group[t.next[state*t.width+class]]))
		}
	}
	out.classes = make([]uint8, len(t.classes))
	for i, class := range t.classes {
		out.classes[i] = renamed[class]
	}
	return out.joined()
}

// joined joins neighbouring intervals of the same class.
func (t *table) joined() *table {
	classes, bounds := t.classes[:1:1], []rune(nil)
	for i, bound := range t.bounds {
		if class := t.classes[i+1]; class != classes[len(classes)-1] {
			classes, bounds = append(classes, class), append(bounds, bound)
		}
	}
	t.classes, t.bounds = classes, bounds
	return t
}

// match runs the automaton, as kit/schema does.
func (t *table) match(text string) bool {
	state := 0
	for len(text) > 0 {
		r, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
		i, found := slices.BinarySearch(t.bounds, r)
		if found {
			i++
		}
		state = int(t.next[state*t.width+int(t.classes[i])])
	}
	return slices.Contains(t.accept, uint16(state))
}

// source returns the fields of the schema.Automaton.
func (t *table) source() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Bounds: %s, Classes: %s, Width: %d, Next: %s, Accept: %s}", strconv.QuoteToASCII(string(t.bounds)),
		strconv.QuoteToASCII(string(t.classes)), t.width, numbers(t.next), numbers(t.accept))
	return b.String()
}

func numbers(list []uint16) string {
	b := []byte("[]uint16{")
	for i, n := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendUint(b, uint64(n), 10)
	}
	return string(append(b, '}'))
}
