// Package check runs rules over one contract or a pair of them and writes what they find. A rule is data; a pass is the
// code that reports it. The rules themselves are in check/compat and check/lint.
package check

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/msgen/msgen/spec"
)

// Severity orders findings: errors break callers, warnings may, information does not. Off silences a rule.
type Severity uint8

// The severities, in rising order.
const (
	Off Severity = iota
	Info
	Warning
	Error
)

var severities = [...]string{"off", "info", "warning", "error"}

func (s Severity) String() string { return severities[s] }

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for i, known := range severities {
		if name == known {
			return Severity(i), nil
		}
	}
	return Off, fmt.Errorf("%q is not a severity; use off, info, warning or error", name)
}

// Proof tells how sure a finding is.
type Proof string

// The proofs of a finding.
const (
	Proven  Proof = "proven"  // a witness that an independent validator confirmed
	Argued  Proof = "argued"  // follows from the definition, where no validator has a say
	Unknown Proof = "unknown" // could not be decided; the finding is a warning
)

// Rule is one thing that can be found. All texts are for the person who reads the finding.
type Rule struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`          // the default; msgen.yaml may change it
	Side     string   `json:"side,omitempty"`    // request, response, or "" for both or neither
	Summary  string   `json:"summary"`           // what it reports, one line
	Why      string   `json:"why"`               // why it breaks, or why it does not
	Remedy   string   `json:"remedy"`            // what to do instead
	Example  string   `json:"example,omitempty"` // a change that it reports: lines with - and +
}

// Place is where a finding lies in a contract. Line and Column count from 1.
type Place struct {
	Pointer string `json:"pointer"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	// Text is the line of the contract at Line, without its end.
	Text string `json:"-"`
}

// At returns the place of a node; nil for an absent one.
func At(n *spec.Node) *Place {
	if n == nil {
		return nil
	}
	position := n.Position()
	return &Place{Pointer: n.Pointer(), File: position.File, Line: position.Line, Column: position.Column, Text: n.Line()}
}

// Diagnostic is a finding: a rule, where and on which side it fired, the operations that it reaches, and its proof.
type Diagnostic struct {
	Rule       string   `json:"rule"`
	Severity   Severity `json:"severity"`
	Side       string   `json:"side,omitempty"`
	Message    string   `json:"message"`
	Operations []string `json:"operations"` // "POST /orders", sorted
	Old        *Place   `json:"old,omitempty"`
	New        *Place   `json:"new,omitempty"`
	// Witness is a JSON value that the sender may send and the receiver refuses, or for findings outside schemas a Message;
	// empty when there is none.
	Witness json.RawMessage `json:"witness,omitempty"`
	Proof   Proof           `json:"proof"`
	Reason  string          `json:"reason,omitempty"` // why nothing could be decided, for Unknown
	Remedy  string          `json:"remedy"`
	// Answer is what a running service said to the exchange, when it was asked (msgen check-compat --replay).
	Answer string `json:"answer,omitempty"`
	// Exchange is the whole request that worked before, for curl and for replays; nil on the response side.
	Exchange *Exchange `json:"-"`
}

// Exchange is a request that the old contract accepts and the new one refuses.
type Exchange struct {
	Method string
	Path   string // with the base path and the query
	Header [][2]string
	Body   string // empty for none
	Token  bool   // the operation asks for a bearer token, which who sends the request has to add
}

// WithBody gives the request a body, and the header that says what it is.
func (e *Exchange) WithBody(media string, body []byte) {
	kept := e.Header[:0:0]
	for _, h := range e.Header {
		if !strings.EqualFold(h[0], "Content-Type") {
			kept = append(kept, h)
		}
	}
	e.Header, e.Body = append(kept, [2]string{"Content-Type", media}), string(body)
}

// Verdict is the answer of a run.
type Verdict string

// The verdicts of a run (docs of the command: exit code 1 for breaking).
const (
	Compatible   Verdict = "compatible"
	Breaking     Verdict = "breaking"
	NotDecidable Verdict = "unknown"
)

// Report is the result of a run.
type Report struct {
	Old, New string // names of the contracts, as they were given
	Findings []Diagnostic
	Rules    map[string]Rule // the rules of the findings, for writers that explain them
	bump     string          // of all findings, those that Hide has removed included
}

// Hide removes the findings below a severity from the report; the version bump still counts them.
func (r *Report) Hide(below Severity) {
	r.bump = r.Bump()
	kept := make([]Diagnostic, 0, len(r.Findings))
	for _, f := range r.Findings {
		if f.Severity >= below {
			kept = append(kept, f)
		}
	}
	r.Findings = kept
}

// Verdict is breaking when a finding is an error, unknown when nothing is but something could not be decided, and
// compatible otherwise.
func (r *Report) Verdict() Verdict {
	verdict := Compatible
	for _, f := range r.Findings {
		if f.Severity == Error {
			return Breaking
		}
		if f.Proof == Unknown {
			verdict = NotDecidable
		}
	}
	return verdict
}

// Count returns how many findings have the severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Pass is what a rule's code sees: the contracts and where to report. Old is nil for rules about one contract.
type Pass struct {
	Old, New *spec.Document
	rules    map[string]Rule
	findings []Diagnostic
}

// Report adds a finding of the rule d.Rule, and fills in what the rule knows: severity, side and remedy where d has none.
// It panics for a rule that is not among those of the run, which is a fault of msgen.
func (p *Pass) Report(d Diagnostic) {
	rule, ok := p.rules[d.Rule]
	if !ok {
		panic("check: no rule " + d.Rule)
	}
	if d.Severity == Off {
		d.Severity = rule.Severity
	}
	if d.Side == "" {
		d.Side = rule.Side
	}
	if d.Remedy == "" {
		d.Remedy = rule.Remedy
	}
	if d.Proof == "" {
		d.Proof = Argued
	}
	sort.Strings(d.Operations)
	p.findings = append(p.findings, d)
}

// Analyzer is the code behind a group of rules.
type Analyzer func(*Pass)

// Run runs the analyzers over a pair of contracts, or over one when old is nil, and returns the findings by severity,
// place and rule.
func Run(rules []Rule, analyzers []Analyzer, old, revision *spec.Document) *Report {
	p := &Pass{Old: old, New: revision, rules: map[string]Rule{}}
	for _, rule := range rules {
		p.rules[rule.ID] = rule
	}
	for _, analyze := range analyzers {
		analyze(p)
	}
	report := &Report{New: revision.Name, Findings: p.findings, Rules: p.rules}
	if old != nil {
		report.Old = old.Name
	}
	report.Sort()
	return report
}

// Sort orders the findings: errors first, then by file, line, rule and message.
func (r *Report) Sort() {
	sort.SliceStable(r.Findings, func(i, j int) bool {
		a, b := &r.Findings[i], &r.Findings[j]
		if a.Severity != b.Severity {
			return a.Severity > b.Severity
		}
		if c := comparePlaces(a.place(), b.place()); c != 0 {
			return c < 0
		}
		if a.Rule != b.Rule {
			return a.Rule < b.Rule
		}
		return a.Message < b.Message
	})
}

// place is where a finding is shown: in the new contract, or in the old one for what is gone.
func (d *Diagnostic) place() Place {
	switch {
	case d.New != nil:
		return *d.New
	case d.Old != nil:
		return *d.Old
	}
	return Place{}
}

func comparePlaces(a, b Place) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Column - b.Column
}
