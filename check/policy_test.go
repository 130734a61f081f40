package check_test

import (
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

func rules() []check.Rule {
	return []check.Rule{
		{ID: "a", Severity: check.Error}, {ID: "b", Severity: check.Warning}, {ID: "c", Severity: check.Info},
		{ID: "suppression-expired", Severity: check.Warning}, {ID: "suppression-unused", Severity: check.Warning},
	}
}

func policy(t *testing.T, text string) (check.Policy, error) {
	t.Helper()
	root, err := spec.ParseTree("msgen.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return check.ParsePolicy(root.Get("compat"), rules())
}

func report() *check.Report {
	return &check.Report{Findings: []check.Diagnostic{
		{Rule: "a", Severity: check.Error, Proof: check.Proven, New: &check.Place{Pointer: "/x"}},
		{Rule: "a", Severity: check.Error, Proof: check.Proven, New: &check.Place{Pointer: "/y"}},
		{Rule: "b", Severity: check.Warning, Proof: check.Argued, Old: &check.Place{Pointer: "/z"}},
		{Rule: "c", Severity: check.Info, Proof: check.Argued, Old: &check.Place{Pointer: "/z/deep"}},
	}}
}

func ids(r *check.Report) string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Rule+":"+f.Severity.String())
	}
	return strings.Join(all, " ")
}

var today = time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC)

func TestApply(t *testing.T) {
	for _, c := range []struct{ name, config, want string }{
		{"nothing", "service: x", "a:error a:error b:warning c:info"},
		{"severities", "compat: {rules: {a: warning, b: error, c: off}}", "b:error a:warning a:warning"},
		{"raised from information", "compat: {rules: {c: error}}", "a:error a:error c:error b:warning"},
		{"suppressed", "compat: {suppress: [{rule: a, pointer: /x, reason: r, expires: 2027-06-30}]}", "a:error b:warning c:info"},
		{"suppressed in the old contract", "compat: {suppress: [{rule: b, pointer: /z, reason: r, expires: 2027-06-30}]}", "a:error a:error c:info"},
		{"suppressed from above", "compat: {suppress: [{rule: c, pointer: /z, reason: r, expires: 2027-06-30}]}", "a:error a:error b:warning"},
		{"not from beside", "compat: {suppress: [{rule: c, pointer: /z/de, reason: r, expires: 2027-06-30}]}", "a:error a:error b:warning suppression-unused:warning c:info"},
		{"on its last day", "compat: {suppress: [{rule: a, pointer: /x, reason: r, expires: 2027-01-31}]}", "a:error b:warning c:info"},
		{"expired", "compat: {suppress: [{rule: a, pointer: /x, reason: r, expires: 2027-01-30}]}", "a:error a:error b:warning suppression-expired:warning c:info"},
		{"unused", "compat: {suppress: [{rule: a, pointer: /q, reason: r, expires: 2027-06-30}]}", "a:error a:error b:warning suppression-unused:warning c:info"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := policy(t, c.config)
			if err != nil {
				t.Fatal(err)
			}
			r := report()
			r.Apply(p, rules(), today)
			got := strings.Fields(ids(r))
			want := strings.Fields(c.want)
			for _, w := range want {
				if !strings.Contains(" "+strings.Join(got, " ")+" ", " "+w+" ") {
					t.Errorf("got %v, want %v", got, want)
				}
			}
			if len(got) != len(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestUnknownStaysAWarning(t *testing.T) {
	p, err := policy(t, "compat: {rules: {a: error}}")
	if err != nil {
		t.Fatal(err)
	}
	r := &check.Report{Findings: []check.Diagnostic{{Rule: "a", Severity: check.Warning, Proof: check.Unknown}}}
	r.Apply(p, rules(), today)
	if got := ids(r); got != "a:warning" {
		t.Errorf("got %s, want a warning: what is not decided is no error", got)
	}
	if r.Verdict() != check.NotDecidable {
		t.Errorf("got %s, want unknown", r.Verdict())
	}
}

func TestPolicyFaults(t *testing.T) {
	for config, want := range map[string]string{
		"compat: {fail-on: sometimes}":                                                             "breaking, warning or none",
		"compat: {rules: {nope: error}}":                                                           `no rule "nope"`,
		"compat: {rules: {a: fatal}}":                                                              `"fatal" is not a severity`,
		"compat: {surpress: []}":                                                                   "unknown key",
		"compat: {suppress: [{rule: a, pointer: /x, expires: 2027-01-01}]}":                        "needs reason",
		"compat: {suppress: [{rule: a, pointer: /x, reason: '  ', expires: 2027-01-01}]}":          "needs reason",
		"compat: {suppress: [{rule: a, pointer: /x, reason: r}]}":                                  "needs expires",
		"compat: {suppress: [{rule: a, reason: r, expires: 2027-01-01}]}":                          "needs pointer",
		"compat: {suppress: [{rule: a, pointer: /x, reason: r, expires: soon}]}":                   "is not a date",
		"compat: {suppress: [{rule: q, pointer: /x, reason: r, expires: 2027-01-01}]}":             `no rule "q"`,
		"compat: {suppress: [{rule: a, pointer: /x, reason: r, expires: 2027-01-01, until: now}]}": "unknown key",
	} {
		if _, err := policy(t, config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", config, err, want)
		}
	}
}

func TestFails(t *testing.T) {
	r := &check.Report{Findings: []check.Diagnostic{{Rule: "b", Severity: check.Warning}}}
	for failOn, want := range map[string]bool{"": false, "breaking": false, "warning": true, "none": false} {
		if got := r.Fails(failOn); got != want {
			t.Errorf("fail-on %q: got %v, want %v", failOn, got, want)
		}
	}
}

func TestHideKeepsTheBump(t *testing.T) {
	r := &check.Report{Findings: []check.Diagnostic{{Rule: "c", Severity: check.Info}}}
	r.Hide(check.Warning)
	if len(r.Findings) != 0 || r.Bump() != "minor" {
		t.Errorf("got %d findings and %s, want none and minor", len(r.Findings), r.Bump())
	}
}
