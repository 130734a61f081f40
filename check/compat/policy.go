package compat

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// walk is a pair of schemas that was looked at, and on which side.
type walk struct {
	old, new *schema.Schema
	side     string
}

// stage is what is known of a walk: the notes at the pair itself, the pairs that lead to it, and the operations that
// begin there.
type stage struct {
	walk
	notes   []note
	parents []*stage
	names   []string
}

// note is a finding that no payload can show.
type note struct {
	rule, message string
	old, new      *schema.Schema
	witness       json.RawMessage // of the value at the place, or none
}

// policy looks for what no payload can show: properties that are gone from open objects, and defaults that changed. Each
// pair is looked at once; advice reports what was found.
func (s *schemas) policy(use comparison, old, revision *schema.Schema) {
	if begin := s.stage(walk{old, revision, use.side}, nil); begin != nil {
		begin.names = append(begin.names, use.pair.name)
	}
}

func (s *schemas) stage(w walk, parent *stage) *stage {
	w.old, w.new = w.old.Target(), w.new.Target()
	if w.old == nil || w.new == nil || w.old == w.new {
		return nil
	}
	known, ok := s.walked[w]
	if !ok {
		known = &stage{walk: w}
		s.walked[w] = known
		s.stages = append(s.stages, known)
	}
	if parent != nil {
		known.parents = append(known.parents, parent)
	}
	if !ok {
		s.look(known)
	}
	return known
}

// look notes what is to be said of a pair and goes on to the pairs below it.
func (s *schemas) look(at *stage) {
	old, revision := at.old, at.new
	if old.HasDefault && (!revision.HasDefault || !schema.Equal(old.Default, revision.Default)) {
		at.notes = append(at.notes, note{rule: "default-changed", message: changedDefault(old, revision), old: old, new: revision})
	}
	s.meet(at)
	next := func(a, b *schema.Schema) {
		if a != nil && b != nil {
			s.stage(walk{a, b, at.side}, at)
		}
	}
	before, after := declared(old), declared(revision)
	for _, name := range keys(before) {
		if after[name] != nil {
			next(before[name], after[name])
		} else if !mentions(revision, name, 0) {
			at.removedProperty(name, before[name])
		}
	}
	for _, name := range keys(after) {
		if before[name] == nil && len(before) > 0 {
			at.notes = append(at.notes, note{rule: "property-added", message: fmt.Sprintf("property %q is new", name), old: old, new: after[name]})
		}
	}
	for i := range min(len(old.PrefixItems), len(revision.PrefixItems)) {
		next(old.PrefixItems[i], revision.PrefixItems[i])
	}
	next(old.Items, revision.Items)
	next(old.AdditionalProperties, revision.AdditionalProperties)
	for _, branches := range [][2][]*schema.Schema{{old.AnyOf, revision.AnyOf}, {old.OneOf, revision.OneOf}} {
		for i, j := range partners(branches[0], branches[1]) {
			next(branches[0][i], branches[1][j])
		}
	}
}

// partners pairs the alternatives of two lists: components by their names, others by their places when the lists are
// equally long.
func partners(old, revision []*schema.Schema) map[int]int {
	found := map[int]int{}
	names := map[string]int{}
	for j, branch := range revision {
		if name := componentOf(branch); name != "" {
			names[name] = j
		}
	}
	for i, branch := range old {
		name := componentOf(branch)
		if j, ok := names[name]; ok && name != "" {
			found[i] = j
		} else if len(old) == len(revision) && name == "" {
			found[i] = i
		}
	}
	return found
}

// componentOf is the pointer of the component that a schema refers to, or "".
func componentOf(s *schema.Schema) string {
	if target := s.Target(); target != nil && target != s {
		_, pointer, _ := strings.Cut(target.Location, "#")
		return pointer
	}
	return ""
}

// advice reports the notes, each with the operations that reach it.
func (s *schemas) advice() {
	for _, at := range s.stages {
		if len(at.notes) == 0 {
			continue
		}
		names := at.reached()
		for _, n := range at.notes {
			s.report(check.Diagnostic{
				Rule: n.rule, Message: n.message, Side: at.side, Operations: names,
				Old: check.At(s.old.place(n.old)), New: check.At(s.new.place(n.new)), Witness: n.witness,
			})
		}
	}
}

// reached lists the operations that lead to a stage.
func (at *stage) reached() []string {
	var names []string
	seen := map[*stage]bool{at: true}
	queue := []*stage{at}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		names = union(names, next.names)
		for _, parent := range next.parents {
			if !seen[parent] {
				seen[parent] = true
				queue = append(queue, parent)
			}
		}
	}
	return names
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

// mentions tells whether some branch of a schema declares a member.
func mentions(s *schema.Schema, name string, depth int) bool {
	if s = s.Target(); s == nil || depth == maxExtends {
		return false
	}
	if slices.ContainsFunc(s.Properties, func(p schema.Property) bool { return p.Name == name }) {
		return true
	}
	branches := []*schema.Schema{s.Ref, s.Then, s.Else}
	for _, list := range [][]*schema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		branches = append(branches, list...)
	}
	for _, p := range s.DependentSchemas {
		branches = append(branches, p.Schema)
	}
	return slices.ContainsFunc(branches, func(b *schema.Schema) bool { return mentions(b, name, depth+1) })
}

// removedProperty notes a property that is gone, where nothing else says so: it breaks when the receiver is closed or
// required it.
func (at *stage) removedProperty(name string, property *schema.Schema) {
	if target := property.Target(); target != nil && target.Never {
		return
	}
	if at.side == "response" {
		if i := sort.SearchStrings(at.old.Required, name); i < len(at.old.Required) && at.old.Required[i] == name {
			return // an error already, with its witness
		}
	}
	at.notes = append(at.notes, note{
		rule: at.side + "-property-removed", message: fmt.Sprintf("property %q is gone", name), old: property, new: at.new,
	})
}

func changedDefault(old, revision *schema.Schema) string {
	a, err := json.Marshal(old.Default)
	if err != nil || len(a) > maxBrief {
		a = []byte("another")
	}
	if !revision.HasDefault {
		return fmt.Sprintf("the default %s is gone", a)
	}
	b, err := json.Marshal(revision.Default)
	if err != nil || len(b) > maxBrief {
		return "the default has changed"
	}
	return fmt.Sprintf("the default was %s and is %s", a, b)
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
func (s *schemas) partType(property *schema.Schema) string {
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
