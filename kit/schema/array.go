package schema

// Items is the state of reading one array.
type Items struct {
	count  int
	start  int
	failed bool
}

// Array begins an array. It reports false, and reads nothing, when the value is none.
func (s *Scanner) Array(a *Items) bool {
	if s.peek() != '[' {
		return false
	}
	a.start = s.pos
	s.pos++
	s.depth++
	if s.depth > s.limits.Depth {
		s.syntax(a.start, "nested too deeply")
		a.failed = true
	}
	if s.explain {
		s.path = append(s.path, step{})
	}
	return true
}

// Item moves to the next item. It reports false at the end and on a syntax error.
func (s *Scanner) Item(a *Items) bool {
	if a.failed {
		return false
	}
	p := skipSpace(s.data, s.pos)
	if p < len(s.data) && s.data[p] == ']' {
		s.pos = p + 1
		return false
	}
	if a.count > 0 {
		if p >= len(s.data) || s.data[p] != ',' {
			a.failed = true
			return s.syntax(p, "expected a comma or the end of an array")
		}
		p = skipSpace(s.data, p+1)
		if p < len(s.data) && s.data[p] == ']' {
			a.failed = true
			return s.syntax(p, "expected a value after a comma")
		}
	}
	s.pos = p
	if s.explain {
		s.path[len(s.path)-1] = step{index: a.count}
	}
	a.count++
	return true
}

// Index returns the index of the current item.
func (a *Items) Index() int {
	return a.count - 1
}

// EndArray ends an array and checks its length; max -1 means no maximum.
func (s *Scanner) EndArray(a *Items, min, max int) bool {
	if a.failed {
		return false
	}
	s.depth--
	if s.explain {
		s.path = s.path[:len(s.path)-1]
	}
	if a.count < min {
		return s.note("minItems", "must have at least "+plural(min, "item"))
	}
	if max >= 0 && a.count > max {
		return s.note("maxItems", "must have at most "+plural(max, "item"))
	}
	return true
}

// List checks an array of which every item satisfies item; max -1 means no maximum.
func (s *Scanner) List(min, max int, item Func) bool {
	var a Items
	if !s.Array(&a) {
		return s.Wrong("array")
	}
	for s.Item(&a) {
		if !item(s) {
			return false
		}
	}
	return s.EndArray(&a, min, max)
}

// Tuple checks an array whose first items satisfy prefix, one each, and whose others satisfy rest.
func (s *Scanner) Tuple(min, max int, rest Func, prefix ...Func) bool {
	var a Items
	if !s.Array(&a) {
		return s.Wrong("array")
	}
	for s.Item(&a) {
		item := rest
		if i := a.Index(); i < len(prefix) {
			item = prefix[i]
		}
		if !item(s) {
			return false
		}
	}
	return s.EndArray(&a, min, max)
}

// Contains checks that at least min and at most max items of an array satisfy item; max -1 means no maximum.
func (s *Scanner) Contains(min, max int, item Func) bool {
	var a Items
	if !s.Array(&a) {
		return s.Any()
	}
	matches := 0
	for s.Item(&a) {
		start := s.pos
		if s.probe(start, item) {
			matches++
			continue
		}
		s.pos = start
		if !s.Any() {
			return false
		}
	}
	if !s.EndArray(&a, 0, -1) {
		return false
	}
	if matches < min {
		return s.note("contains", "too few items are of the kind that must be in it")
	}
	if max >= 0 && matches > max {
		return s.note("maxContains", "too many items are of a kind that is limited")
	}
	return true
}
