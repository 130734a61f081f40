package compat_test

import (
	"fmt"
	"strings"
	"testing"
)

// One root cause may be about several members or alternatives: the message names them.
func TestMessagesNameWhatTheyAreAbout(t *testing.T) {
	const contract = `openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /x:
    %s
components:
  schemas:
    Cat: {type: object, required: [meow], properties: {meow: {type: string}}}
    Dog: {type: object, required: [bark], properties: {bark: {type: string}}}
`
	const get = "get: {responses: {'200': {description: ok, content: {application/json: {schema: %s}}}}}"
	const post = "post: {requestBody: {content: {application/json: {schema: %s}}}, responses: {'200': {description: ok}}}"
	const abc = "{type: object, properties: {a: {}, b: {}, c: {}}, required: [%s]}"
	const pets = "{anyOf: [{$ref: '#/components/schemas/Cat'}, {type: string}%s]}"
	tests := []struct{ name, operation, old, revision, want string }{
		{"one member sent less", get, fmt.Sprintf(abc, "a, b"), fmt.Sprintf(abc, "a"), `member "b" may be missing now`},
		{"members sent less", get, fmt.Sprintf(abc, "a, b, c"), fmt.Sprintf(abc, "a"), `members "b", "c" may be missing now`},
		{"members required", post, fmt.Sprintf(abc, ""), fmt.Sprintf(abc, "b, a"), `members "a", "b" are required now`},
		{"alternative gone", post, fmt.Sprintf(pets, ", {$ref: '#/components/schemas/Dog'}"), fmt.Sprintf(pets, ""), `no alternative for all of "Dog"`},
		{"alternative new", get, fmt.Sprintf(pets, ""), fmt.Sprintf(pets, ", {$ref: '#/components/schemas/Dog'}"), `no alternative for all of "Dog"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			document := func(s string) []byte { return fmt.Appendf(nil, contract, fmt.Sprintf(test.operation, s)) }
			report := check1(parse(t, "old.yaml", document(test.old)), parse(t, "new.yaml", document(test.revision)))
			if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Message, test.want) {
				t.Errorf("want one finding: %s\n%s", test.want, describe(report))
			}
		})
	}
}
