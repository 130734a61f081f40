package generator

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/msgen/msgen/spec"
)

// hostileContract is a contract with text at every place that takes some.
func hostileContract(text func(place string) string) []byte {
	ref := func(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }
	content := func(schema any) map[string]any {
		return map[string]any{"application/json": map[string]any{"schema": schema}}
	}
	operation := func(id string) map[string]any {
		return map[string]any{
			"operationId": text("operationId") + id, "summary": text("summary"), "description": text("description"), "tags": []string{text("tag")},
			"deprecated": true, "x-sunset": "2030-01-01",
			"externalDocs": map[string]any{"url": "https://example.com/", "description": text("docs")},
			"security":     []any{map[string]any{"scheme": []string{text("scope")}}},
			"parameters": []any{
				map[string]any{"name": "id", "in": "path", "required": true, "description": text("parameter"), "schema": map[string]any{"type": "string"}},
				map[string]any{"name": text("query") + "q", "in": "query", "schema": map[string]any{"type": "string", "default": text("default")}},
				map[string]any{"name": "list", "in": "query", "schema": map[string]any{"type": "array", "items": map[string]any{"type": "string", "enum": []string{text("item"), "other"}}}},
			},
			"requestBody": map[string]any{"description": text("body"), "content": content(ref("Thing"))},
			"responses": map[string]any{
				"200": map[string]any{"description": text("response"), "content": content(ref("Thing")),
					"headers": map[string]any{"X-Note": map[string]any{"description": text("header"), "schema": map[string]any{"type": "string"}}}},
				"default": map[string]any{"description": text("response"), "content": content(ref("Thing"))},
			},
		}
	}
	doc := map[string]any{
		"openapi": "3.0.3",
		"info": map[string]any{"title": text("title") + "t", "version": "1.0.0", "description": text("info"),
			"contact": map[string]any{"name": text("contact")}, "license": map[string]any{"name": text("license") + "l"}},
		"paths": map[string]any{"/things/{id}": map[string]any{"put": operation("A"), "get": map[string]any{
			"summary": text("summary"), "responses": map[string]any{"204": map[string]any{"description": text("response")}},
			"parameters": []any{map[string]any{"name": "id", "in": "path", "required": true, "schema": map[string]any{"type": "string"}}},
		}}},
		"components": map[string]any{
			"securitySchemes": map[string]any{"scheme": map[string]any{"type": "http", "scheme": "bearer", "bearerFormat": text("format"), "description": text("scheme")}},
			"schemas": map[string]any{"Thing": map[string]any{
				"type": "object", "title": text("schema title"), "description": text("schema"),
				"x-go-name": text("x-go-name"), "x-go-type": text("x-go-type"), "x-go-type-import": map[string]any{"path": text("x-go-import")},
				"x-oapi-codegen-extra-tags": map[string]any{"db": text("tag")},
				"properties": map[string]any{
					text("property") + "p": map[string]any{"type": "string", "description": text("property")},
					"kind":                 map[string]any{"type": "string", "enum": []string{text("enum"), "plain"}},
					"const":                map[string]any{"type": "string", "default": text("default"), "example": text("example")},
				},
				"required": []string{text("property") + "p"},
			}},
		},
	}
	data, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return data
}

// hostileService makes the files of a contract. Faults of the contract are no fault of the generator: ok is false then.
func hostileService(t interface {
	Helper()
	Fatalf(string, ...any)
}, contract []byte) (files []File, ok bool) {
	t.Helper()
	var faults spec.Diagnostics
	doc, err := spec.Parse("hostile.json", contract, spec.Options{})
	if errors.As(err, &faults) {
		return nil, false
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	svc, _, err := NewService([]Contract{{Document: doc}}, ServiceOptions{Name: "hostile", Clients: []Contract{{Name: "called", Document: doc}}})
	if errors.As(err, &faults) {
		return nil, false
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	if files, err = Files(svc); err != nil {
		if errors.As(err, &faults) {
			return nil, false
		}
		t.Fatalf("%v", err)
	}
	return files, true
}

// TestTextOfAContractStaysInItsPlace fills every place of a contract with text that wants out.
func TestTextOfAContractStaysInItsPlace(t *testing.T) {
	plain, ok := hostileService(t, hostileContract(func(string) string { return "plain" }))
	if !ok {
		t.Fatal("the plain contract is refused")
	}
	names := map[string]bool{}
	for _, f := range plain {
		names[path.Dir(f.Path)] = true
	}
	refused := 0
	for _, piece := range hostilePieces {
		piece = strings.ToValidUTF8(piece, "")
		files, ok := hostileService(t, hostileContract(func(string) string { return piece }))
		if !ok {
			refused++
			continue
		}
		if err := verify(files); err != nil {
			t.Errorf("%q: %v", piece, err)
		}
		for _, f := range files {
			if !names[path.Dir(f.Path)] {
				t.Errorf("%q makes the file %q", piece, f.Path)
			}
			checkHostileFile(t, piece, f)
		}
	}
	if refused > len(hostilePieces)/4 {
		t.Errorf("%d of %d contracts are refused; they show nothing", refused, len(hostilePieces))
	}
}

// checkHostileFile looks for a piece that is live in a file that is not Go.
func checkHostileFile(t *testing.T, piece string, f File) {
	t.Helper()
	text := string(f.Content)
	switch {
	case f.Path == "api/v1/openapi.yaml", f.Path == ClientPath("called"):
	case path.Ext(f.Path) == ".yaml":
		if _, err := spec.ParseTree(f.Path, f.Content); err != nil {
			t.Errorf("%q: %s: %v\n%s", piece, f.Path, err, text)
		}
	case f.Path == "Makefile", f.Path == "Dockerfile":
		live := strings.NewReplacer("$$", "", `\$`, "").Replace(text)
		if strings.Contains(live, "$(id)") || strings.Contains(live, "${X}") || strings.ContainsAny(live, "\x1b\x00\u202e") {
			t.Errorf("%q is live in %s:\n%s", piece, f.Path, text)
		}
	}
}

// TestHostileContractCompiles builds a service whose contract is hostile at every place.
func TestHostileContractCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	const text = "*/\n`\"' \\ $(id) ${X} #{{ }}\nfunc init() { panic(1) }\n//go:generate rm -rf /\n// +build ignore\n\u202e<script>|%s€"
	n := 0
	files, ok := hostileService(t, hostileContract(func(place string) string {
		if n++; place == "property" {
			return text
		}
		return text + strings.Repeat("x", n)
	}))
	if !ok {
		t.Fatal("the contract is refused")
	}
	dir := filepath.Join(t.TempDir(), "hostile")
	write(t, dir, files)
	cmd := exec.Command("go", "vet", "-trimpath", ".", "./api/...", "./cmd/...", "./internal/server/...", "./internal/clients/...")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
}
