package spec

import (
	"net/url"
	"path/filepath"
	"strings"
)

// declare reads the URI that a document gives itself (OpenAPI 3.2, $self). References to it, and to what stands beside
// it, mean the files that are there.
func (d *Document) declare(f *file) {
	text := f.root.Str("$self")
	if d.Version < OpenAPI32 || text == "" || f.root.Get("openapi") == nil {
		return
	}
	base := &url.URL{Scheme: "file", Path: "/" + f.id}
	if at, err := url.Parse(f.id); err == nil && at.IsAbs() {
		base = at
	}
	self, err := base.Parse(text)
	if err != nil {
		return
	}
	self.Fragment = ""
	f.self = self
	if d.selves == nil {
		d.selves = map[string]*file{}
	}
	if d.selves[self.String()] == nil {
		d.selves[self.String()] = f
	}
}

// forget leaves out the files that could not be read, and that nothing refers to now that every $self is known.
func (d *Document) forget() {
	if len(d.selves) == 0 {
		return
	}
	meant := map[string]bool{}
	for _, f := range d.files {
		for _, ref := range f.refs {
			if id, err := d.target(ref, ref.text); err == nil {
				meant[id] = true
			}
		}
	}
	for id, f := range d.files {
		if f.root == nil && !meant[id] {
			delete(d.files, id)
		}
	}
}

// beside returns the way from the file's folder to a URI that stands on the same host as its $self, "" for none.
func (f *file) beside(uri *url.URL) string {
	if f.self == nil || f.self.Scheme != uri.Scheme || f.self.Host != uri.Host {
		return ""
	}
	way, err := filepath.Rel(filepath.Dir(f.self.Path), uri.Path)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(way)
}

// identify registers the $id and the anchors of a schema and returns the schema resource that its children belong to.
func (f *file) identify(n, resource *Node) *Node {
	if id := n.Str("$id"); id != "" && n.Get("$id").in == n.body {
		if strings.HasPrefix(id, "#") {
			f.register(resource, id[1:], n)
		} else {
			f.resources = append(f.resources, n)
			resource = n
		}
	}
	f.register(resource, n.Str("$anchor"), n)
	f.register(resource, n.Str("$dynamicAnchor"), n)
	return resource
}

func (f *file) register(resource *Node, name string, n *Node) {
	if name == "" {
		return
	}
	if f.anchors == nil {
		f.anchors = map[*Node]map[string]*Node{}
	}
	if f.anchors[resource] == nil {
		f.anchors[resource] = map[string]*Node{}
	}
	if f.anchors[resource][name] == nil {
		f.anchors[resource][name] = n
	}
}

// base returns the schema resource around n (the root of the file when no $id encloses it) and its absolute URI: for
// the file's own its $self, "" when it has none.
func (d *Document) base(n *Node) (*Node, string) {
	f := n.file()
	own := ""
	if f.self != nil {
		own = f.self.String()
	}
	if len(f.resources) == 0 {
		return f.root, own
	}
	var ids []string
	var resource *Node
	for p := n; p != nil; p = p.Parent() {
		id := p.Str("$id")
		if id == "" || strings.HasPrefix(id, "#") {
			continue
		}
		if resource == nil {
			resource = p
		}
		ids = append(ids, id)
	}
	if resource == nil {
		return f.root, own
	}
	base := &url.URL{}
	if f.self != nil {
		base = f.self
	}
	for i := len(ids) - 1; i >= 0; i-- {
		u, err := url.Parse(ids[i])
		if err != nil {
			return f.root, own
		}
		base = base.ResolveReference(u)
	}
	out := *base
	out.Fragment = ""
	return resource, out.String()
}

// register remembers the schemas of a file that have an $id by their absolute URI.
func (d *Document) register(f *file) {
	for _, n := range f.resources {
		if d.uris == nil {
			d.uris = map[string]*Node{}
		}
		if _, uri := d.base(n); d.uris[uri] == nil {
			d.uris[uri] = n
		}
	}
}

// target returns the id of the file, or the absolute $id of the schema, that the part of ref before "#" names.
func (d *Document) target(from *Node, ref string) (string, error) {
	name, _, _ := strings.Cut(ref, "#")
	f := from.file()
	beside := ""
	if _, base := d.base(from); base != "" {
		if uri := joined(base, name); uri != nil {
			if d.uris[uri.String()] != nil {
				return uri.String(), nil
			}
			if known := d.selves[uri.String()]; known != nil {
				return known.id, nil
			}
			beside = f.beside(uri)
		}
	}
	if d.uris[name] != nil {
		return name, nil
	}
	if known := d.selves[name]; known != nil {
		return known.id, nil
	}
	id, err := d.source.join(f.id, name)
	if err != nil && beside != "" {
		return d.source.join(f.id, beside)
	}
	return id, err
}

// joined resolves a reference against a base; nil when one of them is no URI.
func joined(base, ref string) *url.URL {
	b, err := url.Parse(base)
	if err != nil {
		return nil
	}
	u, err := url.Parse(ref)
	if err != nil {
		return nil
	}
	return b.ResolveReference(u)
}

// HasDynamicRefs reports whether a schema of the document has a $dynamicRef (OpenAPI 3.1).
func (d *Document) HasDynamicRefs() bool {
	for _, f := range d.files {
		if f.dynamic {
			return true
		}
	}
	return false
}

// SchemaResource returns the Location of the root of the schema resource (JSON Schema 2020-12 section 4.3.5) that holds
// the schema at a Location.
func (d *Document) SchemaResource(location string) string {
	n := d.nearest(location)
	if n == nil {
		return ""
	}
	resource, _ := d.base(n)
	return resource.Location()
}

// DynamicAnchors returns the schemas with a $dynamicAnchor in the schema resource at a Location, by name.
func (d *Document) DynamicAnchors(resource string) map[string]*Node {
	root := d.NodeAt(resource)
	if root == nil {
		return nil
	}
	anchors := map[string]*Node{}
	for name, n := range root.file().anchors[root] {
		if n.Str("$dynamicAnchor") == name {
			anchors[name] = n
		}
	}
	return anchors
}
