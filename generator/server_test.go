package generator

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/msgen/msgen/spec"
)

// serviceOf settles the service of a contract in testdata.
func serviceOf(t *testing.T, contract string) *Service {
	t.Helper()
	doc, err := spec.Load(t.Context(), filepath.Join("testdata", contract), spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	svc, _, err := NewService([]Contract{{Name: "v1", Document: doc}}, ServiceOptions{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

// writeTree writes files into a folder.
func writeTree(t *testing.T, dir string, files []File) {
	t.Helper()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServerOfTheShopCompilesAndPassesItsTest(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a service")
	}
	svc := serviceOf(t, "shop.yaml")
	files, err := Files(svc)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeTree(t, dir, files)
	for _, args := range [][]string{{"vet", "./internal/server/..."}, {"test", "./internal/server/..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -buildvcs=false")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
	}
}
