package spec

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
)

const (
	// maxFiles and maxTotal bound what one contract may spread over.
	maxFiles = 1000
	maxTotal = 64 << 20
	// maxHops bounds a chain of references.
	maxHops = 100
)

// loadReferences loads the files that the contract refers to, and those that they refer to. A file that can't be
// loaded is remembered with the reason: only the reference that needs it is at fault.
func (d *Document) loadReferences(ctx context.Context) Diagnostics {
	var faults Diagnostics
	total := len(d.main.data)
	queue := []*file{d.main}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		f.survey(d.Version.JSONSchema202012())
		d.declare(f)
		d.register(f)
		for _, ref := range f.refs {
			id, err := d.target(ref, ref.text)
			if err != nil || d.files[id] != nil || d.uris[id] != nil {
				continue
			}
			if len(d.files) >= maxFiles || total > maxTotal {
				return append(faults, faultAt(ref, Error, "too-large", "the contract spreads over too many files", "bundle the contract into one file"))
			}
			g := d.loadFile(ctx, id)
			d.files[id] = g
			if total += len(g.data); g.root != nil {
				queue = append(queue, g)
			}
		}
	}
	d.forget()
	return faults
}

func (d *Document) loadFile(ctx context.Context, id string) *file {
	data, err := d.source.read(ctx, id)
	if err != nil {
		return &file{id: id, name: d.source.name(id), err: err}
	}
	g, faults := parseFile(id, d.source.name(id), data)
	if faults.failed() {
		g.root, g.err = nil, faults
	}
	return g
}

// survey collects the references that leave the file and, where the dialect has them, identifiers and anchors.
func (f *file) survey(identifiers bool) {
	var visit func(n, resource *Node)
	visit = func(n, resource *Node) {
		if n.flags&flagAlias != 0 || n.body == nil {
			return
		}
		if n.kind == Object && identifiers {
			resource = f.identify(n, resource)
		}
		for i := range n.body.nodes {
			c := &n.body.nodes[i]
			f.dynamic = f.dynamic || c.name == "$dynamicRef"
			if c.body != nil {
				visit(c, resource)
			} else if c.kind == String && (c.name == "$ref" || n.name == "mapping" && namesFile(c.text)) && !strings.HasPrefix(c.text, "#") {
				f.refs = append(f.refs, c)
			}
		}
	}
	visit(f.root, f.root)
}

// namesFile reports whether a value of a discriminator's mapping is a file rather than the name of a schema.
func namesFile(s string) bool {
	s, _, _ = strings.Cut(s, "#")
	switch path.Ext(s) {
	case ".json", ".yaml", ".yml":
		return true
	}
	return false
}

// Lookup finds what a reference means that is written in the file of base: "#/components/schemas/User",
// "common.yaml#/User", "#anchor". It makes one hop. In a Swagger 2.0 document the result is in its OpenAPI 3 form
// where it has one.
func (d *Document) Lookup(base *Node, ref string) (*Node, error) {
	if base.file() == nil {
		base = d.Source
	}
	n, err := d.lookup(base, ref)
	if err != nil {
		return nil, err
	}
	if c := d.converted[n]; c != nil {
		return c, nil
	}
	return n, nil
}

// budget bounds the references that one look-up may follow on its way through others.
type budget int

const lookups budget = 1000

func (d *Document) lookup(base *Node, ref string) (*Node, error) {
	left := lookups
	return d.seek(base, ref, &left)
}

func (d *Document) seek(base *Node, ref string, left *budget) (*Node, error) {
	if *left--; *left < 0 {
		return nil, fmt.Errorf("%q leads through too many other references", clip(ref))
	}
	name, fragment, _ := strings.Cut(ref, "#")
	resource, _ := d.base(base)
	root := base.file().root
	if name != "" {
		id, err := d.target(base, name)
		if err != nil {
			return nil, err
		}
		if n := d.uris[id]; n != nil {
			resource, root = n, n.file().root
		} else {
			f := d.files[id]
			if f == nil {
				return nil, fmt.Errorf("file %q is not loaded", clip(name))
			}
			if f.root == nil {
				return nil, unusable(f)
			}
			resource, root = f.root, f.root
		}
	}
	if n := find(resource, root, fragment); n != nil {
		return n, nil
	}
	if rest, ok := strings.CutPrefix(fragment, "/components/schemas/"); ok && d.Version == Swagger20 {
		// Converters from OpenAPI 3 are known to leave such references behind.
		if n := find(resource, root, "/definitions/"+rest); n != nil {
			return n, nil
		}
	}
	if n := d.through(root, fragment, left); n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("nothing stands at %q%s", clip(ref), suggest(root, fragment))
}

// through follows a JSON pointer that leads through references.
func (d *Document) through(n *Node, fragment string, left *budget) *Node {
	if !strings.HasPrefix(fragment, "/") {
		return nil
	}
	for _, token := range strings.Split(fragment[1:], "/") {
		token = UnescapePointer(unescapePercent(token))
		next := n.step(token)
		for next == nil && n.Get("$ref").Kind() == String {
			target, err := d.seek(n.Get("$ref"), n.Ref(), left)
			if err != nil {
				return nil
			}
			n, next = target, target.step(token)
		}
		if n = next; n == nil {
			return nil
		}
	}
	return n
}

func unescapePercent(s string) string {
	if strings.Contains(s, "%") {
		if plain, err := url.PathUnescape(s); err == nil {
			return plain
		}
	}
	return s
}

func unusable(f *file) error {
	var faults Diagnostics
	if errors.As(f.err, &faults) && len(faults) > 0 {
		return &brokenFile{f, faults}
	}
	return f.err
}

// brokenFile says that a file that is referred to was read, and is none that can be used.
type brokenFile struct {
	file   *file
	faults Diagnostics
}

func (b *brokenFile) Error() string {
	return fmt.Sprintf("%s: %s", b.faults[0].Position, b.faults[0].Message)
}

// find reads a fragment: a JSON pointer, percent-encoded or not, or the name of an anchor.
func find(resource, root *Node, fragment string) *Node {
	plain := unescapePercent(fragment)
	for _, start := range []*Node{resource, root} {
		for _, text := range []string{plain, fragment} {
			if text == "" || text[0] == '/' {
				if n := start.At(text); n != nil {
					return n
				}
			} else if n := start.file().anchors[start][text]; n != nil {
				return n
			}
		}
	}
	return nil
}

// suggest names a sibling that the last token of the pointer may have meant.
func suggest(root *Node, fragment string) string {
	i := strings.LastIndexByte(fragment, '/')
	if i < 0 {
		return ""
	}
	parent := root.At(fragment[:i])
	token := UnescapePointer(fragment[i+1:])
	for k := range parent.All() {
		if near(token, k) {
			return fmt.Sprintf(" (is %q meant?)", clip(fragment[:i+1]+EscapePointer(k)))
		}
	}
	return ""
}

// Ref returns the text of the node's $ref, "" when it has none.
func (n *Node) Ref() string { return n.Str("$ref") }

// Resolve follows the $ref of n for one hop. A node without $ref is returned as it is.
func (d *Document) Resolve(n *Node) (*Node, error) {
	ref := n.Get("$ref")
	if ref.Kind() != String {
		return n, nil
	}
	return d.Lookup(ref, ref.text)
}

// Follow follows $refs to their end. The error is for a target that does not exist or a circle.
func (d *Document) Follow(n *Node) (*Node, error) {
	for range maxHops {
		if n.Get("$ref").Kind() != String {
			return n, nil
		}
		var err error
		if n, err = d.Resolve(n); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the references form a circle")
}

// Deref follows $refs to their end; nil when the end can't be reached.
func (d *Document) Deref(n *Node) *Node {
	out, err := d.Follow(n)
	if err != nil {
		return nil
	}
	return out
}

// ResolveSchemaRef finds the schema that ref means in the schema at baseLocation, a Node's Location.
func (d *Document) ResolveSchemaRef(baseLocation, ref string) (*Node, error) {
	base := d.nearest(baseLocation)
	if base == nil {
		return nil, fmt.Errorf("no loaded file has the place %q", clip(baseLocation))
	}
	return d.lookup(base, ref)
}

// nearest returns the node at a Location, or the one around it: a schema made from the parameters of Swagger 2.0 has
// places below it that the file has not.
func (d *Document) nearest(location string) *Node {
	n := d.NodeAt(location)
	for n == nil {
		i := strings.LastIndexByte(location, '/')
		if i < 0 {
			return nil
		}
		location = location[:i]
		n = d.NodeAt(location)
	}
	return n
}

// NodeAt returns the node at a Location; nil when no loaded file has it.
func (d *Document) NodeAt(location string) *Node {
	for i := 0; i < len(location); i++ {
		if location[i] != '#' {
			continue
		}
		for _, f := range d.files {
			if f.name == location[:i] && f.root != nil {
				return f.root.At(location[i+1:])
			}
		}
	}
	return nil
}

// Files returns the names of the loaded files, the contract's own first and the others sorted.
func (d *Document) Files() []string {
	names := make([]string, 0, len(d.files))
	for _, f := range d.sortedFiles() {
		names = append(names, f.name)
	}
	return names
}
