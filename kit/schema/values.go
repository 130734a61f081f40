package schema

import (
	"bytes"
	"regexp"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Null accepts null and nothing else.
func (s *Scanner) Null() bool {
	if s.peek() != 'n' {
		return s.Wrong("null")
	}
	return s.literal("null")
}

// MaybeNull reads null. It reports false, and reads nothing, when the value is another one.
func (s *Scanner) MaybeNull() bool {
	return s.peek() == 'n' && s.literal("null")
}

// Bool accepts true and false.
func (s *Scanner) Bool() bool {
	switch s.peek() {
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	}
	return s.Wrong("boolean")
}

// Never refuses every value.
func (s *Scanner) Never() bool {
	return s.fail(s.pos, "false", "is not allowed")
}

// AnyString accepts every string.
func (s *Scanner) AnyString() bool {
	if s.peek() != '"' {
		return s.Wrong("string")
	}
	_, ok := s.text()
	return ok
}

// AnyObject accepts every object.
func (s *Scanner) AnyObject() bool {
	if s.peek() != '{' {
		return s.Wrong("object")
	}
	return s.Any()
}

// AnyArray accepts every array.
func (s *Scanner) AnyArray() bool {
	if s.peek() != '[' {
		return s.Wrong("array")
	}
	return s.Any()
}

// OneOfKinds accepts every value of the kinds, which noun names.
func (s *Scanner) OneOfKinds(noun string, kinds ...Kind) bool {
	kind := s.Kind()
	for _, k := range kinds {
		if k == kind {
			return s.Any()
		}
	}
	return s.Wrong(noun)
}

// String accepts a string of min to max code points; max -1 means no maximum.
func (s *Scanner) String(min, max int) bool {
	if s.peek() != '"' {
		return s.Wrong("string")
	}
	text, ok := s.text()
	return ok && s.length(text, min, max)
}

func (s *Scanner) length(text []byte, min, max int) bool {
	switch {
	case max >= 0 && len(text) > max && utf8.RuneCount(text) > max:
		return s.note("maxLength", "must have at most "+plural(max, "character"))
	case len(text) < min || len(text) < 4*min && utf8.RuneCount(text) < min:
		return s.note("minLength", "must have at least "+plural(min, "character"))
	}
	return true
}

// Text describes strings.
type Text struct {
	Min, Max int // in code points; Max -1 means no maximum
	Pattern  func([]byte) bool
	Source   string // of the pattern, for the error
	Format   func([]byte) bool
	Name     string // of the format
}

// Text accepts a string as t describes it.
func (s *Scanner) Text(t *Text) bool {
	if s.peek() != '"' {
		return s.Wrong("string")
	}
	text, ok := s.text()
	if !ok || !s.length(text, t.Min, t.Max) {
		return false
	}
	if t.Pattern != nil && !t.Pattern(text) && !s.note("pattern", "must match the pattern "+shorten(t.Source)) {
		return false
	}
	if t.Format != nil && !t.Format(text) && !s.note("format", "must be a valid "+t.Name) {
		return false
	}
	return true
}

func shorten(source string) string {
	const most = 100
	if len(source) <= most {
		return source
	}
	cut := most
	for !utf8.RuneStart(source[cut]) {
		cut--
	}
	return source[:cut] + "…"
}

// Regexp is a pattern that is compiled when it is first used.
type Regexp struct {
	Source string // RE2 syntax
	once   sync.Once
	regexp *regexp.Regexp
}

// Match tells whether the pattern is found in text.
func (r *Regexp) Match(text []byte) bool {
	r.once.Do(func() { r.regexp = regexp.MustCompile(r.Source) })
	return r.regexp.Match(text)
}

// OneString accepts the strings that in knows.
func (s *Scanner) OneString(in func([]byte) bool) bool {
	if s.peek() != '"' {
		return s.fail(s.pos, "enum", "must be one of the allowed values")
	}
	start := s.pos
	text, ok := s.text()
	if !ok {
		return false
	}
	return in(text) || s.fail(start, "enum", "must be one of the allowed values")
}

// Only accepts one string; the error names the keyword const or enum.
func (s *Scanner) Only(keyword, value string) bool {
	start := s.pos
	if s.peek() == '"' {
		text, ok := s.text()
		if !ok {
			return false
		}
		if string(text) == value {
			return true
		}
	}
	return s.fail(start, keyword, "must be the one allowed value")
}

// Rune decodes the character at i; its size is 0 at the end.
func Rune(text []byte, i int) (r rune, size int) {
	return utf8.DecodeRune(text[i:])
}

// Enum accepts the values that are equal to one of the JSON texts.
func (s *Scanner) Enum(values []string) bool {
	start := s.pos
	if !s.skip(start) {
		return false
	}
	value := s.data[start:s.pos]
	for _, allowed := range values {
		if equal(value, allowed) {
			return true
		}
	}
	if len(values) == 1 {
		return s.note("const", "must be the one allowed value")
	}
	return s.note("enum", "must be one of the allowed values")
}

// Number describes numbers. Bounds are decimal literals; an empty one is none.
type Number struct {
	Integer      bool
	Min, Max     string
	Above, Below string // exclusive bounds
	Multiple     string
}

// AnyNumber accepts every number.
func (s *Scanner) AnyNumber() bool {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return s.Wrong("number")
	}
	_, ok := s.number()
	return ok
}

// AnyInteger accepts the numbers without a fractional part; 1.0 is one.
func (s *Scanner) AnyInteger() bool {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return s.Wrong("integer")
	}
	start := s.pos
	literal, ok := s.number()
	return ok && (isInteger(literal) || s.fail(start, "type", "must be an integer"))
}

// IntegerIn accepts the integers from min to max.
func (s *Scanner) IntegerIn(min, max int64) bool {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return s.Wrong("integer")
	}
	start := s.pos
	if value, end := s.digits(); end > 0 && min <= value && value <= max {
		s.pos = end
		return true
	}
	literal, ok := s.number()
	if !ok {
		return false
	}
	if value, ok := smallInteger(literal); ok {
		if min <= value && value <= max {
			return true
		}
	} else if !isInteger(literal) {
		return s.fail(start, "type", "must be an integer")
	}
	return s.bounds(literal, strconv.FormatInt(min, 10), strconv.FormatInt(max, 10))
}

// digits returns the value of a number of at most 18 digits and nothing else, and where it ends; 0 for others.
func (s *Scanner) digits() (value int64, end int) {
	data, i := s.data, s.pos
	if data[i] == '-' {
		i++
	}
	start := i
	for ; i < len(data) && data[i]-'0' <= 9; i++ {
		if i-start >= 18 {
			return 0, 0
		}
		value = value*10 + int64(data[i]-'0')
	}
	switch {
	case i == start, i > start+1 && data[start] == '0', i-start >= s.limits.Number:
		return 0, 0
	case i < len(data) && (data[i] == '.' || data[i]|0x20 == 'e'):
		return 0, 0
	}
	if data[s.pos] == '-' {
		value = -value
	}
	return value, i
}

func (s *Scanner) bounds(literal []byte, min, max string) bool {
	value := parseDecimal(literal)
	if min != "" && value.compare(parseDecimal([]byte(min))) < 0 {
		return s.note("minimum", "must be at least "+shorten(min))
	}
	if max != "" && value.compare(parseDecimal([]byte(max))) > 0 {
		return s.note("maximum", "must be at most "+shorten(max))
	}
	return true
}

// Number accepts a number as n describes it.
func (s *Scanner) Number(n *Number) bool {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		if n.Integer {
			return s.Wrong("integer")
		}
		return s.Wrong("number")
	}
	start := s.pos
	literal, ok := s.number()
	if !ok {
		return false
	}
	if n.Integer && !isInteger(literal) {
		return s.fail(start, "type", "must be an integer")
	}
	positive := n.Min == "0" && n.Max == "" && literal[0] != '-'
	if !positive && (n.Min != "" || n.Max != "") && !s.bounds(literal, n.Min, n.Max) {
		return false
	}
	if n.Above != "" || n.Below != "" {
		value := parseDecimal(literal)
		if n.Above != "" && value.compare(parseDecimal([]byte(n.Above))) <= 0 {
			return s.note("exclusiveMinimum", "must be greater than "+shorten(n.Above))
		}
		if n.Below != "" && value.compare(parseDecimal([]byte(n.Below))) >= 0 {
			return s.note("exclusiveMaximum", "must be less than "+shorten(n.Below))
		}
	}
	if n.Multiple != "" && !multipleOf(parseDecimal(literal), parseDecimal([]byte(n.Multiple))) {
		return s.note("multipleOf", "must be a multiple of "+shorten(n.Multiple))
	}
	return true
}

// Unique checks that no two items of an array are equal.
func (s *Scanner) Unique() bool {
	var a Items
	start := s.pos
	if !s.Array(&a) {
		return s.Any()
	}
	var items [16][]byte
	simple := true // few items, of which none is an object, an array or a string with escapes
	for s.Item(&a) {
		from := s.pos
		if !s.Any() {
			return false
		}
		if simple = simple && a.count <= len(items) && isSimple(s.data[from:s.pos]); simple {
			items[a.count-1] = s.data[from:s.pos]
		}
	}
	if !s.EndArray(&a, 0, -1) {
		return false
	}
	same := false
	if !simple {
		same = !distinct(s.data[start:s.pos])
	} else {
		for i := range a.count {
			for j := range i {
				same = same || items[i][0] == items[j][0] && bytes.Equal(items[i], items[j])
			}
		}
	}
	return !same || s.note("uniqueItems", "must not hold the same item twice")
}

// isSimple tells whether values are equal when their bytes are.
func isSimple(value []byte) bool {
	switch value[0] {
	case '"':
		return bytes.IndexByte(value, '\\') < 0
	case 't', 'f', 'n':
		return true
	}
	_, ok := smallInteger(value)
	return ok && value[0] != '-'
}
