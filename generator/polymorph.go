package generator

import (
	"slices"
	"strings"

	"github.com/msgen/msgen/spec"
)

// maxChildren bounds the descendants of a polymorphic schema that get methods; with more of them, the members that the
// schema itself does not declare are kept as JSON.
const maxChildren = 50

// child is a component that extends another one by allOf.
type child struct {
	node *spec.Node
	key  string // of the component
}

// discriminatorOf returns the discriminating property of a schema: Swagger 2.0 has its bare name.
func discriminatorOf(node *spec.Node) string {
	discriminator := node.Get("discriminator")
	if discriminator.Kind() == spec.String {
		return discriminator.Text()
	}
	return discriminator.Str("propertyName")
}

// childrenOf returns the components that extend the schema, directly or not, in the order of the contract.
func (m *modeler) childrenOf(node *spec.Node) []child {
	if m.children == nil {
		m.children = map[*spec.Node][]child{}
		for key, schema := range m.doc.Root.Get("components").Get("schemas").All() {
			for _, part := range schema.Get("allOf").Items() {
				if part.Get("$ref") != nil {
					parent := m.doc.Deref(part)
					m.children[parent] = append(m.children[parent], child{schema, key})
				}
			}
		}
	}
	var found []child
	seen := map[*spec.Node]bool{node: true}
	var visit func(parent *spec.Node)
	visit = func(parent *spec.Node) {
		for _, c := range m.children[parent] {
			if !seen[c.node] && len(found) <= maxChildren {
				seen[c.node] = true
				found = append(found, c)
				visit(c.node)
			}
		}
	}
	visit(node)
	return found
}

// polymorphic makes the type of a schema that others extend and whose discriminator tells them apart (OpenAPI 3,
// discriminator object): its own properties are fields, and the methods of a union read and write the whole value.
func (d *declaration) polymorphic(children []child) typeExpr {
	t := d.open(unionModel)
	values := d.childValues()
	used := map[string]bool{}
	valid := taggable(discriminatorOf(d.node))
	for _, c := range children {
		expr := d.typeOf(c.node, "")
		if expr.kind != namedKind || expr.named == t ||
			slices.ContainsFunc(t.branches, func(b modelBranch) bool { return b.typ.same(expr) }) {
			continue
		}
		mapping := values[c.node]
		if len(mapping) == 0 {
			mapping = []string{firstNonEmpty(c.node.Str("x-ms-discriminator-value"), c.key)}
		}
		for _, value := range mapping {
			valid = valid && !used[value] && !strings.ContainsFunc(value, unsafeInLiteral)
			used[value] = true
		}
		t.branches = append(t.branches, modelBranch{typ: expr, mapping: mapping})
	}
	if valid {
		t.property = discriminatorOf(d.node)
	}
	d.fillBeside(t)
	t.pending = false
	return typeExpr{kind: namedKind, named: t}
}

// childValues are the values that the discriminator's mapping gives to schemas.
func (d *declaration) childValues() map[*spec.Node][]string {
	values := map[*spec.Node][]string{}
	discriminator := d.node.Get("discriminator")
	for value, ref := range discriminator.Get("mapping").All() {
		if target, err := d.lookup(discriminator, ref.Text()); err == nil {
			target = d.doc.Deref(target)
			values[target] = append(values[target], value)
		}
	}
	return values
}

// fillBeside makes the fields of a union's own properties. They are optional, because what a field holds goes over what
// the union holds. oapi-codegen sets the discriminator's field, which must then be text.
func (d *declaration) fillBeside(t *modelType) {
	d.fill(t, nil)
	t.fields = slices.DeleteFunc(t.fields, func(f *modelField) bool {
		return f.wire == t.property && (f.typ.nullable || !f.typ.text())
	})
	for _, f := range t.fields {
		f.required = false
	}
}

// text tells whether a string literal can be assigned to the type.
func (t typeExpr) text() bool {
	u := t.underlying()
	return u.kind == scalarKind && u.scalar.Go == "string" || u.kind == namedKind && u.named.kind == enumModel && u.named.base == stringType
}
