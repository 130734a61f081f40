package spec

import (
	"fmt"
	"strings"
)

// converter gives a Swagger 2.0 document the shape of OpenAPI 3. What it makes stands where the original stands;
// schemas stay as they are.
type converter struct {
	d      *Document
	faults Diagnostics
}

// convert sets d.Root and the forms of what can be referred to.
func (d *Document) convert() Diagnostics {
	c := &converter{d: d}
	d.converted = map[*Node]*Node{}
	src := d.Source
	var m members
	m.add("openapi", scalar(src.Get("swagger"), String, "3.0.3"))
	m.copy(src, "info")
	m.add("servers", c.servers(src, nil))
	m.add("paths", c.paths(src.Get("paths")))
	m.add("components", c.components(src))
	m.copy(src, "security", "tags", "externalDocs")
	m.extensions(src)
	d.Root = synthesize(src, m)
	return c.faults
}

func (c *converter) warn(n *Node, rule, message, remedy string) {
	c.faults = append(c.faults, faultAt(n, Warning, rule, message, remedy))
}

// members collects the content of a synthetic object; absent values are left out.
type members []Member

func (m *members) add(key string, v *Node) {
	if v != nil {
		*m = append(*m, Member{key, v})
	}
}

func (m *members) copy(from *Node, keys ...string) {
	for _, key := range keys {
		m.add(key, from.Get(key))
	}
}

func (m *members) extensions(from *Node) {
	for key, v := range from.All() {
		if strings.HasPrefix(key, "x-") {
			m.add(key, v)
		}
	}
}

// scalar makes a scalar that stands where origin stands.
func scalar(origin *Node, k Kind, text string) *Node {
	n := *origin
	n.kind, n.text, n.body = k, text, nil
	n.flags |= flagSynthetic
	return &n
}

// sequence makes an array that stands where origin stands.
func sequence(origin *Node, items []*Node) *Node {
	m := make([]Member, len(items))
	for i := range items {
		m[i].Value = items[i]
	}
	n := synthesize(origin, m)
	n.kind = Array
	return n
}

func (c *converter) servers(doc, op *Node) *Node {
	schemes, host := doc.Get("schemes"), doc.Str("host")
	if op != nil {
		if schemes = op.Get("schemes"); schemes.Len() == 0 {
			return nil
		}
	}
	origin := doc
	for _, n := range []*Node{schemes, doc.Get("host"), doc.Get("basePath")} {
		if n != nil {
			origin = n
		}
	}
	base := strings.TrimRight(doc.Str("basePath"), "/")
	if base != "" && base[0] != '/' {
		base = "/" + base
	}
	server := func(url string) *Node {
		if url == "" {
			url = "/"
		}
		return synthesize(origin, members{{"url", scalar(origin, String, url)}})
	}
	if host == "" {
		return sequence(origin, []*Node{server(base)})
	}
	var out []*Node
	for _, s := range schemes.Items() {
		out = append(out, server(s.Text()+"://"+host+base))
	}
	if len(out) == 0 {
		out = append(out, server("https://"+host+base))
	}
	return sequence(origin, out)
}

func (c *converter) components(src *Node) *Node {
	var m, parameters, bodies, responses, schemes members
	m.copy(src, "definitions")
	if len(m) > 0 {
		m[0].Key = "schemas"
	}
	for name, p := range src.Get("parameters").All() {
		switch end := c.d.Deref(p); end.Str("in") {
		case "body":
			bodies.add(name, c.body(end, src))
		case "formData":
			bodies.add(name, c.form([]*Node{end}, src, src))
		default:
			parameters.add(name, c.parameter(p))
		}
	}
	for name, r := range src.Get("responses").All() {
		responses.add(name, c.response(r, src))
	}
	for name, s := range src.Get("securityDefinitions").All() {
		schemes.add(name, c.scheme(s))
	}
	group := func(name, from string, content members) {
		if n := src.Get(from); len(content) > 0 {
			m.add(name, synthesize(n, content))
		}
	}
	group("parameters", "parameters", parameters)
	group("requestBodies", "parameters", bodies)
	group("responses", "responses", responses)
	group("securitySchemes", "securityDefinitions", schemes)
	return synthesize(src, m)
}

func (c *converter) paths(n *Node) *Node {
	if n == nil {
		return nil
	}
	var m members
	for path, item := range n.All() {
		if strings.HasPrefix(path, "x-") {
			m.add(path, item)
			continue
		}
		m.add(path, c.pathItem(c.d.pathItem(item)))
	}
	return synthesize(n, m)
}

func (c *converter) pathItem(n *Node) *Node {
	if n == nil {
		return nil
	}
	var m members
	shared := n.Get("parameters")
	var plain []*Node
	for _, p := range shared.Items() {
		if in := c.d.Deref(p).Str("in"); in != "body" && in != "formData" {
			plain = append(plain, c.parameter(p))
		}
	}
	if len(plain) > 0 {
		m.add("parameters", sequence(shared, plain))
	}
	for key, v := range n.All() {
		switch {
		case v.Kind() == Object && isMethod(key, Swagger20):
			m.add(key, c.operation(v, shared))
		case strings.HasPrefix(key, "x-"):
			m.add(key, v)
		}
	}
	return synthesize(n, m)
}

func (c *converter) operation(n, shared *Node) *Node {
	var m members
	m.copy(n, "tags", "summary", "description", "externalDocs", "operationId")
	var plain, form []*Node
	var body *Node
	own := n.Get("parameters")
	for _, p := range c.d.parameters(shared, own) {
		switch p.Str("in") {
		case "body":
			body = p
		case "formData":
			form = append(form, p)
		}
	}
	for _, p := range own.Items() {
		if in := c.d.Deref(p).Str("in"); in != "body" && in != "formData" {
			plain = append(plain, c.parameter(p))
		}
	}
	if len(plain) > 0 {
		m.add("parameters", sequence(own, plain))
	}
	switch {
	case body != nil && len(form) > 0:
		c.warn(body, "body-and-form", "an operation has a body and form parameters: the form parameters are ignored", "keep one of the two")
		fallthrough
	case body != nil:
		m.add("requestBody", c.body(body, n))
	case len(form) > 0:
		m.add("requestBody", c.form(form, n, n))
	}
	m.add("responses", c.responses(n.Get("responses"), n))
	m.copy(n, "deprecated", "security")
	m.add("servers", c.servers(c.d.Source, n))
	m.extensions(n)
	return synthesize(n, m)
}

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
