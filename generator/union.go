package generator

import (
	"slices"
	"strings"
	"unicode"

	"github.com/msgen/msgen/spec"
)

// alternatives returns the branches of the shape's union that say something about the type, without the ones that only
// allow null. A shape with several unions has none: what it holds stays JSON beside its own properties.
func (d *declaration) alternatives() ([]*spec.Node, *spec.Node) {
	sh := d.shape
	var found [][]*spec.Node
	var discriminator *spec.Node
	for _, union := range sh.unions {
		var branches []*spec.Node
		structural := false
		for _, branch := range union.branches {
			if isNullSchema(branch) {
				sh.nullable = true
				continue
			}
			branches = append(branches, branch)
			structural = structural || sh.structural(d.doc, branch, 0)
		}
		if structural && len(branches) > 0 {
			found, discriminator = append(found, branches), union.discriminator
		}
	}
	switch {
	case len(found) == 0:
		return nil, nil
	case len(found) == 1:
		return found[0], discriminator
	case sh.types&^objectBit == 0:
		return slices.Concat(found...), nil // an object that is one of each: From and Merge compose it
	}
	sh.impossible = true
	return nil, nil
}

// maxBranches bounds the alternatives of a union that get methods.
const maxBranches = 200

// union makes the type of a value that is one of several.
func (d *declaration) union(branches []*spec.Node, discriminator *spec.Node) typeExpr {
	sh := d.shape
	if len(branches) > maxBranches {
		return d.named(typeExpr{kind: rawKind})
	}
	if values, names, ok := d.constants(branches); ok {
		return d.enum(values, names)
	}
	plain := len(sh.properties) == 0
	if plain && len(branches) == 1 && !d.component {
		return d.typeOf(branches[0], d.hint)
	}
	if base, ok := d.commonScalar(branches); ok && plain {
		return d.named(scalar(base))
	}
	t := d.open(unionModel)
	property := discriminator.Str("propertyName")
	seen := map[string]bool{}
	for i, branch := range branches {
		expr := d.branchType(t, branch, property, i)
		method := branchMethod(expr)
		if expr.nullable {
			sh.nullable = true
		}
		if seen[method] {
			continue
		}
		seen[method] = true
		t.branches = append(t.branches, modelBranch{typ: expr})
	}
	t.property = d.mapDiscriminator(t, branches, discriminator)
	if !plain {
		d.fillBeside(t)
	}
	t.pending = false
	return typeExpr{kind: namedKind, named: t}
}

// branchType returns a type for a branch whose name can be part of a method's.
func (d *declaration) branchType(t *modelType, branch *spec.Node, property string, index int) typeExpr {
	hint := d.optionName(t.name, branch, property, index)
	expr := d.typeOf(branch, hint)
	if expr.kind == namedKind || expr.kind == rawKind || expr.kind == scalarKind && expr.scalar.Go != "[]byte" {
		return expr
	}
	target, _, hops := d.target(branch)
	if hops && target != nil {
		hint = firstNonEmpty(d.nameOf(target), hint)
	}
	alias := d.newModel(nil, hint)
	alias.kind, alias.alias, alias.pending = aliasModel, expr, false
	alias.alias.nullable = false
	return typeExpr{kind: namedKind, named: alias, nullable: expr.nullable}
}

// branchMethod is the part of the names As, From and Merge that oapi-codegen makes of a branch's type.
func branchMethod(t typeExpr) string {
	var b strings.Builder
	for part := range strings.SplitSeq(t.Go(""), ".") {
		for i, r := range part {
			if i == 0 {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// constants tells whether all branches are enums or constants of one scalar type, which together are one enum. The
// branches' titles name the constants (the OpenAPI 3.1 idiom for annotated enums).
func (d *declaration) constants(branches []*spec.Node) (values []*spec.Node, names []string, ok bool) {
	if len(d.shape.properties) > 0 {
		return nil, nil, false
	}
	var kinds jsonTypes
	for _, branch := range branches {
		target, _, hops := d.target(branch)
		if hops || target.Get("enum") == nil && target.Get("const") == nil {
			return nil, nil, false
		}
		sh := shapeOf(d.doc, []*spec.Node{target})
		for i, value := range sh.enum {
			name := ""
			if i < len(sh.enumNames) {
				name = sh.enumNames[i]
			}
			values, names = append(values, value), append(names, name)
			kinds |= kindBit(value)
		}
	}
	return values, names, kinds == stringBit || kinds == integerBit
}

// commonScalar returns the Go type of branches that are all written alike: formats of strings, enums with an escape
// ("one of these, or any string").
func (d *declaration) commonScalar(branches []*spec.Node) (scalarType, bool) {
	var common jsonTypes
	formats := map[string]bool{}
	for _, branch := range branches {
		sh := shapeOf(d.doc, []*spec.Node{branch})
		if sh.impossible || len(sh.unions) > 0 || sh.types&(arrayBit|objectBit) != 0 || sh.types == 0 {
			return scalarType{}, false
		}
		if sh.hasEnum {
			sh.format = ""
		}
		formats[scalarOf(typeName(sh.types), sh.format).Go] = true
		common |= sh.types
		d.shape.nullable = d.shape.nullable || sh.nullable
	}
	name := typeName(common)
	if name == "" || name == "boolean" && len(formats) != 1 {
		return scalarType{}, false
	}
	if len(formats) == 1 {
		for goType := range formats {
			for _, s := range scalarFormats[name] {
				if s.Go == goType {
					return s, true
				}
			}
		}
	}
	return scalarOf(name, ""), true
}

// typeName is the JSON type of a set of one, "" for other sets.
func typeName(types jsonTypes) string {
	switch types {
	case boolBit:
		return "boolean"
	case integerBit:
		return "integer"
	case numberBit, numberBit | integerBit:
		return "number"
	case stringBit:
		return "string"
	}
	return ""
}

// mapDiscriminator gives the branches the values that the discriminator has for them. It returns the property's name,
// or "" when a branch has no value or one that Go code can't hold: then the union has no discriminator.
func (d *declaration) mapDiscriminator(t *modelType, branches []*spec.Node, discriminator *spec.Node) string {
	property := discriminator.Str("propertyName")
	if property == "" || !taggable(property) {
		return ""
	}
	type pair struct {
		value  string
		target *spec.Node
	}
	var pairs []pair
	for value, ref := range discriminator.Get("mapping").All() {
		if target, err := d.lookup(discriminator, ref.Text()); err == nil {
			pairs = append(pairs, pair{value, d.doc.Deref(target)})
		}
	}
	mapping := map[*modelType][]string{}
	for _, branch := range branches {
		expr := d.typeOf(branch, "")
		if expr.kind != namedKind || branch.Get("$ref") == nil {
			return ""
		}
		target := d.doc.Deref(branch)
		for _, p := range pairs {
			if p.target == target && !slices.Contains(mapping[expr.named], p.value) {
				mapping[expr.named] = append(mapping[expr.named], p.value)
			}
		}
		if len(mapping[expr.named]) == 0 {
			mapping[expr.named] = d.tags(target, property, branch.Str("$ref"))
		}
	}
	used := map[string]bool{}
	for i := range t.branches {
		for _, value := range mapping[t.branches[i].typ.named] {
			if used[value] || strings.ContainsFunc(value, unsafeInLiteral) {
				return ""
			}
			used[value] = true
			t.branches[i].mapping = append(t.branches[i].mapping, value)
		}
		if len(t.branches[i].mapping) == 0 {
			return ""
		}
	}
	return property
}

// tags are the values by which a discriminator without a mapping tells a branch: the name of its component, unless its
// schema takes others alone, such as a constant in another case, which are then the only ones that are ever valid.
func (d *declaration) tags(target *spec.Node, property, ref string) []string {
	name := spec.UnescapePointer(ref[strings.LastIndexByte(ref, '/')+1:])
	tag := shapeOf(d.doc, []*spec.Node{target}).property(property)
	if tag == nil {
		return []string{name}
	}
	var values []string
	for _, value := range shapeOf(d.doc, tag.schemas).enum {
		if value.Kind() == spec.String {
			values = append(values, value.Text())
		}
	}
	if len(values) == 0 || slices.Contains(values, name) {
		return []string{name}
	}
	return values
}

// lookup resolves a value of a discriminator's mapping: a reference, or the bare name of a component.
func (m *modeler) lookup(base *spec.Node, ref string) (*spec.Node, error) {
	if !strings.ContainsAny(ref, "#/.") {
		if node := m.doc.Root.Get("components").Get("schemas").Get(ref); node != nil {
			return node, nil
		}
	}
	return m.doc.Lookup(base, ref)
}

// unsafeInLiteral tells whether oapi-codegen can't write the character between quotes.
func unsafeInLiteral(r rune) bool {
	return r == '"' || r == '`' || r == '\\' || unicode.IsControl(r) || r == '\ufeff'
}
