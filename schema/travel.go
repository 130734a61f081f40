package schema

import "slices"

// travels tells whether a member with the schema is part of a message in the direction.
func travels(s *Schema, direction Direction) bool {
	if direction == Neither {
		return true
	}
	for i := 0; s != nil && i < 20; i++ {
		if direction == Request && s.ReadOnly || direction == Response && s.WriteOnly {
			return false
		}
		for _, b := range s.AllOf {
			if t := b.Target(); t != nil && (direction == Request && t.ReadOnly || direction == Response && t.WriteOnly) {
				return false
			}
		}
		s = s.Ref
	}
	return true
}

// requiredIn returns the required members that travel in the direction.
func requiredIn(s *Schema, direction Direction) []string {
	if direction == Neither {
		return s.Required
	}
	kept := s.unsent[direction-1]
	var out []string
	for _, name := range s.Required {
		if m := s.Property(name); (m == nil || travels(m, direction)) && !slices.Contains(kept, name) {
			out = append(out, name)
		}
	}
	return out
}

// settle notes which of the required members the schemas around s, or the branches of its allOf, declare readOnly or
// writeOnly: required may stand in another branch of an allOf than the property.
func (s *Schema) settle() {
	if len(s.Required) > 0 {
		s.unsent = s.unsentAmong(s.Required)
	}
	target := s.Ref
	if target == nil || len(target.Required) == 0 || s.bare && s.host == nil {
		return
	}
	unsent, own := s.unsentAmong(target.Required), target.unsentAmong(target.Required)
	if len(unsent[0])+len(unsent[1]) > len(own[0])+len(own[1]) {
		here := *target // what it requires depends on where it is used
		here.unsent = unsent
		s.Ref = &here
	}
}

// unsentAmong returns the names that s, a schema around it or a branch of their allOf declares readOnly, and writeOnly.
func (s *Schema) unsentAmong(names []string) (unsent [2][]string) {
	seen := map[*Schema]bool{}
	var work []*Schema
	for at := s; at != nil; at = at.host {
		work = append(work, at)
	}
	for len(work) > 0 {
		t := work[len(work)-1]
		work = work[:len(work)-1]
		if t == nil || seen[t] {
			continue
		}
		seen[t] = true
		for _, pr := range t.Properties {
			if !slices.Contains(names, pr.Name) {
				continue
			}
			for direction := Request; direction <= Response; direction++ {
				if !travels(pr.Schema, direction) && !slices.Contains(unsent[direction-1], pr.Name) {
					unsent[direction-1] = append(unsent[direction-1], pr.Name)
				}
			}
		}
		work = append(append(work, t.Ref), t.AllOf...)
	}
	return unsent
}
