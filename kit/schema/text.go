package schema

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// plain marks the bytes of a string that stand for themselves.
var plain = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// text reads a string. What it returns is part of the document, or of a buffer that the next string reuses.
func (s *Scanner) text() ([]byte, bool) {
	data := s.data
	start := s.pos + 1
	i := start
	for i+8 <= len(data) {
		n := specialByte(binary.LittleEndian.Uint64(data[i:]))
		i += n
		if n < 8 {
			break
		}
	}
	if i < len(data) && data[i] == '"' {
		s.pos = i + 1
		return data[start:i], true
	}
	return s.special(start, i)
}

// special goes on with a string of which the bytes before i stand for themselves.
func (s *Scanner) special(start, i int) ([]byte, bool) {
	data := s.data
	for {
		for i+8 <= len(data) {
			n := specialByte(binary.LittleEndian.Uint64(data[i:]))
			i += n
			if n < 8 {
				break
			}
		}
		for i < len(data) && plain[data[i]] {
			i++
		}
		if i >= len(data) {
			return nil, s.syntax(len(data), "string without an end")
		}
		c := data[i]
		switch {
		case c == '"':
			s.pos = i + 1
			return data[start:i], true
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			return nil, s.syntax(i, "control character in a string")
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return nil, s.syntax(i, "invalid UTF-8")
		}
		i += size
	}
}

// specialByte returns the index of the first of eight bytes that does not stand for itself: a quote, a backslash, one
// below 0x20 or one that is not ASCII. It is 8 when all do.
func specialByte(w uint64) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quotes, slashes := w^('"'*ones), w^('\\'*ones)
	// The lowest top bit that is set marks the byte.
	return bits.TrailingZeros64(((quotes-ones)&^quotes|(slashes-ones)&^slashes|(w-' '*ones)&^w|w)&tops) / 8
}

// escaped goes on with a string whose first escape is at i.
func (s *Scanner) escaped(start, i int) ([]byte, bool) {
	data := s.data
	out := append(s.scratch[:0], data[start:i]...)
	defer func() { s.scratch = out }()
	for i < len(data) {
		c := data[i]
		switch {
		case plain[c]:
			out = append(out, c)
			i++
		case c == '"':
			s.pos = i + 1
			return out, true
		case c == '\\':
			r, size := unescape(data[i:])
			if size == 0 {
				return nil, s.syntax(i, "invalid escape in a string")
			}
			out = utf8.AppendRune(out, r)
			i += size
		case c < ' ':
			return nil, s.syntax(i, "control character in a string")
		default:
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size <= 1 {
				return nil, s.syntax(i, "invalid UTF-8")
			}
			out = append(out, data[i:i+size]...)
			i += size
		}
	}
	return nil, s.syntax(len(data), "string without an end")
}

// unescape decodes the escape at the beginning of data; size 0 means that it is none, or a lone surrogate.
func unescape(data []byte) (r rune, size int) {
	if len(data) < 2 {
		return 0, 0
	}
	switch c := data[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, ok := hex4(data[2:])
		switch {
		case !ok || 0xDC00 <= r && r < 0xE000:
			return 0, 0
		case r < 0xD800 || r >= 0xE000:
			return r, 6
		}
		if len(data) < 12 || data[6] != '\\' || data[7] != 'u' {
			return 0, 0
		}
		low, ok := hex4(data[8:])
		if !ok || low < 0xDC00 || low >= 0xE000 {
			return 0, 0
		}
		return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12
	}
	return 0, 0
}

func hex4(data []byte) (r rune, ok bool) {
	if len(data) < 4 {
		return 0, false
	}
	for _, c := range data[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
