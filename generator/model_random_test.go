package generator

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/msgen/msgen/spec"
)

// TestAnySchemaGetsAModelThatCompiles makes models of random schemas: NewVersion type-checks what it returns, and falls
// back to JSON only for what oapi-codegen can't write, which none of these are.
func TestAnySchemaGetsAModelThatCompiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.SampledFrom([]string{"3.0.3", "3.1.0"}).Draw(t, "version")
		schemas := map[string]any{}
		for _, name := range schemaNames {
			schemas[name] = randomSchema(t, 3)
		}
		content := map[string]any{"application/json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/A"}}}
		responses := map[string]any{}
		for i, name := range schemaNames {
			responses[fmt.Sprint(200+i)] = map[string]any{"description": "", "content": map[string]any{
				"application/json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/" + name}}}}
		}
		contract, err := json.Marshal(map[string]any{
			"openapi": version, "info": map[string]any{"title": "random", "version": "1"},
			"paths": map[string]any{"/a": map[string]any{"post": map[string]any{
				"operationId": "a", "requestBody": map[string]any{"content": content}, "responses": responses}}},
			"components": map[string]any{"schemas": schemas},
		})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := spec.Parse("random.json", contract, spec.Options{Lenient: true})
		if err != nil {
			t.Skip("refused: " + err.Error())
		}
		m := newModeler(doc, ModelOptions{})
		for _, node := range doc.Root.Get("components").Get("schemas").All() {
			m.typeOf(node, "X")
		}
		m.settle()
		code, err := m.code("apiv1")
		if err != nil {
			t.Fatalf("%v\n%s", err, contract)
		}
		src, err := tidyModels("apiv1", "", code...)
		if err != nil {
			t.Fatalf("%v\n%s", err, contract)
		}
		if _, err := checkModels(src); err != nil {
			t.Fatalf("%v\n%s\n%s", err, contract, src)
		}
	})
}

var schemaNames = []string{"A", "a", "B-b", "Bb", "AItem", "C"}

// randomSchema draws a schema with a handful of keywords, deep at most.
func randomSchema(t *rapid.T, deep int) map[string]any {
	s := map[string]any{}
	kinds := []string{"type", "enum", "ref", "none", "type", "type"}
	if deep > 0 {
		kinds = append(kinds, "object", "object", "array", "map", "allOf", "oneOf", "anyOf", "object")
	}
	some := func() []any {
		var list []any
		for range rapid.IntRange(1, 3).Draw(t, "n") {
			list = append(list, randomSchema(t, deep-1))
		}
		return list
	}
	for range rapid.IntRange(1, 2).Draw(t, "keywords") {
		switch kind := rapid.SampledFrom(kinds).Draw(t, "kind"); kind {
		case "type":
			s["type"] = rapid.SampledFrom([]any{"string", "integer", "number", "boolean", "null", "object", "array",
				[]any{"string", "null"}, []any{"object", "string"}}).Draw(t, "type")
			s["format"] = rapid.SampledFrom([]string{"date", "uuid", "byte", "int32", "float", "binary", "x\"`"}).Draw(t, "format")
		case "enum":
			s["enum"] = rapid.SliceOfN(rapid.SampledFrom([]any{"a", "A", "", "1", 1, 2.5, true, nil, "a b"}), 1, 4).Draw(t, "enum")
		case "ref":
			s["$ref"] = "#/components/schemas/" + rapid.SampledFrom(schemaNames).Draw(t, "ref")
		case "object":
			properties := map[string]any{}
			for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"id", "ID", "get", "a-b", "a\\b", "kind", "as", ""}), 1, 4).Draw(t, "names") {
				properties[name] = randomSchema(t, deep-1)
			}
			s["type"], s["properties"] = "object", properties
			s["required"] = rapid.SliceOfN(rapid.SampledFrom([]string{"id", "kind", "zz"}), 0, 2).Draw(t, "required")
			s["nullable"] = rapid.Bool().Draw(t, "nullable")
			if rapid.Bool().Draw(t, "discriminated") {
				s["discriminator"] = map[string]any{"propertyName": "kind", "mapping": map[string]any{"c": "#/components/schemas/C"}}
			}
		case "array":
			s["type"], s["items"] = "array", randomSchema(t, deep-1)
		case "map":
			s["type"], s["additionalProperties"] = "object", randomSchema(t, deep-1)
		case "allOf", "oneOf", "anyOf":
			s[kind] = some()
		}
	}
	return s
}
