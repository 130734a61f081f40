package compat

import (
	"fmt"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// A base schema with a discriminator and no alternatives of its own stands for those that extend it by allOf (OpenAPI 3.0
// section 4.7.25): the discriminator says which of them a value has to be.

// family is a value of a discriminator with what it stands for in both contracts.
type family struct {
	at       *stage
	value    string
	old, new *spec.Node
}

// heirs returns the components that extend the schema at a location by allOf, by the value of its discriminator.
func (s *side) heirs(base *schema.Schema) map[string]*spec.Node {
	if base.Discriminator == nil || len(base.OneOf)+len(base.AnyOf) > 0 {
		return nil
	}
	if s.extensions == nil {
		s.extensions = map[string]map[string]*spec.Node{}
		for name, n := range s.doc.Root.Get("components").Get("schemas").All() {
			for _, part := range n.Get("allOf").Items() {
				target := s.doc.Deref(part)
				if part.Ref() == "" || target.Get("discriminator") == nil {
					continue
				}
				at := target.Location()
				if s.extensions[at] == nil {
					s.extensions[at] = map[string]*spec.Node{}
				}
				s.extensions[at][s.tag(target, name, n)] = n
			}
		}
	}
	return s.extensions[base.Location]
}

// tag is the value of a discriminator that names a component: that of the mapping, or the name of the component.
func (s *side) tag(base *spec.Node, name string, component *spec.Node) string {
	for value, target := range base.Get("discriminator").Get("mapping").All() {
		if target.Text() == name {
			return value
		}
		if found, err := s.doc.Lookup(target, target.Text()); err == nil && found == component {
			return value
		}
	}
	return name
}

// meet notes the families of a pair of base schemas.
func (s *schemas) meet(at *stage) {
	before, after := s.old.heirs(at.old), s.new.heirs(at.new)
	for _, value := range keys(before) {
		if revision := after[value]; revision != nil {
			s.families = append(s.families, family{at, value, before[value], revision})
		}
	}
}

// relatives compares the families that were met, for every operation that reaches them.
func (s *schemas) relatives() {
	for i := 0; i < len(s.families); i++ {
		f := s.families[i]
		if s.unchanged(f.old, f.new) {
			continue
		}
		old, err := s.old.parse(f.old)
		if err != nil {
			continue
		}
		revision, err := s.new.parse(f.new)
		if err != nil {
			continue
		}
		for _, name := range f.at.reached() {
			use := comparison{pair: pair{name: name}, side: f.at.side, what: fmt.Sprintf("what %q stands for", f.value), old: f.old, new: f.new}
			s.decide(use, old, revision)
			s.policy(use, old, revision)
		}
	}
}
