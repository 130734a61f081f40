package spec

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// extract writes the files of an archive below a new folder, but for those whose name begins with "want".
func extract(t *testing.T, a *txtar.Archive) string {
	files := map[string]string{}
	for _, f := range a.Files {
		if !strings.HasPrefix(f.Name, "want") {
			files[f.Name] = string(f.Data)
		}
	}
	return tree(t, files)
}

// TestBundle loads the first file of each archive and compares its bundle with the section "want.json", which
// kin-openapi must load and which must be its own bundle.
func TestBundle(t *testing.T) {
	archives, err := filepath.Glob("testdata/bundle/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Load(context.Background(), a.Files[0].Name, Options{Dir: extract(t, a)})
			if err != nil {
				t.Fatal(err)
			}
			data, err := d.BundleJSON()
			if err != nil {
				t.Fatal(err)
			}
			checkBundle(t, data)
			sameAsYAML(t, name, d)
			var got bytes.Buffer
			if err := json.Indent(&got, data, "", " "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			last := &a.Files[len(a.Files)-1]
			if last.Name != "want.json" {
				a.Files = append(a.Files, txtar.File{Name: "want.json"})
				last = &a.Files[len(a.Files)-1]
			}
			if *update {
				last.Data = got.Bytes()
				if err := os.WriteFile(name, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(last.Data), got.String()); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func checkBundle(t *testing.T, data []byte) {
	t.Helper()
	if _, err := openapi3.NewLoader().LoadFromData(data); err != nil {
		t.Errorf("kin-openapi: %v", err)
	}
	again, err := Parse("bundle.json", data, Options{})
	if err != nil {
		t.Fatalf("the bundle does not load: %v", err)
	}
	if twice, err := again.BundleJSON(); err != nil || !bytes.Equal(twice, data) {
		t.Errorf("the bundle of the bundle differs: %v\n%s", err, twice)
	}
}
