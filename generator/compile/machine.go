package compile

import (
	"fmt"
	"unicode"
)

// machine is a regular expression as a program: a nondeterministic automaton whose lookarounds are automata of their own.
type machine struct {
	steps   []step
	start   int
	levels  int       // of nested lookaheads
	behinds []machine // the bodies of the lookbehinds, which may be found anywhere before the place
	words   bool      // it asks for word boundaries
	ends    bool      // it asks for the end
}

// step is one instruction. Its value at a place of the text is whether the rest of the program accepts from there.
type step struct {
	op     stepOp
	set    runeSet
	level  int // how many lookaheads it is inside of
	next   int // -1: none
	branch int // of stepSplit: the other next; of stepAhead: where the lookahead begins; of stepBehind: which
	not    bool
}

type stepOp uint8

const (
	stepAccept stepOp = iota
	stepSet
	stepSplit
	stepBegin
	stepEnd
	stepBoundary
	stepAhead
	stepBehind
)

// maxSteps bounds a program, so that the work of making it deterministic is bounded.
const maxSteps = 6000

// assemble returns the program of an expression.
func assemble(r *regex) (*machine, error) {
	m := &machine{}
	a := &assembler{machine: m}
	end := a.emit(step{op: stepAccept, next: -1})
	m.start = a.node(r, end)
	m.levels++
	return m, a.err
}

type assembler struct {
	machine *machine
	level   int
	fold    bool // upper and lower case are the same
	behind  bool // inside of a lookbehind
	err     error
}

func (a *assembler) emit(s step) int {
	s.level = a.level
	a.machine.steps = append(a.machine.steps, s)
	if len(a.machine.steps) > maxSteps {
		a.fail("its repeats make it too large")
	}
	return len(a.machine.steps) - 1
}

func (a *assembler) fail(format string, args ...any) int {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
	return 0
}

// node emits an expression that goes on at next and returns where it begins.
func (a *assembler) node(r *regex, next int) int {
	if a.err != nil {
		return next
	}
	switch r.op {
	case opClass:
		return a.class(r, next)
	case opSequence:
		return a.sequence(r.subs, next)
	case opAlternatives:
		start := a.node(r.subs[0], next)
		for _, sub := range r.subs[1:] {
			start = a.emit(step{op: stepSplit, next: start, branch: a.node(sub, next)})
		}
		return start
	case opRepeat:
		return a.repeat(r, next)
	case opGroup:
		return a.group(r, next)
	case opBegin:
		return a.emit(step{op: stepBegin, next: next})
	case opEnd:
		a.machine.ends = true
		return a.emit(step{op: stepEnd, next: next})
	case opBoundary, opNoBoundary:
		a.machine.words = true
		return a.emit(step{op: stepBoundary, next: next, not: r.op == opNoBoundary})
	case opLook:
		return a.ahead(r, next)
	case opBehind:
		return a.lookbehind(r, next)
	}
	panic(fmt.Sprintf("unknown node %d of a pattern", r.op))
}

func (a *assembler) sequence(subs []*regex, next int) int {
	if len(subs) > 0 && subs[0].op == opGroup && subs[0].flags == "i)" {
		fold := a.fold
		a.fold = true
		defer func() { a.fold = fold }()
		subs = subs[1:]
	}
	for i := len(subs) - 1; i >= 0; i-- {
		next = a.node(subs[i], next)
	}
	return next
}

func (a *assembler) group(r *regex, next int) int {
	switch r.flags {
	case "":
		return a.node(r.subs[0], next)
	case "i":
		fold := a.fold
		a.fold = true
		start := a.node(r.subs[0], next)
		a.fold = fold
		return start
	}
	return a.fail("flags that change in the middle can't be matched together with lookarounds; rewrite it")
}

// ahead emits a lookahead. It is a level of its own: its value must be known before that of what asks for it.
func (a *assembler) ahead(r *regex, next int) int {
	if a.behind {
		return a.fail("a lookahead inside of a lookbehind can't be matched without backtracking; rewrite it")
	}
	a.level++
	a.machine.levels = max(a.machine.levels, a.level)
	branch := a.node(r.subs[0], a.emit(step{op: stepAccept, next: -1}))
	a.level--
	return a.emit(step{op: stepAhead, next: next, branch: branch, not: r.not})
}

func (a *assembler) lookbehind(r *regex, next int) int {
	if a.behind {
		return a.fail("nested lookbehinds can't be matched without backtracking; rewrite it")
	}
	body := machine{}
	b := &assembler{machine: &body, behind: true, fold: a.fold}
	body.start = b.node(r.subs[0], b.emit(step{op: stepAccept, next: -1}))
	if b.err != nil {
		return a.fail("%w", b.err)
	}
	if body.words || body.ends {
		return a.fail("a lookbehind that asks for what follows can't be matched without backtracking; rewrite it")
	}
	a.machine.behinds = append(a.machine.behinds, body)
	return a.emit(step{op: stepBehind, next: next, branch: len(a.machine.behinds) - 1, not: r.not})
}

func (a *assembler) repeat(r *regex, next int) int {
	start := next
	if r.max < 0 {
		loop := a.emit(step{op: stepSplit, next: next, branch: -1})
		a.machine.steps[loop].branch = a.node(r.subs[0], loop)
		start = loop
	}
	for i := r.min; i < r.max && a.err == nil; i++ {
		start = a.emit(step{op: stepSplit, next: next, branch: a.node(r.subs[0], start)})
	}
	for i := 0; i < r.min && a.err == nil; i++ {
		start = a.node(r.subs[0], start)
	}
	return start
}

func (a *assembler) class(r *regex, next int) int {
	set := r.set
	for _, raw := range r.raw {
		property, ok := propertySet(raw)
		if !ok {
			return a.fail("unknown Unicode property in %q", raw)
		}
		set = set.union(property)
	}
	if a.fold {
		set = folded(set)
	}
	if r.negated {
		set = set.normal().negate()
	}
	return a.emit(step{op: stepSet, set: set, next: next})
}

// folded adds the characters that differ from those of set only in case.
func folded(set runeSet) runeSet {
	const most = 0x2000 // of the scripts that have case, those that patterns name
	out := append(runeSet{}, set...)
	for i := 0; i < len(set); i += 2 {
		for r := set[i]; r <= min(set[i+1], most); r++ {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				out = append(out, f, f)
			}
		}
	}
	return out.normal()
}
