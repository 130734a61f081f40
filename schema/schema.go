// Package schema is the algebra of JSON Schemas: it turns a schema tree of any dialect that OpenAPI knows into one
// canonical model, decides whether one schema's values are a subset of another's (with a witness when they are not),
// and samples values. It needs no document: its input is a tree of JSON values, a dialect and a resolver of references.
package schema

import "math/big"

// Dialect names the JSON Schema dialect that a schema tree is written in.
type Dialect uint8

// The dialects that a contract can carry.
const (
	// OpenAPI30 is the schema object of OpenAPI 3.0 (draft-wright-00 with nullable; siblings of $ref are ignored).
	OpenAPI30 Dialect = iota
	// Swagger20 is the schema object of Swagger 2.0 (draft 4 subset; x-nullable is honoured).
	Swagger20
	// Draft4 is JSON Schema draft 4, the root of both of the above; used by the public test suite.
	Draft4
	// Draft202012 is JSON Schema 2020-12, the default dialect of OpenAPI 3.1 and 3.2.
	Draft202012
)

// Types is a set of JSON types. Integer is part of Number: a set with Number contains every integer, and Integer alone
// stands for the numbers without a fractional part (1.0 included, as JSON Schema 2020-12 section 6.1.1 says).
type Types uint8

// The members of a Types set.
const (
	Null Types = 1 << iota
	Boolean
	Integer
	Number
	String
	Array
	Object

	// AnyType is the set of every type.
	AnyType = Null | Boolean | Integer | Number | String | Array | Object
)

// Schema is one schema in the canonical model, in which the spelling of the dialects is gone: nullable is part of
// Types, boolean exclusive bounds are numbers, items arrays are PrefixItems, additionalItems is Items, dependencies are
// split, const is a one-value Enum, and what a dialect ignores is dropped. The keywords keep their meaning and their
// place, so that a validator can name them. A nil *Schema stands for an absent keyword.
//
// A Schema is immutable once Parse has returned it, and may be part of a cycle (through Ref and every sub-schema).
type Schema struct {
	// Location is the identity of the schema: the absolute location that the resolver gave to its document, "#", and
	// the JSON pointer in it (for instance "users.yaml#/components/schemas/User"). Equal locations in one Set are the
	// same *Schema.
	Location string
	// Never marks the boolean schema false, which accepts nothing; all other fields are zero.
	Never bool

	// Ref is the target of $ref. Before 2020-12 every other keyword of such a schema is dropped.
	Ref *Schema
	// DynamicRef is the initially resolved target of $dynamicRef (2020-12 only), Anchor its fragment where it is dynamic.
	DynamicRef    *Schema
	DynamicAnchor string // the $dynamicAnchor that this schema defines
	DynamicName   string // the fragment of $dynamicRef, when the initial target has the $dynamicAnchor of that name
	Resource      string // location of the root of the schema's resource, when the Resolver is a DynamicResolver

	// Types holds the allowed types; zero means that the keyword type is absent.
	Types Types
	// Enum holds the allowed values (enum, or const as one value) as json.Unmarshal with UseNumber yields them.
	Enum []any
	// HasEnum tells an empty enum (which accepts nothing) from an absent one; Const that the value came from const.
	HasEnum, Const bool

	Minimum, Maximum                   *big.Rat
	ExclusiveMinimum, ExclusiveMaximum *big.Rat
	MultipleOf                         *big.Rat

	MinLength, MaxLength *int // in Unicode code points
	// Pattern is an ECMA-262 regular expression, matched anywhere in the string; HasPattern tells "" from none.
	Pattern    string
	HasPattern bool
	Format     string
	// ContentEncoding and ContentMediaType are annotations (2020-12 section 8).
	ContentEncoding, ContentMediaType string

	MinItems, MaxItems       *int
	UniqueItems              bool
	PrefixItems              []*Schema
	Items                    *Schema // the items after PrefixItems
	Contains                 *Schema
	MinContains, MaxContains *int // nil MinContains means 1
	UnevaluatedItems         *Schema

	MinProperties, MaxProperties *int
	Required                     []string // sorted, without duplicates
	Properties                   []Property
	PatternProperties            []Property // Name is the pattern
	AdditionalProperties         *Schema
	PropertyNames                *Schema
	DependentRequired            []DependentRequired // sorted by name
	DependentSchemas             []Property          // sorted by name
	UnevaluatedProperties        *Schema

	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
	If, Then, Else      *Schema
	Discriminator       *Discriminator
	ReadOnly, WriteOnly bool
	Deprecated          bool
	Title, Description  string
	Default             any
	HasDefault          bool
	Example             any
	HasExample          bool
	Extensions          map[string]any // keys that start with x-

	bare   bool        // nothing but annotations stands beside Ref
	host   *Schema     // the schema of whose allOf, anyOf, oneOf, then or else this is a branch
	unsent [2][]string // required members that do not travel in requests, responses, as other schemas declare them
}

// Property is a named sub-schema; the order of a list is that of the names.
type Property struct {
	Name   string
	Schema *Schema
}

// DependentRequired says that an object with the member Name must have the members Required (sorted).
type DependentRequired struct {
	Name     string
	Required []string
}

// Discriminator is the discriminator object of OpenAPI: an authoritative hint which branch of oneOf or anyOf applies.
type Discriminator struct {
	PropertyName string
	// Mapping holds the explicit and, for the branches that are references to components, the implicit mapping.
	Mapping []DiscriminatorMapping // sorted by value
	// Default is what an object without the property, or with another value, has to be (defaultMapping, OpenAPI 3.2); nil
	// for none.
	Default *Schema
}

// DiscriminatorMapping maps a value of the discriminating property to a branch.
type DiscriminatorMapping struct {
	Value    string
	Schema   *Schema
	Explicit bool
}

// Direction tells in which direction a value travels: readOnly members don't travel in requests, writeOnly ones not in
// responses.
type Direction uint8

// The directions of a value.
const (
	Neither Direction = iota
	Request
	Response
)

// Property returns the schema of the declared member name, or nil.
func (s *Schema) Property(name string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Name == name {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// Target follows Ref (and nothing else) to the first schema that is not only a reference; it returns nil for a
// reference cycle that never reaches a schema.
func (s *Schema) Target() *Schema {
	seen := map[*Schema]bool{}
	for s != nil && s.Ref != nil && s.bare {
		if seen[s] {
			return nil
		}
		seen[s] = true
		s = s.Ref
	}
	return s
}
