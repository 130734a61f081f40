package kit_test

import (
	"go/parser"
	"go/token"
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
	packages, err := kit.Packages()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(packages, "problem") || slices.Contains(packages, ".") {
		t.Errorf("got packages %v", packages)
	}
}

// What is copied into a service must not lead back to msgen.
func TestKitImportsOnlyKit(t *testing.T) {
	files, err := kit.Files()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := kit.Packages()
	if err != nil {
		t.Fatal(err)
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
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Error(err)
			}
			if !strings.HasPrefix(path, "github.com/msgen/msgen") {
				continue
			}
			if sub, ok := strings.CutPrefix(path, kit.Import+"/"); !ok || !slices.Contains(packages, sub) {
				t.Errorf("%s imports %s, which is not copied", name, path)
			}
		}
	}
}
