package schema

// extent is a member of the document: where its name begins and its value ends.
type extent struct{ name, end int }

// Omit accepts any value for the current member, and takes the member out of the document once that is accepted: one
// that is readOnly is not for a client to set (OpenAPI 3.0, Schema Object; JSON Schema Validation 2020-12, section 9.4),
// and one that sends back what it has read means no harm.
func (s *Scanner) Omit(o *Members) bool {
	if !s.Any() {
		return false
	}
	if !s.explain {
		s.omitted = append(s.omitted, extent{o.name, s.pos})
	}
	return true
}

// blank overwrites the omitted members, and the comma of each.
func (s *Scanner) blank() {
	for _, m := range s.omitted {
		if s.data[m.name] == ' ' {
			continue // another branch of the schema omits it too, or a member around it
		}
		for i := m.name; i < m.end; i++ {
			s.data[i] = ' '
		}
		if i := skipSpaces(s.data, m.end); s.data[i] == ',' {
			s.data[i] = ' '
			continue
		}
		i := m.name - 1
		for space[s.data[i]] {
			i--
		}
		if s.data[i] == ',' {
			s.data[i] = ' '
		}
	}
}

var space = [256]bool{' ': true, '\t': true, '\n': true, '\r': true}
