// Package kit holds the source of the runtime that generated services carry: ordinary, tested packages that are copied
// into a service with their tests. It lists and returns files; rewriting their imports and writing them is left to the
// generator.
package kit

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

// Import is the import path of the folder that the files are in. Their imports of each other begin with it.
const Import = "github.com/msgen/msgen/kit"

//go:embed *
var source embed.FS

// Files are the paths of all files ("router/router.go" and so on), sorted, without those of package kit itself and the
// inputs that fuzzing found, which are tried where the kit is built.
func Files() ([]string, error) {
	var files []string
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(name, "/") && !strings.Contains(name, "/testdata/fuzz/") {
			files = append(files, name)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}

// Read is the content of a file.
func Read(name string) ([]byte, error) { return source.ReadFile(name) }
