package schema

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// patternOp tells what a node of a parsed ECMA-262 pattern is.
type patternOp uint8

const (
	opSet patternOp = iota
	opCat
	opAlt
	opRepeat
	opBegin
	opEnd
	opWord
	opNotWord
	opLook
)

// patternNode is a node of a parsed pattern.
type patternNode struct {
	op       patternOp
	set      runeSet
	subs     []*patternNode
	min, max int  // opRepeat; max < 0 is unbounded
	neg      bool // opLook
}

const (
	unbounded       = -1
	maxPatternBytes = 20000
	maxPatternDepth = 200
	maxRepeat       = 100000
)

var errBeyondRegular = errors.New("is not a regular expression in the strict sense (backreference or lookbehind)")

// parsePattern parses ECMA-262 syntax (section 22.2.1, with the leniency of annex B), with code points as characters.
func parsePattern(text string) (*patternNode, error) {
	if len(text) > maxPatternBytes {
		return nil, errors.New("is too long")
	}
	p := &patternParser{text: text}
	node, err := p.alternatives()
	if err == nil && p.pos < len(p.text) {
		err = fmt.Errorf("unexpected %q at offset %d", p.text[p.pos], p.pos)
	}
	if err != nil {
		return nil, err
	}
	return node, nil
}

type patternParser struct {
	text  string
	pos   int
	depth int
}

func (p *patternParser) more() bool { return p.pos < len(p.text) }

func (p *patternParser) accept(prefix string) bool {
	if strings.HasPrefix(p.text[p.pos:], prefix) {
		p.pos += len(prefix)
		return true
	}
	return false
}

func (p *patternParser) next() rune {
	r, size := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += size
	return r
}

func (p *patternParser) alternatives() (*patternNode, error) {
	if p.depth++; p.depth > maxPatternDepth {
		return nil, errors.New("is nested too deeply")
	}
	defer func() { p.depth-- }()
	var subs []*patternNode
	for {
		sub, err := p.sequence()
		if err != nil {
			return nil, err
		}
		subs = append(subs, sub)
		if !p.accept("|") {
			break
		}
	}
	if len(subs) == 1 {
		return subs[0], nil
	}
	return &patternNode{op: opAlt, subs: subs}, nil
}

func (p *patternParser) sequence() (*patternNode, error) {
	cat := &patternNode{op: opCat}
	for p.more() && p.text[p.pos] != '|' && p.text[p.pos] != ')' {
		atom, err := p.atom()
		if err != nil {
			return nil, err
		}
		if atom, err = p.quantified(atom); err != nil {
			return nil, err
		}
		cat.subs = append(cat.subs, atom)
	}
	return cat, nil
}

func (p *patternParser) quantified(atom *patternNode) (*patternNode, error) {
	for p.more() {
		lo, hi := 0, unbounded
		switch {
		case p.accept("*"):
		case p.accept("+"):
			lo = 1
		case p.accept("?"):
			hi = 1
		case p.text[p.pos] == '{':
			var ok bool
			if lo, hi, ok = p.braces(); !ok {
				return atom, nil // a literal brace (annex B)
			}
		default:
			return atom, nil
		}
		if lo > maxRepeat || hi > maxRepeat || hi >= 0 && lo > hi {
			return nil, errors.New("repeat is out of order or too large")
		}
		_ = p.accept("?") // lazy: the same language
		atom = &patternNode{op: opRepeat, subs: []*patternNode{atom}, min: lo, max: hi}
	}
	return atom, nil
}

// braces reads {n}, {n,} or {n,m}.
func (p *patternParser) braces() (lo, hi int, ok bool) {
	end := strings.IndexByte(p.text[p.pos:], '}')
	if end < 0 {
		return 0, 0, false
	}
	low, high, comma := strings.Cut(p.text[p.pos+1:p.pos+end], ",")
	lo, err := strconv.Atoi(low)
	if err != nil || lo < 0 || low[0] == '+' {
		return 0, 0, false
	}
	hi = lo
	if comma {
		hi = unbounded
		if high != "" {
			if hi, err = strconv.Atoi(high); err != nil || hi < 0 || high[0] == '+' {
				return 0, 0, false
			}
		}
	}
	p.pos += end + 1
	return lo, hi, true
}

func (p *patternParser) atom() (*patternNode, error) {
	switch c := p.next(); c {
	case '^':
		return &patternNode{op: opBegin}, nil
	case '$':
		return &patternNode{op: opEnd}, nil
	case '.':
		return &patternNode{op: opSet, set: lineBreaks.complement()}, nil
	case '[':
		return p.class()
	case '(':
		return p.group()
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, fmt.Errorf("nothing to repeat at offset %d", p.pos-1)
	default:
		return &patternNode{op: opSet, set: runeSet{{c, c}}}, nil
	}
}

func (p *patternParser) group() (*patternNode, error) {
	look, neg := false, false
	switch {
	case p.accept("?:"):
	case p.accept("?="):
		look = true
	case p.accept("?!"):
		look, neg = true, true
	case p.accept("?<="), p.accept("?<!"):
		return nil, errBeyondRegular
	case p.accept("?<"), p.accept("?P<"):
		end := strings.IndexByte(p.text[p.pos:], '>')
		if end < 0 {
			return nil, errors.New("group name without >")
		}
		p.pos += end + 1
	case p.accept("?"):
		return nil, errors.New("unknown kind of group")
	}
	sub, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, errors.New("missing )")
	}
	if look {
		return &patternNode{op: opLook, subs: []*patternNode{sub}, neg: neg}, nil
	}
	return sub, nil
}

func (p *patternParser) escape() (*patternNode, error) {
	if !p.more() {
		return nil, errors.New("pattern ends in a backslash")
	}
	switch c := p.text[p.pos]; {
	case c == 'b':
		p.pos++
		return &patternNode{op: opWord}, nil
	case c == 'B':
		p.pos++
		return &patternNode{op: opNotWord}, nil
	case c >= '1' && c <= '9', c == 'k' && strings.HasPrefix(p.text[p.pos:], "k<"):
		return nil, errBeyondRegular
	}
	set, _, err := p.escaped()
	return &patternNode{op: opSet, set: set}, err
}

// escaped reads what follows a backslash; single tells whether it is one character.
func (p *patternParser) escaped() (set runeSet, single bool, err error) {
	c := p.next()
	switch c {
	case 'd':
		return digits, false, nil
	case 'D':
		return digits.complement(), false, nil
	case 'w':
		return wordRunes, false, nil
	case 'W':
		return wordRunes.complement(), false, nil
	case 's':
		return spaces, false, nil
	case 'S':
		return spaces.complement(), false, nil
	case 'p', 'P':
		if p.more() && p.text[p.pos] == '{' {
			set, err = p.property(c == 'P')
			return set, false, err
		}
	}
	r := p.character(c)
	return runeSet{{r, r}}, true, nil
}

// character decodes an escape that stands for one character, whose first character after the backslash is c.
func (p *patternParser) character(c rune) rune {
	if i := strings.IndexRune("tnrfv0", c); i >= 0 {
		return rune("\t\n\r\f\v\x00"[i])
	}
	switch c {
	case 'c':
		if p.more() && unicode.IsLetter(rune(p.text[p.pos])) {
			return p.next() % 32
		}
	case 'x':
		if r, ok := p.hex(2); ok {
			return r
		}
	case 'u':
		return p.unicodeEscape()
	}
	return c
}

func (p *patternParser) unicodeEscape() rune {
	if p.accept("{") {
		end := strings.IndexByte(p.text[p.pos:], '}')
		if end > 0 && end <= 6 {
			if r, ok := p.hex(end); ok {
				p.pos++
				return r
			}
		}
		p.pos--
		return 'u'
	}
	high, ok := p.hex(4)
	if !ok {
		return 'u'
	}
	if high >= 0xD800 && high < 0xDC00 && p.accept(`\u`) {
		if low, ok := p.hex(4); ok && low >= 0xDC00 && low < 0xE000 {
			return 0x10000 + (high-0xD800)<<10 + (low - 0xDC00)
		}
	}
	return high
}

func (p *patternParser) hex(n int) (rune, bool) {
	if p.pos+n > len(p.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(p.text[p.pos:p.pos+n], 16, 32)
	if err != nil || v > unicode.MaxRune {
		return 0, false
	}
	p.pos += n
	return rune(v), true
}

// property reads {Name} or {Key=Value} after \p.
func (p *patternParser) property(neg bool) (runeSet, error) {
	end := strings.IndexByte(p.text[p.pos:], '}')
	if end < 0 {
		return nil, errors.New(`\p{ without }`)
	}
	name := p.text[p.pos+1 : p.pos+end]
	p.pos += end + 1
	if _, value, found := strings.Cut(name, "="); found {
		name = value
	}
	set, ok := unicodeProperty(name)
	if !ok {
		return nil, fmt.Errorf("unknown Unicode property %q", name)
	}
	if neg {
		return set.complement(), nil
	}
	return set, nil
}

func (p *patternParser) class() (*patternNode, error) {
	neg := p.accept("^")
	var set runeSet
	for !p.accept("]") {
		if !p.more() {
			return nil, errors.New("missing ]")
		}
		low, single, err := p.classAtom()
		if err != nil {
			return nil, err
		}
		rest := p.text[p.pos:]
		if single && len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			p.pos++
			high, single, err := p.classAtom()
			if err != nil {
				return nil, err
			}
			if !single {
				set = append(append(set, low...), append(high, runeRange{'-', '-'})...)
				continue
			}
			if high[0].lo < low[0].lo {
				return nil, errors.New("range out of order in a character class")
			}
			low = runeSet{{low[0].lo, high[0].lo}}
		}
		set = append(set, low...)
	}
	set = set.normalize()
	if neg {
		set = set.complement()
	}
	return &patternNode{op: opSet, set: set}, nil
}

func (p *patternParser) classAtom() (runeSet, bool, error) {
	if !p.more() {
		return nil, false, errors.New("missing ]")
	}
	c := p.next()
	if c != '\\' {
		return runeSet{{c, c}}, true, nil
	}
	if !p.more() {
		return nil, false, errors.New("pattern ends in a backslash")
	}
	if p.accept("b") {
		return runeSet{{'\b', '\b'}}, true, nil
	}
	return p.escaped()
}
