package compat

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// A finding outside schemas has no value to show. Its witness is a whole message: the request that was taken and is
// refused, or the answer that may come and was not announced.

// refused adds to a finding the request that breaks.
func refused(d *check.Diagnostic, e *check.Exchange, differs string) {
	d.Exchange, d.Witness = e, e.Message(differs).JSON()
}

// sent is the request of a pair as its sender makes it: the old client, or for callbacks the new server.
func (c *comparer) sent(p pair, given map[string]any) *check.Exchange {
	if p.flow == reversed {
		e := c.request(c.new, p.new, given)
		if _, query, ok := strings.Cut(e.Path, "?"); ok {
			e.Path = p.new.Path + "?" + query
		} else {
			e.Path = p.new.Path // an expression, or the name of a webhook
		}
		return e
	}
	return c.request(c.old, p.old, given)
}

// entered is the request of a pair with a body of a media type, whose sender describes it by entry. member, when it is
// not "", is among the members of the body.
func (c *comparer) entered(p pair, media string, entry *spec.Node, member string) *check.Exchange {
	e, from, side := c.sent(p, nil), c.old, p.flow.request()
	if p.flow == reversed {
		from = c.new
	}
	header, body := from.written(side, concrete(media), entry, member)
	e.WithBody(header, []byte(body))
	return e
}

// written writes a sample of a media type; "" for one that can't be written.
func (s *side) written(on, media string, entry *spec.Node, member string) (header, body string) {
	return s.writtenAs(media, entry, s.sampleWith(on, entry.Get("schema"), member))
}

// writtenAs writes a value as a media type; "" for one that can't be written.
func (s *side) writtenAs(media string, entry *spec.Node, value any) (header, body string) {
	name, _, _ := strings.Cut(media, ";")
	object, isObject := value.(map[string]any)
	switch {
	case isJSON(media):
		return media, jsonOf(value)
	case value == nil:
		return media, ""
	case name == "application/x-www-form-urlencoded" && isObject:
		return media, s.writtenForm(entry, object)
	case strings.HasPrefix(name, "multipart/") && isObject:
		return name + "; boundary=part", s.writtenParts(entry, object)
	case strings.HasPrefix(name, "text/"):
		return media, textOf(value)
	}
	return media, ""
}

func (s *side) writtenForm(entry *spec.Node, object map[string]any) string {
	var parts []string
	for _, key := range keys(object) {
		p := newParameter(s.doc, entry.Get("encoding").Get(key), "query")
		p.name, p.media = key, ""
		parts = append(parts, queryParts(p, object[key])...)
	}
	return strings.Join(parts, "&")
}

// writtenParts writes the fields before the files, as servers that stream files need them.
func (s *side) writtenParts(entry *spec.Node, object map[string]any) string {
	properties := s.doc.Deref(entry.Get("schema")).Get("properties")
	var fields, files strings.Builder
	for _, key := range keys(object) {
		b, name := &fields, ""
		if isFilePart(s.doc, properties.Get(key)) {
			b, name = &files, fmt.Sprintf("; filename=%q", key)
		}
		fmt.Fprintf(b, "--part\r\nContent-Disposition: form-data; name=%q%s\r\n", key, name)
		media, _, _ := strings.Cut(entry.Get("encoding").Get(key).Str("contentType"), ",")
		if media != "" {
			fmt.Fprintf(b, "Content-Type: %s\r\n", concrete(mediaType(media)))
		}
		fmt.Fprintf(b, "\r\n%s\r\n", textOf(object[key]))
	}
	return fields.String() + files.String() + "--part--\r\n"
}

// isFilePart tells whether a schema is that of a file, or of a list of files.
func isFilePart(doc *spec.Document, n *spec.Node) bool {
	n = doc.Deref(n)
	if items := n.Get("items"); items != nil {
		n = doc.Deref(items)
	}
	return n.Str("format") == "binary" || n.Get("contentMediaType") != nil && n.Get("contentEncoding") == nil
}

// sampleWith is a value of a schema, which has a member when one is named: with two items when it is an array.
func (s *side) sampleWith(on string, n *spec.Node, member string) any {
	parsed, err := s.parse(n)
	if err != nil || n == nil {
		return nil
	}
	if member == "" {
		return s.sampleOn(on, n, nil)
	}
	for _, least := range []int{2, 1, 0} {
		with := having(member, &schema.Schema{MinItems: &least, MinProperties: &least})
		both := &schema.Schema{AllOf: []*schema.Schema{parsed, with}}
		if values := schema.Sample(both, schema.SampleOptions{Direction: direction(on), Count: 1}); len(values) > 0 {
			return values[0]
		}
	}
	return s.sampleOn(on, n, nil)
}

// several is a value of a parameter that shows its serialization: with two items or members where it can have them.
func (s *side) several(p parameter) any {
	parsed, err := s.parse(p.schema)
	if err != nil {
		return "a"
	}
	for _, least := range []int{2, 1} {
		enough := &schema.Schema{MinItems: &least, MinProperties: &least, MinLength: &least}
		both := &schema.Schema{AllOf: []*schema.Schema{parsed, enough}}
		if values := schema.Sample(both, schema.SampleOptions{Direction: schema.Request, Count: 1}); len(values) > 0 {
			return values[0]
		}
	}
	return s.sample(p.schema, "a")
}

// reply is an answer of a status as the sender describes it, with the headers that it requires and its body; media
// chooses among its content, "" takes JSON before the others.
func (c *comparer) reply(side, status, media string, response *spec.Node, differs string) *check.Message {
	from := c.new
	if side == "request" {
		from = c.old
	}
	m := &check.Message{Status: code(status), Differs: differs}
	headers := c.headersOf(from, response)
	for _, name := range keys(headers) {
		if h := headers[name]; h.required {
			m.Header(h.name, simpleText(h, from.sampleOn(side, h.schema, "a")))
		}
	}
	entries := contentOf(from.doc, response)
	for _, key := range keys(entries) {
		if media == "" || !isJSON(media) && isJSON(key) && entries[media] == nil {
			media = key
		}
	}
	if media == "" {
		return m
	}
	header, body := from.written(side, concrete(media), entries[media], "")
	m.Header("Content-Type", header)
	if body != "" {
		m.SetBody(body)
	}
	return m
}

// code is a status of a range; default stands for success.
func code(status string) int {
	if n, err := strconv.Atoi(status); err == nil {
		return n
	}
	if isRange(status) {
		first, _ := strconv.Atoi(status[:1])
		return first * 100
	}
	return 200
}

// statusOf is the status in the name of a response, as findings have it.
func statusOf(what string) (string, bool) { return strings.CutPrefix(what, "response ") }

// headerReply is an answer without a header.
func (c *comparer) headerReply(side, what, name string, response *spec.Node) json.RawMessage {
	status, _ := statusOf(what)
	m := c.reply(side, status, "", response, fmt.Sprintf("the header %s may be missing, and was announced", name))
	for key := range m.Headers {
		if strings.EqualFold(key, name) {
			delete(m.Headers, key)
		}
	}
	return m.JSON()
}
