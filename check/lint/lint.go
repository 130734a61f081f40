// Package lint finds in one contract what a service will regret: what makes it hard to use, to protect or to evolve. It
// knows a small set of rules; whether the contract is valid at all is for package spec to say.
package lint

import (
	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// Check runs every rule over a contract.
func Check(doc *spec.Document) *check.Report {
	return check.Run(Rules(), []check.Analyzer{run}, nil, doc)
}

// linter is a run over one contract.
type linter struct {
	pass *check.Pass
	doc  *spec.Document
	seen map[string]bool // findings at components are reported once
}

// run is the table of contents.
func run(p *check.Pass) {
	l := &linter{pass: p, doc: p.New, seen: map[string]bool{}}
	l.servers()
	l.schemes()
	l.paths()
	for _, op := range l.doc.Operations() {
		l.naming(op)
		l.protection(op)
		l.lifecycle(op)
		l.request(op)
		l.responses(op)
	}
	l.unused()
}

func name(op *spec.Operation) string { return op.Method + " " + op.Path }

// report adds a finding at a node, once.
func (l *linter) report(rule, message string, at *spec.Node, op *spec.Operation) {
	key := rule + "\x00" + at.Location()
	if l.seen[key] {
		return
	}
	l.seen[key] = true
	d := check.Diagnostic{Rule: rule, Message: message, New: check.At(at)}
	if op != nil {
		d.Operations = []string{name(op)}
	}
	l.pass.Report(d)
}
