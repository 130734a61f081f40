package codec

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// Encoder appends one JSON document to a buffer.
type Encoder struct {
	buffer []byte
	err    error
}

var encoders = sync.Pool{New: func() any { return new(Encoder) }}

// Encode appends the JSON of v to buffer with write.
func Encode[T any](buffer []byte, v *T, write func(*Encoder, *T)) ([]byte, error) {
	e := encoders.Get().(*Encoder)
	e.buffer, e.err = buffer, nil
	write(e, v)
	buffer, err := e.buffer, e.err
	*e = Encoder{}
	encoders.Put(e)
	return buffer, err
}

// Fail notes the first error.
func (e *Encoder) Fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// Begin begins an object.
func (e *Encoder) Begin() {
	e.buffer = append(e.buffer, '{')
}

// Key begins a member: key is its name as JSON with the colon.
func (e *Encoder) Key(key string) {
	if last := len(e.buffer) - 1; last >= 0 && e.buffer[last] != '{' {
		e.buffer = append(e.buffer, ',')
	}
	e.buffer = append(e.buffer, key...)
}

// End ends an object.
func (e *Encoder) End() {
	e.buffer = append(e.buffer, '}')
}

// PutNull writes null.
func (e *Encoder) PutNull() {
	e.buffer = append(e.buffer, "null"...)
}

// PutString writes a string.
func PutString[T ~string](e *Encoder, v *T) {
	e.buffer = appendString(e.buffer, string(*v))
}

// unescaped marks the bytes that stand for themselves in a string.
var unescaped = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

func appendString(b []byte, text string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if unescaped[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, text[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			b = append(b, text[start:i]...)
			b = append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
			start = i + size
		}
		i += size
	}
	b = append(b, text[start:]...)
	return append(b, '"')
}

// PutBool writes true or false.
func PutBool[T ~bool](e *Encoder, v *T) {
	e.buffer = strconv.AppendBool(e.buffer, bool(*v))
}

// PutInt writes an integer.
func PutInt[T ~int | ~int8 | ~int16 | ~int32 | ~int64](e *Encoder, v *T) {
	e.buffer = strconv.AppendInt(e.buffer, int64(*v), 10)
}

// PutUint writes an integer.
func PutUint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr](e *Encoder, v *T) {
	e.buffer = strconv.AppendUint(e.buffer, uint64(*v), 10)
}

var errFloat = errors.New("JSON has no number for an infinite value or NaN")

// PutFloat writes a number in the shortest form, as encoding/json does.
func PutFloat[T ~float32 | ~float64](e *Encoder, v *T) {
	bits := 64
	if large := T(1 << 24); large+1 == large {
		bits = 32
	}
	value := float64(*v)
	if math.IsInf(value, 0) || math.IsNaN(value) {
		e.Fail(errFloat)
		return
	}
	form := byte('f')
	if abs := math.Abs(value); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		form = 'e'
	}
	e.buffer = strconv.AppendFloat(e.buffer, value, form, -1, bits)
}

// PutNumber writes the literal of a number; an empty one is 0.
func PutNumber[T ~string](e *Encoder, v *T) {
	if !json.Valid([]byte(*v)) {
		e.buffer = append(e.buffer, '0')
		if *v != "" {
			e.Fail(errors.New("invalid number literal"))
		}
		return
	}
	e.buffer = append(e.buffer, *v...)
}

// PutBytes writes base64; nil is null.
func PutBytes[T ~[]byte](e *Encoder, v *T) {
	if *v == nil {
		e.PutNull()
		return
	}
	e.buffer = append(e.buffer, '"')
	e.buffer = base64.StdEncoding.AppendEncode(e.buffer, *v)
	e.buffer = append(e.buffer, '"')
}

// PutUUID writes a UUID in its form with hyphens.
func PutUUID[T ~[16]byte](e *Encoder, v *T) {
	id := [16]byte(*v)
	b := append(e.buffer, '"')
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		start := [...]int{0, 4, 6, 8, 10}[i]
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, id[start:end])
	}
	e.buffer = append(b, '"')
}

// PutTime writes a date-time of RFC 3339.
func PutTime(e *Encoder, v *time.Time) {
	if year := v.Year(); year < 0 || year > 9999 {
		e.Fail(errors.New("year of a time is beyond RFC 3339"))
		return
	}
	b := append(e.buffer, '"')
	b = v.AppendFormat(b, time.RFC3339Nano)
	e.buffer = append(b, '"')
}

// PutDate writes a full-date of RFC 3339.
func PutDate(e *Encoder, v *time.Time) {
	b := append(e.buffer, '"')
	b = v.AppendFormat(b, time.DateOnly)
	e.buffer = append(b, '"')
}

// PutRaw writes JSON as it is; nil is null.
func PutRaw[T ~[]byte](e *Encoder, v *T) {
	switch {
	case *v == nil:
		e.PutNull()
	case !json.Valid(*v):
		e.Fail(errors.New("raw message is not JSON"))
	default:
		e.buffer = append(e.buffer, *v...)
	}
}

// PutPointer writes what v points to; nil is null.
func PutPointer[T any](e *Encoder, v **T, write func(*Encoder, *T)) {
	if *v == nil {
		e.PutNull()
		return
	}
	write(e, *v)
}

// PutSlice writes an array; nil is null.
func PutSlice[S ~[]T, T any](e *Encoder, v *S, write func(*Encoder, *T)) {
	if *v == nil {
		e.PutNull()
		return
	}
	e.buffer = append(e.buffer, '[')
	for i := range *v {
		if i > 0 {
			e.buffer = append(e.buffer, ',')
		}
		write(e, &(*v)[i])
	}
	e.buffer = append(e.buffer, ']')
}

// PutMap writes an object, sorted by name; nil is null.
func PutMap[M ~map[K]V, K ~string, V any](e *Encoder, v *M, write func(*Encoder, *V)) {
	if *v == nil {
		e.PutNull()
		return
	}
	e.Begin()
	PutEntries(e, v, nil, write)
	e.End()
}

// PutEntries writes the members of a map, sorted by name, without those that declared knows.
func PutEntries[M ~map[K]V, K ~string, V any](e *Encoder, v *M, declared func(string) bool, write func(*Encoder, *V)) {
	var buffer [16]K
	keys := slices.AppendSeq(buffer[:0], maps.Keys(*v))
	slices.Sort(keys)
	for _, key := range keys {
		if declared != nil && declared(string(key)) {
			continue
		}
		e.Key("")
		e.buffer = appendString(e.buffer, string(key))
		e.buffer = append(e.buffer, ':')
		value := (*v)[key]
		write(e, &value)
	}
}

// PutNullable writes a value of nullable.Nullable.
func PutNullable[M ~map[bool]V, V any](e *Encoder, v *M, write func(*Encoder, *V)) {
	if _, null := (*v)[false]; null {
		e.PutNull()
		return
	}
	value := (*v)[true]
	write(e, &value)
}

// PutJSON writes a value with encoding/json, for types that have no generated code.
func PutJSON[T any](e *Encoder, v *T) {
	text, err := json.Marshal(v)
	if err != nil {
		e.Fail(err)
	}
	e.buffer = append(e.buffer, text...)
}

// PutMethod writes a value with the method of its type.
func PutMethod[T any, P interface {
	*T
	json.Marshaler
}](e *Encoder, v *T) {
	text, err := P(v).MarshalJSON()
	switch {
	case err != nil:
		e.Fail(err)
	case !json.Valid(text):
		e.Fail(errors.New("MarshalJSON did not return JSON"))
	}
	e.buffer = append(e.buffer, text...)
}
