package compat_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
)

// TestReportsFitTheDocumentedSchema holds real reports against docs/check-compat.schema.json.
func TestReportsFitTheDocumentedSchema(t *testing.T) {
	documented, err := jsonschema.NewCompiler().Compile("../../docs/check-compat.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		base, revision, _ := load(t, file)
		var b bytes.Buffer
		if err := check.Write(&b, "json", check1(base, revision), check.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		report, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := documented.Validate(report); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// firedElsewhere lists the rules that other tests fire.
var firedElsewhere = map[string]string{
	"version-removed": "TestVersions", "version-added": "TestVersions",
	"suppression-expired": "check.TestApply", "suppression-unused": "check.TestApply",
}

// TestEveryRuleFires fails for a rule that no fixture fires.
func TestEveryRuleFires(t *testing.T) {
	fired := map[string]bool{}
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		base, revision, _ := load(t, file)
		for _, f := range check1(base, revision).Findings {
			fired[f.Rule] = true
		}
	}
	for _, rule := range compat.Rules() {
		if !fired[rule.ID] && firedElsewhere[rule.ID] == "" {
			t.Errorf("no fixture fires %s", rule.ID)
		}
	}
}

// unshown lists the rules whose breaks no message shows: of something that does not come, of a date, and of a value that
// stands for nothing, which is shown as a value.
var unshown = map[string]bool{
	"callback-removed": true, "webhook-removed": true, "sunset-shortened": true,
	"request-discriminator-narrowed": true, "response-discriminator-widened": true,
}

// TestFindingsCarryWhatTheyMust holds every finding of the fixtures to the definition: a witness for each error of a
// schema, places, and texts.
func TestFindingsCarryWhatTheyMust(t *testing.T) {
	message, err := jsonschema.NewCompiler().Compile("../../docs/check-compat.schema.json#/$defs/message")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		base, revision, _ := load(t, file)
		for _, f := range check1(base, revision).Findings {
			if f.Proof == check.Argued && f.Severity == check.Error && !unshown[f.Rule] {
				value, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Witness))
				if err == nil {
					err = message.Validate(value)
				}
				if err != nil {
					t.Errorf("%s: %s: the witness %s is no message: %v", file, f.Rule, f.Witness, err)
				}
			}
			if f.Old == nil && f.New == nil {
				t.Errorf("%s: %s has no place", file, f.Rule)
			}
			if f.Message == "" || f.Remedy == "" || f.Proof == "" {
				t.Errorf("%s: %s lacks a text: %+v", file, f.Rule, f)
			}
			if f.Proof == check.Proven && !json.Valid(f.Witness) {
				t.Errorf("%s: %s is proven without a witness", file, f.Rule)
			}
			if f.Proof == check.Unknown && (f.Severity != check.Warning || f.Reason == "") {
				t.Errorf("%s: %s is unknown: want a warning with a reason", file, f.Rule)
			}
		}
	}
}
