package compat_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/spec"
)

// expectation is what a fixture says of its pair: expect.json.
type expectation struct {
	Breaking bool            `json:"breaking"`
	Where    string          `json:"where"` // request, response or other
	Why      string          `json:"why"`
	Witness  json.RawMessage `json:"witness"`
	Verdict  string          `json:"verdict"` // overrides breaking: "unknown" where the pair can't be decided
	Rules    []string        `json:"rules"`   // ids that must be among the findings
	Errors   int             `json:"errors"`  // how many errors there are: one for each root cause; 0 leaves it open
}

func (e expectation) verdict() check.Verdict {
	switch {
	case e.Verdict != "":
		return check.Verdict(e.Verdict)
	case e.Breaking:
		return check.Breaking
	}
	return check.Compatible
}

// load reads a fixture: the base and the revision as contracts.
func load(t *testing.T, file string) (base, revision *spec.Document, want expectation) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		switch {
		case f.Name == "expect.json":
			if err := json.Unmarshal(f.Data, &want); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		case strings.HasPrefix(f.Name, "base."):
			base = parse(t, f.Name, f.Data)
		case strings.HasPrefix(f.Name, "revision."):
			revision = parse(t, f.Name, f.Data)
		}
	}
	return base, revision, want
}

func parse(t *testing.T, name string, data []byte) *spec.Document {
	t.Helper()
	doc, err := spec.Parse(name, data, spec.Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

var today = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func check1(base, revision *spec.Document) *check.Report {
	return compat.Check(base, revision, compat.Options{Today: today, All: true})
}

func describe(r *check.Report) string {
	var b strings.Builder
	if err := check.Write(&b, "text", r, check.WriteOptions{}); err != nil {
		return err.Error()
	}
	return b.String()
}

func TestPairs(t *testing.T) {
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	if len(files) == 0 {
		t.Fatal("no fixtures")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			base, revision, want := load(t, file)
			report := check1(base, revision)
			if got := report.Verdict(); got != want.verdict() {
				t.Errorf("got %s, want %s: %s\n%s", got, want.verdict(), want.Why, describe(report))
			}
			fired := map[string]bool{}
			errors := 0
			for _, f := range report.Findings {
				if f.Severity == check.Error {
					errors++
				}
				fired[f.Rule] = true
				if f.Severity == check.Error && strings.Contains(f.Rule, "-narrowed") && len(f.Witness) == 0 {
					t.Errorf("%s has no witness", f.Rule)
				}
			}
			if want.Errors > 0 && errors != want.Errors {
				t.Errorf("%d errors, want %d\n%s", errors, want.Errors, describe(report))
			}
			for _, rule := range want.Rules {
				if !fired[rule] {
					t.Errorf("rule %s did not fire\n%s", rule, describe(report))
				}
			}
		})
	}
}

func TestNothingChangesWithoutAChange(t *testing.T) {
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		base, revision, _ := load(t, file)
		for _, doc := range []*spec.Document{base, revision} {
			if report := check1(doc, doc); len(report.Findings) > 0 {
				t.Errorf("%s against itself:\n%s", file, describe(report))
			}
		}
	}
}
