package compat

import (
	"strings"

	"github.com/msgen/msgen/spec"
)

// changes knows which parts of two contracts can differ at all: equal parts that refer to nothing that differs need not be
// compared, resolved or parsed.
type changes struct {
	everything bool            // many files, or references that are not to components: compare all
	dirty      map[string]bool // references to components that differ, or that reach one that does
}

// changes finds what differs, by the content hashes of the components and the references between them.
func (c *comparer) changes() *changes {
	found := &changes{dirty: map[string]bool{}}
	if c.old.doc.FileCount() > 1 || c.new.doc.FileCount() > 1 || c.old.doc.Version != c.new.doc.Version {
		found.everything = true
		return found
	}
	users := map[string][]string{} // reference to those that hold it
	var queue []string
	mark := func(ref string) {
		if !found.dirty[ref] {
			found.dirty[ref] = true
			queue = append(queue, ref)
		}
	}
	revision := components(c.new.doc)
	old := components(c.old.doc)
	for ref, n := range revision {
		if !n.Equal(old[ref]) {
			mark(ref)
		}
		for _, target := range references(n, nil) {
			users[target] = append(users[target], ref)
			if revision[target] == nil {
				mark(ref)
			}
		}
		users[ref] = append(users[ref], ancestors(revision, n, 0)...) // what extends a base schema is part of what it stands for
	}
	for ref := range old {
		if revision[ref] != nil {
			continue
		}
		mark(ref)
		for _, base := range ancestors(old, old[ref], 0) {
			mark(base) // it stands for one less
		}
	}
	for len(queue) > 0 {
		ref := queue[0]
		queue = queue[1:]
		for _, user := range users[ref] {
			mark(user)
		}
	}
	return found
}

// ancestors returns the components with a discriminator that a component extends by allOf, directly or by way of others.
func ancestors(all map[string]*spec.Node, n *spec.Node, depth int) []string {
	var found []string
	for _, part := range n.Get("allOf").Items() {
		ref := componentRef(part.Ref())
		base := all[ref]
		if base == nil || depth == maxExtends {
			continue
		}
		if base.Get("discriminator") != nil {
			found = append(found, ref)
		}
		found = append(found, ancestors(all, base, depth+1)...)
	}
	return found
}

// components returns the components of a contract by the reference that names them.
func components(doc *spec.Document) map[string]*spec.Node {
	all := map[string]*spec.Node{}
	for _, kind := range doc.Root.Get("components").Members() {
		if strings.HasPrefix(kind.Key, "x-") || kind.Key == "securitySchemes" {
			continue
		}
		for _, m := range kind.Value.Members() {
			all["#/components/"+kind.Key+"/"+spec.EscapePointer(m.Key)] = m.Value
		}
	}
	return all
}

// swagger maps the references of Swagger 2.0 to components.
var swagger = strings.NewReplacer("#/definitions/", "#/components/schemas/", "#/parameters/", "#/components/parameters/",
	"#/responses/", "#/components/responses/")

// references appends the components that a node refers to, by $ref or by the mapping of a discriminator. A reference to
// the inside of a component counts as one to the component.
func references(n *spec.Node, refs []string) []string {
	switch n.Kind() {
	case spec.Object:
		for key, value := range n.All() {
			switch {
			case key == "$ref" && value.Kind() == spec.String, key == "$dynamicRef" && value.Kind() == spec.String:
				refs = append(refs, componentRef(value.Text()))
			case key == "mapping":
				for _, target := range value.Members() {
					if name := target.Value.Text(); strings.HasPrefix(name, "#") {
						refs = append(refs, componentRef(name))
					} else {
						refs = append(refs, "#/components/schemas/"+spec.EscapePointer(name))
					}
				}
			default:
				refs = references(value, refs)
			}
		}
	case spec.Array:
		for _, item := range n.Items() {
			refs = references(item, refs)
		}
	}
	return refs
}

// componentRef cuts a reference after the name of the component.
func componentRef(ref string) string {
	if strings.HasPrefix(ref, "#/definitions/") || strings.HasPrefix(ref, "#/parameters/") || strings.HasPrefix(ref, "#/responses/") {
		ref = swagger.Replace(ref)
	}
	parts := strings.SplitN(ref, "/", 5)
	if len(parts) == 5 && parts[1] == "components" {
		return strings.Join(parts[:4], "/")
	}
	return ref
}

// operation tells whether anything that an operation says or refers to can differ.
func (c *changes) operation(p pair) bool {
	return c.everything || p.old.Path != p.new.Path || c.differ(p.old.Node, p.new.Node) ||
		c.differ(p.old.PathItem.Get("parameters"), p.new.PathItem.Get("parameters"))
}

func (c *changes) differ(old, revision *spec.Node) bool {
	if c.everything || !old.Equal(revision) {
		return true
	}
	for _, ref := range references(revision, nil) {
		if c.dirty[ref] || !strings.HasPrefix(ref, "#/components/") {
			return true
		}
	}
	return false
}
