// Package schema validates JSON on its bytes. The validators of a generated service are functions over a Scanner, which
// reads a value strictly (RFC 8259, and no duplicate member, no invalid UTF-8, no lone surrogate, bounded depth, member
// count and numbers) and checks it on the way, in one pass and without allocating. What a first, silent pass refuses is
// read again by the same functions in a second pass that words the errors.
package schema

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"unicode/utf8"
)

// Func checks the value that begins at the scanner's position and moves behind it. It reports false when the value is
// refused; the position is undefined then.
type Func func(*Scanner) bool

// Limits bounds what a Scanner reads. A zero field means its default.
type Limits struct {
	Depth    int // nested arrays and objects: 64
	Members  int // members of one object: 10,000
	Number   int // length of a number in bytes: 1,000
	Exponent int // absolute value of a number's exponent: 1,000
	Errors   int // errors that are listed: 32
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		value    *int
		standard int
	}{{&l.Depth, 64}, {&l.Members, 10_000}, {&l.Number, 1000}, {&l.Exponent, 1000}, {&l.Errors, 32}} {
		if *f.value <= 0 {
			*f.value = f.standard
		}
	}
	return l
}

// Scanner reads one JSON document. Its methods are called by generated validators.
type Scanner struct {
	data    []byte
	pos     int
	depth   int
	work    int // bytes read by branches that are tried, against exponential schemas
	limits  Limits
	keys    []uint64 // hashes of the undeclared members of the objects that are open
	scratch []byte   // the last string with escapes

	explain bool
	path    []step // of the open arrays and objects, in explain mode
	errors  []Error
	bad     string // the first syntax error
	badPos  int
}

var scanners = sync.Pool{New: func() any { return new(Scanner) }}

func acquire(data []byte, limits Limits) *Scanner {
	s := scanners.Get().(*Scanner)
	s.reset(data)
	s.limits = limits
	return s
}

func (s *Scanner) reset(data []byte) {
	s.data, s.pos, s.depth, s.work = data, 0, 0, 0
	s.keys, s.path, s.errors = s.keys[:0], s.path[:0], nil
	s.explain, s.bad, s.badPos = false, "", 0
}

func (s *Scanner) release() {
	s.data, s.errors = nil, nil
	if cap(s.scratch) > 1<<16 {
		s.scratch = nil
	}
	scanners.Put(s)
}

// syntax notes the first syntax error and reports false.
func (s *Scanner) syntax(pos int, message string) bool {
	if s.bad == "" {
		s.bad, s.badPos = message, pos
	}
	return false
}

// space moves over white space.
func (s *Scanner) space() {
	s.pos = skipSpace(s.data, s.pos)
}

func skipSpace(data []byte, pos int) int {
	for pos < len(data) {
		switch data[pos] {
		case ' ', '\n', '\t', '\r':
			pos++
		default:
			return pos
		}
	}
	return pos
}

// end tells whether nothing but white space follows.
func (s *Scanner) end() bool {
	s.space()
	if s.pos < len(s.data) {
		return s.syntax(s.pos, "data after the value")
	}
	return true
}

// peek returns the first byte of the value, 0 at the end.
func (s *Scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// Kind is the type of a JSON value as its first byte tells it.
type Kind uint8

// The kinds of JSON values. KindNone is no value at all.
const (
	KindNone Kind = iota
	KindNull
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

// Kind returns the kind of the value at the position.
func (s *Scanner) Kind() Kind {
	switch c := s.peek(); c {
	case '{':
		return KindObject
	case '[':
		return KindArray
	case '"':
		return KindString
	case 't', 'f':
		return KindBool
	case 'n':
		return KindNull
	default:
		if c == '-' || '0' <= c && c <= '9' {
			return KindNumber
		}
		return KindNone
	}
}

// Any accepts every value.
func (s *Scanner) Any() bool {
	switch c := s.peek(); c {
	case '{':
		var o Members
		s.Object(&o)
		for s.Member(&o) {
			if !s.Unknown(&o) {
				return false
			}
		}
		return s.EndObject(&o, nil)
	case '[':
		var a Items
		s.Array(&a)
		for s.Item(&a) {
			if !s.Any() {
				return false
			}
		}
		return s.EndArray(&a, 0, -1)
	case '"':
		_, ok := s.text()
		return ok
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		_, ok := s.number()
		return ok
	}
}

func (s *Scanner) literal(word string) bool {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		return s.syntax(s.pos, "not a JSON value")
	}
	s.pos += len(word)
	return true
}

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
	for i := start; ; {
		if i = skipPlain(data, i); i >= len(data) {
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

// skipPlain moves over bytes that stand for themselves, eight at a time where it can.
func skipPlain(data []byte, i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(data); i += 8 {
		w := binary.LittleEndian.Uint64(data[i:])
		quotes, slashes := w^('"'*ones), w^('\\'*ones)
		// The lowest top bit that is set marks the first byte that is a quote, a backslash, below 0x20 or not ASCII.
		special := ((quotes-ones)&^quotes | (slashes-ones)&^slashes | (w-' '*ones)&^w | w) & tops
		if special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for i < len(data) && plain[data[i]] {
		i++
	}
	return i
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

// number reads a number and returns its bytes.
func (s *Scanner) number() ([]byte, bool) {
	data, start := s.data, s.pos
	i := start
	if i < len(data) && data[i] == '-' {
		i++
	}
	switch digits := countDigits(data, i); {
	case digits == 0:
		return nil, s.syntax(start, "not a JSON value")
	case digits > 1 && data[i] == '0':
		return nil, s.syntax(start, "number with a leading zero")
	default:
		i += digits
	}
	if i < len(data) && data[i] == '.' {
		digits := countDigits(data, i+1)
		if digits == 0 {
			return nil, s.syntax(i, "number without digits after its point")
		}
		i += 1 + digits
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		var ok bool
		if i, ok = s.exponent(i + 1); !ok {
			return nil, false
		}
	}
	if i-start > s.limits.Number {
		return nil, s.syntax(start, "number is too long")
	}
	s.pos = i
	return data[start:i], true
}

func (s *Scanner) exponent(i int) (int, bool) {
	if i < len(s.data) && (s.data[i] == '+' || s.data[i] == '-') {
		i++
	}
	digits := countDigits(s.data, i)
	if digits == 0 {
		return 0, s.syntax(i, "number without digits in its exponent")
	}
	value := 0
	for _, c := range s.data[i : i+digits] {
		if value = value*10 + int(c-'0'); value > s.limits.Exponent {
			return 0, s.syntax(i, "exponent of a number is too large")
		}
	}
	return i + digits, true
}

func countDigits(data []byte, i int) int {
	start := i
	for i < len(data) && '0' <= data[i] && data[i] <= '9' {
		i++
	}
	return i - start
}
