// Package param reads the parameters of a request: path, query, header and cookie, in every style of OpenAPI 3
// (sections Parameter Object and Style Values) and RFC 6570. The text of a parameter becomes one JSON value, typed as
// the schema says, which the compiled validators judge and the generated decoders decode. Form bodies, which are built
// like queries, are read here too. Bodies of other kinds are left to package content.
//
// A faulty parameter is a fault of the request line or the header section, and so the answer is 400, whether its syntax
// or its schema is at fault; 422 is for bodies. The pointer of an error starts with the place and the name of the
// parameter: /query/limit, /path/id, /header/X-Request-Id, /cookie/session, and goes on into its value: /query/tag/3.
// Query parameters that the contract does not name are ignored.
package param

import (
	"errors"

	"github.com/msgen/msgen/kit/schema"
)

// In is the place of a parameter.
type In uint8

// The places of a parameter.
const (
	Query In = iota
	Path
	Header
	Cookie
	QueryString // OpenAPI 3.2: the whole query string as one value
)

// String returns the place as the contract writes it.
func (i In) String() string {
	return [...]string{"query", "path", "header", "cookie", "querystring"}[i]
}

// Style says how arrays and objects are written.
type Style uint8

// The styles of OpenAPI 3.
const (
	Simple Style = iota
	Label
	Matrix
	Form
	SpaceDelimited
	PipeDelimited
	DeepObject
)

// Types is the set of JSON types that a schema allows.
type Types uint8

// The members of a Types set. Number includes Integer.
const (
	Null Types = 1 << iota
	Boolean
	Integer
	Number
	String
	Array
	Object

	// Any is the set of every type; the zero set means the same. Text without a type is a string first.
	Any     = Null | Boolean | Integer | Number | String | Array | Object
	scalars = Boolean | Integer | Number | String
)

// Value says how text becomes a JSON value: it is the part of a schema that parsing needs.
type Value struct {
	Types      Types
	Items      *Value // of arrays; nil for anything
	Members    []Spec // of objects; style and explode are the encoding object of a form body's member
	Additional *Value // of members that Members does not name; nil for anything
}

// Spec describes a parameter, or a member of an object.
type Spec struct {
	Name     string // on the wire
	In       In
	Style    Style
	Explode  bool
	Required bool
	Empty    bool // allowEmptyValue: an empty text stands for an absent parameter
	JSON     bool // a parameter with JSON content
	Form     bool // a querystring parameter with form content
	Value    Value
	// Others names the other query parameters of the operation, for a parameter that takes what they leave: an
	// exploded object of style form with undeclared members.
	Others   []string
	Default  string // JSON that an absent parameter stands for; "" for none
	Validate schema.Func
}

// Param is a parameter with the Go type of its value. Text, when set, decodes a value that is no array or object from
// its text and saves the way through JSON.
type Param[T any] struct {
	Spec
	Text   func(string, *T) error
	Decode func([]byte, *T) error
}

// Read reads the parameter into dst. It leaves dst alone when the parameter is absent and has no Default, and reports
// whether it was present and correct; errors are collected in the reader.
func (p *Param[T]) Read(in *Reader, dst *T) bool {
	if !in.value(&p.Spec) {
		if in.absent && p.Default != "" {
			_ = p.Decode([]byte(p.Default), dst) // a default that its type can't hold is none
		}
		return false
	}
	var err error
	if p.Text != nil && in.scalar {
		err = p.Text(in.text, dst)
	} else {
		err = p.Decode(in.json, dst)
	}
	if err == nil {
		return true
	}
	if errors.Is(err, errRange) {
		in.fail(&p.Spec, "", "format", "is out of the range of its type")
	} else {
		in.fail(&p.Spec, "", "format", "can't be represented in its type")
	}
	return false
}

// ReadOptional reads the parameter into a new *dst, and leaves dst nil when it is absent.
func (p *Param[T]) ReadOptional(in *Reader, dst **T) {
	var v T
	if p.Read(in, &v) {
		*dst = &v
	}
}
