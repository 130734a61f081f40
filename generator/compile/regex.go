package compile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// regex is a node of a parsed ECMA-262 regular expression (ECMA-262 section 22.2.1, with the u flag, and lenient where
// contracts are).
type regex struct {
	op       regexOp
	set      runeSet  // of a class
	raw      []string // of a class: Unicode properties in RE2 syntax
	negated  bool     // of a class with raw
	subs     []*regex // of sequence, alternatives; of repeat, group, look: one
	min, max int      // of repeat; max -1 means no maximum
	lazy     bool
	not      bool   // of look and behind: negative
	flags    string // of group: "i" and the like
}

type regexOp uint8

const (
	opClass regexOp = iota
	opSequence
	opAlternatives
	opRepeat
	opGroup
	opBegin
	opEnd
	opBoundary
	opNoBoundary
	opLook   // lookahead
	opBehind // lookbehind
)

// regexParser reads a pattern.
type regexParser struct {
	text  string
	pos   int
	depth int
}

// parseRegex parses an ECMA-262 regular expression. The error says what RE2 can't express, or what is wrong.
func parseRegex(pattern string) (*regex, error) {
	if !utf8.ValidString(pattern) {
		return nil, fmt.Errorf("it is not UTF-8")
	}
	p := &regexParser{text: pattern}
	r, err := p.alternatives()
	if err == nil && p.pos < len(p.text) {
		err = fmt.Errorf("unmatched )")
	}
	return r, err
}

func (p *regexParser) more() bool { return p.pos < len(p.text) }

func (p *regexParser) accept(prefix string) bool {
	if strings.HasPrefix(p.text[p.pos:], prefix) {
		p.pos += len(prefix)
		return true
	}
	return false
}

func (p *regexParser) alternatives() (*regex, error) {
	if p.depth++; p.depth > 100 {
		return nil, fmt.Errorf("groups are nested too deeply")
	}
	defer func() { p.depth-- }()
	result := &regex{op: opAlternatives}
	for {
		r, err := p.sequence()
		if err != nil {
			return nil, err
		}
		result.subs = append(result.subs, r)
		if !p.accept("|") {
			break
		}
	}
	if len(result.subs) == 1 {
		return result.subs[0], nil
	}
	return result, nil
}

func (p *regexParser) sequence() (*regex, error) {
	result := &regex{op: opSequence}
	for p.more() && p.text[p.pos] != '|' && p.text[p.pos] != ')' {
		r, err := p.atom()
		if err != nil {
			return nil, err
		}
		if r, err = p.quantified(r); err != nil {
			return nil, err
		}
		result.subs = append(result.subs, r)
	}
	return result, nil
}

func (p *regexParser) atom() (*regex, error) {
	r, size := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += size
	switch r {
	case '^':
		return &regex{op: opBegin}, nil
	case '$':
		return &regex{op: opEnd}, nil
	case '.':
		return &regex{op: opClass, set: lineEnds.negate()}, nil
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '*', '+', '?':
		return nil, fmt.Errorf("nothing to repeat before %q", string(r))
	case '\\':
		return p.escape()
	}
	return &regex{op: opClass, set: runeSet{r, r}}, nil
}

func (p *regexParser) group() (*regex, error) {
	result := &regex{op: opGroup}
	switch {
	case p.accept("?:"):
	case p.accept("?="):
		result.op = opLook
	case p.accept("?!"):
		result.op, result.not = opLook, true
	case p.accept("?<="):
		result.op = opBehind
	case p.accept("?<!"):
		result.op, result.not = opBehind, true
	case p.accept("?<"), p.accept("?P<"):
		end := strings.IndexByte(p.text[p.pos:], '>')
		if end < 1 {
			return nil, fmt.Errorf("group name without an end")
		}
		p.pos += end + 1
	case p.accept("?"):
		end := strings.IndexAny(p.text[p.pos:], ":)")
		if end < 0 || strings.Trim(p.text[p.pos:p.pos+end], "ims-") != "" {
			return nil, fmt.Errorf("unknown kind of group")
		}
		result.flags = p.text[p.pos : p.pos+end]
		p.pos += end
		if p.accept(")") { // to the end of the group, as RE2 has it
			result.flags += ")"
			return result, nil
		}
		p.pos++
	}
	sub, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, fmt.Errorf("missing )")
	}
	result.subs = []*regex{sub}
	return result, nil
}

// quantified reads the quantifier behind an atom.
func (p *regexParser) quantified(r *regex) (*regex, error) {
	least, most := 0, -1
	switch {
	case p.accept("*"):
	case p.accept("+"):
		least = 1
	case p.accept("?"):
		most = 1
	case p.more() && p.text[p.pos] == '{':
		var ok bool
		if least, most, ok = p.braces(); !ok {
			return r, nil // a brace that stands for itself
		}
		if most >= 0 && most < least || least > 1<<30 || most > 1<<30 {
			return nil, fmt.Errorf("repeat count is out of range")
		}
	default:
		return r, nil
	}
	if r.op == opLook { // as annex B lets them: it needs no repeat, and none at all where it may be left out
		if p.accept("?"); least == 0 {
			return &regex{op: opSequence}, nil
		}
		return r, nil
	}
	if r.op == opBegin || r.op == opEnd || r.op == opBehind {
		return nil, fmt.Errorf("an assertion is repeated")
	}
	result := &regex{op: opRepeat, subs: []*regex{r}, min: least, max: most, lazy: p.accept("?")}
	if p.more() && strings.IndexByte("*+?", p.text[p.pos]) >= 0 {
		return nil, fmt.Errorf("possessive or doubled quantifiers are not ECMA-262")
	}
	return result, nil
}

func (p *regexParser) braces() (least, most int, ok bool) {
	end := strings.IndexByte(p.text[p.pos:], '}')
	if end < 0 {
		return 0, 0, false
	}
	low, high, ranged := strings.Cut(p.text[p.pos+1:p.pos+end], ",")
	least, err := strconv.Atoi(low)
	if err != nil || least < 0 {
		return 0, 0, false
	}
	most = least
	if ranged {
		most = -1
		if high != "" {
			if most, err = strconv.Atoi(high); err != nil || most < 0 {
				return 0, 0, false
			}
		}
	}
	p.pos += end + 1
	return least, most, true
}
