package compile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// straight compiles a pattern to the body of a function over text, when reading it from left to right without ever going
// back decides it: it begins with ^, and every choice is settled by the next character.
func straight(r *regex) (string, bool) {
	if r.op != opSequence || len(r.subs) < 1 || r.subs[0].op != opBegin {
		return "", false
	}
	body := r.subs[1:]
	anchored := len(body) > 0 && body[len(body)-1].op == opEnd
	if anchored {
		body = body[:len(body)-1]
	} else if body = upToLeast(body); body == nil {
		return "return true\n", true
	}
	w := &straightWriter{}
	w.sequence(body, nil)
	if w.failed || w.b.Len() > 4000 {
		return "", false
	}
	end := "return true\n"
	if anchored {
		end = "return i == len(text)\n"
	}
	return "i := 0\n" + w.b.String() + end, true
}

// maxRanges bounds the classes beyond ASCII that become conditions: two bounds for each range.
const maxRanges = 40

// upToLeast makes the last part of a pattern without $ match as little as it may.
func upToLeast(body []*regex) []*regex {
	for len(body) > 0 {
		last := body[len(body)-1]
		if last.op != opRepeat {
			return body
		}
		body = body[:len(body)-1]
		if last.min > 0 {
			least := *last
			least.max = least.min
			return append(append([]*regex{}, body...), &least)
		}
	}
	return nil
}

// straightWriter writes statements that move i over text and return false when it does not match.
type straightWriter struct {
	b      strings.Builder
	loops  int
	failed bool
}

// first returns the characters that r can begin with, and whether it can be empty.
func (w *straightWriter) first(r *regex) (set runeSet, empty bool) {
	switch r.op {
	case opClass:
		if len(r.raw) > 0 {
			w.failed = true
		}
		return r.set, false
	case opGroup:
		if r.flags != "" {
			w.failed = true
			return nil, false
		}
		return w.first(r.subs[0])
	case opRepeat:
		set, empty = w.first(r.subs[0])
		return set, empty || r.min == 0
	case opSequence:
		return w.firstOf(r.subs)
	case opAlternatives:
		for _, sub := range r.subs {
			s, e := w.first(sub)
			set, empty = set.union(s), empty || e
		}
		return set, empty
	}
	w.failed = true
	return nil, false
}

func (w *straightWriter) firstOf(list []*regex) (set runeSet, empty bool) {
	for _, sub := range list {
		s, e := w.first(sub)
		set = set.union(s)
		if !e {
			return set, false
		}
	}
	return set, true
}

// sequence writes the statements for list, which characters of follow may follow.
func (w *straightWriter) sequence(list []*regex, follow runeSet) {
	for i, r := range list {
		if w.failed {
			return
		}
		after, empty := w.firstOf(list[i+1:])
		if empty {
			after = after.union(follow)
		}
		w.node(r, after)
	}
}

func (w *straightWriter) node(r *regex, follow runeSet) {
	switch r.op {
	case opClass:
		w.class(r)
	case opGroup:
		w.node(r.subs[0], follow)
	case opSequence:
		w.sequence(r.subs, follow)
	case opRepeat:
		w.repeat(r, follow)
	case opAlternatives:
		w.alternatives(r, follow)
	default:
		w.failed = true
	}
}

func (w *straightWriter) class(r *regex) {
	if len(r.raw) > 0 {
		w.failed = true
		return
	}
	if ascii(r.set) {
		fmt.Fprintf(&w.b, "if i >= len(text) || !(%s) {\nreturn false\n}\ni++\n", condition(r.set, "text[i]"))
		return
	}
	if len(r.set) > maxRanges {
		w.failed = true
		return
	}
	fmt.Fprintf(&w.b, "if r, size := schema.Rune(text, i); size > 0 && (%s) {\ni += size\n} else {\nreturn false\n}\n", condition(r.set, "r"))
}

func ascii(set runeSet) bool {
	return len(set) > 0 && set[len(set)-1] < utf8.RuneSelf
}

// condition returns a Go expression that tells whether a character is in a set.
func condition(set runeSet, name string) string {
	if len(set) == 0 {
		return "false"
	}
	var tests []string
	for i := 0; i < len(set); i += 2 {
		low, high := runeLiteral(set[i]), runeLiteral(set[i+1])
		switch {
		case set[i] == set[i+1]:
			tests = append(tests, name+" == "+low)
		case set[i] == 0:
			tests = append(tests, name+" <= "+high)
		case set[i+1] == maxRune:
			tests = append(tests, name+" >= "+low)
		default:
			tests = append(tests, low+" <= "+name+" && "+name+" <= "+high)
		}
	}
	return strings.Join(tests, " || ")
}

func runeLiteral(r rune) string {
	if r > ' ' && r < 0x7F {
		return strconv.QuoteRune(r)
	}
	return "0x" + strconv.FormatInt(int64(r), 16)
}

// lookahead returns a condition on the next character.
func (w *straightWriter) lookahead(set runeSet) string {
	if ascii(set) {
		return "i < len(text) && (" + condition(set, "text[i]") + ")"
	}
	if len(set) > maxRanges {
		w.failed = true
	}
	return "i < len(text) && func(r rune, _ int) bool { return " + condition(set, "r") + " }(schema.Rune(text, i))"
}

func (w *straightWriter) repeat(r *regex, follow runeSet) {
	sub := r.subs[0]
	begin, empty := w.first(sub)
	variable := r.min != r.max
	if empty || variable && begin.overlaps(follow) {
		w.failed = true
		return
	}
	if r.max == 0 {
		return
	}
	if r.min == 0 && r.max == 1 {
		fmt.Fprintf(&w.b, "if %s {\n", w.lookahead(begin))
		w.node(sub, follow)
		w.b.WriteString("}\n")
		return
	}
	after := follow
	if variable {
		after = follow.union(begin)
	}
	if sub.op != opClass {
		// What follows a round may be another round.
		after = follow.union(begin)
	}
	w.loops++
	n := "n" + strconv.Itoa(w.loops)
	switch {
	case !variable:
		fmt.Fprintf(&w.b, "for range %d {\n", r.min)
	case r.max < 0 && r.min == 0:
		fmt.Fprintf(&w.b, "for %s {\n", w.lookahead(begin))
	case r.max < 0:
		fmt.Fprintf(&w.b, "for %s := 0; %s < %d || %s; %s++ {\n", n, n, r.min, w.lookahead(begin), n)
	default:
		fmt.Fprintf(&w.b, "for %s := 0; %s < %d && (%s < %d || %s); %s++ {\n", n, n, r.max, n, r.min, w.lookahead(begin), n)
	}
	w.node(sub, after)
	w.b.WriteString("}\n")
}

func (w *straightWriter) alternatives(r *regex, follow runeSet) {
	var taken runeSet
	w.b.WriteString("switch {\n")
	for _, sub := range r.subs {
		begin, empty := w.first(sub)
		if empty || begin.overlaps(taken) || len(begin) == 0 {
			w.failed = true
			return
		}
		taken = taken.union(begin)
		fmt.Fprintf(&w.b, "case %s:\n", w.lookahead(begin))
		w.node(sub, follow)
	}
	w.b.WriteString("default:\nreturn false\n}\n")
}
