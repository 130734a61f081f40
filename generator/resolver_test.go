package generator

import (
	"testing"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

func TestDynamicReferenceKnowsItsScope(t *testing.T) {
	doc, err := spec.Parse("a.yaml", []byte(`openapi: 3.1.0
info: {title: t, version: "1"}
components:
  schemas:
    Tree: {$id: 'https://example.com/tree', $dynamicAnchor: node, type: object, properties: {children: {type: array, items: {$dynamicRef: '#node'}}}}
    Strict: {$id: 'https://example.com/strict', $dynamicAnchor: node, $ref: tree, unevaluatedProperties: false}
`), spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set := schema.NewSet(NewResolver(doc))
	schemas := doc.Root.Get("components").Get("schemas")
	strict, err := set.Parse(source(schemas.Get("Strict"), doc))
	if err != nil {
		t.Fatal(err)
	}
	items := strict.Ref.Properties[0].Schema.Items
	if items.DynamicName != "node" {
		t.Fatalf("the reference is not dynamic: %q", items.DynamicName)
	}
	if got := set.DynamicAnchor(strict.Resource, "node"); got != strict {
		t.Errorf("the anchor of the outer resource is %v, want the strict tree", got)
	}
}
