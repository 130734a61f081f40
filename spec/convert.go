package spec

import (
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
	if end := c.d.Deref(n); end != nil {
		n = end
	}
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
	m.add("responses", c.responses(c.d.Deref(n.Get("responses")), n))
	m.copy(n, "deprecated", "security")
	m.add("servers", c.servers(c.d.Source, n))
	m.extensions(n)
	return synthesize(n, m)
}
