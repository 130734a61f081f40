package schema

import (
	"bytes"
	"hash/maphash"
	"slices"
	"unicode/utf8"
)

// equal tells whether two JSON texts, both known to be valid, stand for equal values: numbers by mathematical value,
// objects without regard to order (JSON Schema core section 4.2.2).
func equal(value []byte, other string) bool {
	switch value[0] {
	case '{', '[':
		if other[0] != value[0] {
			return false
		}
		a, b := parseTree(value), parseTree([]byte(other))
		return a.equal(b)
	case '"':
		if other[0] != '"' {
			return false
		}
		if bytes.IndexByte(value, '\\') < 0 && !containsByte(other, '\\') {
			return string(value) == other
		}
		return bytes.Equal(unquote(value), unquote([]byte(other)))
	case 't', 'f', 'n':
		return string(value) == other
	}
	if c := other[0]; c != '-' && (c < '0' || c > '9') {
		return false
	}
	return parseDecimal(value).compare(parseDecimal([]byte(other))) == 0
}

func containsByte(text string, c byte) bool {
	for i := range len(text) {
		if text[i] == c {
			return true
		}
	}
	return false
}

// unquote returns the content of a valid string literal.
func unquote(literal []byte) []byte {
	content := literal[1 : len(literal)-1]
	i := bytes.IndexByte(content, '\\')
	if i < 0 {
		return content
	}
	out := append(make([]byte, 0, len(content)), content[:i]...)
	for i < len(content) {
		if content[i] != '\\' {
			out = append(out, content[i])
			i++
			continue
		}
		r, size := unescape(content[i:])
		out = utf8.AppendRune(out, r)
		i += size
	}
	return out
}

// distinct tells whether all items of an array, which is known to be valid, differ.
func distinct(array []byte) bool {
	s := acquire(array, Limits{Depth: 1 << 20, Members: 1 << 30, Number: 1 << 30, Exponent: 1 << 20}.withDefaults())
	defer s.release()
	var buffer [32]item
	items := buffer[:0]
	var a Items
	s.Array(&a)
	for s.Item(&a) {
		start := s.pos
		hash := s.hash()
		items = append(items, item{hash, start, s.pos})
	}
	if len(items) > 16 {
		slices.SortFunc(items, func(a, b item) int {
			switch {
			case a.hash < b.hash:
				return -1
			case a.hash > b.hash:
				return 1
			}
			return 0
		})
	}
	for i := range items {
		for j := i + 1; j < len(items); j++ {
			if items[i].hash == items[j].hash {
				if equal(array[items[i].start:items[i].end], string(array[items[j].start:items[j].end])) {
					return false
				}
			} else if len(items) > 16 {
				break
			}
		}
	}
	return true
}

type item struct {
	hash       uint64
	start, end int
}

// hash reads a value and returns a hash that equal values share.
func (s *Scanner) hash() uint64 {
	switch s.peek() {
	case '{':
		var o Members
		s.Object(&o)
		sum := uint64(3)
		for s.Member(&o) {
			key := maphash.Bytes(seed, s.Key(&o))
			sum += mix(key, s.hash())
		}
		s.EndObject(&o, nil)
		return mix(sum, 1)
	case '[':
		var a Items
		s.Array(&a)
		sum := uint64(5)
		for s.Item(&a) {
			sum = mix(sum, s.hash())
		}
		s.EndArray(&a, 0, -1)
		return mix(sum, 2)
	case '"':
		text, _ := s.text()
		return mix(maphash.Bytes(seed, text), 7)
	case 't', 'f', 'n':
		c := s.peek()
		s.Any()
		return uint64(c)
	}
	literal, _ := s.number()
	d := parseDecimal(literal)
	var h maphash.Hash
	h.SetSeed(seed)
	for _, c := range d.digits {
		if c != '.' {
			h.WriteByte(c)
		}
	}
	return mix(h.Sum64()+uint64(d.sign()), uint64(d.point))
}

func mix(a, b uint64) uint64 {
	a ^= b + 0x9e3779b97f4a7c15 + a<<6 + a>>2
	a *= 0xbf58476d1ce4e5b9
	return a ^ a>>29
}
