package compat

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/msgen/msgen/spec"
)

// responses holds the responses of an operation by status: "200", "2XX" (upper case) or "default".
type responses map[string]spec.NamedNode

func responsesOf(op *spec.Operation) responses {
	all := responses{}
	for _, r := range op.Responses {
		name := strings.ToUpper(r.Name)
		if name == "DEFAULT" {
			name = "default"
		}
		all[name] = r
	}
	return all
}

func isRange(status string) bool { return strings.HasSuffix(status, "XX") }

// matching returns the entries of r that describe answers which the entry status of the other contract, whose responses
// are other, describes: its explicit statuses are taken out of its ranges and of its default.
func (r responses) matching(status string, other responses) (matches []string, uncovered bool) {
	switch {
	case status == "default":
		for _, key := range keys(r) {
			if key == "default" || other.describes(key) {
				continue
			}
			matches = append(matches, key)
		}
		if _, ok := r["default"]; ok {
			matches = append(matches, "default")
		}
		return matches, false
	case isRange(status):
		for _, key := range keys(r) {
			if _, own := other[key]; !isRange(key) && key != "default" && key[:1] == status[:1] && !own {
				matches = append(matches, key)
			}
		}
	case r.has(status):
		return []string{status}, false
	}
	if rng := status[:1] + "XX"; r.has(rng) {
		return append(matches, rng), false
	}
	if r.has("default") {
		return append(matches, "default"), false
	}
	return matches, true
}

func (r responses) has(status string) bool {
	_, ok := r[status]
	return ok
}

// describes tells whether an entry other than default describes the status or range.
func (r responses) describes(status string) bool {
	return r.has(status) || !isRange(status) && r.has(status[:1]+"XX")
}

// responses compares the answers of a pair: what the new server may send, the old contract must have announced. In a
// callback the old subscriber answers, and the new server must have announced that it takes it.
func (c *comparer) responses(p pair) {
	side := p.flow.response()
	old, revision := responsesOf(p.old), responsesOf(p.new)
	sender, receiver := revision, old
	if side == "request" {
		sender, receiver = old, revision
	}
	for _, status := range keys(sender) {
		matches, uncovered := receiver.matching(status, sender)
		if uncovered {
			c.unannounced(p, side, status, old, revision, len(matches) > 0)
		}
		if status == "default" && !receiver.has("default") {
			c.defaultAdded(p, side, old, revision, sender, receiver)
		}
		for _, match := range matches {
			before, after := match, status
			if side == "request" {
				before, after = status, match
			}
			c.response(p, side, status, old[before].Node, revision[after].Node)
		}
	}
	for _, status := range keys(receiver) {
		if !sender.has(status) && !sender.describes(status) && !sender.has("default") && side == "response" && !sender.within(status) {
			d := p.finding("response-status-removed", fmt.Sprintf("status %s is no longer answered", status), old[status].Node, p.new.Node)
			c.report(d)
		}
	}
}

// defaultAdded reports a default that only the sender has. Beside a success it stands for errors; where it is the only
// success, any status in 2XX may come.
func (c *comparer) defaultAdded(p pair, side string, old, revision, sender, receiver responses) {
	succeeds := func(r responses) bool { return r.within("2XX") || r.within("3XX") }
	switch {
	case !succeeds(sender) && succeeds(receiver) && !receiver.has("2XX"):
		c.unannounced(p, side, "2XX", old, revision, true)
	case side == "response":
		c.report(p.finding("response-error-status-added", "a default response is new", p.old.Node.Get("responses"), sender["default"].Node))
	}
}

// within tells whether some explicit status lies in the range.
func (r responses) within(rng string) bool {
	for key := range r {
		if isRange(rng) && key[:1] == rng[:1] {
			return true
		}
	}
	return false
}

// unannounced reports a status that the sender may answer and the receiver doesn't know; partly for a range of which some
// statuses are known.
func (c *comparer) unannounced(p pair, side, status string, old, revision responses, partly bool) {
	code, before, after := status, old[status].Node, revision[status].Node
	if isRange(status) {
		code = unknownStatus(status, old, revision)
	}
	if before == nil {
		before = old["default"].Node
	}
	if after == nil {
		after = revision["default"].Node
	}
	if side == "request" { // an answer to a callback
		d := p.finding("response-status-added", fmt.Sprintf("status %s of a subscriber is no longer taken", status), before, p.new.Node)
		d.Side = side
		d.Witness = c.reply(side, code, "", before, "the status was taken, and is not any more").JSON()
		c.report(d)
		return
	}
	rule := "response-status-added"
	if status[0] == '4' || status[0] == '5' || status[0] == '1' {
		rule = "response-error-status-added"
	}
	message := fmt.Sprintf("status %s is new", status)
	if partly {
		message = fmt.Sprintf("status %s is new, of which only some were announced", status)
	}
	d := p.finding(rule, message, p.old.Node.Get("responses"), after)
	if rule == "response-status-added" {
		d.Witness = c.reply(side, code, "", after, "the status may come, and was not announced").JSON()
	}
	c.report(d)
}

// unknownStatus is a status of the range that neither contract names.
func unknownStatus(rng string, old, revision responses) string {
	first, _ := strconv.Atoi(rng[:1])
	for code := first*100 + 1; code < first*100+99; code++ {
		if name := strconv.Itoa(code); !old.has(name) && !revision.has(name) {
			return name
		}
	}
	return rng[:1] + "99"
}

// response compares the headers and the body of one status.
func (c *comparer) response(p pair, side, status string, old, revision *spec.Node) {
	what := "response " + status
	c.headers(p, side, what, old, revision)
	c.media(p, side, what, old, revision)
	for _, m := range old.Get("links").Members() {
		if revision.Get("links").Get(m.Key) == nil {
			c.report(p.finding("link-removed", fmt.Sprintf("link %q of %s is gone", m.Key, what), m.Value, revision))
		}
	}
}

func (c *comparer) headersOf(of *side, n *spec.Node) map[string]parameter {
	all := map[string]parameter{}
	for _, m := range n.Get("headers").Members() {
		name := strings.ToLower(m.Key)
		if name == "content-type" {
			continue
		}
		header := newParameter(of.doc, of.doc.Deref(m.Value), "header")
		header.name = m.Key
		all[name] = header
	}
	return all
}

func (c *comparer) headers(p pair, side, what string, old, revision *spec.Node) {
	before, after := c.headersOf(c.old, old), c.headersOf(c.new, revision)
	for _, name := range keys(before) {
		a := before[name]
		b, ok := after[name]
		if !ok {
			c.headerGone(p, side, what, a, revision)
			continue
		}
		label := fmt.Sprintf("header %q of %s", a.name, what)
		if a.required && !b.required && side == "response" {
			d := p.finding("response-header-became-optional", label+" may be missing now", member(a.node, "required"), b.node)
			d.Witness = c.headerReply(side, what, a.name, revision)
			c.report(d)
		}
		sender, receiver := b, a
		if side == "request" {
			sender, receiver = a, b
		}
		if difference := c.serialization(sender, receiver, side); difference != "" {
			d := p.finding("response-header-serialization-changed", label+": "+difference, a.node, b.node)
			d.Side = side
			status, _ := statusOf(what)
			m := c.reply(side, status, "", revision, label+": "+difference)
			m.Header(sender.name, simpleText(sender, c.sideOf(sender).several(sender)))
			d.Witness = m.JSON()
			c.report(d)
			continue
		}
		c.schemas.compareWire(p, side, label, a, b)
	}
	for _, name := range keys(after) {
		if _, ok := before[name]; !ok {
			d := p.finding("response-header-added", fmt.Sprintf("header %q of %s is new", after[name].name, what), old, after[name].node)
			d.Side = side
			c.report(d)
		}
	}
}

func (c *comparer) headerGone(p pair, side, what string, header parameter, revision *spec.Node) {
	rule := "response-optional-header-removed"
	if header.required && side == "response" {
		rule = "response-header-removed"
	}
	d := p.finding(rule, fmt.Sprintf("header %q of %s is gone", header.name, what), header.node, revision)
	d.Side = side
	if rule == "response-header-removed" {
		d.Witness = c.headerReply(side, what, header.name, revision)
	}
	c.report(d)
}
