// Package codec decodes and encodes JSON for generated code, without reflection. A Decoder trusts that what it reads has
// passed kit/schema, which is why it looks at little; on anything else it stops with an error, it never panics. The
// strings that it yields are copies, many of them in one allocation.
package codec

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Decoder reads one JSON document.
type Decoder struct {
	data []byte // the caller's
	pos  int
	err  error

	name, nameEnd int             // where the name of the current member stands; nameEnd is negative when it has escapes
	key           []byte          // that name when it has escapes
	scratch       []byte          // the last string with escapes
	kept          strings.Builder // whose buffer decoded strings are parts of

	room  rooms
	items []string // of the array of strings that is being read
}

var decoders = sync.Pool{New: func() any { return new(Decoder) }}

// Decode decodes a document into v with read.
func Decode[T any](data []byte, v *T, read func(*Decoder, *T)) error {
	d := decoders.Get().(*Decoder)
	d.data = data
	read(d, v)
	err := d.err
	const mostPooled = 1 << 16
	next := Decoder{items: d.items[:0]}
	if cap(d.key) <= mostPooled && cap(d.scratch) <= mostPooled {
		next.key, next.scratch = d.key[:0], d.scratch[:0]
	}
	*d = next
	decoders.Put(d)
	return err
}

// Err returns the first error.
func (d *Decoder) Err() error {
	return d.err
}

var errKind = errors.New("value is not of the kind that its Go type needs")

// Fail notes the first error and moves to the end, so that reading stops.
func (d *Decoder) Fail(err error) {
	if d.err == nil {
		d.err = fmt.Errorf("JSON at byte %d: %w", d.pos, err)
	}
	d.pos = len(d.data)
}

// next moves over white space and returns the byte that follows, 0 at the end.
func (d *Decoder) next() byte {
	if d.pos < len(d.data) && d.data[d.pos] > ' ' {
		return d.data[d.pos]
	}
	return d.space()
}

func (d *Decoder) space() byte {
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; c {
		case ' ', '\n', '\t', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

// Null reads null. It reports false, and reads nothing, when the value is another one.
func (d *Decoder) Null() bool {
	if d.next() != 'n' {
		return false
	}
	d.pos = min(d.pos+4, len(d.data))
	return true
}

// Object begins an object. Null is read as none.
func (d *Decoder) Object() bool {
	switch d.next() {
	case '{':
		d.pos++
		return true
	case 'n':
		d.Null()
	default:
		d.Fail(errKind)
	}
	return false
}

// Member moves to the value of the next member and reports false at the end of the object.
func (d *Decoder) Member() bool {
	c := d.next()
	if c == ',' {
		d.pos++
		c = d.next()
	}
	switch c {
	case '"':
		start := d.pos + 1
		i := start
		if i+8 <= len(d.data) {
			i += special(binary.LittleEndian.Uint64(d.data[i:]))
		}
		if i >= len(d.data) || d.data[i] != '"' {
			if i = quote(d.data, start); i >= len(d.data) {
				d.Fail(errKind)
				return false
			}
		}
		d.name, d.nameEnd, d.pos = start, i, i+1
		if d.data[i] == '\\' {
			d.key, d.nameEnd = append(d.key[:0], d.escaped(start, i)...), -1
		}
		if d.next() != ':' {
			d.Fail(errKind)
			return false
		}
		d.pos++
		return true
	case '}':
		d.pos++
	default:
		d.Fail(errKind)
	}
	return false
}

// Key returns the name of the current member. It is valid until the next one.
func (d *Decoder) Key() []byte {
	if d.nameEnd < 0 {
		return d.key
	}
	return d.data[d.name:d.nameEnd]
}

// Array begins an array. Null is read as none.
func (d *Decoder) Array() bool {
	switch d.next() {
	case '[':
		d.pos++
		return true
	case 'n':
		d.Null()
	default:
		d.Fail(errKind)
	}
	return false
}

// Item moves to the next item and reports false at the end of the array.
func (d *Decoder) Item() bool {
	c := d.next()
	if c == ',' {
		d.pos++
		c = d.next()
	}
	switch c {
	case ']':
		d.pos++
		return false
	case 0:
		d.Fail(errKind)
		return false
	}
	return true
}

// str reads a string. What it returns is valid until the next one.
func (d *Decoder) str() []byte {
	start := d.pos + 1
	i := quote(d.data, start)
	switch {
	case i >= len(d.data):
		d.Fail(errKind)
		return nil
	case d.data[i] == '\\':
		return d.escaped(start, i)
	}
	d.pos = i + 1
	return d.data[start:i]
}

// The bounds of the buffers that strings are kept in, in bytes. A longer string is kept alone, so that who holds on to
// one string of a document does not hold on to much more.
const (
	leastKept = 64
	mostKept  = 1 << 10
)

// keep returns a string of its own.
func (d *Decoder) keep(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if room := d.kept.Cap() - d.kept.Len(); room < len(text) {
		if len(text) > mostKept/4 {
			return string(text)
		}
		// About a fifth of what is left is strings to be kept, as it is in most documents.
		size := min(max((len(d.data)-d.pos)/5, leastKept), mostKept)
		d.kept = strings.Builder{}
		d.kept.Grow(max(size, len(text)))
	}
	start := d.kept.Len()
	d.kept.Write(text)
	return d.kept.String()[start:]
}

// quote returns the index of the first quote or backslash from i on, eight bytes at a time where it can.
func quote(data []byte, i int) int {
	for ; i+8 <= len(data); i += 8 {
		if n := special(binary.LittleEndian.Uint64(data[i:])); n < 8 {
			return i + n
		}
	}
	for i < len(data) && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}

// special returns the index of the first of eight bytes that is a quote or a backslash, 8 when none is.
func special(w uint64) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quotes, slashes := w^('"'*ones), w^('\\'*ones)
	// The lowest top bit that is set marks the first of them.
	return bits.TrailingZeros64(((quotes-ones)&^quotes|(slashes-ones)&^slashes)&tops) / 8
}

// escaped goes on with a string whose first escape is at i.
func (d *Decoder) escaped(start, i int) []byte {
	b := d.scratch[:0]
	for i < len(d.data) {
		switch c := d.data[i]; c {
		case '"':
			d.scratch = append(b, d.data[start:i]...)
			d.pos = i + 1
			return d.scratch
		case '\\':
			b = append(b, d.data[start:i]...)
			r, size := unescape(d.data[i:])
			b = utf8.AppendRune(b, r)
			i += size
			start = i
		default:
			i++
		}
	}
	d.Fail(errKind)
	return nil
}

func unescape(text []byte) (r rune, size int) {
	if len(text) < 2 {
		return utf8.RuneError, 1
	}
	switch c := text[1]; c {
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
		r, ok := hex4(text, 2)
		if !ok {
			return utf8.RuneError, 2
		}
		if r < 0xD800 || r >= 0xE000 {
			return r, 6
		}
		if low, ok := hex4(text, 8); ok && r < 0xDC00 && text[6] == '\\' && text[7] == 'u' && 0xDC00 <= low && low < 0xE000 {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12
		}
		return utf8.RuneError, 6
	default:
		return rune(c), 2
	}
}

func hex4(text []byte, at int) (rune, bool) {
	if len(text) < at+4 {
		return 0, false
	}
	value, err := strconv.ParseUint(string(text[at:at+4]), 16, 32)
	return rune(value), err == nil
}

// Skip reads a value of any kind.
func (d *Decoder) Skip() {
	depth := 0
	for {
		switch c := d.next(); c {
		case 0:
			if depth > 0 || d.err == nil {
				d.Fail(errKind)
			}
			return
		case '"':
			d.skipString()
		case '{', '[':
			d.pos++
			depth++
			continue
		case '}', ']':
			d.pos++
			depth--
		case ',', ':':
			d.pos++
			continue
		default:
			d.word()
		}
		if depth <= 0 {
			return
		}
	}
}

func (d *Decoder) skipString() {
	for i := quote(d.data, d.pos+1); i < len(d.data); i = quote(d.data, i+2) {
		if d.data[i] == '"' {
			d.pos = i + 1
			return
		}
	}
	d.Fail(errKind)
}

// word reads a number, true, false or null.
func (d *Decoder) word() []byte {
	d.next()
	start := d.pos
	for d.pos < len(d.data) {
		switch d.data[d.pos] {
		case ',', ']', '}', ' ', '\n', '\t', '\r', ':', '"', '[', '{':
			if d.pos == start {
				d.Fail(errKind)
			}
			return d.data[start:d.pos]
		}
		d.pos++
	}
	return d.data[start:]
}

// Raw reads a value and returns its bytes, which are part of the caller's document.
func (d *Decoder) Raw() []byte {
	d.next()
	start := d.pos
	d.Skip()
	if d.err != nil {
		return nil
	}
	return d.data[start:d.pos:d.pos]
}

// RawMessage reads a value into a copy of its bytes.
func RawMessage[T ~[]byte](d *Decoder, v *T) {
	*v = append((*v)[:0:0], d.Raw()...)
}

// JSON reads a value with encoding/json, for types that have no generated code.
func JSON[T any](d *Decoder, v *T) {
	if raw := d.Raw(); d.err == nil {
		if err := json.Unmarshal(raw, v); err != nil {
			d.Fail(err)
		}
	}
}

// Method reads a value with the method of its type.
func Method[T any, P interface {
	*T
	json.Unmarshaler
}](d *Decoder, v *T) {
	if raw := d.Raw(); d.err == nil {
		if err := P(v).UnmarshalJSON(raw); err != nil {
			d.Fail(err)
		}
	}
}
