package param

import (
	"encoding/hex"
	"errors"
	"math"
	"strconv"
)

var (
	errRange  = errors.New("out of range")
	errSyntax = errors.New("wrong syntax")
)

// number reports whether s is a number of JSON (RFC 8259 section 6): no sign +, no leading zeros, no hexadecimal.
func number(s string) bool {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	switch {
	case i == len(s):
		return false
	case s[i] == '0':
		i++
	default:
		n := digits(s[i:])
		if n == 0 {
			return false
		}
		i += n
	}
	if i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		if n == 0 {
			return false
		}
		i += 1 + n
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digits(s[i:])
		if n == 0 {
			return false
		}
		i += n
	}
	return i == len(s)
}

// digits counts the digits at the start of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// appendScalar appends the JSON value that text stands for under the types. The first choice is the most special type
// that text has the form of; the alternative is a string, where that is allowed. It returns the name of the expected
// type when there is none.
func appendScalar(dst []byte, text string, t Types, alternative bool) ([]byte, string) {
	if t == 0 || t == Any {
		t, alternative = Any, !alternative
	}
	if !(alternative && t&String != 0) {
		switch {
		case t&Boolean != 0 && (text == "true" || text == "false"),
			t&(Integer|Number) != 0 && number(text),
			t&Null != 0 && t&String == 0 && text == "null":
			return append(dst, text...), ""
		case t&Null != 0 && t&String == 0 && text == "":
			return append(dst, "null"...), ""
		}
	}
	if t&String != 0 {
		dst, ok := AppendString(dst, text)
		if !ok {
			return dst, "valid UTF-8"
		}
		return dst, ""
	}
	return dst, expected(t)
}

// expected words the types that a text may have.
func expected(t Types) string {
	switch {
	case t&Number != 0:
		return "a number"
	case t&Integer != 0:
		return "an integer"
	case t&Boolean != 0:
		return "true or false"
	case t&Object != 0:
		return "an object"
	case t&Array != 0:
		return "an array"
	}
	return "of another type"
}

// ParseString decodes the text of a string.
func ParseString[T ~string](text string, dst *T) error {
	*dst = T(text)
	return nil
}

// ParseBool decodes the text of a boolean.
func ParseBool[T ~bool](text string, dst *T) error {
	if text != "true" && text != "false" {
		return errSyntax
	}
	*dst = text == "true"
	return nil
}

// ParseInt decodes the text of an integer. Integers may be written as JSON writes them: 100, 100.0, 1e2.
func ParseInt[T ~int | ~int8 | ~int16 | ~int32 | ~int64](text string, dst *T) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return errRange
		}
		n = int64(f)
	}
	if *dst = T(n); int64(*dst) != n {
		return errRange
	}
	return nil
}

// ParseUint decodes the text of an integer that is not negative.
func ParseUint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](text string, dst *T) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || f != math.Trunc(f) || f < 0 || f > 1<<53 {
			return errRange
		}
		n = uint64(f)
	}
	if *dst = T(n); uint64(*dst) != n {
		return errRange
	}
	return nil
}

// ParseFloat decodes the text of a number.
func ParseFloat[T ~float32 | ~float64](text string, dst *T) error {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return errRange
	}
	if *dst = T(f); math.IsInf(float64(*dst), 0) {
		return errRange
	}
	return nil
}

// ParseUUID decodes the text of a UUID of 36 characters (RFC 9562 section 4).
func ParseUUID[T ~[16]byte](text string, dst *T) error {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return errSyntax
	}
	var digits [32]byte
	n := copy(digits[:], text[:8])
	n += copy(digits[n:], text[9:13])
	n += copy(digits[n:], text[14:18])
	n += copy(digits[n:], text[19:23])
	copy(digits[n:], text[24:])
	var id [16]byte
	if _, err := hex.Decode(id[:], digits[:]); err != nil {
		return errSyntax
	}
	*dst = T(id)
	return nil
}
