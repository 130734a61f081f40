package spec

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonParser reads RFC 8259 JSON in one pass.
type jsonParser struct {
	builder
	s    string
	pos  int
	stop *Diagnostic // the syntax error that ended the parse
}

// parseJSON parses f.data and sets f.root, unless the text is not JSON.
func parseJSON(f *file) Diagnostics {
	p := jsonParser{builder: builder{file: f}, s: f.data}
	if strings.HasPrefix(p.s, bom) {
		p.pos = len(bom)
	}
	var root Node
	if p.value(&root, 0) {
		p.space()
		if p.pos < len(p.s) {
			p.fail(p.pos, "trailing-data", fmt.Sprintf("unexpected %s after the document", p.found()), "remove everything after the end of the JSON value")
		}
	}
	if p.stop != nil {
		return append(p.faults, *p.stop)
	}
	f.root = p.finish(root)
	return p.faults
}

func (p *jsonParser) fail(at int, rule, message, remedy string) bool {
	if p.stop == nil {
		d := p.file.fault(at, Error, rule, message, remedy)
		p.stop = &d
	}
	return false
}

func (p *jsonParser) syntax(want string) bool {
	return p.fail(p.pos, "json-syntax", fmt.Sprintf("found %s where %s was expected", p.found(), want), "correct the JSON at this place")
}

// found names the character at the current place.
func (p *jsonParser) found() string {
	if p.pos >= len(p.s) {
		return "the end of the file"
	}
	r, _ := utf8.DecodeRuneInString(p.s[p.pos:])
	return fmt.Sprintf("%q", r)
}

func (p *jsonParser) space() {
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ' ', '\n', '\t', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *jsonParser) value(n *Node, depth int) bool {
	p.space()
	if p.pos >= len(p.s) {
		return p.syntax("a value")
	}
	if p.count++; p.count > maxNodes {
		return p.fail(p.pos, "too-large", fmt.Sprintf("the document has more than %d values", maxNodes), "split the contract")
	}
	n.start = uint32(p.pos)
	ok := false
	switch c := p.s[p.pos]; {
	case c == '{' || c == '[':
		if depth >= maxDepth {
			d := p.file.tooDeep(p.pos)
			p.stop = &d
			return false
		}
		if c == '{' {
			ok = p.object(n, depth)
		} else {
			ok = p.array(n, depth)
		}
	case c == '"':
		n.kind = String
		n.text, ok = p.str()
	case c == '-' || (c >= '0' && c <= '9'):
		ok = p.number(n)
	case c == 't':
		ok = p.word(n, Bool, "true")
	case c == 'f':
		ok = p.word(n, Bool, "false")
	case c == 'n':
		ok = p.word(n, Null, "null")
	default:
		return p.syntax("a value")
	}
	n.end = uint32(p.pos)
	return ok
}

func (p *jsonParser) word(n *Node, kind Kind, word string) bool {
	if !strings.HasPrefix(p.s[p.pos:], word) {
		return p.syntax("a value")
	}
	p.pos += len(word)
	n.kind, n.text = kind, word
	return true
}

func (p *jsonParser) object(n *Node, depth int) bool {
	base := len(p.stack)
	p.pos++
	p.space()
	if p.pos < len(p.s) && p.s[p.pos] == '}' {
		p.pos++
		p.close(n, Object, base)
		return true
	}
	for {
		var child Node
		p.space()
		if p.pos >= len(p.s) || p.s[p.pos] != '"' {
			return p.syntax("a key in double quotes")
		}
		var ok bool
		if child.name, ok = p.str(); !ok {
			return false
		}
		p.space()
		if p.pos >= len(p.s) || p.s[p.pos] != ':' {
			return p.syntax("a colon")
		}
		p.pos++
		if !p.value(&child, depth+1) {
			return false
		}
		p.stack = append(p.stack, child)
		if done, ok := p.next('}'); done || !ok {
			if ok {
				p.close(n, Object, base)
			}
			return ok
		}
	}
}

func (p *jsonParser) array(n *Node, depth int) bool {
	base := len(p.stack)
	p.pos++
	p.space()
	if p.pos < len(p.s) && p.s[p.pos] == ']' {
		p.pos++
		p.close(n, Array, base)
		return true
	}
	for {
		var child Node
		if !p.value(&child, depth+1) {
			return false
		}
		p.stack = append(p.stack, child)
		if done, ok := p.next(']'); done || !ok {
			if ok {
				p.close(n, Array, base)
			}
			return ok
		}
	}
}

// next reads the comma before another element, or the end of the container.
func (p *jsonParser) next(end byte) (done, ok bool) {
	p.space()
	if p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ',':
			p.pos++
			return false, true
		case end:
			p.pos++
			return true, true
		}
	}
	return false, p.syntax(fmt.Sprintf("a comma or %q", rune(end)))
}

func (p *jsonParser) number(n *Node) bool {
	start := p.pos
	if p.s[p.pos] == '-' {
		p.pos++
	}
	if p.pos < len(p.s) && p.s[p.pos] == '0' {
		p.pos++
	} else if !p.digits() {
		return p.syntax("a digit")
	}
	if p.pos < len(p.s) && p.s[p.pos] == '.' {
		p.pos++
		if !p.digits() {
			return p.syntax("a digit")
		}
	}
	if p.pos < len(p.s) && (p.s[p.pos] == 'e' || p.s[p.pos] == 'E') {
		p.pos++
		if p.pos < len(p.s) && (p.s[p.pos] == '+' || p.s[p.pos] == '-') {
			p.pos++
		}
		if !p.digits() {
			return p.syntax("a digit")
		}
	}
	n.kind, n.text = Number, p.s[start:p.pos]
	return true
}

func (p *jsonParser) digits() bool {
	start := p.pos
	for p.pos < len(p.s) && p.s[p.pos] >= '0' && p.s[p.pos] <= '9' {
		p.pos++
	}
	return p.pos > start
}

// str reads a string; without escapes it is a part of the file's text.
func (p *jsonParser) str() (string, bool) {
	p.pos++
	start := p.pos
	for i := p.pos; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.pos = i + 1
			return p.s[start:i], true
		case c == '\\':
			p.pos = i
			return p.escaped(start)
		case c < 0x20:
			p.pos = i
			return "", p.syntax("the rest of a string (control characters must be escaped)")
		}
	}
	p.pos = len(p.s)
	return "", p.fail(start-1, "json-syntax", "the string that starts here has no end", "close it with a double quote")
}

func (p *jsonParser) escaped(start int) (string, bool) {
	var b strings.Builder
	b.WriteString(p.s[start:p.pos])
	for p.pos < len(p.s) {
		c := p.s[p.pos]
		switch {
		case c == '"':
			p.pos++
			return b.String(), true
		case c < 0x20:
			return "", p.syntax("the rest of a string (control characters must be escaped)")
		case c != '\\':
			b.WriteByte(c)
			p.pos++
			continue
		}
		if !p.escape(&b) {
			return "", false
		}
	}
	return "", p.fail(start-1, "json-syntax", "the string that starts here has no end", "close it with a double quote")
}

const (
	escapeLetters = `"\/bfnrt`
	escapeMeaning = "\"\\/\b\f\n\r\t"
)

// escape reads one backslash sequence.
func (p *jsonParser) escape(b *strings.Builder) bool {
	p.pos++
	if p.pos >= len(p.s) {
		return p.syntax("an escape sequence")
	}
	c := p.s[p.pos]
	if c == 'u' {
		p.pos++
		r, ok := p.hex()
		if !ok {
			return p.syntax("four hexadecimal digits")
		}
		if utf16.IsSurrogate(r) {
			r = p.pair(r)
		}
		b.WriteRune(r)
		return true
	}
	i := strings.IndexByte(escapeLetters, c)
	if i < 0 {
		return p.syntax("an escape sequence")
	}
	b.WriteByte(escapeMeaning[i])
	p.pos++
	return true
}

// pair reads the second half of a surrogate pair; a half that stands alone is no character and becomes U+FFFD.
func (p *jsonParser) pair(first rune) rune {
	mark := p.pos
	if strings.HasPrefix(p.s[p.pos:], `\u`) {
		p.pos += 2
		if second, ok := p.hex(); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r
			}
		}
	}
	p.pos = mark
	if len(p.faults) < maxDiagnostics {
		p.faults = append(p.faults, p.file.fault(mark-6, Warning, "lone-surrogate", "half of a surrogate pair is no character; it is read as U+FFFD",
			"write the whole pair, or escape the backslash"))
	}
	return utf8.RuneError
}

func (p *jsonParser) hex() (rune, bool) {
	if p.pos+4 > len(p.s) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(p.s[p.pos : p.pos+4]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	p.pos += 4
	return r, true
}
