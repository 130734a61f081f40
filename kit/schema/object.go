package schema

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strconv"
)

// declared is how many declared members of an object are told apart by a bit; the rest by their hash.
const declared = 256

// Members is the state of reading one object.
type Members struct {
	seen   [declared / 64]uint64
	count  int
	start  int // position of the object
	name   int // position of the current member's name
	end    int // where that name ends; -1 when it has escapes and stands in Scanner.scratch
	value  int // position of the current member's value
	base   int // beginning of this object's part of Scanner.keys
	failed bool
	table  []uint64 // hashes of the undeclared members, once they are many
}

// Object begins an object. It reports false, and reads nothing, when the value is none.
func (s *Scanner) Object(o *Members) bool {
	if s.peek() != '{' {
		return false
	}
	o.start, o.base = s.pos, len(s.keys)
	s.pos++
	s.depth++
	if s.depth > s.limits.Depth {
		s.syntax(o.start, "nested too deeply")
		o.failed = true
	}
	if s.explain {
		s.path = append(s.path, step{})
	}
	return true
}

// Member moves to the value of the next member. It reports false at the end and on a syntax error.
func (s *Scanner) Member(o *Members) bool {
	if o.failed {
		return false
	}
	data := s.data
	p := skipSpace(data, s.pos)
	if p < len(data) && data[p] == '}' {
		s.pos = p + 1
		return false
	}
	if o.count > 0 {
		if p >= len(data) || data[p] != ',' {
			return o.fail(s, p, "expected a comma or the end of an object")
		}
		p = skipSpace(data, p+1)
	}
	if p >= len(data) || data[p] != '"' {
		return o.fail(s, p, "expected the name of a member")
	}
	o.name = p
	p++
	if p+8 <= len(data) {
		p += specialByte(binary.LittleEndian.Uint64(data[p:]))
	}
	if p < len(data) && data[p] == '"' {
		o.end = p
		p++
	} else {
		s.pos = o.name
		key, ok := s.text()
		if !ok {
			o.failed = true
			return false
		}
		p = s.pos
		if o.end = p - 1; o.end-o.name-1 != len(key) {
			o.end = -1
		}
	}
	p = skipSpace(data, p)
	if p >= len(data) || data[p] != ':' {
		return o.fail(s, p, "expected a colon after the name of a member")
	}
	p = skipSpace(data, p+1)
	if o.count++; o.count > s.limits.Members {
		return o.fail(s, o.start, "object has too many members")
	}
	s.pos, o.value = p, p
	if s.explain {
		s.path[len(s.path)-1] = step{at: o.name + 1}
	}
	return true
}

// Key returns the name of the current member, without escapes. It is valid until the next string is read.
func (s *Scanner) Key(o *Members) []byte {
	if o.end < 0 {
		return s.scratch
	}
	return s.data[o.name+1 : o.end]
}

func (o *Members) fail(s *Scanner, pos int, message string) bool {
	o.failed = true
	return s.syntax(pos, message)
}

// Seen marks the declared member with index i as present; it refuses a duplicate.
func (s *Scanner) Seen(o *Members, i int) bool {
	if bit := uint64(1) << i; bit&^o.seen[0] != 0 { // no bit is left of 64 and more
		o.seen[0] |= bit
		return true
	}
	return s.seen(o, i)
}

// seen is Seen for objects with many members, and for duplicates.
func (s *Scanner) seen(o *Members, i int) bool {
	if i >= declared {
		return s.Extra(o)
	}
	bit := uint64(1) << (i % 64)
	if o.seen[i/64]&bit != 0 {
		return s.syntax(o.name, "duplicate member")
	}
	o.seen[i/64] |= bit
	return true
}

// Has tells whether the declared member with index i is present; i must be less than 256.
func (o *Members) Has(i int) bool {
	return o.seen[i/64]&(1<<(i%64)) != 0
}

// Count returns the number of members read so far.
func (o *Members) Count() int {
	return o.count
}

// seed makes the hashes unpredictable for clients.
var seed = maphash.MakeSeed()

// Extra marks a member that is not declared as present; it refuses a duplicate.
func (s *Scanner) Extra(o *Members) bool {
	hash := maphash.Bytes(seed, s.Key(o)) | 1
	if o.table == nil {
		known := s.keys[o.base:]
		if slices.Contains(known, hash) {
			return s.syntax(o.name, "duplicate member")
		}
		if len(known) < 16 {
			s.keys = append(s.keys, hash)
			return true
		}
		o.grow(known)
	}
	if !o.insert(hash) {
		return s.syntax(o.name, "duplicate member")
	}
	return true
}

// grow makes the table four times as large; it stays less than half full.
func (o *Members) grow(known []uint64) {
	o.table = make([]uint64, max(128, 4*len(o.table)))
	for _, hash := range known {
		if hash != 0 {
			o.insert(hash)
		}
	}
}

func (o *Members) insert(hash uint64) bool {
	if 2*o.count > len(o.table) {
		o.grow(o.table)
	}
	mask := uint64(len(o.table) - 1)
	for i := hash >> 7 & mask; ; i = (i + 1) & mask {
		switch o.table[i] {
		case 0:
			o.table[i] = hash
			return true
		case hash:
			return false
		}
	}
}

// Unknown accepts any value for a member that is not declared.
func (s *Scanner) Unknown(o *Members) bool {
	return s.Extra(o) && s.Any()
}

// Refuse refuses the value of a member that is not declared.
func (s *Scanner) Refuse() bool {
	return s.fail(s.pos, "additionalProperties", "is not allowed here")
}

// Map accepts an object of which the value of every member satisfies value.
func (s *Scanner) Map(value Func) bool {
	var o Members
	if !s.Object(&o) {
		return s.Wrong("object")
	}
	for s.Member(&o) {
		if !s.Extra(&o) || !value(s) {
			return false
		}
	}
	return s.EndObject(&o, nil)
}

// EndObject ends an object whose first len(required) declared members are required.
func (s *Scanner) EndObject(o *Members, required []string) bool {
	if o.failed {
		return false
	}
	s.depth--
	s.keys = s.keys[:o.base]
	if s.explain {
		s.path = s.path[:len(s.path)-1]
	}
	if all := uint64(1)<<len(required) - 1; len(required) <= 64 && o.seen[0]&all == all {
		return true
	}
	for i := range required {
		if !o.Has(i) && !s.note("required", "member "+quote(required[i])+" is missing") {
			return false
		}
	}
	return true
}

// Between checks the number of members; max -1 means no maximum. It is called after EndObject.
func (s *Scanner) Between(o *Members, min, max int) bool {
	if o.count < min {
		return s.note("minProperties", "must have at least "+plural(min, "member"))
	}
	if max >= 0 && o.count > max {
		return s.note("maxProperties", "must have at most "+plural(max, "member"))
	}
	return true
}

// Requires checks that the members required are present because the member name is. It is called after EndObject, with
// the indexes of the names that are required.
func (s *Scanner) Requires(o *Members, name string, required ...int) bool {
	for _, i := range required {
		if !o.Has(i) {
			return s.note("dependentRequired", "a member that "+quote(name)+" requires is missing")
		}
	}
	return true
}

// Also checks the whole object again, with f. It is called after EndObject.
func (s *Scanner) Also(o *Members, f Func) bool {
	s.pos = o.start
	return s.tried(o.start, f)
}

// Name checks the name of the current member as a string value.
func (s *Scanner) Name(o *Members, f Func) bool {
	s.pos = o.name
	ok := s.probe(o.name, f)
	s.pos = o.name
	_, _ = s.text()
	s.pos = o.value
	if !ok {
		return s.note("propertyNames", "the name of this member is not allowed")
	}
	return true
}

// Pattern is one row of patternProperties.
type Pattern struct {
	Match func([]byte) bool
	Value Func
}

// Patterned checks a member against the patterns that its name matches, or against additional when it matches none. A
// nil additional accepts every value. The member must have been marked by Seen or Extra.
func (s *Scanner) Patterned(o *Members, additional Func, patterns ...Pattern) bool {
	matched := false
	for i := range patterns {
		if !patterns[i].Match(s.Key(o)) {
			continue
		}
		s.pos = o.value
		if !s.tried(o.value, patterns[i].Value) {
			return false
		}
		matched = true
		end := s.pos
		s.pos = o.name
		_, _ = s.text()
		s.pos = end
	}
	switch {
	case matched:
		return true
	case additional == nil:
		return s.Any()
	}
	return additional(s)
}

func quote(name string) string {
	if len(name) > 64 {
		name = name[:64]
	}
	return strconv.Quote(name)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
