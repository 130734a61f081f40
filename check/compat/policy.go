package compat

import (
	"fmt"
	"sort"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// walk is a pair of schemas that was looked at, and on which side.
type walk struct {
	old, new *schema.Schema
	side     string
}

// policy reports what no payload can show: properties that are gone from open objects, and defaults that changed.
func (s *schemas) policy(use comparison, old, revision *schema.Schema) {
	old, revision = old.Target(), revision.Target()
	if old == nil || revision == nil || old == revision {
		return
	}
	step := walk{old, revision, use.side + use.pair.name}
	if s.walked[step] {
		return
	}
	s.walked[step] = true
	if old.HasDefault && revision.HasDefault && !schema.Equal(old.Default, revision.Default) || old.HasDefault != revision.HasDefault && old.HasDefault {
		s.changedDefault(use, old, revision)
	}
	before, after := declared(old), declared(revision)
	for _, name := range keys(before) {
		if next, ok := after[name]; ok {
			s.policy(use, before[name], next)
			continue
		}
		s.removedProperty(use, name, before[name], old, revision)
	}
	for _, name := range keys(after) {
		if before[name] == nil && len(before) > 0 {
			s.note(use, "property-added", fmt.Sprintf("property %q is new", name), old, after[name])
		}
	}
	for i := range min(len(old.PrefixItems), len(revision.PrefixItems)) {
		s.policy(use, old.PrefixItems[i], revision.PrefixItems[i])
	}
	s.policyOf(use, old.Items, revision.Items)
	s.policyOf(use, old.AdditionalProperties, revision.AdditionalProperties)
	for _, branches := range [][2][]*schema.Schema{{old.AnyOf, revision.AnyOf}, {old.OneOf, revision.OneOf}} {
		if len(branches[0]) == len(branches[1]) {
			for i := range branches[0] {
				s.policy(use, branches[0][i], branches[1][i])
			}
		}
	}
}

func (s *schemas) policyOf(use comparison, old, revision *schema.Schema) {
	if old != nil && revision != nil {
		s.policy(use, old, revision)
	}
}

// declared returns the members that a schema declares, itself or by allOf.
func declared(s *schema.Schema) map[string]*schema.Schema {
	all := map[string]*schema.Schema{}
	collect(s, all, map[*schema.Schema]bool{})
	return all
}

func collect(s *schema.Schema, all map[string]*schema.Schema, seen map[*schema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for _, p := range s.Properties {
		if _, ok := all[p.Name]; !ok {
			all[p.Name] = p.Schema
		}
	}
	collect(s.Ref, all, seen)
	for _, part := range s.AllOf {
		collect(part, all, seen)
	}
}

// removedProperty warns of a property that is gone, where nothing else says so: it breaks when the receiver is closed or
// required it.
func (s *schemas) removedProperty(use comparison, name string, property, old, revision *schema.Schema) {
	if target := property.Target(); target != nil && target.Never {
		return
	}
	rule := use.side + "-property-removed"
	if use.side == "response" {
		if i := sort.SearchStrings(old.Required, name); i < len(old.Required) && old.Required[i] == name {
			return // an error already, with its witness
		}
	}
	s.note(use, rule, fmt.Sprintf("property %q is gone", name), property, revision)
}

func (s *schemas) changedDefault(use comparison, old, revision *schema.Schema) {
	s.note(use, "default-changed", fmt.Sprintf("the default of %s has changed", use.what), old, revision)
}

// note reports a finding at two schemas.
func (s *schemas) note(use comparison, rule, message string, old, revision *schema.Schema) {
	d := use.pair.finding(rule, message, s.old.place(old), s.new.place(revision))
	d.Side = use.side
	s.report(d)
}

// place is the node of a schema.
func (s *side) place(of *schema.Schema) *spec.Node {
	if of == nil || of.Location == "" {
		return nil
	}
	return s.doc.NodeAt(of.Location)
}

// property returns the schema of a member of the object at a node, or nil.
func (s *schemas) property(n *spec.Node, of *side, name string) *schema.Schema {
	parsed, err := of.parse(n)
	if err != nil {
		return nil
	}
	return declared(parsed)[name]
}

func (s *schemas) propertyShape(n *spec.Node, of *side, name string) shape {
	property := s.property(n, of, name)
	if property == nil {
		return composite
	}
	return shapeOf(property.Target())
}

// partType is the default content type of a part (OpenAPI 3.1 section 4.8.15.1): objects are JSON, files are bytes, the
// rest is text; an array is what its items are.
func (s *schemas) partType(n *spec.Node, of *side, name string) string {
	property := s.property(n, of, name)
	if property == nil {
		return "text/plain"
	}
	target := property.Target()
	if target != nil && target.Types == schema.Array && target.Items != nil {
		target = target.Items.Target()
	}
	switch {
	case target == nil || target.Types == 0 && target.ContentEncoding == "":
		return "application/octet-stream"
	case target.Types&schema.Object != 0 || target.Types&schema.Array != 0:
		return "application/json"
	case target.Format == "binary" || target.Format == "byte" || target.ContentEncoding != "":
		return "application/octet-stream"
	}
	return "text/plain"
}

// documentation reports that texts have changed, once for the whole contract.
func (c *comparer) documentation() {
	if !c.options.All {
		return
	}
	old, revision := c.old.doc.Root.Get("info"), c.new.doc.Root.Get("info")
	for _, key := range []string{"title", "summary", "description"} {
		if old.Str(key) != revision.Str(key) {
			c.report(check.Diagnostic{
				Rule: "documentation-changed", Message: fmt.Sprintf("the %s of the contract has changed", key),
				Old: check.At(member(old, key)), New: check.At(member(revision, key)),
			})
		}
	}
}
