package compat

import (
	"encoding/json"
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
			s.extend(name, n, n, 0)
		}
	}
	return s.extensions[base.Location]
}

// maxExtends bounds how many components are built on each other by allOf.
const maxExtends = 8

// extend notes that a component extends the bases that a part of it, or of those, refers to by allOf.
func (s *side) extend(name string, component, part *spec.Node, depth int) {
	for _, item := range part.Get("allOf").Items() {
		base := s.doc.Deref(item)
		if item.Ref() == "" || base == nil || base == component || depth == maxExtends {
			continue
		}
		if base.Get("discriminator") != nil {
			at := base.Location()
			if s.extensions[at] == nil {
				s.extensions[at] = map[string]*spec.Node{}
			}
			s.extensions[at][s.tag(base, name, component)] = component
		}
		s.extend(name, component, base, depth+1)
	}
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

// meet notes the families of a pair of base schemas, and the values that the sender may send and the receiver knows nothing
// of.
func (s *schemas) meet(at *stage) {
	before, after := s.old.heirs(at.old), s.new.heirs(at.new)
	for _, value := range keys(before) {
		if revision := after[value]; revision != nil {
			s.families = append(s.families, family{at, value, before[value], revision})
		}
	}
	from, sent, sender, receiver, read := s.old, before, at.old, at.new, after
	if at.side == "response" {
		from, sent, sender, receiver, read = s.new, after, at.new, at.old, before
	}
	if receiver.Discriminator == nil || receiver.Discriminator.Default != nil || len(receiver.OneOf)+len(receiver.AnyOf) > 0 {
		return
	}
	for _, value := range keys(sent) {
		if read[value] == nil && tagged(sender, value) && tagged(receiver, value) {
			at.notes = append(at.notes, s.stranger(at, value, sender.Discriminator.PropertyName, from, sent[value]))
		}
	}
}

// tagged tells whether a base schema takes a value of its discriminator: a list of values may leave it out.
func tagged(base *schema.Schema, value string) bool {
	property := declared(base)[base.Discriminator.PropertyName].Target()
	if property == nil {
		return true
	}
	ok, err := schema.NewJudge(schema.Neither, false).Valid(property, value)
	return ok || err != nil
}

// stranger notes that a value of a discriminator stands for nothing on the other side, with an object that has it.
func (s *schemas) stranger(at *stage, value, name string, from *side, component *spec.Node) note {
	message := fmt.Sprintf("discriminator %q: the value %q no longer stands for anything", name, value)
	if at.side == "response" {
		message = fmt.Sprintf("discriminator %q: the value %q is new, and stood for nothing", name, value)
	}
	object, ok := from.sampleOn(at.side, component, nil).(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[name] = value
	return note{rule: ruleID(at.side, "discriminator"), message: message, old: at.old, new: at.new, witness: json.RawMessage(jsonOf(object))}
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
		name := f.at.old.Discriminator.PropertyName
		for _, operation := range f.at.reached() {
			use := comparison{pair: pair{name: operation}, side: f.at.side, what: fmt.Sprintf("what %q stands for", f.value), old: f.old, new: f.new, tag: tag{name, f.value}}
			s.decide(use, old, revision)
			s.policy(use, old, revision)
		}
	}
}
