package compat

import (
	"strings"

	"github.com/msgen/msgen/check"
)

// keyword is a keyword of schemas whose change can break: on the request side by taking less, on the response side by
// letting more through. Each row becomes two rules.
type keyword struct {
	name string // as a schema has it; "schema" stands for a change that no single keyword makes
	noun string
	less string // the tighter form, for the example
	more string // the looser form
}

var keywords = []keyword{
	{"schema", "a schema", "anyOf: [{type: string, maxLength: 3}, {type: string, minLength: 6}]", "type: string"},
	{"type", "the type", "type: integer", "type: number"},
	{"enum", "the list of values", "enum: [a]", "enum: [a, b]"},
	{"const", "the constant", "const: a", "enum: [a, b]"},
	{"minimum", "the lower bound", "minimum: 1", "minimum: 0"},
	{"maximum", "the upper bound", "maximum: 10", "maximum: 100"},
	{"exclusiveMinimum", "the lower bound", "exclusiveMinimum: 1", "minimum: 1"},
	{"exclusiveMaximum", "the upper bound", "exclusiveMaximum: 10", "maximum: 10"},
	{"multipleOf", "the step", "multipleOf: 10", "multipleOf: 5"},
	{"minLength", "the least length", "minLength: 3", "minLength: 1"},
	{"maxLength", "the greatest length", "maxLength: 10", "maxLength: 20"},
	{"pattern", "the pattern", "pattern: '^[a-z]{1,5}$'", "pattern: '^[a-z]{1,10}$'"},
	{"format", "the format", "format: uuid", "type: string"},
	{"required", "the list of required members", "required: [id, name]", "required: [id]"},
	{"properties", "a property", "name: {type: string, maxLength: 10}", "name: {type: string}"},
	{"patternProperties", "properties by pattern", "'^x-': {type: integer}", "'^x-': {}"},
	{"additionalProperties", "undeclared members", "additionalProperties: false", "additionalProperties: true"},
	{"unevaluatedProperties", "undeclared members", "unevaluatedProperties: false", "unevaluatedProperties: true"},
	{"propertyNames", "the names of members", "propertyNames: {maxLength: 5}", "propertyNames: {maxLength: 10}"},
	{"minProperties", "the least number of members", "minProperties: 2", "minProperties: 1"},
	{"maxProperties", "the greatest number of members", "maxProperties: 5", "maxProperties: 10"},
	{"dependentRequired", "members that require others", "dependentRequired: {a: [b]}", "dependentRequired: {}"},
	{"dependentSchemas", "members that require a schema", "dependentSchemas: {a: {required: [b]}}", "dependentSchemas: {}"},
	{"items", "the items", "items: {type: string}", "items: {}"},
	{"prefixItems", "the first items", "prefixItems: [{type: string}]", "prefixItems: [{}]"},
	{"unevaluatedItems", "further items", "unevaluatedItems: false", "unevaluatedItems: true"},
	{"contains", "what must be among the items", "contains: {const: x}", "contains: {}"},
	{"minItems", "the least number of items", "minItems: 2", "minItems: 1"},
	{"maxItems", "the greatest number of items", "maxItems: 5", "maxItems: 10"},
	{"uniqueItems", "repeated items", "uniqueItems: true", "uniqueItems: false"},
	{"anyOf", "the alternatives of anyOf", "anyOf: [{type: string}]", "anyOf: [{type: string}, {type: integer}]"},
	{"oneOf", "the alternatives of oneOf", "oneOf: [{type: string}]", "oneOf: [{type: string}, {type: integer}]"},
	{"discriminator", "the mapping of a discriminator", "mapping: {cat: Cat}", "mapping: {cat: Cat, dog: Dog}"},
	{"not", "what is excluded", "not: {enum: [x]}", "{}"},
	{"if", "a condition", "if: {...} then: {required: [b]}", "if: {...}"},
}

// rule returns the rule for one side.
func (k keyword) rule(side string) check.Rule {
	r := check.Rule{ID: ruleID(side, k.name), Severity: check.Error, Side: side}
	if side == "request" {
		r.Summary = k.noun + " of a request takes less than before"
		r.Why = "clients send what the old contract allowed, and are refused"
		r.Remedy = "take what was taken before; put the tighter rule into a new version or a new operation"
		r.Example = "- " + k.more + "\n+ " + k.less
		return r
	}
	r.Summary = k.noun + " of a response lets through what was not announced"
	r.Why = "old clients get values that the old contract told them not to expect"
	r.Remedy = "send what was announced; put new values into a new member, a new version, or a new operation"
	r.Example = "- " + k.less + "\n+ " + k.more
	return r
}

// ruleID names the rule of a keyword: request-max-length-narrowed, response-enum-widened.
func ruleID(side, name string) string {
	var b strings.Builder
	b.WriteString(side + "-")
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	if side == "request" {
		return b.String() + "-narrowed"
	}
	return b.String() + "-widened"
}

// keywordRule is the rule of a keyword, or that of "schema" for one without a row.
func keywordRule(side, name string) string {
	for _, k := range keywords {
		if k.name == name {
			return ruleID(side, name)
		}
	}
	return ruleID(side, "schema")
}
