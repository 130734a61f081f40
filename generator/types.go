package generator

import (
	"strings"
)

// Import paths of the packages that models need beside the standard library.
const (
	runtimeImport  = "github.com/oapi-codegen/runtime"
	openapiImport  = "github.com/oapi-codegen/runtime/types"
	nullableImport = "github.com/oapi-codegen/nullable"
	uuidImport     = "github.com/google/uuid"
)

// modelImports are the imports that a models file may have, by the name of the package in the file.
var modelImports = map[string]string{
	"bytes": "bytes", "context": "context", "errors": "errors", "fmt": "fmt", "io": "io", "http": "net/http",
	"json": "encoding/json", "multipart": "mime/multipart", "mime": "mime", "url": "net/url", "path": "path",
	"strings": "strings", "time": "time", "runtime": runtimeImport, "openapi_types": openapiImport,
	"nullable": nullableImport, "uuid": uuidImport, "xml": "encoding/xml", "base64": "encoding/base64",
}

// ImportName is the name under which a file imports the package at path for the types of Type.Go: "" for the package's
// own name. It is the name that oapi-codegen gives the package, so that both write a type alike.
func ImportName(path string) string {
	if path == openapiImport {
		return "openapi_types"
	}
	return ""
}

type typeKind uint8

const (
	rawKind    typeKind = iota // json.RawMessage: any JSON value
	scalarKind                 // a Go type without structure, such as string or time.Time
	namedKind                  // a declared type of the models package
	sliceKind
	mapKind // from string
	anyMapKind
)

// typeExpr is the Go type of a schema, before it is known in which package it is written.
type typeExpr struct {
	kind     typeKind
	scalar   scalarType
	named    *modelType
	elem     *typeExpr
	nullable bool // null is a value, too
}

// scalarType is a Go type with the type and format of the schema that oapi-codegen makes it from.
type scalarType struct {
	Go, Type, Format string
}

// The scalar types that are not only found by format.
var (
	stringType = scalarType{"string", "string", ""}
	boolType   = scalarType{"bool", "boolean", ""}
	int64Type  = scalarType{"int64", "integer", ""}
	floatType  = scalarType{"float64", "number", ""}
)

// scalarFormats maps type and format to Go. Formats that are not here have the type of their JSON type: an e-mail
// address is checked by the validator, and its Go type would check it again by other rules. Binary is text where JSON
// holds it; bodies and parts that are files never become a model.
var scalarFormats = map[string]map[string]scalarType{
	"string": {
		"":          stringType,
		"date-time": {"time.Time", "string", "date-time"},
		"date":      {"openapi_types.Date", "string", "date"},
		"uuid":      {"uuid.UUID", "string", "uuid"},
		"byte":      {"[]byte", "string", "byte"},
	},
	"integer": {
		"":       int64Type,
		"int32":  {"int32", "integer", "int32"},
		"int64":  {"int64", "integer", "int64"},
		"int16":  {"int16", "integer", "int16"},
		"int8":   {"int8", "integer", "int8"},
		"uint8":  {"uint8", "integer", "uint8"},
		"uint16": {"uint16", "integer", "uint16"},
		"uint32": {"uint32", "integer", "uint32"},
		"uint64": {"uint64", "integer", "uint64"},
	},
	"number": {
		"":      floatType,
		"float": {"float32", "number", "float"},
	},
	"boolean": {"": boolType},
}

// scalarOf returns the Go type of a JSON type with a format.
func scalarOf(jsonType, format string) scalarType {
	formats := scalarFormats[jsonType]
	if s, ok := formats[format]; ok {
		return s
	}
	return formats[""]
}

// scalar is the type expression of a Go type without structure.
func scalar(s scalarType) typeExpr { return typeExpr{kind: scalarKind, scalar: s} }

// underlying follows declared types that are no more than another name.
func (t typeExpr) underlying() typeExpr {
	for t.kind == namedKind && t.named.kind == aliasModel {
		nullable := t.nullable
		t = t.named.alias
		t.nullable = t.nullable || nullable
	}
	return t
}

// container tells whether the zero value of the type is nil, so that an optional one needs no pointer.
func (t typeExpr) container() bool {
	u := t.underlying()
	return u.kind == rawKind || u.kind == sliceKind || u.kind == mapKind || u.kind == anyMapKind ||
		u.kind == scalarKind && u.scalar.Go == "[]byte"
}

// Go writes the type as code in a package that calls the models package by that name; "" is the package itself.
func (t typeExpr) Go(models string) string {
	switch t.kind {
	case scalarKind:
		return t.scalar.Go
	case namedKind:
		if models == "" {
			return t.named.name
		}
		return models + "." + t.named.name
	case sliceKind:
		return "[]" + t.elem.element(models)
	case mapKind:
		return "map[string]" + t.elem.element(models)
	case anyMapKind:
		return "map[string]interface{}"
	default:
		return "json.RawMessage"
	}
}

// element writes the type of an element, in which a pointer tells null from the zero value.
func (t typeExpr) element(models string) string {
	if t.nullable && t.kind != rawKind {
		return "*" + t.Go(models)
	}
	return t.Go(models)
}

// imports returns the import paths that the type needs where it is written as models.X.
func (t typeExpr) imports(modelsImport string) []string {
	switch t.kind {
	case sliceKind, mapKind:
		return t.elem.imports(modelsImport)
	case namedKind:
		return []string{modelsImport}
	case anyMapKind:
		return nil
	case scalarKind:
		if name, _, ok := strings.Cut(t.scalar.Go, "."); ok {
			return []string{modelImports[name]}
		}
		return nil
	default:
		return []string{"encoding/json"}
	}
}

// same tells whether two types are written alike.
func (t typeExpr) same(u typeExpr) bool { return t.Go("") == u.Go("") }
