package lint_test

import (
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/msgen/msgen/check/lint"
	"github.com/msgen/msgen/spec"
)

// TestFixtures reads testdata/*.txtar: a contract, and in findings each rule that fires with the JSON pointer of the place.
// A rule without a finding that is named like the fixture would not be tested.
func TestFixtures(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	fired := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := spec.Parse(archive.Files[0].Name, archive.Files[0].Data, spec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range lint.Check(doc).Findings {
				fired[f.Rule] = true
				got = append(got, f.Rule+" "+f.New.Pointer)
			}
			want := strings.Split(strings.TrimSpace(string(archive.Files[1].Data)), "\n")
			if want[0] == "" {
				want = nil
			}
			sort.Strings(got)
			sort.Strings(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	for _, rule := range lint.Rules() {
		if !fired[rule.ID] {
			t.Errorf("no fixture fires %s", rule.ID)
		}
	}
}
