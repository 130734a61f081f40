package compile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// RE2 rewrites an ECMA-262 regular expression in the syntax of Go's regexp. Patterns that begin with ^ and lookaheads
// have more than one conjunct: a text matches when it matches every one, or fails to for those that are negated.
func RE2(pattern string) ([]Conjunct, error) {
	r, err := parseRegex(pattern)
	if err != nil {
		return nil, err
	}
	return conjuncts(r)
}

// Conjunct is a regular expression in RE2 syntax that must, or must not, be found.
type Conjunct struct {
	Source  string
	Negated bool
}

func conjuncts(r *regex) ([]Conjunct, error) {
	looks, rest := anchored(r)
	var list []Conjunct
	for _, look := range looks {
		source, err := write(look.subs[0])
		if err != nil {
			return nil, err
		}
		list = append(list, Conjunct{source, look.not})
	}
	source, err := write(shortened(rest))
	if err != nil {
		return nil, err
	}
	return append(list, Conjunct{source, false}), nil
}

// anchored takes the lookaheads off a sequence that begins with ^ and lookaheads, in any order. They are asked at the
// beginning of the text, and so is the rest: all of them begin with ^ now.
func anchored(r *regex) (looks []*regex, rest *regex) {
	if r.op != opSequence {
		return nil, r
	}
	begin := &regex{op: opBegin}
	begins, at := false, 0
	for ; at < len(r.subs) && (r.subs[at].op == opBegin || r.subs[at].op == opLook); at++ {
		sub := r.subs[at]
		if sub.op == opBegin {
			begins = true
			continue
		}
		body := &regex{op: opSequence, subs: []*regex{begin, {op: opGroup, subs: sub.subs}}}
		looks = append(looks, &regex{op: opLook, not: sub.not, subs: []*regex{body}})
	}
	if !begins || len(looks) == 0 {
		return nil, r
	}
	return looks, &regex{op: opSequence, subs: append([]*regex{begin}, r.subs[at:]...)}
}

// shortened makes a repeat at an end that is not anchored match as little as it may: whether it is found is the same.
func shortened(r *regex) *regex {
	if r.op == opRepeat {
		r = &regex{op: opSequence, subs: []*regex{r}}
	}
	if r.op != opSequence {
		return r
	}
	subs := slices.Clone(r.subs)
	least := func(i int) {
		if i < len(subs) && subs[i].op == opRepeat {
			short := *subs[i]
			short.max = short.min
			subs[i] = &short
		}
	}
	least(0)
	least(max(len(subs)-1, 0))
	return &regex{op: opSequence, subs: subs}
}

// maxProgram bounds the instructions that a pattern compiles to.
const maxProgram = 20_000

// size estimates the instructions that an expression compiles to.
func (r *regex) size() int {
	size := 1
	for _, sub := range r.subs {
		size += sub.size()
	}
	if r.op == opRepeat {
		size *= max(r.min, r.max, 1)
	}
	return min(size, maxProgram+1)
}

func write(r *regex) (string, error) {
	if r.size() > maxProgram {
		return "", fmt.Errorf("its repeats make it too large")
	}
	var b strings.Builder
	if err := r.write(&b); err != nil {
		return "", err
	}
	if b.Len() > 200_000 {
		return "", fmt.Errorf("its repeats make it too large")
	}
	if _, err := regexp.Compile(b.String()); err != nil {
		return "", fmt.Errorf("it does not compile: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return b.String(), nil
}

func (r *regex) write(b *strings.Builder) error {
	switch r.op {
	case opClass:
		r.writeClass(b)
	case opBegin:
		b.WriteString(`\A`)
	case opEnd:
		b.WriteString(`\z`)
	case opBoundary:
		b.WriteString(`\b`)
	case opNoBoundary:
		b.WriteString(`\B`)
	case opLook, opBehind:
		return errors.New("RE2 has no lookarounds")
	case opRepeat:
		return r.writeRepeat(b)
	case opGroup:
		if strings.HasSuffix(r.flags, ")") {
			b.WriteString("(?" + r.flags)
			return nil
		}
		b.WriteString("(?" + r.flags + ":")
		err := r.subs[0].write(b)
		b.WriteByte(')')
		return err
	case opSequence, opAlternatives:
		for i, sub := range r.subs {
			if i > 0 && r.op == opAlternatives {
				b.WriteByte('|')
			}
			if err := sub.write(b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *regex) writeClass(b *strings.Builder) {
	if len(r.raw) == 0 && len(r.set) == 2 && r.set[0] == r.set[1] {
		b.WriteString(regexp.QuoteMeta(string(r.set[0])))
		return
	}
	if len(r.raw) == 0 && len(r.set) == 0 {
		b.WriteString(`[^\x{0}-\x{10FFFF}]`)
		return
	}
	b.WriteByte('[')
	if r.negated {
		b.WriteByte('^')
	}
	for i := 0; i < len(r.set); i += 2 {
		writeRune(b, r.set[i])
		if r.set[i+1] > r.set[i] {
			b.WriteByte('-')
			writeRune(b, r.set[i+1])
		}
	}
	for _, raw := range r.raw {
		b.WriteString(raw)
	}
	b.WriteByte(']')
}

func writeRune(b *strings.Builder, r rune) {
	if '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
		b.WriteRune(r)
		return
	}
	fmt.Fprintf(b, `\x{%X}`, r)
}

// repeatLimit is how often RE2 lets an expression repeat, nested repeats multiplied.
const repeatLimit = 1000

// writeRepeat writes a repeat; large ones are split into a sequence.
func (r *regex) writeRepeat(b *strings.Builder) error {
	var sub strings.Builder
	if err := r.subs[0].write(&sub); err != nil {
		return err
	}
	atom := sub.String()
	if r.subs[0].op != opClass {
		atom = "(?:" + atom + ")"
	}
	chunk := max(repeatLimit/max(r.subs[0].repeats(), 1), 1)
	if len(atom)*(max(r.min, r.max)/chunk+1) > 200_000 {
		return fmt.Errorf("its repeats make it too large")
	}
	suffix := ""
	if r.lazy {
		suffix = "?"
	}
	rest := r.min
	for ; rest > chunk; rest -= chunk {
		b.WriteString(atom + "{" + strconv.Itoa(chunk) + "}")
	}
	if r.max < 0 {
		b.WriteString(atom + "{" + strconv.Itoa(rest) + ",}" + suffix)
		return nil
	}
	optional := r.max - r.min
	if optional == 0 || optional+rest <= chunk {
		b.WriteString(atom + "{" + strconv.Itoa(rest) + "," + strconv.Itoa(rest+optional) + "}" + suffix)
		return nil
	}
	b.WriteString(atom + "{" + strconv.Itoa(rest) + "}")
	for ; optional > 0; optional -= chunk {
		b.WriteString(atom + "{0," + strconv.Itoa(min(optional, chunk)) + "}" + suffix)
	}
	return nil
}

// repeats returns the product of the nested repeats.
func (r *regex) repeats() int {
	most := 1
	for _, sub := range r.subs {
		most = max(most, sub.repeats())
	}
	if r.op == opRepeat {
		most *= min(max(r.min, r.max, 1), repeatLimit)
	}
	return most
}
