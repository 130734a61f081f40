package generator

import (
	"math/big"
	"slices"
	"strings"

	"github.com/msgen/msgen/spec"
)

// jsonTypes is a set of JSON types; the zero value stands for no statement about the type.
type jsonTypes uint8

const (
	nullBit jsonTypes = 1 << iota
	boolBit
	integerBit
	numberBit
	stringBit
	arrayBit
	objectBit
)

var jsonTypeBits = map[string]jsonTypes{
	"null": nullBit, "boolean": boolBit, "integer": integerBit, "number": numberBit | integerBit, "string": stringBit,
	"array": arrayBit, "object": objectBit, "file": stringBit,
}

// shape is what the keywords of a schema, of its allOf branches and of the schemas that they refer to say together
// about the Go type. Keywords that only constrain values are not part of it.
type shape struct {
	types      jsonTypes // without null
	typed      bool      // some part names a type
	nullable   bool
	impossible bool // no value is valid, or none that the parts agree on
	properties []*shapeProperty
	byName     map[string]*shapeProperty
	required   []string
	closed     bool         // additionalProperties: false
	open       bool         // additionalProperties: true
	rest       []*spec.Node // schemas of additionalProperties
	patterns   []*spec.Node // schemas of patternProperties
	items      []*spec.Node
	tuple      bool
	enum       []*spec.Node
	enumNames  []string // of the enum's values, "" where there is none
	hasEnum    bool
	format     string
	unions     []*shapeUnion
	outOfInt64 bool // its bounds admit integers that int64 does not hold
	textual    bool // has keywords for strings

	looked int // branches of unions that were looked into

	binaryMedia bool // contentMediaType without contentEncoding: raw bytes (OpenAPI 3.1)
}

// shapeProperty is a declared property with the schemas that apply to it.
type shapeProperty struct {
	name    string
	schemas []*spec.Node
}

// property returns the declared property of the name, or nil.
func (sh *shape) property(name string) *shapeProperty { return sh.byName[name] }

// shapeUnion is a oneOf or anyOf.
type shapeUnion struct {
	branches      []*spec.Node
	discriminator *spec.Node
}

// maxShapeParts bounds how many schemas one shape is made of.
const maxShapeParts = 2000

// shaper makes shapes; it holds what it has visited on the way.
type shaper struct {
	doc     *spec.Document
	visited map[*spec.Node]bool
	shape   *shape
}

// shapeOf makes the shape of all the schemas together.
func shapeOf(doc *spec.Document, schemas []*spec.Node) *shape {
	s := &shaper{doc: doc, visited: map[*spec.Node]bool{}, shape: &shape{byName: map[string]*shapeProperty{}}}
	for _, node := range schemas {
		s.add(node, true)
	}
	s.infer()
	return s.shape
}

// add merges a schema into the shape. One that does not always apply (a branch of if, a dependent schema) only adds
// its properties.
func (s *shaper) add(node *spec.Node, always bool) {
	if node.Kind() == spec.Bool {
		s.shape.impossible = s.shape.impossible || always && node.Text() == "false"
	}
	if node.Kind() != spec.Object || s.visited[node] || len(s.visited) > maxShapeParts {
		return
	}
	s.visited[node] = true
	if node.Get("$ref").Kind() == spec.String {
		if next, err := s.doc.Resolve(node); err == nil {
			s.add(next, always)
		}
		if s.doc.Version < spec.OpenAPI31 {
			return
		}
	}
	for _, part := range node.Get("allOf").Items() {
		s.add(part, always)
	}
	s.addProperties(node, always)
	if !always {
		return
	}
	s.addType(node)
	s.addEnum(node)
	s.addMembers(node)
	s.addUnions(node)
	for _, keyword := range []string{"then", "else"} {
		s.add(node.Get(keyword), false)
	}
	for _, dependent := range node.Get("dependentSchemas").All() {
		s.add(dependent, false)
	}
}

func (s *shaper) addType(node *spec.Node) {
	sh := s.shape
	sh.nullable = sh.nullable || node.Bool("nullable") || node.Bool("x-nullable")
	declared := node.Get("type")
	var types jsonTypes
	if declared.Kind() == spec.String {
		types = jsonTypeBits[declared.Text()]
	}
	for _, item := range declared.Items() {
		types |= jsonTypeBits[item.Text()]
	}
	if types == nullBit && !sh.typed && declared.Kind() == spec.String {
		sh.nullable, sh.typed = true, true
		return
	}
	if types&nullBit != 0 {
		sh.nullable = true
	}
	types &^= nullBit
	if types != 0 {
		if sh.typed {
			types &= sh.types
			sh.impossible = sh.impossible || types == 0
		}
		sh.types, sh.typed = types, true
	}
	if format := node.Str("format"); format != "" && (sh.format == "" || scalarFormats["string"][sh.format].Go == "") {
		sh.format = format
	}
	if declared.Kind() == spec.String && declared.Text() == "file" {
		sh.format = "binary"
	}
	if sh.format == "" && node.Str("contentEncoding") == "base64" {
		sh.format = "byte"
	}
	for _, keyword := range []string{"pattern", "minLength", "maxLength", "contentEncoding", "contentMediaType"} {
		sh.textual = sh.textual || node.Get(keyword) != nil
	}
	sh.binaryMedia = sh.binaryMedia || node.Str("contentMediaType") != "" && node.Str("contentEncoding") == ""
	sh.outOfInt64 = sh.outOfInt64 || beyondInt64(node)
}

// beyondInt64 tells whether a bound of the schema is outside of int64, so that valid integers may be, too.
func beyondInt64(node *spec.Node) bool {
	low := new(big.Rat).SetInt64(-1 << 63)
	high := new(big.Rat).SetInt64(1<<63 - 1)
	for _, keyword := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
		bound := node.Get(keyword)
		if bound.Kind() != spec.Number || len(bound.Text()) > 40 {
			continue
		}
		if value, ok := new(big.Rat).SetString(bound.Text()); ok && (value.Cmp(low) < 0 || value.Cmp(high) > 0) {
			return true
		}
	}
	return false
}

func (s *shaper) addEnum(node *spec.Node) {
	values, names := node.Get("enum").Items(), []string{}
	has := node.Get("enum").Kind() == spec.Array
	if constant := node.Get("const"); constant != nil && s.doc.Version >= spec.OpenAPI31 {
		values, has, names = []*spec.Node{constant}, true, []string{node.Str("title")}
	}
	if !has {
		return
	}
	if s.shape.hasEnum {
		values = slices.DeleteFunc(values, func(v *spec.Node) bool {
			return !slices.ContainsFunc(s.shape.enum, v.Equal)
		})
		names = nil
	}
	s.shape.enum, s.shape.enumNames, s.shape.hasEnum = values, names, true
}

func (s *shaper) addProperties(node *spec.Node, always bool) {
	for name, schema := range node.Get("properties").All() {
		p := s.shape.property(name)
		if p == nil {
			p = &shapeProperty{name: name}
			s.shape.properties = append(s.shape.properties, p)
			s.shape.byName[name] = p
		} else if !always {
			continue
		}
		p.schemas = append(p.schemas, schema)
	}
}

func (s *shaper) addMembers(node *spec.Node) {
	sh := s.shape
	for _, name := range node.Get("required").Items() {
		if name.Kind() == spec.String {
			sh.required = append(sh.required, name.Text())
		}
	}
	switch rest := node.Get("additionalProperties"); rest.Kind() {
	case spec.Bool:
		sh.open = sh.open || rest.Text() == "true"
		sh.closed = sh.closed || rest.Text() == "false"
	case spec.Object:
		if rest.Len() == 0 {
			sh.open = true
		} else {
			sh.rest = append(sh.rest, rest)
		}
	}
	for _, schema := range node.Get("patternProperties").All() {
		sh.patterns = append(sh.patterns, schema)
	}
	switch items := node.Get("items"); items.Kind() {
	case spec.Object, spec.Bool:
		sh.items = append(sh.items, items)
	case spec.Array:
		sh.tuple = true
	}
	sh.tuple = sh.tuple || node.Get("prefixItems").Kind() == spec.Array
}

func (s *shaper) addUnions(node *spec.Node) {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if branches := node.Get(keyword).Items(); len(branches) > 0 {
			s.shape.unions = append(s.shape.unions, &shapeUnion{branches: branches, discriminator: node.Get("discriminator")})
		}
	}
}

// infer finds the type that the other keywords speak of, when no part names one.
func (s *shaper) infer() {
	sh := s.shape
	if sh.typed {
		return
	}
	switch {
	case sh.hasEnum:
		for _, value := range sh.enum {
			sh.types |= kindBit(value)
		}
		sh.nullable = sh.nullable || sh.types&nullBit != 0
		sh.types &^= nullBit
	case len(sh.properties) > 0 || len(sh.rest) > 0 || len(sh.patterns) > 0 || sh.open && len(sh.unions) == 0:
		sh.types = objectBit
	case len(sh.items) > 0 || sh.tuple:
		sh.types = arrayBit
	case sh.textual || scalarFormats["string"][sh.format].Go != "" && sh.format != "":
		sh.types = stringBit
	}
}

// kindBit is the JSON type of a value.
func kindBit(value *spec.Node) jsonTypes {
	switch value.Kind() {
	case spec.Null:
		return nullBit
	case spec.Bool:
		return boolBit
	case spec.String:
		return stringBit
	case spec.Array:
		return arrayBit
	case spec.Object:
		return objectBit
	}
	if strings.ContainsAny(value.Text(), ".eE") {
		return numberBit
	}
	return integerBit
}

// Bounds for looking into unions of unions.
const (
	maxUnionDepth     = 4
	maxBranchesLooked = 2000
)

// structural tells whether a schema says more about the type than a schema with the given properties does. A branch
// such as {required: [a]} says nothing: it only constrains values.
func (sh *shape) structural(doc *spec.Document, branch *spec.Node, depth int) bool {
	if sh.looked++; depth > maxUnionDepth || sh.looked > maxBranchesLooked {
		return true
	}
	b := shapeOf(doc, []*spec.Node{branch})
	if b.impossible || b.hasEnum || len(b.rest) > 0 || len(b.patterns) > 0 || len(b.items) > 0 || b.tuple {
		return true
	}
	if b.types&^objectBit != 0 && b.types != sh.types || b.nullable {
		return true
	}
	for _, p := range b.properties {
		if sh.property(p.name) == nil {
			return true
		}
	}
	for _, union := range b.unions {
		for _, inner := range union.branches {
			if sh.structural(doc, inner, depth+1) {
				return true
			}
		}
	}
	return false
}
