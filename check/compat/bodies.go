package compat

import (
	"fmt"
	"mime"
	"sort"
	"strings"

	"github.com/msgen/msgen/spec"
)

// mediaType normalises a media type: lower case, without a charset, other parameters sorted.
func mediaType(raw string) string {
	name, params, err := mime.ParseMediaType(raw)
	if err != nil {
		return strings.ToLower(strings.TrimSpace(raw))
	}
	delete(params, "charset")
	return mime.FormatMediaType(name, params)
}

func isJSON(media string) bool {
	name, _, _ := strings.Cut(media, ";")
	return name == "application/json" || strings.HasSuffix(name, "+json")
}

// covers tells whether the range takes in the media type (RFC 9110 section 12.5.1).
func covers(rng, media string) bool {
	if rng == media || rng == "*/*" {
		return true
	}
	name, _, hasParams := strings.Cut(media, ";")
	if hasParams && rng == strings.TrimSpace(name) {
		return true
	}
	prefix, ok := strings.CutSuffix(rng, "/*")
	return ok && strings.HasPrefix(name, prefix+"/")
}

// specificity orders media ranges: parameters, types, "type/*", "*/*".
func specificity(media string) int {
	switch {
	case media == "*/*":
		return 0
	case strings.HasSuffix(media, "/*"):
		return 1
	case strings.Contains(media, ";"):
		return 3
	}
	return 2
}

// content is the content object of a body or response by normalised media type.
type content map[string]*spec.Node

func contentOf(doc *spec.Document, n *spec.Node) content {
	members := n.Get("content").Members()
	if len(members) == 0 {
		return nil
	}
	all := content{}
	for _, m := range members {
		all[mediaType(m.Key)] = doc.Deref(m.Value)
	}
	return all
}

// match returns the most specific entry that covers the media type.
func (c content) match(media string) (string, bool) {
	best, found := "", false
	for _, key := range keys(c) {
		if covers(key, media) && (!found || specificity(key) > specificity(best)) {
			best, found = key, true
		}
	}
	return best, found
}

// within returns the entries more specific than the range and inside it: they shadow it.
func (c content) within(rng string) []string {
	var inner []string
	for _, key := range keys(c) {
		if key != rng && covers(rng, key) {
			inner = append(inner, key)
		}
	}
	return inner
}

func keys[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for key := range m {
		all = append(all, key)
	}
	sort.Strings(all)
	return all
}

// body compares the request bodies of a pair.
func (c *comparer) body(p pair) {
	old, revision := p.old.Body, p.new.Body
	side := p.flow.request()
	switch {
	case old == nil && revision == nil:
		return
	case old == nil:
		rule := "request-body-added"
		if revision.Bool("required") && side == "request" {
			rule = "request-body-became-required"
		}
		d := p.finding(rule, "a request body is new", p.old.Node, revision)
		if rule == "request-body-became-required" {
			d.Message = "a required request body is new"
			refused(&d, c.exchange(p, nil), "there is no body, and one is required now")
		}
		d.Side = side
		c.report(d)
		return
	case revision == nil:
		d := p.finding("request-body-removed", "the request body is gone", old, p.new.Node)
		d.Side = side
		if side == "response" {
			d.Rule, d.Message = "response-body-removed", "the body that the server sent is gone"
		}
		c.report(d)
		return
	}
	c.bodyRequired(p, side)
	c.media(p, side, "request body", old, revision)
}

func (c *comparer) bodyRequired(p pair, side string) {
	old, revision := p.old.Body.Bool("required"), p.new.Body.Bool("required")
	if side == "response" {
		old, revision = revision, old
	}
	switch {
	case !old && revision && side == "request":
		if c.derived(p) {
			return // the member that became required is reported
		}
		d := p.finding("request-body-became-required", "the request body is required now", p.old.Body, member(p.new.Body, "required"))
		refused(&d, c.exchange(p, nil), "there is no body, and one is required now")
		c.report(d)
	case !old && revision:
		d := p.finding("response-body-removed", "the body that the server sends may be missing now", p.old.Body, p.new.Body)
		d.Side, d.Witness = side, c.sent(p, nil).Message("there is no body, and one was announced").JSON()
		c.report(d)
	case old && !revision && side == "request":
		c.report(p.finding("request-body-became-optional", "the request body is optional now", p.old.Body, p.new.Body))
	}
}

// derived tells whether both bodies are made of the formData parameters of Swagger 2.0: required when one of them is.
func (c *comparer) derived(p pair) bool {
	if c.old.doc.Version != spec.Swagger20 || c.new.doc.Version != spec.Swagger20 {
		return false
	}
	form := func(doc *spec.Document, body *spec.Node) bool {
		for media := range contentOf(doc, body) {
			if media != "application/x-www-form-urlencoded" && !strings.HasPrefix(media, "multipart/") {
				return false
			}
		}
		return true
	}
	return form(c.old.doc, p.old.Body) && form(c.new.doc, p.new.Body)
}

// media compares the contents of a body or response: each media type that the sender may use must be one that the
// receiver reads, with a schema that takes in what is sent.
func (c *comparer) media(p pair, side, what string, old, revision *spec.Node) {
	before, after := contentOf(c.old.doc, old), contentOf(c.new.doc, revision)
	if before == nil && after == nil {
		return
	}
	if c.bodyless(p, side, what, old, revision, before, after) {
		return
	}
	sender, receiver := before, after
	if side == "response" {
		sender, receiver = after, before
	}
	for _, media := range keys(sender) {
		match, ok := receiver.match(media)
		if !ok {
			c.uncovered(p, side, what, media, old, revision, sender[media])
			if specificity(media) > 1 {
				continue
			}
		}
		if ok {
			c.entry(p, side, what, before, after, media, match)
		}
		for _, inner := range receiver.within(media) {
			if shadow, _ := sender.match(inner); shadow == media {
				c.entry(p, side, what, before, after, media, inner)
			}
		}
	}
	for _, media := range keys(receiver) {
		if _, ok := sender.match(media); !ok && len(sender.within(media)) == 0 {
			c.unsent(p, side, what, media, old, revision, receiver[media])
		}
	}
}

// bodyless handles a content object that is missing on one side.
func (c *comparer) bodyless(p pair, side, what string, old, revision *spec.Node, before, after content) bool {
	switch {
	case before == nil:
		rule := map[string]string{"request": "request-body-added", "response": "response-body-added"}[side]
		d := p.finding(rule, what+" has content now", old, revision)
		d.Side = side
		c.report(d)
	case after == nil:
		rule := map[string]string{"request": "request-body-removed", "response": "response-body-removed"}[side]
		d := p.finding(rule, what+" has no content any more", member(old, "content"), revision)
		d.Side = side
		if status, ok := statusOf(what); ok && side == "response" {
			d.Witness = c.reply(side, status, "", revision, "there is no body, and one was announced").JSON()
		}
		c.report(d)
	}
	return before == nil || after == nil
}

// uncovered reports a media type that the sender may use and the receiver doesn't read.
func (c *comparer) uncovered(p pair, side, what, media string, old, revision, entry *spec.Node) {
	if side == "request" {
		d := p.finding("request-media-type-removed", fmt.Sprintf("%s no longer takes %s", what, media), entry, member(revision, "content"))
		d.Side = side
		differs := fmt.Sprintf("%s was taken, and is refused", concrete(media))
		if status, ok := statusOf(what); ok {
			d.Witness = c.reply(side, status, media, old, differs).JSON()
		} else {
			refused(&d, c.entered(p, media, entry, ""), differs)
		}
		c.report(d)
		return
	}
	d := p.finding("response-media-type-added", fmt.Sprintf("%s may be %s now", what, media), member(old, "content"), entry)
	d.Side = side
	differs := fmt.Sprintf("%s may come, and was not announced", concrete(media))
	if status, ok := statusOf(what); ok {
		d.Witness = c.reply(side, status, media, revision, differs).JSON()
	} else {
		d.Witness = c.entered(p, media, entry, "").Message(differs).JSON()
	}
	c.report(d)
}

// concrete is a media type in a range.
func concrete(rng string) string {
	switch {
	case rng == "*/*":
		return "text/csv"
	case strings.HasSuffix(rng, "/*"):
		return strings.TrimSuffix(rng, "*") + "x-witness"
	}
	return rng
}

// unsent reports a media type that only the receiver knows.
func (c *comparer) unsent(p pair, side, what, media string, old, revision, entry *spec.Node) {
	if side == "request" {
		d := p.finding("request-media-type-added", fmt.Sprintf("%s takes %s now", what, media), old, entry)
		d.Side = side
		c.report(d)
		return
	}
	d := p.finding("response-media-type-removed", fmt.Sprintf("%s is no longer %s", what, media), entry, revision)
	d.Side = side
	c.report(d)
}

// entry compares the entries of one media type: from is the sender's key, to the receiver's.
func (c *comparer) entry(p pair, side, what string, before, after content, from, to string) {
	oldKey, newKey := from, to
	if side == "response" {
		oldKey, newKey = to, from
	}
	old, revision := before[oldKey], after[newKey]
	media := from
	if specificity(to) > specificity(from) {
		media = to
	}
	c.encodings(p, side, media, old, revision)
	if !structured(media) {
		return
	}
	for _, key := range []string{"schema", "itemSchema"} {
		use := comparison{pair: p, side: side, what: fmt.Sprintf("%s (%s)", what, media), old: old.Get(key), new: revision.Get(key)}
		use.isJSON = c.jsonParts(old, c.old)
		c.schemas.compare(use, media)
	}
}

// structured tells whether a schema describes the bytes of a media type: JSON, forms and text; other types are opaque, but
// their schemas are compared all the same, since tools read them as JSON.
func structured(media string) bool {
	return media != "application/octet-stream" && !strings.HasPrefix(media, "image/") && !strings.HasPrefix(media, "video/") &&
		!strings.HasPrefix(media, "audio/")
}
