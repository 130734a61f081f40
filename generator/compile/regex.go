package compile

import (
	"fmt"
	"slices"
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
	not      bool   // of look: negative
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
	opLook
)

// runeSet is a set of code points as sorted pairs of inclusive bounds.
type runeSet []rune

const maxRune = utf8.MaxRune

var (
	digitSet = runeSet{'0', '9'}
	wordSet  = runeSet{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	spaceSet = runeSet{'\t', '\r', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF}
	lineEnds = runeSet{'\n', '\n', '\r', '\r', 0x2028, 0x2029}
)

func (s runeSet) normal() runeSet {
	type pair struct{ low, high rune }
	var pairs []pair
	for i := 0; i < len(s); i += 2 {
		pairs = append(pairs, pair{s[i], s[i+1]})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return int(a.low - b.low) })
	var out runeSet
	for _, p := range pairs {
		if n := len(out); n > 0 && p.low <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p.high)
			continue
		}
		out = append(out, p.low, p.high)
	}
	return out
}

func (s runeSet) negate() runeSet {
	var out runeSet
	next := rune(0)
	for i := 0; i < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= maxRune {
		out = append(out, next, maxRune)
	}
	return out
}

func (s runeSet) overlaps(t runeSet) bool {
	for i, j := 0, 0; i < len(s) && j < len(t); {
		switch {
		case s[i+1] < t[j]:
			i += 2
		case t[j+1] < s[i]:
			j += 2
		default:
			return true
		}
	}
	return false
}

func (s runeSet) union(t runeSet) runeSet {
	return append(slices.Clone(s), t...).normal()
}

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
	case p.accept("?<="), p.accept("?<!"):
		return nil, fmt.Errorf("lookbehind can't be expressed without backtracking; rewrite it")
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
	if r.op == opBegin || r.op == opEnd || r.op == opLook {
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

// escape reads what follows a backslash outside of a class.
func (p *regexParser) escape() (*regex, error) {
	if !p.more() {
		return nil, fmt.Errorf("backslash at the end")
	}
	switch c := p.text[p.pos]; {
	case c == 'b':
		p.pos++
		return &regex{op: opBoundary}, nil
	case c == 'B':
		p.pos++
		return &regex{op: opNoBoundary}, nil
	case '1' <= c && c <= '9' || c == 'k':
		return nil, fmt.Errorf("back references can't be matched without backtracking; rewrite it")
	}
	set, raw, err := p.classEscape()
	if err != nil {
		return nil, err
	}
	result := &regex{op: opClass, set: set}
	if raw != "" {
		result.raw = []string{raw}
	}
	return result, nil
}

// classEscape reads an escape that stands for a set of characters, or for one.
func (p *regexParser) classEscape() (set runeSet, raw string, err error) {
	r, size := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += size
	one := func(r rune) (runeSet, string, error) { return runeSet{r, r}, "", nil }
	switch r {
	case 'd':
		return digitSet, "", nil
	case 'D':
		return digitSet.negate(), "", nil
	case 'w':
		return wordSet, "", nil
	case 'W':
		return wordSet.negate(), "", nil
	case 's':
		return spaceSet, "", nil
	case 'S':
		return spaceSet.negate(), "", nil
	case 't':
		return one('\t')
	case 'n':
		return one('\n')
	case 'v':
		return one('\v')
	case 'f':
		return one('\f')
	case 'r':
		return one('\r')
	case '0':
		return one(0)
	case 'p', 'P':
		return p.property(r)
	case 'c':
		if p.more() && isLetter(p.text[p.pos]) {
			p.pos++
			return one(rune(p.text[p.pos-1] % 32))
		}
		return nil, "", fmt.Errorf(`\c must be followed by a letter`)
	case 'x':
		return p.hex(2)
	case 'u':
		return p.unicode()
	}
	if r < utf8.RuneSelf && isLetter(byte(r)) {
		return nil, "", fmt.Errorf(`\%c is not ECMA-262`, r)
	}
	return one(r)
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (p *regexParser) hex(digits int) (runeSet, string, error) {
	if len(p.text)-p.pos >= digits {
		if value, err := strconv.ParseUint(p.text[p.pos:p.pos+digits], 16, 32); err == nil {
			p.pos += digits
			return runeSet{rune(value), rune(value)}, "", nil
		}
	}
	return nil, "", fmt.Errorf("invalid hexadecimal escape")
}

func (p *regexParser) unicode() (runeSet, string, error) {
	if p.accept("{") {
		end := strings.IndexByte(p.text[p.pos:], '}')
		if end < 0 {
			return nil, "", fmt.Errorf("invalid hexadecimal escape")
		}
		value, err := strconv.ParseUint(p.text[p.pos:p.pos+end], 16, 32)
		if err != nil || value > maxRune {
			return nil, "", fmt.Errorf("invalid hexadecimal escape")
		}
		p.pos += end + 1
		return runeSet{rune(value), rune(value)}, "", nil
	}
	set, raw, err := p.hex(4)
	if err != nil || set[0] < 0xD800 || set[0] >= 0xDC00 || !p.accept(`\u`) {
		return set, raw, err
	}
	low, raw, err := p.hex(4)
	if err != nil || low[0] < 0xDC00 || low[0] >= 0xE000 {
		return nil, raw, fmt.Errorf("a lone surrogate matches nothing")
	}
	r := (set[0]-0xD800)<<10 + (low[0] - 0xDC00) + 0x10000
	return runeSet{r, r}, "", nil
}

// asciiProperties are the properties that RE2 does not know and whose characters are all ASCII; contracts take those of
// POSIX from Java.
var asciiProperties = map[string]runeSet{
	"ASCII_Hex_Digit": {'0', '9', 'A', 'F', 'a', 'f'}, "AHex": {'0', '9', 'A', 'F', 'a', 'f'}, "XDigit": {'0', '9', 'A', 'F', 'a', 'f'},
	"Alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "Blank": {'\t', '\t', ' ', ' '}, "Cntrl": {0, 0x1F, 0x7F, 0x7F}, "Graph": {'!', '~'}, "Print": {' ', '~'},
}

// property reads a Unicode property and returns its characters, or the property in RE2 syntax.
func (p *regexParser) property(letter rune) (set runeSet, raw string, err error) {
	if !p.accept("{") {
		return nil, "", fmt.Errorf(`\%c must be followed by a property in braces`, letter)
	}
	end := strings.IndexByte(p.text[p.pos:], '}')
	if end < 0 {
		return nil, "", fmt.Errorf("property without an end")
	}
	name := p.text[p.pos : p.pos+end]
	p.pos += end + 1
	if kind, value, ok := strings.Cut(name, "="); ok {
		switch kind {
		case "Script", "sc", "General_Category", "gc":
			name = value
		default:
			return nil, "", fmt.Errorf("unknown property %q", kind)
		}
	}
	if set, ok := asciiProperties[name]; ok {
		if letter == 'P' {
			set = set.negate()
		}
		return set, "", nil
	}
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && c != '_' {
			return nil, "", fmt.Errorf("unknown property %q", name)
		}
	}
	return nil, `\` + string(letter) + "{" + name + "}", nil
}

// class reads a character class behind its bracket.
func (p *regexParser) class() (*regex, error) {
	negated := p.accept("^")
	result := &regex{op: opClass}
	for {
		if !p.more() {
			return nil, fmt.Errorf("missing ]")
		}
		if p.accept("]") {
			break
		}
		low, raw, err := p.classAtom()
		if err != nil {
			return nil, err
		}
		if raw != "" {
			result.raw = append(result.raw, raw)
			continue
		}
		rest := p.text[p.pos:]
		if len(low) == 2 && low[0] == low[1] && len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			start := p.pos
			p.pos++
			high, raw, err := p.classAtom()
			switch {
			case err != nil:
				return nil, err
			case raw != "" || len(high) != 2 || high[0] != high[1]:
				p.pos = start // a class can't end a range: the hyphen stands for itself
			case high[0] < low[0]:
				return nil, fmt.Errorf("range out of order in a class")
			default:
				low = runeSet{low[0], high[0]}
			}
		}
		result.set = append(result.set, low...)
	}
	result.set = result.set.normal()
	switch {
	case negated && len(result.raw) > 0:
		result.negated = true
	case negated:
		result.set = result.set.negate()
	}
	return result, nil
}

func (p *regexParser) classAtom() (runeSet, string, error) {
	if p.accept(`\`) {
		if !p.more() {
			return nil, "", fmt.Errorf("backslash at the end")
		}
		if p.accept("b") {
			return runeSet{'\b', '\b'}, "", nil
		}
		return p.classEscape()
	}
	r, size := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += size
	return runeSet{r, r}, "", nil
}
