package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRulesAreDocumented(t *testing.T) {
	written, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), documentRules()); diff != "" {
		t.Errorf("docs/rules.md is out of date, run go generate ./cmd/msgen (-file +rules):\n%s", diff)
	}
}

func TestRuleIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range allRules() {
		if seen[rule.ID] {
			t.Errorf("two rules are called %s", rule.ID)
		}
		seen[rule.ID] = true
		if rule.Summary == "" || rule.Why == "" || rule.Remedy == "" || rule.Example == "" {
			t.Errorf("%s lacks a text", rule.ID)
		}
	}
}
