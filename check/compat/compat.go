// Package compat decides whether anyone who relies on an old contract can break when a new one is deployed. It pairs
// the operations of two contracts, asks package schema whether what a sender may send is accepted by the receiver, and
// reports each root cause once, with a witness. docs/rules.md lists what it finds.
package compat

import (
	"sort"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// Options change what a comparison takes into account.
type Options struct {
	// Today decides whether a sunset has passed; the zero value means that none has.
	Today time.Time
	// All reports compatible changes too.
	All bool
}

// Check compares two contracts and reports what can break those who rely on old when revision is deployed.
func Check(old, revision *spec.Document, o Options) *check.Report {
	report := check.Run(Rules(), []check.Analyzer{func(p *check.Pass) { newComparer(p, o).run() }}, old, revision)
	if !o.All {
		report.Hide(check.Warning)
	}
	return report
}

// comparer holds the state of one comparison.
type comparer struct {
	pass    *check.Pass
	options Options
	old     *side
	new     *side
	schemas *schemas
	found   map[string]int // key of a finding to its index in findings, so that operations join one root cause
	list    []check.Diagnostic
}

func newComparer(p *check.Pass, o Options) *comparer {
	c := &comparer{pass: p, options: o, old: newSide(p.Old), new: newSide(p.New), found: map[string]int{}}
	c.schemas = newSchemas(c)
	return c
}

// run is the table of contents of a comparison.
func (c *comparer) run() {
	changed := c.changes()
	c.schemas.changed = changed
	pairs := c.operations()
	for _, p := range pairs {
		c.servers(p)
		c.security(p)
		if !changed.operation(p) {
			continue
		}
		c.operation(p)
	}
	c.webhooks()
	c.schemas.relatives()
	c.schemas.remaining()
	c.schemas.advice()
	c.flows(pairs)
	c.documentation()
	for _, d := range c.list {
		c.pass.Report(d)
	}
}

// identity is what two findings of one root cause share: rule, side and places.
func identity(d check.Diagnostic) string {
	key := d.Rule + "\x00" + d.Side + "\x00" + locate(d.Old) + "\x00" + locate(d.New)
	if d.Old == nil && d.New == nil {
		key += d.Message
	}
	return key
}

// joins tells whether the root cause of a finding is known already.
func (c *comparer) joins(d check.Diagnostic) bool {
	_, ok := c.found[identity(d)]
	return ok
}

// report adds a finding; one with the same rule, side and places only adds its operations.
func (c *comparer) report(d check.Diagnostic) {
	key := identity(d)
	i, ok := c.found[key]
	if !ok {
		c.found[key] = len(c.list)
		c.list = append(c.list, d)
		return
	}
	c.list[i].Operations = union(c.list[i].Operations, d.Operations)
}

func locate(p *check.Place) string {
	if p == nil {
		return ""
	}
	return p.File + "#" + p.Pointer
}

func union(a, b []string) []string {
	for _, name := range b {
		i := sort.SearchStrings(a, name)
		if i == len(a) || a[i] != name {
			a = append(a, "")
			copy(a[i+1:], a[i:])
			a[i] = name
		}
	}
	return a
}

// pair is an operation in both contracts.
type pair struct {
	old, new *spec.Operation
	name     string // "POST /orders", with the new contract's path
	flow     flow
}

// flow tells who sends what: in an ordinary exchange the old client sends the request and the new server the response; in
// a callback or webhook the new server sends the request and the old subscriber the response.
type flow uint8

const (
	ordinary flow = iota
	reversed
)

// request and response name the side of a finding, as the one who reads it sees it: "response" is what the server sends.
func (f flow) request() string {
	if f == reversed {
		return "response"
	}
	return "request"
}

func (f flow) response() string {
	if f == reversed {
		return "request"
	}
	return "response"
}

func (c *comparer) operation(p pair) {
	if p.flow == ordinary {
		c.lifecycle(p)
		c.parameters(p)
	} else {
		c.sentParameters(p)
	}
	c.body(p)
	c.responses(p)
	c.callbacks(p)
}

// finding starts a finding about a pair.
func (p pair) finding(rule, message string, old, revision *spec.Node) check.Diagnostic {
	return check.Diagnostic{
		Rule: rule, Message: message, Operations: []string{p.name}, Old: check.At(old), New: check.At(revision),
	}
}

// sends gives the pair of a finding about something that both sides have: sender first.
func sends(side string, old, revision *spec.Node) (sender, receiver *spec.Node) {
	if side == "request" {
		return old, revision
	}
	return revision, old
}
