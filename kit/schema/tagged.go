package schema

// tag returns the string value of a member of the object at the position, which is not checked on the way. It moves
// nothing.
func (s *Scanner) tag(name string) (value []byte, ok bool) {
	m, start, bad, badPos := s.mark(), s.pos, s.bad, s.badPos
	defer func() {
		s.restore(m)
		s.pos, s.bad, s.badPos = start, bad, badPos
	}()
	s.explain = false
	var o Members
	if !s.Object(&o) {
		return nil, false
	}
	for s.Member(&o) {
		if string(s.Key(&o)) == name {
			if s.peek() != '"' {
				return nil, false
			}
			return s.text()
		}
		if !s.Any() {
			return nil, false
		}
	}
	return nil, false
}

// Tagged checks an object with the one of fs that pick names for the value of a member; every one of fs requires that
// member and accepts values of it that the others refuse, so that no other one needs to be tried. pick returns -1 for
// unknown values.
func (s *Scanner) Tagged(keyword, name string, pick func([]byte) int, fs ...Func) bool {
	start := s.pos
	if s.peek() != '{' {
		if keyword == "anyOf" {
			return s.AnyOf(fs...)
		}
		return s.OneOf(fs...)
	}
	if value, ok := s.tag(name); ok {
		if i := pick(value); i >= 0 {
			return s.tried(start, fs[i])
		}
	}
	return s.closest(start, keyword, fs)
}

// OneOfBy is OneOf; when none of fs accepts the value, the errors are those of the one that pick names for the value of
// a member.
func (s *Scanner) OneOfBy(name string, pick func([]byte) int, fs ...Func) bool {
	return s.by("oneOf", (*Scanner).OneOf, name, pick, fs)
}

// AnyOfBy is AnyOf with the errors of OneOfBy.
func (s *Scanner) AnyOfBy(name string, pick func([]byte) int, fs ...Func) bool {
	return s.by("anyOf", (*Scanner).AnyOf, name, pick, fs)
}

func (s *Scanner) by(keyword string, check func(*Scanner, ...Func) bool, name string, pick func([]byte) int, fs []Func) bool {
	if !s.explain {
		return check(s, fs...)
	}
	start := s.pos
	for _, f := range fs {
		if s.probe(start, f) {
			s.pos = start
			return check(s, fs...)
		}
	}
	if value, ok := s.tag(name); ok {
		if i := pick(value); i >= 0 {
			return s.closest(start, keyword, fs[i:i+1])
		}
	}
	return s.closest(start, keyword, fs)
}
