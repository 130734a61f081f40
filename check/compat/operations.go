package compat

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// operations pairs the operations of both contracts by method and effective path, and reports what is gone and what is
// new.
func (c *comparer) operations() []pair {
	revision := c.new.doc.Operations()
	routes := map[string]*spec.Operation{}
	for _, op := range revision {
		for _, path := range paths(op) {
			if _, taken := routes[op.Method+" "+path]; !taken {
				routes[op.Method+" "+path] = op
			}
		}
	}
	var pairs []pair
	matched := map[*spec.Operation]bool{}
	for _, op := range c.old.doc.Operations() {
		match := find(routes, op)
		if match == nil {
			if match = c.covered(op, revision); match == nil {
				c.removed(op)
				continue
			}
		}
		matched[match] = true
		pairs = append(pairs, pair{old: op, new: match, name: match.Method + " " + match.Path})
	}
	for _, op := range revision {
		if !matched[op] {
			c.report(check.Diagnostic{
				Rule: "operation-added", Message: fmt.Sprintf("%s %s is new", op.Method, op.Path),
				Operations: []string{op.Method + " " + op.Path}, New: check.At(op.Node),
			})
		}
	}
	return pairs
}

func find(routes map[string]*spec.Operation, op *spec.Operation) *spec.Operation {
	for _, path := range paths(op) {
		if match := routes[op.Method+" "+path]; match != nil {
			return match
		}
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

// bases returns the effective base URLs of an operation, without a trailing slash, with every combination of the values
// that the variables may have; "" when the contract names no server.
func bases(op *spec.Operation) []string {
	var all []string
	for _, server := range op.Servers {
		urls := []string{server.URL}
		for _, v := range server.Variables {
			values := v.Enum
			if len(values) == 0 {
				values = []string{v.Default}
			}
			var expanded []string
			for _, u := range urls {
				for _, value := range values {
					if len(expanded) < maxExpansions {
						expanded = append(expanded, strings.ReplaceAll(u, "{"+v.Name+"}", value))
					}
				}
			}
			urls = expanded
		}
		for _, u := range urls {
			all = append(all, normalizeURL(u))
		}
	}
	return all
}

// maxExpansions bounds the URLs that one server template stands for.
const maxExpansions = 256

func normalizeURL(raw string) string {
	raw = strings.TrimRight(raw, "/")
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	}
	return u.String()
}

// basePath is the path of a base URL, absolute or relative.
func basePath(base string) string {
	if u, err := url.Parse(base); err == nil {
		return strings.TrimRight(u.Path, "/")
	}
	if i := strings.Index(base, "://"); i >= 0 {
		base = base[i+3:]
		if slash := strings.IndexByte(base, '/'); slash >= 0 {
			return strings.TrimRight(base[slash:], "/")
		}
		return ""
	}
	return base
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
				if serves(template, path) {
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
		Witness: text(op.Method + " " + example(op)), Exchange: &check.Exchange{Method: op.Method, Path: example(op)},
	}
	if sunset, ok := sunsetOf(op); op.Deprecated && ok && !c.options.Today.IsZero() && sunset.Before(c.options.Today) {
		d.Rule, d.Message = "operation-removed-after-sunset", fmt.Sprintf("%s is gone; its sunset was %s", name, sunset.Format(time.DateOnly))
		d.Witness, d.Exchange = nil, nil
	}
	c.report(d)
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

// servers reports the base URLs at which an operation can't be reached any more. A contract without servers announces
// none.
func (c *comparer) servers(p pair) {
	for _, server := range p.old.Servers {
		if server.Node == nil {
			return
		}
		for _, base := range bases(&spec.Operation{Servers: []spec.Server{server}}) {
			if c.new.reaches(p.old.Method, base+anonymous(p.old.Path)) {
				continue
			}
			d := p.finding("server-removed", fmt.Sprintf("the base URL %q is gone", base), server.Node, serverPlace(p.new))
			d.Witness = text(p.old.Method + " " + base + example(p.old)[len(basePath(bases(p.old)[0])):])
			c.report(d)
		}
	}
}

// reaches tells whether an operation of the contract answers the URL, which is anonymous: servers may move into path
// items, and templates may take over.
func (s *side) reaches(method, full string) bool {
	if s.urls == nil {
		s.urls = map[string]bool{}
		for _, op := range s.doc.Operations() {
			for _, base := range bases(op) {
				s.urls[op.Method+" "+base+anonymous(op.Path)] = true
			}
		}
	}
	if s.urls[method+" "+full] {
		return true
	}
	for _, op := range s.doc.Operations() {
		if op.Method != method {
			continue
		}
		for _, base := range bases(op) {
			if serves(base+anonymous(op.Path), full) {
				return true
			}
		}
	}
	return false
}

func serverPlace(op *spec.Operation) *spec.Node {
	if op.Servers[0].Node != nil {
		return op.Servers[0].Node
	}
	return op.Node
}
