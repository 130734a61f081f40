package compile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

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
	case c == 'A': // of other dialects, like \z and \Z: ECMA-262 has none of them
		p.pos++
		return &regex{op: opBegin}, nil
	case c == 'z', c == 'Z':
		p.pos++
		return &regex{op: opEnd}, nil
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
		return one(p.octal())
	case 'p', 'P':
		return p.property(r)
	case 'c':
		if p.more() && isLetter(p.text[p.pos]) {
			p.pos++
			return one(rune(p.text[p.pos-1] % 32))
		}
		return nil, "", fmt.Errorf(`\c must be followed by a letter`)
	case 'x':
		if p.accept("{") { // as PCRE and Java write it
			return p.braced()
		}
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

// octal reads up to two more octal digits behind \0 (ECMA-262 annex B.1.2).
func (p *regexParser) octal() rune {
	value := rune(0)
	for range 2 {
		if !p.more() || p.text[p.pos] < '0' || p.text[p.pos] > '7' {
			break
		}
		value = value*8 + rune(p.text[p.pos]-'0')
		p.pos++
	}
	return value
}

// braced reads a hexadecimal number behind its opening brace.
func (p *regexParser) braced() (runeSet, string, error) {
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

func (p *regexParser) unicode() (runeSet, string, error) {
	if p.accept("{") {
		return p.braced()
	}
	set, raw, err := p.hex(4)
	if err != nil || set[0] < 0xD800 || set[0] >= 0xDC00 || !p.accept(`\u`) {
		return set, raw, err
	}
	behind := p.pos
	low, _, err := p.hex(4)
	if err != nil || low[0] < 0xDC00 || low[0] >= 0xE000 {
		p.pos = behind - len(`\u`)
		return set, raw, nil //nolint:nilerr // a lone surrogate, which no text holds
	}
	r := (set[0]-0xD800)<<10 + (low[0] - 0xDC00) + 0x10000
	return runeSet{r, r}, "", nil
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
