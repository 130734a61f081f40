package generator

import (
	"slices"
	"strings"
	"unicode"

	"github.com/msgen/msgen/spec"
)

// declare makes the type of the schemas together. node is the schema that the type belongs to, nil for a combination.
func (m *modeler) declare(node *spec.Node, schemas []*spec.Node, hint string) typeExpr {
	_, component := m.names[node]
	sh := shapeOf(m.doc, schemas)
	d := &declaration{modeler: m, node: node, shape: sh, hint: hint, schemas: schemas, component: component}
	if node != nil {
		m.exprs[node] = typeExpr{kind: rawKind} // what a schema sees that contains itself and has no name of its own
	}
	expr := d.make()
	expr.nullable = sh.nullable && expr.kind != rawKind
	if node != nil {
		m.exprs[node] = expr
	}
	return expr
}

// declaration is the making of one type.
type declaration struct {
	*modeler
	node      *spec.Node
	shape     *shape
	hint      string
	schemas   []*spec.Node
	component bool
	model     *modelType
	untagged  bool // some property has no field because no struct tag can hold its name
}

// make decides which kind of type the shape gets.
func (d *declaration) make() typeExpr {
	sh := d.shape
	if sh.impossible {
		return d.named(typeExpr{kind: rawKind})
	}
	if t, ok := d.trusted(); ok {
		return d.named(t)
	}
	branches, discriminator := d.alternatives()
	if len(branches) > 0 {
		return d.union(branches, discriminator)
	}
	if sh.hasEnum {
		return d.enum(sh.enum, sh.enumNames)
	}
	switch sh.types {
	case boolBit:
		return d.named(scalar(boolType))
	case integerBit:
		if sh.outOfInt64 && sh.format != "uint64" {
			return d.named(typeExpr{kind: rawKind})
		}
		return d.named(scalar(scalarOf("integer", sh.format)))
	case numberBit, numberBit | integerBit:
		return d.named(scalar(scalarOf("number", sh.format)))
	case stringBit:
		return d.named(scalar(scalarOf("string", sh.format)))
	case arrayBit:
		return d.array()
	case objectBit:
		return d.object()
	}
	return d.named(typeExpr{kind: rawKind})
}

// trusted is the Go type that x-go-type asks for, when extensions are trusted and it is one of the known ones: an
// extension can't bring in code.
func (d *declaration) trusted() (typeExpr, bool) {
	if !d.trust || d.node == nil {
		return typeExpr{}, false
	}
	name := d.node.Str("x-go-type")
	if name == "json.RawMessage" {
		return typeExpr{kind: rawKind}, true
	}
	for jsonType, names := range trustedTypes {
		if d.shape.types&jsonTypeBits[jsonType] != 0 && names[name] {
			return scalar(scalarType{name, jsonType, "x-go-type"}), true
		}
	}
	return typeExpr{}, false
}

// trustedTypes are the Go types that x-go-type may ask for, by the JSON type that they hold.
var trustedTypes = map[string]map[string]bool{
	"string":  wordSet("string []byte time.Time uuid.UUID openapi_types.Date"),
	"integer": wordSet("int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 json.Number"),
	"number":  wordSet("float32 float64 json.Number"),
}

// named declares a component under its name; other types without members of their own need none.
func (d *declaration) named(expr typeExpr) typeExpr {
	if !d.component {
		return expr
	}
	d.open(aliasModel)
	return d.close(expr)
}

// open declares the type, so that what it holds can refer to it.
func (d *declaration) open(kind modelKind) *modelType {
	d.model = d.newModel(d.node, d.hint)
	d.model.kind = kind
	d.model.comment = d.comment()
	d.model.obsolete = len(d.schemas) == 1 && d.schemas[0].Bool("deprecated")
	if d.node != nil {
		d.exprs[d.node] = typeExpr{kind: namedKind, named: d.model, nullable: d.shape.nullable}
	}
	return d.model
}

// close ends the declaration of another name for expr.
func (d *declaration) close(expr typeExpr) typeExpr {
	d.model.alias, d.model.pending = expr, false
	d.model.alias.nullable = false
	return typeExpr{kind: namedKind, named: d.model}
}

// comment is the description of the first of the schemas that has one.
func (d *declaration) comment() string {
	for _, schema := range d.schemas {
		if text := schema.Str("description"); text != "" {
			return text
		}
		if text := schema.Str("title"); text != "" {
			return text
		}
	}
	return ""
}

func (d *declaration) array() typeExpr {
	if d.component {
		d.open(aliasModel)
	}
	elem := typeExpr{kind: rawKind}
	if len(d.shape.items) > 0 && !d.shape.tuple {
		elem = d.typeOfAll(d.shape.items, d.owner()+"Item")
	}
	expr := typeExpr{kind: sliceKind, elem: &elem}
	if d.component {
		return d.close(expr)
	}
	return expr
}

// owner is the name that the types of the parts start with.
func (d *declaration) owner() string {
	if d.model != nil {
		return d.model.name
	}
	return clipName(d.hint)
}

func (d *declaration) object() typeExpr {
	sh := d.shape
	if len(sh.properties) == 0 {
		return d.mapping()
	}
	var children []child
	if d.component && discriminatorOf(d.node) != "" {
		children = d.childrenOf(d.node)
	}
	if len(children) > 0 && len(children) <= maxChildren {
		return d.polymorphic(children)
	}
	t := d.open(structModel)
	d.fill(t, nil)
	if t.rest = d.restOf(); t.rest == nil && len(children) > 0 {
		t.rest = &typeExpr{kind: rawKind}
	}
	t.pending = false
	return typeExpr{kind: namedKind, named: t}
}

// mapping makes the type of an object without declared properties.
func (d *declaration) mapping() typeExpr {
	sh := d.shape
	if d.component {
		d.open(aliasModel)
	}
	expr := typeExpr{kind: anyMapKind}
	if rest := d.restOf(); rest != nil && rest.kind != rawKind {
		expr = typeExpr{kind: mapKind, elem: rest}
	} else if len(sh.rest)+len(sh.patterns) > 0 {
		expr = typeExpr{kind: mapKind, elem: &typeExpr{kind: rawKind}}
	}
	if d.component {
		return d.close(expr)
	}
	return expr
}

// restOf is the type of the members that are not declared, nil when the contract does not speak of them.
func (d *declaration) restOf() *typeExpr {
	sh := d.shape
	raw := &typeExpr{kind: rawKind}
	switch {
	case d.untagged || len(sh.patterns) > 1 || len(sh.patterns) == 1 && !sh.closed:
		return raw
	case len(sh.patterns) == 1:
		t := d.typeOf(sh.patterns[0], d.owner()+"Value")
		return &t
	case sh.closed:
		return nil
	case len(sh.rest) > 0:
		t := d.typeOfAll(sh.rest, d.owner()+"Value")
		return &t
	case sh.open:
		return raw
	}
	return nil
}

// fill makes the fields of the declared properties, and of the required ones that are not declared. Properties that no
// struct tag can hold go with the undeclared ones. skip names a property that gets no field.
func (d *declaration) fill(t *modelType, skip map[string]bool) {
	sh := d.shape
	var scope nameScope
	scope.reserve("Get", "Set", "MarshalJSON", "UnmarshalJSON", "AdditionalProperties", "Discriminator",
		"ValueByDiscriminator", "Valid")
	for i := range t.branches {
		method := branchMethod(t.branches[i].typ)
		scope.reserve("As"+method, "From"+method, "Merge"+method)
	}
	properties, required := slices.Clone(sh.properties), map[string]bool{}
	for _, name := range sh.required {
		if sh.property(name) == nil && !required[name] {
			properties = append(properties, &shapeProperty{name: name})
		}
		required[name] = true
	}
	var natural []string
	properties = slices.DeleteFunc(properties, func(p *shapeProperty) bool {
		d.untagged = d.untagged || !taggable(p.name) && !skip[p.name]
		return !taggable(p.name) || skip[p.name]
	})
	for _, p := range properties {
		name := exportedName(p.name)
		for _, schema := range p.schemas {
			name = firstNonEmpty(d.goName(schema), name)
		}
		natural = append(natural, name)
	}
	for i, name := range scope.claimAll(natural) {
		p := properties[i]
		f := &modelField{wire: p.name, name: name, required: required[p.name]}
		f.typ = d.typeOfAll(p.schemas, d.fieldHint(p, t.name+name))
		for _, schema := range p.schemas {
			f.comment = firstNonEmpty(f.comment, schema.Str("description"))
			f.write = f.write || schema.Bool("writeOnly") || d.doc.Deref(schema).Bool("writeOnly")
			f.obsolete = f.obsolete || schema.Bool("deprecated")
		}
		t.fields = append(t.fields, f)
	}
}

// fieldHint names the type of a property. One that another schema declares, which is merged into this one, is named
// after its own place, whichever of the two comes first.
func (d *declaration) fieldHint(p *shapeProperty, natural string) string {
	if len(p.schemas) != 1 || p.schemas[0].Parent().Parent() == d.node {
		return natural
	}
	return firstNonEmpty(d.nameOf(p.schemas[0]), natural)
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// taggable tells whether a struct tag can hold a member's name, by the rules of encoding/json, in a raw string.
func taggable(name string) bool {
	if name == "" || name == "-" {
		return false
	}
	for _, r := range name {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}
