package generator

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// oapiMutex guards oapi-codegen, whose options, document and name table are global.
var oapiMutex sync.Mutex

// keepNames is the name of the normalizer that leaves names as they are: ours are settled.
const keepNames codegen.NameNormalizerFunction = "msgen"

// oapiConfiguration are the options of every call. Constants of enums come with their type's name in front, so that
// oapi-codegen need not put it there: that would make N1 of 1. All that oapi-codegen would keep from one call to the next is set.
func oapiConfiguration(packageName string) codegen.Configuration {
	var c codegen.Configuration
	c.PackageName = packageName
	c.Generate.Models = true
	c.Compatibility.AllowUnexportedStructFieldNames = true // honours x-oapi-codegen-only-honour-go-name
	c.Compatibility.DisableRequiredReadOnlyAsPointer = true
	c.OutputOptions.SkipFmt = true
	c.OutputOptions.SkipPrune = true
	c.OutputOptions.NullableType = true
	c.OutputOptions.PreferSkipOptionalPointerOnContainerTypes = true
	c.OutputOptions.DisableTypeAliasesForType = []string{"array"} // a named slice may hold itself, an alias may not
	c.OutputOptions.ResponseTypeSuffix = "Response"
	c.OutputOptions.NameNormalizer = string(keepNames)
	c.AdditionalImports = []codegen.AdditionalImport{{Package: uuidImport}}
	c.OutputOptions.TypeMapping = &codegen.TypeMapping{
		Integer: oapiFormats("integer"), Number: oapiFormats("number"), String: oapiFormats("string"),
		Boolean: oapiFormats("boolean"),
	}
	return c
}

// oapiFormats states the scalar types of this package. Formats of oapi-codegen's own that are none of ours never reach
// it.
func oapiFormats(jsonType string) codegen.FormatMapping {
	m := codegen.FormatMapping{
		Default: codegen.SimpleTypeSpec{Type: scalarOf(jsonType, "").Go}, Formats: map[string]codegen.SimpleTypeSpec{},
	}
	for format, s := range scalarFormats[jsonType] {
		if format != "" {
			m.Formats[format] = codegen.SimpleTypeSpec{Type: s.Go}
		}
	}
	return m
}

// oapiGenerate runs oapi-codegen on a document made for this call, which it changes. The code is neither formatted nor
// are its imports the ones that it needs. A panic of oapi-codegen is returned as an error.
func oapiGenerate(doc *openapi3.T, c codegen.Configuration) (code string, err error) {
	oapiMutex.Lock()
	defer oapiMutex.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("oapi-codegen: %v", p)
		}
	}()
	codegen.NameNormalizers[keepNames] = func(name string) string { return name }
	return codegen.Generate(doc, c)
}

// oapiDocument is the normalised contract for oapi-codegen: a schema for each declared type, with every name set, and
// every reference to one of them.
func oapiDocument(types []*modelType) *openapi3.T {
	schemas := openapi3.Schemas{}
	for _, t := range types {
		schemas[t.name] = oapiModel(t)
	}
	return &openapi3.T{
		OpenAPI:    "3.0.3",
		Info:       &openapi3.Info{Title: "models", Version: "1"},
		Paths:      openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: schemas},
	}
}

// oapiModel is the schema of a declared type.
func oapiModel(t *modelType) *openapi3.SchemaRef {
	var ref *openapi3.SchemaRef
	switch t.kind {
	case structModel, unionModel:
		ref = &openapi3.SchemaRef{Value: oapiObject(t)}
	case enumModel:
		ref = &openapi3.SchemaRef{Value: oapiEnum(t)}
	default:
		ref = oapiType(t.alias)
	}
	ref.Value.Description = fieldComment(t.name, t.comment)
	if t.obsolete {
		ref.Value.Deprecated = true
		oapiExtend(ref, "x-deprecated-reason", "the contract marks it as deprecated")
		ref.Value.Extensions = ref.Extensions
		ref.Extensions = nil
	}
	return ref
}

func oapiExtend(ref *openapi3.SchemaRef, key string, value any) {
	if ref.Extensions == nil {
		ref.Extensions = map[string]any{}
	}
	for k, v := range ref.Value.Extensions {
		ref.Extensions[k] = v
	}
	ref.Extensions[key] = value
}

func oapiObject(t *modelType) *openapi3.Schema {
	s := &openapi3.Schema{Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{}}
	for i, f := range t.fields {
		s.Properties[f.wire] = oapiField(f, i)
		if f.required {
			s.Required = append(s.Required, f.wire)
		}
	}
	if t.rest != nil && t.kind == structModel {
		rest := oapiElement(*t.rest)
		s.AdditionalProperties = openapi3.AdditionalProperties{Schema: rest}
	}
	for _, branch := range t.branches {
		s.OneOf = append(s.OneOf, oapiBranch(branch.typ))
	}
	if t.property != "" {
		s.Discriminator = &openapi3.Discriminator{PropertyName: t.property, Mapping: map[string]openapi3.MappingRef{}}
		for _, branch := range t.branches {
			for _, value := range branch.mapping {
				s.Discriminator.Mapping[value] = openapi3.MappingRef{Ref: oapiRef(branch.typ)}
			}
		}
	}
	return s
}

// oapiField is the schema of a field, with its Go name and its place in the struct.
func oapiField(f *modelField, index int) *openapi3.SchemaRef {
	ref := oapiType(f.typ)
	stub := *ref.Value
	ref.Value = &stub
	stub.Description = fieldComment(f.name, f.comment)
	stub.Nullable = f.typ.nullable && f.typ.kind != rawKind
	stub.WriteOnly = f.write
	stub.Deprecated = f.obsolete
	oapiExtend(ref, "x-go-name", f.name)
	ref.Extensions["x-oapi-codegen-only-honour-go-name"] = true
	ref.Extensions["x-order"] = float64(index)
	if f.obsolete {
		ref.Extensions["x-deprecated-reason"] = "the contract marks it as deprecated"
	}
	switch {
	case stub.Nullable:
	case f.boxed:
		ref.Extensions["x-go-type"] = "*" + f.typ.Go("")
		ref.Extensions["x-go-type-skip-optional-pointer"] = true
	case f.typ.container():
		ref.Extensions["x-go-type-skip-optional-pointer"] = true
		if !f.required || f.write {
			ref.Extensions["x-omitempty"], ref.Extensions["x-omitzero"] = false, true
		}
	}
	return ref
}

// oapiType is the schema for a use of a type.
func oapiType(t typeExpr) *openapi3.SchemaRef {
	switch t.kind {
	case scalarKind:
		if t.scalar.Format == "x-go-type" {
			s := oapiVerbatim(t.scalar.Go)
			s.Extensions["x-go-type-skip-optional-pointer"] = t.container()
			return openapi3.NewSchemaRef("", s)
		}
		return openapi3.NewSchemaRef("", &openapi3.Schema{Type: &openapi3.Types{t.scalar.Type}, Format: t.scalar.Format})
	case namedKind:
		return &openapi3.SchemaRef{Ref: oapiRef(t), Value: &openapi3.Schema{}}
	case sliceKind:
		return openapi3.NewSchemaRef("", &openapi3.Schema{Type: &openapi3.Types{"array"}, Items: oapiElement(*t.elem)})
	case mapKind:
		s := &openapi3.Schema{Type: &openapi3.Types{"object"}}
		s.AdditionalProperties = openapi3.AdditionalProperties{Schema: oapiElement(*t.elem)}
		return openapi3.NewSchemaRef("", s)
	case anyMapKind:
		return openapi3.NewSchemaRef("", &openapi3.Schema{Type: &openapi3.Types{"object"}})
	default:
		return openapi3.NewSchemaRef("", oapiVerbatim("json.RawMessage"))
	}
}

// oapiElement is the schema of an element of a slice or map, in which a pointer stands for null.
func oapiElement(t typeExpr) *openapi3.SchemaRef {
	if t.nullable && t.kind != rawKind {
		return openapi3.NewSchemaRef("", oapiVerbatim(t.element("")))
	}
	return oapiType(t)
}

// oapiBranch is the schema of an alternative. It is a reference, also when it is a plain Go type, because oapi-codegen
// declares a type for everything else.
func oapiBranch(t typeExpr) *openapi3.SchemaRef {
	ref := &openapi3.SchemaRef{Ref: oapiRef(t), Value: &openapi3.Schema{}}
	if t.kind != namedKind {
		ref.Extensions = map[string]any{"x-go-type": t.Go("")}
	}
	return ref
}

func oapiRef(t typeExpr) string { return "#/components/schemas/" + t.Go("") }

// oapiVerbatim is a schema whose Go type is written as given.
func oapiVerbatim(goType string) *openapi3.Schema {
	return &openapi3.Schema{Extensions: map[string]any{"x-go-type": goType, "x-go-type-skip-optional-pointer": true}}
}

func oapiEnum(t *modelType) *openapi3.Schema {
	s := &openapi3.Schema{Type: &openapi3.Types{t.base.Type}, Format: t.base.Format}
	names := make([]any, len(t.values))
	for i, v := range t.values {
		names[i] = v.constant
		value := v.value
		if number, ok := value.(json.Number); ok {
			value = number.String()
		}
		s.Enum = append(s.Enum, value)
	}
	s.Extensions = map[string]any{"x-enum-varnames": names}
	return s
}
