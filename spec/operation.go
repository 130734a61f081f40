package spec

import (
	"sort"
	"strings"
)

// Operation is one method of a path, a webhook or a callback, with what it inherits from its path item and document.
type Operation struct {
	ID         string // operationId, "" when the contract has none
	Method     string // upper case
	Path       string // path template; the name of a webhook; the expression of a callback
	Node       *Node
	PathItem   *Node   // dereferenced
	Parameters []*Node // dereferenced; those of the path item that the operation does not override come first
	Body       *Node   // dereferenced request body, nil for none
	Responses  []NamedNode
	// Security is what applies to the operation: its own requirements, else the document's. Any one of them suffices.
	Security []Requirement
	// HasSecurity is false when neither the operation nor the document says anything about security.
	HasSecurity bool
	Servers     []Server // its own, else those of the path item, else the document's
	Callbacks   []*Callback
	Deprecated  bool
}

// NamedNode is a dereferenced value with the name that it is kept under. Written is the node before dereferencing.
type NamedNode struct {
	Name    string
	Node    *Node
	Written *Node
}

// Requirement is one alternative of a security requirement: all of its uses must be satisfied. Without uses it admits
// anonymous callers.
type Requirement struct {
	Node *Node
	Uses []SchemeUse
}

// SchemeUse names a security scheme with the scopes that it must grant.
type SchemeUse struct {
	Scheme string
	Scopes []string
	Node   *Node
}

// Server is where operations are served.
type Server struct {
	Node      *Node
	URL       string // template, with {variables}
	Variables []Variable
}

// Variable is a variable of a server URL.
type Variable struct {
	Name    string
	Default string
	Enum    []string
}

// Callback is a set of requests that the service may send.
type Callback struct {
	Name       string
	Expression string // runtime expression of the URL
	Node       *Node  // dereferenced path item
	Operations []*Operation
}

// Resolved returns the server's URL with every variable replaced by its default.
func (s Server) Resolved() string {
	url := s.URL
	for _, v := range s.Variables {
		url = strings.ReplaceAll(url, "{"+v.Name+"}", v.Default)
	}
	return url
}

// BasePath returns the path of the resolved URL without a slash at its end: "/v1", or "".
func (s Server) BasePath() string {
	url := s.Resolved()
	if i := strings.Index(url, "//"); i == 0 || (i > 0 && url[i-1] == ':') {
		url = url[i+2:]
		slash := strings.IndexByte(url, '/')
		if slash < 0 {
			return ""
		}
		url = url[slash:]
	}
	url, _, _ = strings.Cut(url, "?")
	url, _, _ = strings.Cut(url, "#")
	url = strings.TrimRight(url, "/")
	if url != "" && url[0] != '/' {
		url = "/" + url
	}
	return url
}

// methods are the fixed fields of a path item that hold operations, in the order of the specification.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// Operations returns the operations of the document's paths in the order of the contract. The slice and what it holds
// are shared and must not be changed.
func (d *Document) Operations() []*Operation {
	return d.operations.get(func() []*Operation { return d.collect(d.Root.Get("paths"), true) })
}

// Webhooks returns the operations of the document's webhooks (OpenAPI 3.1), in the order of the contract.
func (d *Document) Webhooks() []*Operation {
	return d.webhooks.get(func() []*Operation { return d.collect(d.Root.Get("webhooks"), false) })
}

// collector reads operations. Callbacks may hold callbacks, and by references themselves, so that both their depth and
// their number are bounded.
type collector struct {
	*Document
	callbacks int
}

const (
	maxCallbackDepth = 2
	maxCallbacks     = 20_000
	maxParameters    = 1_000
)

func (d *Document) collect(paths *Node, slash bool) []*Operation {
	var out []*Operation
	c := &collector{Document: d}
	for path, item := range paths.All() {
		if strings.HasPrefix(path, "x-") || (slash && !strings.HasPrefix(path, "/")) {
			continue
		}
		out = append(out, c.item(path, item, 0)...)
	}
	return out
}

// item returns the operations of one path item.
func (d *collector) item(path string, written *Node, depth int) []*Operation {
	item := d.pathItem(written)
	var out []*Operation
	for key, n := range item.All() {
		if key == "additionalOperations" && d.Version >= OpenAPI32 {
			for method, n := range n.All() {
				if n.Kind() == Object {
					out = append(out, d.operation(strings.ToUpper(method), path, item, n, depth))
				}
			}
			continue
		}
		if n.Kind() == Object && isMethod(key, d.Version) {
			out = append(out, d.operation(strings.ToUpper(key), path, item, n, depth))
		}
	}
	return out
}

func isMethod(key string, v Version) bool {
	for _, m := range methods {
		if m == key {
			return m != "query" || v >= OpenAPI32
		}
	}
	return false
}

// pathItem dereferences a path item; members beside its $ref win over those of the target.
func (d *Document) pathItem(n *Node) *Node {
	if n.Ref() == "" {
		return n
	}
	target := d.Deref(n)
	if n.Len() == 1 || target.Kind() != Object {
		return target
	}
	var members []Member
	for k, v := range n.All() {
		if k != "$ref" {
			members = append(members, Member{k, v})
		}
	}
	for k, v := range target.All() {
		if n.Get(k) == nil {
			members = append(members, Member{k, v})
		}
	}
	return synthesize(n, members)
}

func (d *collector) operation(method, path string, item, n *Node, depth int) *Operation {
	if end := d.Deref(n); end != nil {
		n = end
	}
	op := &Operation{
		ID: n.Str("operationId"), Method: method, Path: path, Node: n, PathItem: item,
		Deprecated: n.Bool("deprecated"),
	}
	if body := d.Deref(n.Get("requestBody")); body.Kind() == Object {
		op.Body = body
	}
	op.Parameters = d.parameters(item.Get("parameters"), n.Get("parameters"))
	for status, r := range d.Deref(n.Get("responses")).All() {
		if !strings.HasPrefix(status, "x-") {
			op.Responses = append(op.Responses, NamedNode{Name: rangeName(status), Node: d.Deref(r), Written: r})
		}
	}
	security := n.Get("security")
	if security.Kind() != Array {
		security = d.Root.Get("security")
	}
	op.Security, op.HasSecurity = requirements(security), security.Kind() == Array
	op.Servers = d.servers(n.Get("servers"), item.Get("servers"), d.Root.Get("servers"))
	if depth < maxCallbackDepth {
		op.Callbacks = d.called(n.Get("callbacks"), depth+1)
	}
	return op
}

// parameters merges those of the operation into those of the path item: equal name and place override.
func (d *Document) parameters(shared, own *Node) []*Node {
	type key struct{ in, name string }
	var out []*Node
	at := map[key]int{}
	for _, list := range []*Node{shared, own} {
		for i, written := range list.Items() {
			p := d.Deref(written)
			if i == maxParameters {
				break
			}
			if p.Kind() != Object {
				continue
			}
			k := key{p.Str("in"), p.Str("name")}
			if k.in == "header" {
				k.name = strings.ToLower(k.name)
			}
			if i, ok := at[k]; ok {
				out[i] = p
				continue
			}
			at[k] = len(out)
			out = append(out, p)
		}
	}
	return out
}

func requirements(n *Node) []Requirement {
	var out []Requirement
	for _, item := range n.Items() {
		r := Requirement{Node: item}
		for name, scopes := range item.All() {
			use := SchemeUse{Scheme: name, Node: scopes}
			for _, s := range scopes.Items() {
				use.Scopes = append(use.Scopes, s.Text())
			}
			r.Uses = append(r.Uses, use)
		}
		out = append(out, r)
	}
	return out
}

// servers reads the first of the lists that has any; without any the contract means the server "/".
func (d *Document) servers(lists ...*Node) []Server {
	var out []Server
	for _, list := range lists {
		for _, n := range list.Items() {
			s := Server{Node: n, URL: n.Str("url")}
			for name, v := range n.Get("variables").All() {
				variable := Variable{Name: name, Default: v.Get("default").Text()}
				for _, e := range v.Get("enum").Items() {
					variable.Enum = append(variable.Enum, e.Text())
				}
				s.Variables = append(s.Variables, variable)
			}
			out = append(out, s)
		}
		if len(out) > 0 {
			return out
		}
	}
	return []Server{{URL: "/"}}
}

// Servers returns the servers of the document; without any the contract means the server "/".
func (d *Document) Servers() []Server { return d.servers(d.Root.Get("servers")) }

func (d *collector) called(n *Node, depth int) []*Callback {
	var out []*Callback
	for name, written := range n.All() {
		for expression, item := range d.Deref(written).All() {
			if d.callbacks++; strings.HasPrefix(expression, "x-") || d.callbacks > maxCallbacks {
				continue
			}
			out = append(out, &Callback{
				Name: name, Expression: expression, Node: d.pathItem(item), Operations: d.item(expression, item, depth),
			})
		}
	}
	return out
}

// SecuritySchemes returns the security schemes that the document defines, sorted by name and dereferenced.
func (d *Document) SecuritySchemes() []NamedNode {
	var out []NamedNode
	for name, n := range d.Root.Get("components").Get("securitySchemes").All() {
		if !strings.HasPrefix(name, "x-") {
			out = append(out, NamedNode{Name: name, Node: d.Deref(n), Written: n})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// Security returns the requirements of the document as a whole, and whether it states any.
func (d *Document) Security() ([]Requirement, bool) {
	n := d.Root.Get("security")
	return requirements(n), n.Kind() == Array
}

// synthesize makes an object that stands where origin stands.
func synthesize(origin *Node, members []Member) *Node {
	n := *origin
	n.kind, n.text = Object, ""
	n.flags |= flagSynthetic
	n.body = &body{members: &members, owner: &n, file: origin.in.file}
	return &n
}
