package kit_test

import (
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/msgen/msgen/kit"
)

func TestFilesAreWhole(t *testing.T) {
	files, err := kit.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"router/router.go", "router/router_test.go", "docs/page.html", "server/run.go"} {
		if !slices.Contains(files, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if slices.Contains(files, "kit.go") {
		t.Error("kit.go, which lists the files, is among them")
	}
}

// What is copied into a service must not lead back to msgen.
func TestKitImportsOnlyKit(t *testing.T) {
	files, err := kit.Files()
	if err != nil {
		t.Fatal(err)
	}
	copied := map[string]bool{}
	for _, name := range files {
		copied[path.Dir(name)] = true
	}
	for _, name := range files {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			continue
		}
		source, err := kit.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Error(err)
			}
			if !strings.HasPrefix(imported, "github.com/msgen/msgen") {
				continue
			}
			if dir, ok := strings.CutPrefix(imported, kit.Import+"/"); !ok || !copied[dir] {
				t.Errorf("%s imports %s, which is not copied", name, imported)
			}
		}
	}
}
