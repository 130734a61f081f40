package codec

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// String reads a string; null leaves v as it is.
func String[T ~string](d *Decoder, v *T) {
	switch d.next() {
	case '"':
		*v = T(d.keep(d.str()))
	case 'n':
		d.Null()
	default:
		d.Fail(errKind)
	}
}

// Bool reads true or false; null leaves v as it is.
func Bool[T ~bool](d *Decoder, v *T) {
	switch d.next() {
	case 't':
		if d.literal("true") {
			*v = true
		}
	case 'f':
		if d.literal("false") {
			*v = false
		}
	case 'n':
		d.Null()
	default:
		d.Fail(errKind)
	}
}

func (d *Decoder) literal(word string) bool {
	if len(d.data)-d.pos < len(word) || string(d.data[d.pos:d.pos+len(word)]) != word {
		d.Fail(errKind)
		return false
	}
	d.pos += len(word)
	return true
}

// digits reads a number that is at most 15 digits and a decimal point, and nothing else; ok is false, and nothing is
// read, for others.
func (d *Decoder) digits() (mantissa int64, decimals int, ok bool) {
	text, i := d.data, d.pos
	if i < len(text) && text[i] == '-' {
		i++
	}
	start, point := i, -1
	for ; i < len(text); i++ {
		c := text[i] - '0'
		if c > 9 {
			if text[i] != '.' || point >= 0 {
				break
			}
			point = i
			continue
		}
		mantissa = mantissa*10 + int64(c)
		if i-start > 15 {
			return 0, 0, false
		}
	}
	if i == start || point == start || i < len(text) && text[i]|0x20 == 'e' {
		return 0, 0, false
	}
	if point >= 0 {
		if decimals = i - point - 1; decimals == 0 {
			return 0, 0, false
		}
	}
	if text[d.pos] == '-' {
		mantissa = -mantissa
	}
	d.pos = i
	return mantissa, decimals, true
}

var errRange = errors.New("number does not fit its Go type")

// Int reads an integer, which may be written as 1.0 or 1e2; null leaves v as it is.
func Int[T ~int | ~int8 | ~int16 | ~int32 | ~int64](d *Decoder, v *T) {
	d.next()
	start := d.pos
	if value, decimals, ok := d.digits(); ok && decimals == 0 {
		if *v = T(value); int64(*v) != value {
			d.Fail(errRange)
		}
		return
	}
	d.pos = start
	word := string(d.word())
	if word == "null" {
		return
	}
	value, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		var negative bool
		var magnitude uint64
		if negative, magnitude, err = integer(word); err != nil || !negative && magnitude > math.MaxInt64 || magnitude > 1<<63 {
			d.Fail(errRange)
			return
		}
		if value = int64(magnitude); negative {
			value = -value
		}
	}
	if *v = T(value); int64(*v) != value {
		d.Fail(errRange)
	}
}

// Uint reads an integer that is not negative; null leaves v as it is.
func Uint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr](d *Decoder, v *T) {
	word := string(d.word())
	if word == "null" {
		return
	}
	value, err := strconv.ParseUint(word, 10, 64)
	if err != nil {
		var negative bool
		if negative, value, err = integer(word); err != nil || negative && value != 0 {
			d.Fail(errRange)
			return
		}
	}
	if *v = T(value); uint64(*v) != value {
		d.Fail(errRange)
	}
}

// integer reads a number with a decimal point or an exponent, exactly.
func integer(word string) (negative bool, magnitude uint64, err error) {
	word, negative = strings.CutPrefix(word, "-")
	exponent := 0
	if i := strings.IndexAny(word, "eE"); i >= 0 {
		if exponent, err = strconv.Atoi(word[i+1:]); err != nil {
			return false, 0, errRange
		}
		word = word[:i]
	}
	if i := strings.IndexByte(word, '.'); i >= 0 {
		exponent -= len(word) - i - 1
		word = word[:i] + word[i+1:]
	}
	digits := strings.TrimLeft(word, "0")
	if digits == "" {
		return false, 0, nil
	}
	for exponent < 0 && strings.HasSuffix(digits, "0") {
		digits = digits[:len(digits)-1]
		exponent++
	}
	if exponent < 0 || exponent+len(digits) > 20 {
		return false, 0, errRange
	}
	magnitude, err = strconv.ParseUint(digits+strings.Repeat("0", exponent), 10, 64)
	return negative, magnitude, err
}

var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Float reads a number; null leaves v as it is.
func Float[T ~float32 | ~float64](d *Decoder, v *T) {
	d.next()
	bits := 64
	if large := T(1 << 24); large+1 == large {
		bits = 32
	}
	if bits == 64 && d.pos < len(d.data) && d.data[d.pos] != '-' {
		if mantissa, decimals, ok := d.digits(); ok {
			*v = T(float64(mantissa) / powers[decimals]) // both are exact, so that the quotient is rounded once
			return
		}
	}
	word := string(d.word())
	if word == "null" {
		return
	}
	value, err := strconv.ParseFloat(word, bits)
	if err != nil {
		d.Fail(errRange)
		return
	}
	*v = T(value)
}

// Number reads a number as its literal, as json.Number holds it.
func Number[T ~string](d *Decoder, v *T) {
	if word := d.word(); string(word) != "null" {
		*v = T(d.keep(word))
	}
}

// Bytes reads base64; null makes nil of v.
func Bytes[T ~[]byte](d *Decoder, v *T) {
	if d.Null() {
		*v = nil
		return
	}
	if d.next() != '"' {
		d.Fail(errKind)
		return
	}
	decoded, err := base64.StdEncoding.DecodeString(string(d.str()))
	if err != nil {
		d.Fail(err)
		return
	}
	*v = decoded
}

// UUID reads a UUID in its form with hyphens; null leaves v as it is.
func UUID[T ~[16]byte](d *Decoder, v *T) {
	if d.Null() {
		return
	}
	if d.next() != '"' {
		d.Fail(errKind)
		return
	}
	text := d.str()
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		d.Fail(errKind)
		return
	}
	var id [16]byte
	for i, at := range [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		high, low := nibble(text[at]), nibble(text[at+1])
		if high > 15 || low > 15 {
			d.Fail(errKind)
			return
		}
		id[i] = high<<4 | low
	}
	*v = id
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xFF
}

// Time reads a date-time of RFC 3339; a leap second is the first of the next minute. Null leaves v as it is.
func Time(d *Decoder, v *time.Time) {
	if d.Null() {
		return
	}
	if d.next() != '"' {
		d.Fail(errKind)
		return
	}
	text := string(d.str())
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		upper, leap := strings.ToUpper(text), false
		if len(upper) > 19 && upper[16:19] == ":60" {
			upper, leap = upper[:16]+":59"+upper[19:], true
		}
		if t, err = time.Parse(time.RFC3339, upper); leap {
			t = t.Truncate(time.Second).Add(time.Second)
		}
	}
	if err != nil {
		d.Fail(err)
		return
	}
	*v = t
}

// Date reads a full-date of RFC 3339 as midnight UTC; null leaves v as it is.
func Date(d *Decoder, v *time.Time) {
	if d.Null() {
		return
	}
	if d.next() != '"' {
		d.Fail(errKind)
		return
	}
	t, err := time.Parse(time.DateOnly, string(d.str()))
	if err != nil {
		d.Fail(err)
		return
	}
	*v = t
}

// Pointer reads a value into a new variable; null makes nil of v.
func Pointer[T any](d *Decoder, v **T, read func(*Decoder, *T)) {
	if d.Null() {
		*v = nil
		return
	}
	if *v == nil {
		newPointer(&d.room, v)
	}
	read(d, *v)
}

// Strings reads an array of strings; null makes nil of v.
func Strings[S ~[]string](d *Decoder, v *S) {
	if !d.Array() {
		*v = nil
		return
	}
	d.items = d.items[:0]
	for d.Item() {
		var item string
		String(d, &item)
		d.items = append(d.items, item)
	}
	if len(d.items) == 0 {
		*v = S{}
		return
	}
	*v = d.room.strings.carve(len(d.items))
	copy(*v, d.items)
	clear(d.items)
}

// Slice reads an array; null makes nil of v.
func Slice[S ~[]T, T any](d *Decoder, v *S, read func(*Decoder, *T)) {
	start := d.pos
	if !d.Array() {
		*v = nil
		return
	}
	items := (*v)[:0]
	if items == nil {
		items = S{}
	}
	clear(items[:cap(items)])
	for n := 0; d.Item(); n++ {
		if n == cap(items) {
			items = grow(items, d.pos-start, len(d.data)-d.pos)
		}
		items = items[:n+1]
		read(d, &items[n])
	}
	*v = items
}

// grow makes room for the items that the rest of the document may hold, judging by those that were read.
func grow[S ~[]T, T any](items S, read, rest int) S {
	room := 1
	if rest > 4<<10 {
		room = 4 // the first items of many
	}
	if n := len(items); n > 0 {
		room = min(n+n*rest/max(read, 1)+1, 32*n)
		room = max(room, n+1)
	}
	larger := make(S, len(items), room)
	copy(larger, items)
	return larger
}

// Map reads an object; null makes nil of v.
func Map[M ~map[K]V, K ~string, V any](d *Decoder, v *M, read func(*Decoder, *V)) {
	if !d.Object() {
		*v = nil
		return
	}
	if *v == nil {
		*v = M{}
	}
	for d.Member() {
		Entry(d, v, read)
	}
}

// Entry reads the value of the current member into a map, which it makes when it is nil.
func Entry[M ~map[K]V, K ~string, V any](d *Decoder, v *M, read func(*Decoder, *V)) {
	key := K(d.keep(d.Key()))
	var value V
	read(d, &value)
	if *v == nil {
		*v = M{}
	}
	(*v)[key] = value
}

// Nullable reads a value of nullable.Nullable, which is a map from whether there is a value.
func Nullable[M ~map[bool]V, V any](d *Decoder, v *M, read func(*Decoder, *V)) {
	if d.Null() {
		var none V
		*v = M{false: none}
		return
	}
	var value V // of the heap, as read may keep it
	read(d, &value)
	*v = M{true: value}
}
