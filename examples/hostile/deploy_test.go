package hostile

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// readSchemas compiles the schemas in testdata/schemas: a compiler that knows the document under its name.
func readSchemas(t *testing.T, name string) (*jsonschema.Compiler, map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	return c, doc.(map[string]any)
}

// readYAML reads the documents of a file as JSON values.
func readYAML(t *testing.T, file string) []any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var docs []any
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var doc any
		if err := d.Decode(&doc); err != nil {
			if len(docs) == 0 {
				t.Fatalf("%s: %v", file, err)
			}
			return docs
		}
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, value)
	}
}

// deployed are the folders whose manifests and compose files are checked: the generated service, and those of the shop.
func deployed(t *testing.T) []string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("../shop/*/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range folders {
		folders[i] = filepath.Dir(folders[i])
	}
	return append(folders, filepath.Join(dir, "tree"), "../shop")
}

// relaxed is a schema that requires nothing, as what is patched holds only a part.
func relaxed(schema any) any {
	switch s := schema.(type) {
	case map[string]any:
		part := map[string]any{}
		for key, value := range s {
			if _, list := value.([]any); key != "required" || !list {
				part[key] = relaxed(value)
			}
		}
		return part
	case []any:
		var parts []any
		for _, value := range s {
			parts = append(parts, relaxed(value))
		}
		return parts
	}
	return schema
}

// patches lists the files that the kustomization of a folder uses as patches.
func patches(t *testing.T, folder string) map[string]bool {
	t.Helper()
	file := filepath.Join(folder, "kustomization.yaml")
	list := map[string]bool{}
	if _, err := os.Stat(file); err != nil {
		return list
	}
	object, _ := readYAML(t, file)[0].(map[string]any)
	entries, _ := object["patches"].([]any)
	for _, entry := range entries {
		if patch, ok := entry.(map[string]any); ok {
			name, _ := patch["path"].(string)
			list[filepath.Join(folder, name)] = true
		}
	}
	return list
}

// TestManifests holds the manifests against the schemas of the Kubernetes API, where unknown fields are faults.
func TestManifests(t *testing.T) {
	c, doc := readSchemas(t, "kubernetes.json")
	if err := c.AddResource("patches.json", relaxed(doc)); err != nil {
		t.Fatal(err)
	}
	kinds := doc["kinds"].(map[string]any)
	checked := 0
	for _, folder := range deployed(t) {
		partial := patches(t, filepath.Join(folder, "deploy"))
		files, err := filepath.Glob(filepath.Join(folder, "deploy", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, manifest := range readYAML(t, file) {
				object, _ := manifest.(map[string]any)
				version, _ := object["apiVersion"].(string)
				kind, _ := object["kind"].(string)
				if strings.HasPrefix(version, "kustomize.config.k8s.io/") {
					checkKustomization(t, file, object)
					continue
				}
				definition, ok := kinds[version+"/"+kind].(string)
				if !ok {
					t.Errorf("%s: %s %s is not among the kinds of testdata/schemas/kubernetes.json", file, version, kind)
					continue
				}
				name := "kubernetes.json"
				if partial[file] {
					name = "patches.json"
				}
				s, err := c.Compile(name + "#/$defs/" + definition)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Validate(manifest); err != nil {
					t.Errorf("%s: %v", file, err)
				}
				checked++
			}
		}
	}
	if checked < 5 {
		t.Errorf("only %d manifests were checked", checked)
	}
}

// checkKustomization checks that a kustomization lists files that are there.
func checkKustomization(t *testing.T, file string, object map[string]any) {
	t.Helper()
	resources, _ := object["resources"].([]any)
	if len(resources) == 0 {
		t.Errorf("%s lists no resources", file)
	}
	for _, name := range resources {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), name.(string))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestComposeFiles holds compose files against the schema of the Compose specification.
func TestComposeFiles(t *testing.T) {
	c, _ := readSchemas(t, "compose.json")
	s, err := c.Compile("compose.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range deployed(t) {
		file := filepath.Join(folder, "compose.yaml")
		if _, err := os.Stat(file); err != nil {
			continue
		}
		for _, doc := range readYAML(t, file) {
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// TestSchemasRefuseMistakes keeps the checks above honest.
func TestSchemasRefuseMistakes(t *testing.T) {
	c, doc := readSchemas(t, "kubernetes.json")
	s, err := c.Compile("kubernetes.json#/$defs/" + doc["kinds"].(map[string]any)["apps/v1/Deployment"].(string))
	if err != nil {
		t.Fatal(err)
	}
	for _, mistake := range []string{
		`{"spec":{"template":{}}}`,
		`{"spec":{"selector":{},"template":{"spec":{"containers":[{"name":"a","imagee":"b"}]}}}}`,
		`{"spec":{"selector":{},"template":{"spec":{"containers":[{"name":"a","ports":[{"containerPort":"80"}]}]}}}}`,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(mistake))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(value) == nil {
			t.Errorf("%s is taken for a Deployment", mistake)
		}
	}
}
