package compat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// operations pairs the operations of both contracts by method and effective path, and reports what is gone and what is
// new.
func (c *comparer) operations() []pair {
	revision := c.new.doc.Operations()
	before, after := routesOf(c.old.doc.Operations()), routesOf(revision)
	var pairs []pair
	var lost []*spec.Operation
	matched := map[*spec.Operation]bool{}
	for _, op := range c.old.doc.Operations() {
		match := after.find(op, before)
		if match == nil {
			if match = c.covered(op, revision); match == nil {
				lost = append(lost, op)
				continue
			}
		}
		matched[match] = true
		pairs = append(pairs, pairing(op, match))
	}
	for _, op := range lost {
		if match := c.rebased(op, revision, matched); match != nil {
			matched[match] = true
			pairs = append(pairs, pairing(op, match))
			continue
		}
		c.removed(op)
	}
	for _, op := range revision {
		if !matched[op] {
			c.shadowed(op)
			c.report(check.Diagnostic{
				Rule: "operation-added", Message: fmt.Sprintf("%s %s is new", op.Method, op.Path),
				Operations: []string{op.Method + " " + op.Path}, New: check.At(op.Node),
			})
		}
	}
	return pairs
}

func pairing(old, revision *spec.Operation) pair {
	return pair{old: old, new: revision, name: revision.Method + " " + revision.Path}
}

// rebased returns the operation that has the template of op below other servers. That the base URL is gone is the one root
// cause for all operations below it; what changed in them besides is still of interest.
func (c *comparer) rebased(op *spec.Operation, revision []*spec.Operation, matched map[*spec.Operation]bool) *spec.Operation {
	if c.expired(op) || slices.ContainsFunc(op.Servers, func(s spec.Server) bool { return s.Node == nil }) {
		return nil
	}
	template := anonymous(op.Path)
	for _, candidate := range revision {
		if !matched[candidate] && candidate.Method == op.Method && anonymous(candidate.Path) == template {
			return candidate
		}
	}
	return nil
}

// routes holds the operations of a contract by method and effective path. Templates that differ in the names of their
// parameters alone are one route: a contract should not have them, but some do.
type routes map[string][]*spec.Operation

func routesOf(ops []*spec.Operation) routes {
	all := routes{}
	for _, op := range ops {
		for _, path := range paths(op) {
			key := op.Method + " " + path
			all[key] = append(all[key], op)
		}
	}
	return all
}

// find returns the operation on a route of op: of several the one with the same template, the same operationId, or the
// same place among them in the other contract.
func (r routes) find(op *spec.Operation, other routes) *spec.Operation {
	for _, path := range paths(op) {
		key := op.Method + " " + path
		candidates := r[key]
		if len(candidates) < 2 {
			if len(candidates) == 1 {
				return candidates[0]
			}
			continue
		}
		for _, same := range []func(*spec.Operation) bool{
			func(c *spec.Operation) bool { return c.Path == op.Path },
			func(c *spec.Operation) bool { return c.ID != "" && c.ID == op.ID },
		} {
			if i := slices.IndexFunc(candidates, same); i >= 0 {
				return candidates[i]
			}
		}
		return candidates[min(slices.Index(other[key], op), len(candidates)-1)]
	}
	return nil
}

// paths returns the effective paths of an operation, one for each server, with parameter names ignored.
func paths(op *spec.Operation) []string {
	var all []string
	seen := map[string]bool{}
	for _, base := range bases(op) {
		path := anonymous(basePath(base) + op.Path)
		if !seen[path] {
			seen[path] = true
			all = append(all, path)
		}
	}
	return all
}

// anonymous drops the names of the parameters in a path template.
func anonymous(path string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(path, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(path[open:], '}')
		if end < 0 {
			break
		}
		b.WriteString(path[:open] + "{}")
		path = path[open+end+1:]
	}
	b.WriteString(path)
	return b.String()
}

// parameterNames returns the names in a path template, in order.
func parameterNames(path string) []string {
	var names []string
	for {
		open := strings.IndexByte(path, '{')
		if open < 0 {
			return names
		}
		end := strings.IndexByte(path[open:], '}')
		if end < 0 {
			return names
		}
		names = append(names, path[open+1:open+end])
		path = path[open+end+1:]
	}
}

// covered finds the template of the new contract that serves an old path that is gone.
func (c *comparer) covered(old *spec.Operation, revision []*spec.Operation) *spec.Operation {
	for _, op := range revision {
		if op.Method != old.Method {
			continue
		}
		for _, template := range paths(op) {
			for _, path := range paths(old) {
				if serves(template, path) && c.new.takes(op, template, path) {
					c.report(check.Diagnostic{
						Rule: "operation-covered-by-template", Operations: []string{old.Method + " " + old.Path},
						Message: fmt.Sprintf("%s %s is gone; %s serves it", old.Method, old.Path, op.Path),
						Old:     check.At(old.Node), New: check.At(op.Node),
					})
					return op
				}
			}
		}
	}
	return nil
}

// shadowed warns of a new literal path that takes over a URL which a template of the old contract served.
func (c *comparer) shadowed(literal *spec.Operation) {
	if strings.Contains(literal.Path, "{") {
		return
	}
	for _, op := range c.old.doc.Operations() {
		if op.Method != literal.Method || !strings.Contains(op.Path, "{") || !serves(anonymous(op.Path), literal.Path) {
			continue
		}
		template, path := paths(op)[0], paths(literal)[0]
		if serves(template, path) && c.old.takes(op, template, path) {
			c.report(check.Diagnostic{
				Rule: "operation-shadowed", Operations: []string{literal.Method + " " + literal.Path},
				Message: fmt.Sprintf("%s %s is new, and takes a URL over that %s served", literal.Method, literal.Path, op.Path),
				Old:     check.At(op.Node), New: check.At(literal.Node),
				Witness: (&check.Exchange{Method: literal.Method, Path: path}).Message("another operation answers").JSON(),
			})
			return
		}
	}
}

// takes tells whether the path parameters of an operation of the contract take what stands in their place in path.
func (s *side) takes(op *spec.Operation, template, path string) bool {
	parameters := parametersOf(s.doc, op)
	position := 0
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	for i := range a {
		before, after, ok := strings.Cut(a[i], "{}")
		if !ok {
			continue
		}
		value := strings.TrimSuffix(strings.TrimPrefix(b[i], before), after)
		p, known := parameters[fmt.Sprintf("path %d", position)]
		position++
		if !known || p.schema == nil || strings.Contains(value, "{}") {
			continue
		}
		if !s.reads(p.schema, value) {
			return false
		}
	}
	return true
}

// reads tells whether a schema takes a text, in some reading; also when that can't be told.
func (s *side) reads(n *spec.Node, value string) bool {
	parsed, err := s.parse(n)
	if err != nil {
		return true
	}
	judge := schema.NewJudge(schema.Request, false)
	for _, reading := range readings(value) {
		if ok, err := judge.Valid(parsed, reading); ok || err != nil {
			return true
		}
	}
	return false
}

// serves tells whether every URL of path is one of template; both are anonymous.
func serves(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		before, after, ok := strings.Cut(a[i], "{}")
		if !ok || strings.Contains(after, "{}") || b[i] == "" {
			return false
		}
		middle, fits := strings.CutPrefix(b[i], before)
		middle, fits2 := strings.CutSuffix(middle, after)
		if !fits || !fits2 || middle == "" {
			return false
		}
	}
	return true
}

func (c *comparer) removed(op *spec.Operation) {
	name := op.Method + " " + op.Path
	d := check.Diagnostic{
		Rule: "operation-removed", Operations: []string{name}, Old: check.At(op.Node), Message: name + " is gone",
	}
	refused(&d, c.exchange(pair{old: op}, nil), "no operation answers")
	if c.expired(op) {
		sunset, _ := sunsetOf(op)
		d.Rule, d.Message = "operation-removed-after-sunset", fmt.Sprintf("%s is gone; its sunset was %s", name, sunset.Format(time.DateOnly))
		d.Witness, d.Exchange = nil, nil
	}
	c.report(d)
}

// expired tells whether an operation is deprecated and its sunset has passed.
func (c *comparer) expired(op *spec.Operation) bool {
	sunset, ok := sunsetOf(op)
	return op.Deprecated && ok && !c.options.Today.IsZero() && sunset.Before(c.options.Today)
}

// example is a URL path of the operation, with its base path.
func example(op *spec.Operation) string {
	path := basePath(bases(op)[0]) + op.Path
	for _, name := range parameterNames(path) {
		path = strings.Replace(path, "{"+name+"}", "1", 1)
	}
	return path
}

// sunsetOf reads x-sunset: a date or an RFC 3339 time.
func sunsetOf(op *spec.Operation) (time.Time, bool) {
	value := op.Node.Str("x-sunset")
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if date, err := time.Parse(layout, value); err == nil {
			return date, true
		}
	}
	return time.Time{}, false
}

// lifecycle compares deprecation, sunset and operationId.
func (c *comparer) lifecycle(p pair) {
	if p.old.ID != p.new.ID && p.old.ID != "" {
		message := fmt.Sprintf("operationId was %q and is %q", p.old.ID, p.new.ID)
		if p.new.ID == "" {
			message = fmt.Sprintf("operationId was %q and is gone", p.old.ID)
		}
		c.report(p.finding("operation-id-changed", message, member(p.old.Node, "operationId"), member(p.new.Node, "operationId")))
	}
	if !p.new.Deprecated {
		return
	}
	if !p.old.Deprecated {
		c.report(p.finding("operation-deprecated", p.name+" is deprecated now", p.old.Node, member(p.new.Node, "deprecated")))
		return
	}
	before, had := sunsetOf(p.old)
	after, has := sunsetOf(p.new)
	switch {
	case had && !has:
		c.report(p.finding("sunset-shortened", fmt.Sprintf("the sunset %s of %s is gone", before.Format(time.DateOnly), p.name),
			member(p.old.Node, "x-sunset"), p.new.Node))
	case had && after.Before(before):
		c.report(p.finding("sunset-shortened",
			fmt.Sprintf("the sunset of %s moved from %s to %s", p.name, before.Format(time.DateOnly), after.Format(time.DateOnly)),
			member(p.old.Node, "x-sunset"), member(p.new.Node, "x-sunset")))
	}
}

// member returns a member of a node, or the node when there is no such member: the best place to point at.
func member(n *spec.Node, key string) *spec.Node {
	if m := n.Get(key); m != nil {
		return m
	}
	return n
}
