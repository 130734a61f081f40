package compat_test

import (
	"fmt"
	"testing"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/spec"
)

func contract(t *testing.T, version, more string) *spec.Document {
	t.Helper()
	return parse(t, version+".yaml", fmt.Appendf(nil, `openapi: 3.1.0
info: {title: t, version: 1.0.0}
servers: [{url: /%s}]
paths:
  /x:
    get: {%s responses: {'200': {description: ok}}}
`, version, more))
}

func TestVersions(t *testing.T) {
	type docs = map[string]*spec.Document
	v1, v2 := contract(t, "v1", ""), contract(t, "v2", "")
	over := contract(t, "v1", "deprecated: true, x-sunset: '2025-06-30',")
	for _, c := range []struct {
		name          string
		old, revision docs
		verdict       check.Verdict
		rule          string
	}{
		{"same", docs{"v1": v1}, docs{"v1": v1}, check.Compatible, ""},
		{"added", docs{"v1": v1}, docs{"v1": v1, "v2": v2}, check.Compatible, "version-added"},
		{"first", docs{}, docs{"v1": v1}, check.Compatible, "version-added"},
		{"removed", docs{"v1": v1, "v2": v2}, docs{"v2": v2}, check.Breaking, "version-removed"},
		{"removed after its sunset", docs{"v1": over, "v2": v2}, docs{"v2": v2}, check.Compatible, "operation-removed-after-sunset"},
		{"changed", docs{"v1": v1}, docs{"v1": contract(t, "v1", "parameters: [{name: q, in: query, required: true, schema: {}}],")},
			check.Breaking, "parameter-required-added"},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := compat.Versions(c.old, c.revision, compat.Options{Today: today, All: true})
			if report.Verdict() != c.verdict {
				t.Errorf("got %s, want %s", report.Verdict(), c.verdict)
			}
			if c.rule == "" && len(report.Findings) > 0 || c.rule != "" && (len(report.Findings) != 1 || report.Findings[0].Rule != c.rule) {
				t.Errorf("got\n%swant %s", describe(report), c.rule)
			}
		})
	}
}
