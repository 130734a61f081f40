// Package schema validates JSON on its bytes. The validators of a generated service are functions over a Scanner, which
// reads a value strictly (RFC 8259, and no duplicate member, no invalid UTF-8, no lone surrogate, bounded depth, member
// count and numbers) and checks it on the way, in one pass and without allocating. What a first, silent pass refuses is
// read again by the same functions in a second pass that words the errors.
package schema

import (
	"sync"
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
	omitted []extent // members that whoever reads the document is not to see

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
	s.keys, s.path, s.omitted, s.errors = s.keys[:0], s.path[:0], s.omitted[:0], nil
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
	if pos < len(data) && data[pos] > ' ' {
		return pos
	}
	return skipSpaces(data, pos)
}

func skipSpaces(data []byte, pos int) int {
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
