package check

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/msgen/msgen/spec"
)

// Policy is what a team decided about findings: the part "compat" of msgen.yaml.
type Policy struct {
	FailOn       string // breaking (default), warning or none
	Severities   map[string]Severity
	Suppressions []Suppression
}

// Suppression hides the findings of one rule at one place until a date, for a reason.
type Suppression struct {
	Rule, Pointer, Reason string
	Expires               time.Time
	node                  *spec.Node
}

// ParsePolicy reads the part "compat" of msgen.yaml; known are the rules that exist. The error is spec.Diagnostics, all
// of them.
func ParsePolicy(n *spec.Node, known []Rule) (Policy, error) {
	p := policyReader{policy: Policy{Severities: map[string]Severity{}}, rules: map[string]bool{}}
	for _, rule := range known {
		p.rules[rule.ID] = true
	}
	for key, value := range n.All() {
		switch key {
		case "fail-on":
			p.failOn(value)
		case "rules":
			p.severities(value)
		case "suppress":
			for _, item := range value.Items() {
				p.suppression(item)
			}
		default:
			p.fault(value, fmt.Sprintf("unknown key %q", key), "use fail-on, rules or suppress")
		}
	}
	if len(p.faults) > 0 {
		return Policy{}, p.faults
	}
	return p.policy, nil
}

type policyReader struct {
	policy Policy
	rules  map[string]bool
	faults spec.Diagnostics
}

func (p *policyReader) fault(n *spec.Node, message, remedy string) {
	p.faults = append(p.faults, n.Diagnostic(spec.Error, "config", message, remedy))
}

func (p *policyReader) failOn(n *spec.Node) {
	if err := ValidateFailOn(n.Text()); err != nil {
		p.fault(n, err.Error(), "correct the value")
	}
	p.policy.FailOn = n.Text()
}

// ValidateFailOn checks a value of --fail-on.
func ValidateFailOn(value string) error {
	switch value {
	case "breaking", "warning", "none":
		return nil
	}
	return fmt.Errorf("%q is not a threshold; use breaking, warning or none", value)
}

func (p *policyReader) severities(n *spec.Node) {
	for rule, value := range n.All() {
		if !p.rules[rule] {
			p.fault(value, fmt.Sprintf("there is no rule %q", rule), "msgen rules lists them")
			continue
		}
		severity, err := ParseSeverity(value.Text())
		if err != nil {
			p.fault(value, err.Error(), "correct the value")
			continue
		}
		p.policy.Severities[rule] = severity
	}
}

func (p *policyReader) suppression(n *spec.Node) {
	s := Suppression{Rule: n.Str("rule"), Pointer: n.Str("pointer"), Reason: strings.TrimSpace(n.Str("reason")), node: n}
	for key, value := range n.All() {
		switch key {
		case "rule", "pointer", "reason", "expires":
		default:
			p.fault(value, fmt.Sprintf("unknown key %q", key), "use rule, pointer, reason and expires")
		}
	}
	for _, required := range []string{"rule", "pointer", "reason", "expires"} {
		if strings.TrimSpace(n.Get(required).Text()) == "" {
			p.fault(n, "a suppression needs "+required, "say which rule is hidden at which JSON pointer, why, and until when")
			return
		}
	}
	if !p.rules[s.Rule] {
		p.fault(n.Get("rule"), fmt.Sprintf("there is no rule %q", s.Rule), "msgen rules lists them")
	}
	date, err := time.Parse(time.DateOnly, n.Get("expires").Text())
	if err != nil {
		p.fault(n.Get("expires"), fmt.Sprintf("%q is not a date", n.Get("expires").Text()), "write it as 2027-01-31")
	}
	s.Expires = date
	p.policy.Suppressions = append(p.policy.Suppressions, s)
}

// Apply applies a policy to the report: severities, then suppressions. Expired suppressions hide nothing; they and those
// that hide nothing are findings themselves. rules explains those.
func (r *Report) Apply(p Policy, rules []Rule, today time.Time) {
	for i := range r.Findings {
		if severity, ok := p.Severities[r.Findings[i].Rule]; ok && r.Findings[i].Proof != Unknown {
			r.Findings[i].Severity = severity
		}
	}
	used := make([]bool, len(p.Suppressions))
	kept := r.Findings[:0]
	for _, f := range r.Findings {
		hidden := f.Severity == Off
		for i := range p.Suppressions {
			if p.Suppressions[i].hides(&f) {
				used[i] = true
				hidden = hidden || !p.Suppressions[i].expired(today)
			}
		}
		if !hidden {
			kept = append(kept, f)
		}
	}
	r.Findings = kept
	byID := map[string]Rule{}
	for _, rule := range rules {
		byID[rule.ID] = rule
	}
	for i, s := range p.Suppressions {
		switch {
		case !used[i]:
			r.add(byID["suppression-unused"], &s, fmt.Sprintf("the suppression of %s at %s hides nothing", s.Rule, s.Pointer))
		case s.expired(today):
			r.add(byID["suppression-expired"], &s,
				fmt.Sprintf("the suppression of %s at %s expired on %s", s.Rule, s.Pointer, s.Expires.Format(time.DateOnly)))
		}
	}
	r.Sort()
}

func (r *Report) add(rule Rule, s *Suppression, message string) {
	r.Findings = append(r.Findings, Diagnostic{
		Rule: rule.ID, Severity: rule.Severity, Message: message, New: At(s.node), Proof: Argued, Remedy: rule.Remedy,
	})
}

// expired tells whether the last day of the suppression has passed.
func (s *Suppression) expired(today time.Time) bool { return !today.Before(s.Expires.AddDate(0, 0, 1)) }

// hides tells whether the suppression is about the finding: its rule, and a place at its pointer or below it in either
// contract.
func (s *Suppression) hides(f *Diagnostic) bool {
	covers := func(p *Place) bool {
		return p != nil && (p.Pointer == s.Pointer || strings.HasPrefix(p.Pointer, s.Pointer+"/"))
	}
	return s.Rule == f.Rule && (covers(f.Old) || covers(f.New))
}

// Fails tells whether the findings reach the threshold: breaking (errors), warning (those and warnings) or none.
func (r *Report) Fails(failOn string) bool {
	switch failOn {
	case "none":
		return false
	case "warning":
		return r.Count(Error)+r.Count(Warning) > 0
	}
	return r.Count(Error) > 0
}

// ByID returns the rules sorted by id.
func ByID(rules []Rule) []Rule {
	sorted := append([]Rule(nil), rules...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].ID < sorted[j].ID })
	return sorted
}
