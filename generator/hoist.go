package generator

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/spec"
)

type modelKind uint8

const (
	aliasModel  modelKind = iota // another name of a type, or a declared slice or map
	structModel                  // an object with declared properties
	enumModel                    // a scalar with constants
	unionModel                   // oneOf or anyOf: As, From and Merge methods
)

// modelType is a declared type of the models package.
type modelType struct {
	name     string
	comment  string
	kind     modelKind
	alias    typeExpr
	fields   []*modelField
	rest     *typeExpr // of the members that no field holds; nil when there is no place for them
	base     scalarType
	values   []modelValue
	branches []modelBranch
	property string // the discriminator's, or ""
	obsolete bool
	pending  bool // being made
}

// modelField is a field of a struct, or of a union beside its branches.
type modelField struct {
	wire     string
	name     string
	typ      typeExpr
	comment  string
	required bool
	write    bool // writeOnly: left out of responses
	obsolete bool
	boxed    bool // a pointer breaks a cycle of structs that hold each other
}

// modelValue is a constant of an enum.
type modelValue struct {
	suffix   string // of the constant's name, after the type's
	constant string // its name, once it is settled
	value    any    // string or json.Number
}

// modelBranch is an alternative of a union.
type modelBranch struct {
	typ     typeExpr
	mapping []string // values of the discriminator
}

// modeler gives each schema of a contract its Go type. An inline object, enum or union becomes a declared type of its
// own, once for each schema however often it is referred to.
type modeler struct {
	doc      *spec.Document
	scope    nameScope
	names    map[*spec.Node]string // of the components, given before anything else is named
	roots    map[string]string     // Location of a named place (an operation, a component) to the Go name
	exprs    map[*spec.Node]typeExpr
	merged   map[string]typeExpr // of several schemas that apply together
	declared []*modelType
	children map[*spec.Node][]child
	depth    int
	trust    bool // x-go-name extensions of the contract are followed
}

// newModeler names the components of the contract. Their names are settled first, so that a component keeps the
// natural one whatever else wants it.
func newModeler(doc *spec.Document, o ModelOptions) *modeler {
	m := &modeler{
		doc: doc, names: map[*spec.Node]string{}, roots: map[string]string{}, exprs: map[*spec.Node]typeExpr{},
		merged: map[string]typeExpr{}, trust: o.TrustExtensions,
	}
	if o.Client {
		m.scope.reserve(clientNames...)
	}
	if o.Consumer {
		m.scope.reserve("New")
	}
	var nodes []*spec.Node
	var natural []string
	for key, node := range doc.Root.Get("components").Get("schemas").All() {
		nodes, natural = append(nodes, node), append(natural, firstNonEmpty(m.goName(node), exportedName(key)))
	}
	for i, name := range m.scope.claimAll(natural) {
		m.names[nodes[i]] = name
		m.roots[nodes[i].Location()] = name
	}
	return m
}

// goName is the name that an extension of the contract asks for; "" when there is none or extensions are not trusted.
// It is a name like any other: mangled and told apart.
func (m *modeler) goName(node *spec.Node) string {
	if !m.trust {
		return ""
	}
	return exportedName(firstNonEmpty(node.Str("x-go-name"), node.Str("x-go-type-name")))
}

// typeOf returns the type of a schema. hint names the type that is declared for it, when it needs one and is no
// component.
func (m *modeler) typeOf(node *spec.Node, hint string) typeExpr {
	target, nullable, hops := m.target(node)
	if target == nil || m.depth > maxTypeDepth {
		return typeExpr{kind: rawKind}
	}
	expr, known := m.exprs[target]
	if !known {
		if hops {
			hint = cmp.Or(m.nameOf(target), hint)
		}
		m.depth++
		expr = m.declare(target, []*spec.Node{target}, hint)
		m.depth--
	}
	expr.nullable = expr.nullable || nullable
	return expr
}

// maxTypeDepth bounds the nesting of schemas that become types; what is deeper stays JSON. The way through a large
// contract, from component to component, is often some hundred schemas long.
const maxTypeDepth = 20000

// maxHops bounds the references and wrappers on the way to a schema.
const maxHops = 200

// typeOfAll returns the type of a value to which several schemas apply.
func (m *modeler) typeOfAll(nodes []*spec.Node, hint string) typeExpr {
	var distinct []*spec.Node
	for _, node := range nodes {
		if target, _, _ := m.target(node); target != nil && !slices.Contains(distinct, target) &&
			!slices.ContainsFunc(distinct, target.Equal) {
			distinct = append(distinct, target)
		}
	}
	switch len(distinct) {
	case 0:
		return typeExpr{kind: rawKind}
	case 1:
		return m.typeOf(nodes[0], hint)
	}
	if m.depth > maxTypeDepth {
		return typeExpr{kind: rawKind}
	}
	locations := make([]string, len(distinct))
	for i, node := range distinct {
		locations[i] = node.Location()
	}
	slices.Sort(locations)
	key := strings.Join(locations, " ")
	expr, known := m.merged[key]
	if !known {
		m.merged[key] = typeExpr{kind: rawKind} // what a schema that contains itself in this way sees
		m.depth++
		expr = m.declare(nil, distinct, hint)
		m.depth--
		m.merged[key] = expr
	}
	return expr
}

// target follows references, and schemas that add nothing to another one but that null is allowed, to the schema that
// tells the type. hops tells whether a reference was followed.
func (m *modeler) target(node *spec.Node) (target *spec.Node, nullable, hops bool) {
	for range maxHops {
		if node.Kind() != spec.Object {
			return nil, true, hops
		}
		if node.Get("$ref").Kind() == spec.String && (m.doc.Version < spec.OpenAPI31 || !hasShape(node)) {
			next, err := m.doc.Resolve(node)
			if err != nil || next == node {
				return nil, true, hops
			}
			node, hops = next, true
			continue
		}
		next, null := m.wrapped(node)
		if next == nil {
			return node, nullable, hops
		}
		nullable = nullable || null || node.Bool("nullable") || node.Bool("x-nullable")
		node = next
	}
	return nil, true, hops
}

// shapeKeywords are the keywords that tell about the type, beside the combining ones.
var shapeKeywords = []string{"type", "properties", "required", "additionalProperties", "patternProperties", "items",
	"prefixItems", "enum", "const", "format", "if", "dependentSchemas", "contentEncoding"}

// hasShape tells whether a schema has keywords that tell about the type.
func hasShape(node *spec.Node) bool {
	for _, keyword := range shapeKeywords {
		if node.Get(keyword) != nil {
			return true
		}
	}
	return node.Get("allOf").Len()+node.Get("oneOf").Len()+node.Get("anyOf").Len() > 0
}

// wrapped returns the only schema that a schema without keywords of its own combines, as in {allOf: [X]} and
// {anyOf: [X, null]}.
func (m *modeler) wrapped(node *spec.Node) (only *spec.Node, null bool) {
	var branches []*spec.Node
	for _, keyword := range []string{"allOf", "oneOf", "anyOf"} {
		branches = append(branches, node.Get(keyword).Items()...)
	}
	if len(branches) == 0 || len(branches) > 2 || node.Get("$ref") != nil || node.Get("discriminator") != nil {
		return nil, false
	}
	for _, keyword := range shapeKeywords {
		if node.Get(keyword) != nil {
			return nil, false
		}
	}
	for _, branch := range branches {
		switch {
		case isNullSchema(branch):
			null = true
		case only != nil:
			return nil, false
		default:
			only = branch
		}
	}
	return only, null
}

// isNullSchema tells whether null is the only value of a schema.
func isNullSchema(node *spec.Node) bool {
	if node.Str("type") == "null" {
		return true
	}
	if types := node.Get("type").Items(); len(types) == 1 && types[0].Text() == "null" {
		return true
	}
	if constant := node.Get("const"); constant != nil {
		return constant.Kind() == spec.Null
	}
	values := node.Get("enum").Items()
	return len(values) == 1 && values[0].Kind() == spec.Null
}

// nameOf names the type of a schema that is referred to after its place: the component, operation or file that holds
// it, and the way from there.
func (m *modeler) nameOf(node *spec.Node) string {
	if name, ok := m.names[node]; ok {
		return name
	}
	location := node.Location()
	start := strings.IndexByte(location, '#') + 1
	for at := len(location); at > start; at = strings.LastIndexByte(location[:at], '/') {
		if root, ok := m.roots[location[:at]]; ok {
			return clipName(root + nameSuffix(placeWords(location[at:])))
		}
	}
	pointer := location[start:]
	if m.isMain(node) || namedPlace(pointer) {
		return exportedName(placeWords(pointer))
	}
	file := path.Base(location[:start-1])
	file = strings.TrimSuffix(file, path.Ext(file))
	return clipName(exportedName(file) + nameSuffix(placeWords(pointer)))
}

// isMain tells whether a node stands in the contract's own file.
func (m *modeler) isMain(node *spec.Node) bool {
	file, _, _ := strings.Cut(node.Location(), "#")
	main, _, _ := strings.Cut(m.doc.Source.Get("info").Location(), "#")
	return file == main
}

// namedPlace tells whether a pointer leads through a keyword under which schemas have names.
func namedPlace(pointer string) bool {
	for _, keyword := range []string{"/components/", "/definitions/", "/$defs/", "/schemas/"} {
		if strings.HasPrefix(pointer, keyword) {
			return true
		}
	}
	return false
}

// placeWords makes words of a JSON pointer: its names without the keywords between them.
func placeWords(pointer string) string {
	var words []string
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	names := false // the next token is the name of something
	for _, token := range tokens {
		token = spec.UnescapePointer(token)
		keyword, known := placeKeywords[token]
		switch {
		case names || !known:
			words, names = append(words, token), false
		default:
			names = keyword.names
			words = append(words, keyword.word)
		}
	}
	return strings.Join(words, " ")
}

// placeKeywords says what the keywords in a JSON pointer add to a name, and whether a name follows them.
var placeKeywords = map[string]struct {
	word  string
	names bool
}{
	"components": {"", false}, "schemas": {"", true}, "definitions": {"", true}, "$defs": {"", true},
	"properties": {"", true}, "patternProperties": {"", true}, "items": {"Item", false}, "schema": {"", false},
	"parameters": {"", true}, "requestBodies": {"", true}, "responses": {"", true}, "headers": {"", true},
	"requestBody": {"Body", false}, "content": {"", false}, "application/json": {"", false}, "paths": {"", true},
	"additionalProperties": {"Value", false}, "allOf": {"", false}, "oneOf": {"Option", true}, "anyOf": {"Option", true},
	"get": {"Get", false}, "put": {"Put", false}, "post": {"Post", false}, "delete": {"Delete", false},
}

// newModel declares a type under the first free one of the names.
func (m *modeler) newModel(node *spec.Node, names ...string) *modelType {
	name, ok := m.names[node]
	if node == nil || !ok {
		for i := range names {
			names[i] = clipName(names[i])
		}
		name = m.scope.claim(names...)
	}
	t := &modelType{name: name, pending: true}
	m.declared = append(m.declared, t)
	return t
}

// optionName names an inline alternative of a union: after its title or its discriminating value, else after its type,
// else by number.
func (m *modeler) optionName(owner string, branch *spec.Node, discriminator string, index int) string {
	if discriminator != "" {
		property := m.doc.Deref(branch.Get("properties").Get(discriminator))
		for _, value := range append(property.Get("enum").Items(), property.Get("const")) {
			if value.Kind() == spec.String {
				return owner + nameSuffix(value.Text())
			}
		}
	}
	if title := branch.Str("title"); title != "" && len(title) <= 40 {
		if suffix := nameSuffix(title); strings.HasPrefix(suffix, owner) {
			return suffix
		} else if suffix != "" {
			return owner + suffix
		}
	}
	switch branch.Str("type") {
	case "string":
		return owner + "String"
	case "array":
		return owner + "List"
	}
	return owner + "Option" + strconv.Itoa(index+1)
}
