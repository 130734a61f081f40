package spec

import (
	"fmt"
	"strings"
)

// types returns the media types of an operation: its own, else the document's.
func (c *converter) types(op *Node, key string) []*Node {
	list := op.Get(key)
	if list == nil {
		list = c.d.Source.Get(key)
	}
	var out []*Node
	for _, n := range list.Items() {
		if n.Kind() == String && n.text != "" {
			out = append(out, n)
		}
	}
	return out
}

func (c *converter) body(p, op *Node) *Node {
	types := c.types(op, "consumes")
	if len(types) == 0 {
		types = []*Node{scalar(p, String, "application/json")}
	}
	var content, m members
	for _, t := range types {
		var media members
		media.copy(p, "schema")
		content.add(t.text, synthesize(t, media))
	}
	m.copy(p, "description")
	m.add("content", synthesize(p, content))
	m.copy(p, "required")
	m.extensions(p)
	return synthesize(p, m)
}

const (
	urlencoded = "application/x-www-form-urlencoded"
	multipart  = "multipart/form-data"
)

// form makes one request body of the form parameters of an operation.
func (c *converter) form(params []*Node, op, origin *Node) *Node {
	var properties, encoding members
	var required []*Node
	file := false
	for _, p := range params {
		name := p.Str("name")
		file = file || p.Str("type") == "file"
		properties.add(name, c.simple(p, true))
		if p.Bool("required") {
			required = append(required, scalar(p.Get("name"), String, name))
		}
		if style := c.style(p); len(style) > 0 {
			encoding.add(name, synthesize(p, style))
		}
	}
	var schema, content, m members
	schema.add("type", scalar(origin, String, "object"))
	schema.add("properties", synthesize(origin, properties))
	if len(required) > 0 {
		schema.add("required", sequence(origin, required))
	}
	whole := synthesize(origin, schema)
	for _, t := range c.formTypes(op, params[0], file) {
		var media members
		media.add("schema", whole)
		if len(encoding) > 0 {
			media.add("encoding", synthesize(origin, encoding))
		}
		content.add(t, synthesize(origin, media))
	}
	m.add("content", synthesize(origin, content))
	if len(required) > 0 {
		m.add("required", scalar(origin, Bool, "true"))
	}
	return synthesize(origin, m)
}

func (c *converter) formTypes(op, origin *Node, file bool) []string {
	var out []string
	for _, t := range c.types(op, "consumes") {
		if t.text == multipart || (t.text == urlencoded && !file) {
			out = append(out, t.text)
		}
	}
	switch {
	case len(out) > 0:
		return out
	case file:
		return []string{multipart}
	}
	return []string{urlencoded}
}

// parameter converts a parameter that is neither body nor form; a reference stays one, its target is converted.
func (c *converter) parameter(n *Node) *Node {
	if n.Ref() != "" {
		if target, err := c.d.lookup(n, n.Ref()); err == nil {
			c.parameter(target)
		}
		return n
	}
	if done := c.d.converted[n]; done != nil {
		return done
	}
	var m members
	m.copy(n, "name", "in", "description", "required", "allowEmptyValue")
	m = append(m, c.style(n)...)
	m.add("schema", c.simple(n, false))
	if example := n.Get("x-example"); example != nil {
		m.add("example", example)
	}
	m.extensions(n)
	out := synthesize(n, m)
	c.d.converted[n] = out
	return out
}

// style says with style and explode what collectionFormat says of an array.
func (c *converter) style(n *Node) members {
	if n.Str("type") != "array" {
		return nil
	}
	origin := n.Get("collectionFormat")
	if origin == nil {
		origin = n
	}
	in := n.Str("in")
	style, explode := "form", "false"
	if in == "path" || in == "header" || in == "" {
		style = "simple"
	}
	switch format := n.Str("collectionFormat"); format {
	case "multi":
		explode = "true"
	case "ssv":
		style = "spaceDelimited"
	case "pipes":
		style = "pipeDelimited"
	case "tsv":
		c.warn(origin, "tsv", "OpenAPI 3 has no arrays separated by tabs: the values are read as separated by commas", "use collectionFormat csv or multi")
	}
	return members{{"style", scalar(origin, String, style)}, {"explode", scalar(origin, Bool, explode)}}
}

// simple makes the schema of a parameter or header out of the keywords that stand beside its name.
func (c *converter) simple(n *Node, described bool) *Node {
	var m members
	if described {
		m.copy(n, "description")
	}
	for i := range simpleSchema {
		switch key := simpleSchema[i].key; key {
		case "collectionFormat":
		case "type":
			if t := n.Get("type"); t.Text() == "file" {
				m.add("type", scalar(t, String, "string"))
				m.add("format", scalar(t, String, "binary"))
				continue
			}
			fallthrough
		default:
			m.copy(n, key)
		}
	}
	m.copy(n, "x-nullable")
	return synthesize(n, m)
}

func (c *converter) responses(n, op *Node) *Node {
	if n == nil {
		return nil
	}
	var m members
	for status, r := range n.All() {
		if strings.HasPrefix(status, "x-") {
			m.add(status, r)
			continue
		}
		m.add(status, c.response(r, op))
	}
	return synthesize(n, m)
}

// response converts a response for what an operation produces. A reference stays one where the operation has no
// media types of its own.
func (c *converter) response(n, op *Node) *Node {
	if n.Ref() != "" {
		target, err := c.d.lookup(n, n.Ref())
		if err != nil {
			return n
		}
		if op.Get("produces") != nil && op != c.d.Source {
			return c.response(c.d.Deref(target), op)
		}
		c.response(target, c.d.Source)
		return n
	}
	shared := op.Get("produces") == nil || op == c.d.Source
	if done := c.d.converted[n]; done != nil && shared {
		return done
	}
	var m members
	m.copy(n, "description")
	if headers := n.Get("headers"); headers != nil {
		var converted members
		for name, h := range headers.All() {
			converted.add(name, c.header(h))
		}
		m.add("headers", synthesize(headers, converted))
	}
	m.add("content", c.content(n, op))
	m.extensions(n)
	out := synthesize(n, m)
	if shared {
		c.d.converted[n] = out
	}
	return out
}

func (c *converter) header(n *Node) *Node {
	var m members
	m.copy(n, "description")
	m = append(m, c.style(n)...)
	m.add("schema", c.simple(n, false))
	m.extensions(n)
	return synthesize(n, m)
}

func (c *converter) content(n, op *Node) *Node {
	schema, examples := n.Get("schema"), n.Get("examples")
	if schema == nil && examples.Len() == 0 {
		return nil
	}
	var names []string
	for _, t := range c.types(op, "produces") {
		names = append(names, t.text)
	}
	if schema == nil {
		names = nil
		for name := range examples.All() {
			names = append(names, name)
		}
	}
	if schema.Str("type") == "file" {
		t := schema.Get("type")
		schema = synthesize(schema, members{{"type", scalar(t, String, "string")}, {"format", scalar(t, String, "binary")}})
		if len(names) == 0 {
			names = []string{"application/octet-stream"}
		}
	}
	if len(names) == 0 {
		names = []string{"application/json"}
	}
	var content members
	for _, name := range names {
		var media members
		media.add("schema", schema)
		media.add("example", examples.Get(name))
		content.add(name, synthesize(n, media))
	}
	return synthesize(n, content)
}

// flows are the names of OAuth 2.0 flows in Swagger 2.0 and OpenAPI 3.
var flows = map[string]string{"implicit": "implicit", "password": "password", "application": "clientCredentials", "accessCode": "authorizationCode"}

func (c *converter) scheme(n *Node) *Node {
	var m members
	t := n.Get("type")
	m.copy(n, "description")
	m.extensions(n)
	switch t.Text() {
	case "basic":
		m.add("type", scalar(t, String, "http"))
		m.add("scheme", scalar(t, String, "basic"))
	case "oauth2":
		m.add("type", t)
		name, ok := flows[n.Str("flow")]
		if !ok {
			c.warn(n, "missing-flow", fmt.Sprintf("the OAuth 2.0 scheme has no known flow, %q: it is read as implicit", clip(n.Str("flow"))), "write flow: implicit, password, application or accessCode")
			name = "implicit"
		}
		var flow members
		flow.copy(n, "authorizationUrl", "tokenUrl", "scopes")
		m.add("flows", synthesize(n, members{{name, synthesize(n, flow)}}))
	default:
		m.add("type", t)
		m.copy(n, "name", "in")
	}
	return synthesize(n, m)
}
