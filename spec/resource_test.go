package spec

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write puts files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const selfMain = `openapi: 3.2.0
$self: https://example.com/api/main
info: {title: t, version: "1"}
paths: {}
components:
  schemas:
    Own: {type: string}
    Absolute: {$ref: 'https://example.com/api/main#/components/schemas/Own'}
    Relative: {$ref: 'main#/components/schemas/Own'}
    Dotted: {$ref: '../api/main#/components/schemas/Own'}
    Rooted: {$ref: '/api/main#/components/schemas/Own'}
    Beside: {$ref: 'https://example.com/api/beside.yaml#/components/schemas/Back'}
    Unlike: {$ref: 'other-name#/components/schemas/Here'}
    Below: {$id: below, $defs: {A: {$id: inner, type: integer}}, $ref: 'https://example.com/api/inner'}
`

func TestSelfNamesTheDocument(t *testing.T) {
	dir := write(t, map[string]string{
		"openapi.yaml": selfMain,
		"beside.yaml": `openapi: 3.2.0
info: {title: t, version: "1"}
components: {schemas: {Back: {$ref: 'unlike.yaml#/components/schemas/Home'}}}
`,
		"unlike.yaml": `openapi: 3.2.0
$self: https://example.com/api/other-name
info: {title: t, version: "1"}
components: {schemas: {Home: {$ref: 'main#/components/schemas/Own'}, Here: {type: boolean}}}
`,
	})
	d, err := Load(context.Background(), "openapi.yaml", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, n := range d.Root.Get("components").Get("schemas").All() {
		got[name] = d.Deref(n).Str("type")
	}
	want := map[string]string{"Own": "string", "Absolute": "string", "Relative": "string", "Dotted": "string", "Rooted": "string",
		"Beside": "string", "Unlike": "boolean", "Below": "integer"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"openapi.yaml", "beside.yaml", "unlike.yaml"}, d.Files()); diff != "" {
		t.Errorf("files: want -, got +:\n%s", diff)
	}
}

func TestSelfIsOfItsEdition(t *testing.T) {
	dir := write(t, map[string]string{"openapi.yaml": `openapi: 3.1.0
$self: https://example.com/api/main
info: {title: t, version: "1"}
components: {schemas: {A: {$ref: 'https://example.com/api/main#/components/schemas/A'}}}
`})
	if _, err := Load(context.Background(), "openapi.yaml", Options{Dir: dir}); err == nil {
		t.Error("a reference to $self is resolved in OpenAPI 3.1")
	}
}

func TestDynamicAnchorsOfAResource(t *testing.T) {
	d, err := Parse("a.yaml", []byte(`openapi: 3.1.0
info: {title: t, version: "1"}
components:
  schemas:
    Tree: {$id: 'https://example.com/tree', $dynamicAnchor: node, properties: {next: {$dynamicRef: '#node'}, leaf: {$anchor: leaf}}}
    Plain: {type: string}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !d.HasDynamicRefs() {
		t.Error("the dynamic reference is not seen")
	}
	resource := d.SchemaResource("a.yaml#/components/schemas/Tree/properties/next")
	if want := "a.yaml#/components/schemas/Tree"; resource != want {
		t.Errorf("the resource is %q, want %q", resource, want)
	}
	if got := slices.Collect(maps.Keys(d.DynamicAnchors(resource))); !slices.Equal(got, []string{"node"}) {
		t.Errorf("dynamic anchors are %q", got)
	}
	if got, want := d.SchemaResource("a.yaml#/components/schemas/Plain"), "a.yaml#"; got != want {
		t.Errorf("the resource of a schema without $id is %q, want %q", got, want)
	}
}
