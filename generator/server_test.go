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
	svc, _, err := NewService([]Contract{{Name: "v1", Document: doc}}, ServiceOptions{Name: "shop", Client: contract == "callers.yaml"})
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

// TestServers builds the servers of contracts and runs their tests, together with a story where testdata has one.
func TestServers(t *testing.T) {
	if testing.Short() {
		t.Skip("builds services")
	}
	for _, contract := range []string{"shop", "styles", "callers"} {
		t.Run(contract, func(t *testing.T) {
			files, err := Files(serviceOf(t, contract+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if story, err := os.ReadFile(filepath.Join("testdata", contract+"_story.go.txt")); err == nil {
				files = append(files, File{Path: "internal/server/v1/story_test.go", Content: story})
			}
			dir := t.TempDir()
			writeTree(t, dir, files)
			for _, args := range [][]string{{"vet", "-trimpath", "./api/...", "./internal/server/..."}, {"test", "-trimpath", "./internal/server/..."}} {
				cmd := exec.Command("go", args...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("go %v: %v\n%s", args, err, out)
				}
			}
		})
	}
}
