package generator

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/spec"
)

// TestGoldenService compares the seeds of a small service with testdata/greetings, to be read in a review. The stories of
// cmd/msgen compile such services.
func TestGoldenService(t *testing.T) {
	contract, err := os.ReadFile("testdata/greetings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := spec.Parse("greetings.yaml", contract, spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	svc, warnings, err := NewService([]Contract{{Document: doc}}, ServiceOptions{Name: "greetings"})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	files, err := Files(svc)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		if f.based() || f.Path == configFile || strings.HasSuffix(f.Path, contractGo) {
			got[f.Path+".golden"] = string(f.Content)
		}
	}
	const dir = "testdata/greetings"
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for name, content := range got {
			put(t, filepath.Join(dir, filepath.FromSlash(name)), content)
		}
	}
	want := map[string]string{}
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		want[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run go test ./generator -run TestGoldenService -update and read the difference (-want +got):\n%s", diff)
	}
}

// TestSameInputSameBytes renders a service twice.
func TestSameInputSameBytes(t *testing.T) {
	contract := hostileContract(func(place string) string { return place })
	first, ok := hostileService(t, contract)
	if !ok {
		t.Fatal("the contract is refused")
	}
	for range 3 {
		again, _ := hostileService(t, contract)
		if len(again) != len(first) {
			t.Fatalf("got %d files, then %d", len(first), len(again))
		}
		for i := range first {
			if first[i].Path != again[i].Path || string(first[i].Content) != string(again[i].Content) {
				t.Errorf("%s differs:\n%s", first[i].Path, cmp.Diff(string(first[i].Content), string(again[i].Content)))
			}
		}
	}
}

func TestTemplatesWithoutSinksAreRefused(t *testing.T) {
	for _, text := range []string{"{{.Title}}", "{{if .A}}{{.B}}{{end}}", "{{range .A}}{{else}}{{.B}}{{end}}", "{{.Title | upper}}", "{{with .A}}{{.}}{{end}}"} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "x.tmpl"), text)
		if _, err := parseTemplate(os.DirFS(dir), "x.tmpl"); err == nil {
			t.Errorf("template %s is accepted", text)
		}
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x.tmpl"), `{{$x := .A}}{{$x | upper | yaml}}{{"{{"}}`)
	if _, err := parseTemplate(os.DirFS(dir), "x.tmpl"); err != nil {
		t.Error(err)
	}
}
