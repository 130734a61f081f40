package schema

// mark is what a branch that is tried may disturb.
type mark struct {
	depth, keys, path int
	omitted           int
	explain           bool
}

func (s *Scanner) mark() mark {
	return mark{s.depth, len(s.keys), len(s.path), len(s.omitted), s.explain}
}

func (s *Scanner) restore(m mark) {
	s.depth, s.keys, s.path, s.explain = m.depth, s.keys[:m.keys], s.path[:m.path], m.explain
}

// spent accounts for a branch, so that schemas whose branches multiply with the depth of the value end early.
func (s *Scanner) spent(start int) bool {
	if read := s.pos - start; read > 0 {
		s.work += read
	}
	s.work += 8
	return !s.exhausted()
}

// exhausted tells whether branches have read so much that the value is refused: what they say from now on is void.
func (s *Scanner) exhausted() bool {
	return s.work > 1<<20+64*len(s.data)
}

// tried runs f on the value at start, as a further check of a value.
func (s *Scanner) tried(start int, f Func) bool {
	s.pos = start
	return !s.exhausted() && f(s) && s.spent(start)
}

// probe tells whether f accepts the value at start, and records nothing.
func (s *Scanner) probe(start int, f Func) bool {
	if s.exhausted() {
		return false
	}
	m := s.mark()
	bad, badPos := s.bad, s.badPos
	s.explain = false
	s.pos = start
	ok := f(s)
	enough := s.spent(start)
	s.restore(m)
	if !ok {
		s.omitted = s.omitted[:m.omitted]
		s.bad, s.badPos = bad, badPos
	}
	return ok && enough
}

// All checks the value with each of fs.
func (s *Scanner) All(fs ...Func) bool {
	start := s.pos
	for _, f := range fs {
		if !s.tried(start, f) {
			return false
		}
	}
	return true
}

// AnyOf checks that one of fs at least accepts the value.
func (s *Scanner) AnyOf(fs ...Func) bool {
	start := s.pos
	for _, f := range fs {
		if s.probe(start, f) {
			return true
		}
	}
	return s.closest(start, "anyOf", fs)
}

// OneOf checks that exactly one of fs accepts the value.
func (s *Scanner) OneOf(fs ...Func) bool {
	start, end := s.pos, -1
	for _, f := range fs {
		if !s.probe(start, f) {
			continue
		}
		if end >= 0 {
			return s.fail(start, "oneOf", "fits more than one of the alternatives of which it must fit one")
		}
		end = s.pos
	}
	if end < 0 {
		return s.closest(start, "oneOf", fs)
	}
	s.pos = end
	return true
}

// Not checks that f refuses the value.
func (s *Scanner) Not(f Func) bool {
	start := s.pos
	if s.probe(start, f) {
		return s.fail(start, "not", "is of a kind that is not allowed")
	}
	s.pos = start
	return s.Any() && s.spent(start)
}

// If checks the value with then when condition accepts it, else with otherwise; nil accepts everything.
func (s *Scanner) If(condition, then, otherwise Func) bool {
	start := s.pos
	f := otherwise
	if s.probe(start, condition) {
		f = then
	}
	s.pos = start
	if f == nil {
		return s.Any()
	}
	return s.tried(start, f)
}
