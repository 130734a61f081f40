package compat

import (
	"fmt"
	"sort"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// Versions compares a service whose API versions stand side by side: each version with itself. A version that is only in
// revision is new; one that is only in old is gone, which breaks unless the sunset of all its operations has passed. The
// keys are the names of the versions.
func Versions(old, revision map[string]*spec.Document, o Options) *check.Report {
	report := &check.Report{Rules: map[string]check.Rule{}}
	for _, rule := range Rules() {
		report.Rules[rule.ID] = rule
	}
	all := o
	all.All = true
	for _, name := range keys(revision) {
		before, ok := old[name]
		if !ok {
			report.Findings = append(report.Findings, versionAdded(report.Rules["version-added"], name, revision[name]))
			continue
		}
		report.Findings = append(report.Findings, Check(before, revision[name], all).Findings...)
	}
	for _, name := range keys(old) {
		if revision[name] == nil {
			report.Findings = append(report.Findings, versionRemoved(report.Rules, name, old[name], o.Today))
		}
	}
	report.Sort()
	if !o.All {
		report.Hide(check.Warning)
	}
	return report
}

func versionAdded(rule check.Rule, name string, doc *spec.Document) check.Diagnostic {
	return check.Diagnostic{
		Rule: rule.ID, Severity: rule.Severity, Message: fmt.Sprintf("version %s is new", name), Proof: check.Argued,
		Remedy: rule.Remedy, New: check.At(doc.Source), Operations: namesOf(doc),
	}
}

func versionRemoved(rules map[string]check.Rule, name string, doc *spec.Document, today time.Time) check.Diagnostic {
	rule, message := rules["version-removed"], fmt.Sprintf("version %s is gone", name)
	over := !today.IsZero()
	for _, op := range doc.Operations() {
		sunset, ok := sunsetOf(op)
		over = over && op.Deprecated && ok && sunset.Before(today)
	}
	if over {
		rule, message = rules["operation-removed-after-sunset"], fmt.Sprintf("version %s is gone; its sunset has passed", name)
	}
	d := check.Diagnostic{
		Rule: rule.ID, Severity: rule.Severity, Side: rule.Side, Message: message, Proof: check.Argued, Remedy: rule.Remedy,
		Old: check.At(doc.Source), Operations: namesOf(doc),
	}
	if ops := doc.Operations(); len(ops) > 0 && !over {
		e := &check.Exchange{Method: ops[0].Method, Path: example(ops[0]), Token: asksForToken(doc, ops[0])}
		refused(&d, e, "no operation of the version answers")
	}
	return d
}

func namesOf(doc *spec.Document) []string {
	names := []string{}
	for _, op := range doc.Operations() {
		names = append(names, op.Method+" "+op.Path)
	}
	sort.Strings(names)
	return names
}
