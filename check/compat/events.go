package compat

import (
	"fmt"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// callbacks compares what the server calls back: it sends the requests, the subscriber answers.
func (c *comparer) callbacks(p pair) {
	if p.flow == reversed {
		return
	}
	old, revision := callbackOperations(p.old), callbackOperations(p.new)
	for _, key := range keys(old) {
		after, ok := revision[key]
		if !ok {
			c.report(p.finding("callback-removed", fmt.Sprintf("callback %s is gone", key), old[key].Node, p.new.Node))
			continue
		}
		c.operation(pair{old: old[key], new: after, name: fmt.Sprintf("%s, callback %s", p.name, key), flow: reversed})
	}
	for _, key := range keys(revision) {
		if _, ok := old[key]; !ok {
			c.report(p.finding("callback-added", fmt.Sprintf("callback %s is new", key), p.old.Node, revision[key].Node))
		}
	}
}

// callbackOperations returns the operations of the callbacks by expression and method, which are on the wire; the name is
// not, and only tells apart those that share both.
func callbackOperations(op *spec.Operation) map[string]*spec.Operation {
	all := map[string]*spec.Operation{}
	for _, callback := range op.Callbacks {
		for _, inner := range callback.Operations {
			key := inner.Method + " " + callback.Expression
			if all[key] != nil {
				key += " (" + callback.Name + ")"
			}
			all[key] = inner
		}
	}
	return all
}

// sentParameters compares the parameters that the server sends with a callback or webhook.
func (c *comparer) sentParameters(p pair) {
	old, revision := parametersOf(c.old.doc, p.old), parametersOf(c.new.doc, p.new)
	for _, key := range keys(old) {
		before := old[key]
		after, ok := revision[key]
		what := fmt.Sprintf("%s parameter %q", before.in, before.name)
		if before.required && (!ok || !after.required) && before.in != "path" {
			d := p.finding("callback-parameter-missing", what+" may be missing now", before.node, orOperation(after.node, p.new))
			d.Witness = c.sent(p, nil).Message(what + " may be missing, and was announced").JSON()
			c.report(d)
		}
		if !ok {
			continue
		}
		if difference := c.serialization(after, before, "response"); difference != "" {
			d := p.finding("parameter-serialization-changed", what+": "+difference, before.node, after.node)
			d.Side = "response"
			d.Witness = c.sent(p, map[string]any{keyOf(p.new, after): c.new.several(after)}).Message(what + ": " + difference).JSON()
			c.report(d)
			continue
		}
		c.schemas.compareWire(p, "response", what, before, after)
	}
}

func orOperation(n *spec.Node, op *spec.Operation) *spec.Node {
	if n != nil {
		return n
	}
	return op.Node
}

// webhooks compares the webhooks of OpenAPI 3.1: like callbacks, without an operation around them.
func (c *comparer) webhooks() {
	index := func(ops []*spec.Operation) map[string]*spec.Operation {
		all := map[string]*spec.Operation{}
		for _, op := range ops {
			all[op.Method+" "+op.Path] = op
		}
		return all
	}
	old, revision := index(c.old.doc.Webhooks()), index(c.new.doc.Webhooks())
	for _, key := range keys(old) {
		after, ok := revision[key]
		if !ok {
			c.report(check.Diagnostic{
				Rule: "webhook-removed", Message: fmt.Sprintf("webhook %s is gone", key), Operations: []string{"webhook " + key},
				Old: check.At(old[key].Node),
			})
			continue
		}
		c.operation(pair{old: old[key], new: after, name: "webhook " + key, flow: reversed})
	}
	for _, key := range keys(revision) {
		if _, ok := old[key]; !ok {
			c.report(check.Diagnostic{
				Rule: "webhook-added", Message: fmt.Sprintf("webhook %s is new", key), Operations: []string{"webhook " + key},
				New: check.At(revision[key].Node),
			})
		}
	}
}
