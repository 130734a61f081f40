package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// encodings compares the encoding objects of a form or multipart body.
func (c *comparer) encodings(p pair, side, media string, old, revision *spec.Node) {
	form := strings.HasPrefix(media, "application/x-www-form-urlencoded")
	if !form && !strings.HasPrefix(media, "multipart/") {
		return
	}
	sender, receiver := sends(side, old, revision)
	names := map[string]bool{}
	for _, n := range []*spec.Node{old, revision} {
		for _, m := range n.Get("encoding").Members() {
			names[m.Key] = true
		}
	}
	c.positions(p, side, media, old, revision)
	for _, name := range keys(names) {
		from, to := sender.Get("encoding").Get(name), receiver.Get("encoding").Get(name)
		if c.schemas.property(old.Get("schema"), c.old, name) == nil || from.Equal(to) {
			continue
		}
		difference := c.encodingContent(name, old, revision, from, to, side)
		if difference == "" && !form {
			difference = c.partHeaders(from, to)
		}
		if form && difference == "" {
			difference = c.encodingStyle(name, old, from, to)
		}
		if difference == "" {
			continue
		}
		d := p.finding("request-encoding-changed", fmt.Sprintf("part %q: %s", name, difference),
			member(old.Get("encoding"), name), member(revision.Get("encoding"), name))
		d.Side = side
		if e := c.entered(p, media, sender, name); side == "request" {
			refused(&d, e, fmt.Sprintf("part %q: %s", name, difference))
		} else {
			d.Witness = e.Message(fmt.Sprintf("part %q: %s", name, difference)).JSON()
		}
		c.report(d)
	}
}

func (c *comparer) encodingContent(name string, old, revision, from, to *spec.Node, side string) string {
	sent := c.partTypes(old, c.old, name, from)
	read := c.partTypes(revision, c.new, name, to)
	if coverAll(read, sent) {
		return ""
	}
	return fmt.Sprintf("the content type was %s and is %s", strings.Join(sent, ", "), strings.Join(read, ", "))
}

// positions compares the encoding objects of the parts of a multipart body that have no names (OpenAPI 3.2 section 4.14.5).
func (c *comparer) positions(p pair, side, media string, old, revision *spec.Node) {
	compare := func(what string, a, b *spec.Node, before, after *schema.Schema) {
		if a.Equal(b) {
			return
		}
		types := func(encoding *spec.Node, part *schema.Schema) []string {
			if encoding.Str("contentType") == "" {
				return []string{c.schemas.partType(part)}
			}
			return mediaTypes(encoding.Str("contentType"))
		}
		from, to := types(a, before), types(b, after)
		sent, read := from, to
		if side == "response" {
			sent, read = to, from
		}
		if coverAll(read, sent) {
			return
		}
		message := fmt.Sprintf("%s: the content type was %s and is %s", what, strings.Join(from, ", "), strings.Join(to, ", "))
		d := p.finding("request-encoding-changed", message, orNode(a, old), orNode(b, revision))
		d.Side = side
		m := c.sent(p, nil).Message(message)
		m.Header("Content-Type", media+"; boundary=part")
		m.SetBody(fmt.Sprintf("--part\r\nContent-Type: %s\r\n\r\n...\r\n--part--\r\n", concrete(sent[0])))
		d.Witness = m.JSON()
		c.report(d)
	}
	compare("parts", old.Get("itemEncoding"), revision.Get("itemEncoding"), c.positioned(old, c.old, -1), c.positioned(revision, c.new, -1))
	before, after := old.Get("prefixEncoding").Items(), revision.Get("prefixEncoding").Items()
	for i := range max(len(before), len(after)) {
		compare(fmt.Sprintf("part %d", i), at(before, i), at(after, i), c.positioned(old, c.old, i), c.positioned(revision, c.new, i))
	}
}

func at(nodes []*spec.Node, i int) *spec.Node {
	if i < len(nodes) {
		return nodes[i]
	}
	return nil
}

func orNode(n, otherwise *spec.Node) *spec.Node {
	if n != nil {
		return n
	}
	return otherwise
}

// coverAll tells whether each of the media types lies in one of the ranges.
func coverAll(ranges, types []string) bool {
	for _, media := range types {
		if !slices.ContainsFunc(ranges, func(rng string) bool { return covers(rng, media) }) {
			return false
		}
	}
	return true
}

// mediaTypes splits a list of media types.
func mediaTypes(list string) []string {
	var types []string
	for _, media := range strings.Split(list, ",") {
		types = append(types, mediaType(media))
	}
	return types
}

// positioned is the schema of the part at a place of a multipart body without names, or of every part for place -1; nil for
// none.
func (c *comparer) positioned(entry *spec.Node, of *side, i int) *schema.Schema {
	if parsed, err := of.parse(entry.Get("itemSchema")); err == nil && entry.Get("itemSchema") != nil {
		return parsed
	}
	parsed, err := of.parse(entry.Get("schema"))
	if err != nil {
		return nil
	}
	target := parsed.Target()
	if target != nil && i >= 0 && i < len(target.PrefixItems) {
		return target.PrefixItems[i]
	}
	if target == nil {
		return nil
	}
	return target.Items
}

// partHeaders says which header of a part the receiver requires and the sender need not send, or "".
func (c *comparer) partHeaders(from, to *spec.Node) string {
	sent := map[string]bool{}
	for _, m := range from.Get("headers").Members() {
		header := c.old.doc.Deref(m.Value)
		if header == nil {
			header = c.new.doc.Deref(m.Value)
		}
		sent[strings.ToLower(m.Key)] = header.Bool("required")
	}
	for _, m := range to.Get("headers").Members() {
		header := c.new.doc.Deref(m.Value)
		if header == nil {
			header = c.old.doc.Deref(m.Value)
		}
		if name := strings.ToLower(m.Key); name != "content-type" && header.Bool("required") && !sent[name] {
			return fmt.Sprintf("header %q is required now", m.Key)
		}
	}
	return ""
}

// partTypes lists the content types of a part, with the defaults of OpenAPI 3.1 section 4.8.15.
func (c *comparer) partTypes(entry *spec.Node, of *side, name string, encoding *spec.Node) []string {
	if value := encoding.Str("contentType"); value != "" {
		return mediaTypes(value)
	}
	return []string{c.schemas.partType(c.schemas.property(entry.Get("schema"), of, name))}
}

// jsonParts tells which members of a form or multipart body travel as JSON, as its encoding objects say.
func (c *comparer) jsonParts(entry *spec.Node, of *side) func(name string) bool {
	return func(name string) bool {
		encoding := entry.Get("encoding").Get(name)
		return encoding.Str("contentType") != "" && !slices.ContainsFunc(c.partTypes(entry, of, name, encoding), func(media string) bool {
			return !isJSON(media)
		})
	}
}

func (c *comparer) encodingStyle(name string, old, from, to *spec.Node) string {
	read := func(n *spec.Node) parameter {
		p := newParameter(c.old.doc, n, "query")
		p.schema = nil
		return p
	}
	a, b := read(from), read(to)
	shape := c.schemas.propertyShape(old.Get("schema"), c.old, name)
	if a.style != b.style && !sameBytes(a, b, shape) {
		return fmt.Sprintf("the style was %s and is %s", a.style, b.style)
	}
	if a.explode != b.explode && shape.explodes(a.style) {
		return fmt.Sprintf("explode was %t and is %t", a.explode, b.explode)
	}
	return ""
}
