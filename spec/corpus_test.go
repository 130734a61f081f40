package spec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// corpus lists the contracts below the folder that the variable CORPUS names.
func corpus(t testing.TB) []string {
	dir := os.Getenv("CORPUS")
	if dir == "" {
		t.Skip("set CORPUS to a folder of contracts")
	}
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(e.Name(), "_") && strings.HasSuffix(path, ".json") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(files)
	return files
}

// TestCorpusLoads prints what is refused and why, and fails when more than 3 % are.
func TestCorpusLoads(t *testing.T) {
	files := corpus(t)
	errs, warnings := map[string]int{}, map[string]int{}
	refused := 0
	for _, file := range files {
		d, err := Load(context.Background(), file, Options{})
		var faults Diagnostics
		if err != nil {
			refused++
			if !errors.As(err, &faults) {
				t.Log(err)
			}
		} else {
			faults = d.Warnings
			d.Operations()
		}
		seen := map[string]bool{}
		for _, f := range faults {
			if f.Severity == Error {
				if !seen[f.Rule] {
					t.Log(f.Error())
				}
				tally(errs, seen, f.Rule)
			} else {
				tally(warnings, seen, f.Rule)
			}
		}
	}
	t.Logf("%d contracts, %d refused", len(files), refused)
	t.Log("errors:", table(errs))
	t.Log("warnings:", table(warnings))
	if refused*100 > 3*len(files) {
		t.Errorf("%d of %d contracts refused, want at most 3 %%", refused, len(files))
	}
}

func tally(into map[string]int, seen map[string]bool, rule string) {
	if !seen[rule] {
		into[rule]++
	}
	seen[rule] = true
}

func table(counts map[string]int) string {
	var rows []string
	for rule, n := range counts {
		rows = append(rows, fmt.Sprintf("%s %d", rule, n))
	}
	sort.Strings(rows)
	return strings.Join(rows, ", ")
}
