package compat

import (
	"encoding/json"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// schemas compares schemas, each pair once on each side, and turns what package schema finds into findings.
type schemas struct {
	*comparer
	memo    *schema.Memo
	changed *changes
	wire    wire
	walked  map[walk]*stage
	stages  []*stage // in the order in which they were met

	families []family

	attempts  map[string]int        // by the identity of a root cause
	waiting   map[string]*postponed // by the same
	postponed []*postponed
}

func newSchemas(c *comparer) *schemas {
	s := &schemas{comparer: c, memo: schema.NewMemo(), walked: map[walk]*stage{}, attempts: map[string]int{}, waiting: map[string]*postponed{}}
	return s
}

// unchanged tells whether two schema nodes can't differ.
func (s *schemas) unchanged(old, revision *spec.Node) bool {
	return s.changed != nil && !s.changed.differ(old, revision)
}

func direction(side string) schema.Direction {
	if side == "request" {
		return schema.Request
	}
	return schema.Response
}

func (s *schemas) options(side string) schema.SubsetOptions {
	return schema.SubsetOptions{Direction: direction(side), SenderClosed: true, Memo: s.memo}
}

// comparison is one use of two schemas: what the finding is about, and how its witness travels.
type comparison struct {
	pair     pair
	side     string
	what     string
	exchange func(witness json.RawMessage) *check.Exchange
	witness  any        // a witness that is known before, whole; nil for none
	old, new *spec.Node // where the schemas stand; the holder for an absent one
	tag      tag
	isJSON   func(member string) bool // tells which members of a form or multipart body are JSON; nil for none
}

// tag is a value of a discriminator that witnesses have; none when the property has no name.
type tag struct{ property, value string }

// on adds the tag to an object.
func (t tag) on(value any) any {
	object, ok := value.(map[string]any)
	if t.property == "" || !ok {
		return value
	}
	tagged := map[string]any{}
	for key, member := range object {
		tagged[key] = member
	}
	tagged[t.property] = t.value
	return tagged
}

// carrying makes requests that carry a witness as a body of a media type; nil when it can't be written as that.
func (s *schemas) carrying(p pair, media string) func(witness json.RawMessage) *check.Exchange {
	name, _, _ := strings.Cut(media, ";")
	form := name == "application/x-www-form-urlencoded" || strings.HasPrefix(name, "multipart/")
	if !form && !isJSON(media) {
		return nil
	}
	return func(witness json.RawMessage) *check.Exchange {
		header, body := concrete(media), string(witness)
		if form {
			decoder := json.NewDecoder(strings.NewReader(body))
			decoder.UseNumber()
			var value any
			if decoder.Decode(&value) != nil {
				return nil
			}
			header, body = s.old.writtenAs(header, contentOf(s.old.doc, p.old.Body)[media], value)
			if body == "" {
				return nil
			}
		}
		e := s.exchange(p, nil)
		e.WithBody(header, []byte(body))
		return e
	}
}

// compare compares the schemas of a body or response of a media type.
func (s *schemas) compare(use comparison, media string) {
	p, side, old, revision := use.pair, use.side, use.old, use.new
	if old == nil && revision == nil || s.unchanged(old, revision) {
		return
	}
	if side == "request" && p.flow == ordinary {
		use.exchange = s.carrying(p, media)
	}
	before, after, ok := s.parsePair(use, old, revision)
	if !ok {
		return
	}
	sender, receiver := before, after
	if side == "response" {
		sender, receiver = after, before
	}
	if !s.sameText(use, media, sender, receiver) {
		s.decide(use, before, after)
	}
	s.policy(use, before, after)
	if isXML(media) {
		xml{s.comparer, use, map[[2]*schema.Schema]bool{}}.compare(before, after, "", "")
	}
}

func (s *schemas) parsePair(use comparison, old, revision *spec.Node) (before, after *schema.Schema, ok bool) {
	reader := s.old
	if use.side == "response" {
		reader = s.old.reader()
	}
	before, err := reader.parse(old)
	if err == nil {
		after, err = s.new.parse(revision)
	}
	if err != nil {
		s.undecided(use, old, revision, err.Error())
		return nil, nil, false
	}
	return before, after, true
}

// undecided reports that a pair could not be compared: a warning, never silence.
func (s *schemas) undecided(use comparison, old, revision *spec.Node, reason string) {
	d := use.pair.finding("schema-not-decided", use.what+": it could not be decided whether the change breaks", old, revision)
	d.Side, d.Proof, d.Reason = use.side, check.Unknown, reason
	s.report(d)
}

// decide compares two schemas and reports each root cause.
func (s *schemas) decide(use comparison, old, revision *schema.Schema) {
	sender, receiver := old, revision
	if use.side == "response" {
		sender, receiver = revision, old
	}
	s.broken(use, sender, receiver)
}
