package spec

import (
	"encoding/json"
	"net/url"
	"path"
	"sort"
	"strings"
)

// bundler writes a document out as one OpenAPI 3 tree. What a reference means outside the main file, or in a place
// that the tree does not have, becomes a component.
type bundler struct {
	d       *Document
	edition editions
	grammar map[string]*kind
	keys    map[string]map[string]shape
	places  map[visit]string // target to its reference
	holders map[string]*Node // reference to the component in whose place its target will stand
	taken   map[string]map[string]bool
	queue   []internal
	items   int // path items that are open
	inlined int // references that are written out
	extra   map[string]map[string]any
	order   keyOrder // of what is written out; nil when nobody asks
}

// internal is a node that becomes a component.
type internal struct {
	n           *Node
	object      string
	group, name string
}

// inlines reports whether one more reference may be written out. Path items can hold themselves by their callbacks.
func (b *bundler) inlines() bool {
	b.inlined++
	return b.items <= maxItems && b.inlined <= maxInlined
}

const (
	maxItems   = 3
	maxInlined = 20_000
)

// groups are the components that objects can become.
var groups = map[string]string{
	"Schema": "schemas", "Parameter": "parameters", "Response": "responses", "RequestBody": "requestBodies", "Header": "headers",
	"Example": "examples", "SecurityScheme": "securitySchemes", "Link": "links", "Callback": "callbacks", "MediaType": "mediaTypes",
}

// Bundle returns the contract as one self-contained OpenAPI 3 document, as json.Unmarshal with UseNumber gives it:
// targets in other files become components with names of their own, path items that are references are written out,
// and a Swagger 2.0 document becomes OpenAPI 3.0.3, schemas included. The tree is new at every call; the parts of it
// that are examples or extensions are shared and must not be changed.
func (d *Document) Bundle() any { return d.bundle(nil) }

// bundle is Bundle, and notes the order of the members.
func (d *Document) bundle(order keyOrder) any {
	b := &bundler{
		order: order,
		d:     d, edition: d.Version.edition(), grammar: grammar(), keys: map[string]map[string]shape{}, places: map[visit]string{}, holders: map[string]*Node{},
		taken: map[string]map[string]bool{}, extra: map[string]map[string]any{},
	}
	if d.Version == Swagger20 {
		b.edition = v30
	}
	b.prepare()
	out, _ := b.object(d.Root, "OpenAPI").(map[string]any)
	for len(b.queue) > 0 {
		next := b.queue[0]
		b.queue = b.queue[1:]
		if b.extra[next.group] == nil {
			b.extra[next.group] = map[string]any{}
		}
		b.extra[next.group][next.name] = b.object(next.n, next.object)
	}
	b.attach(out)
	return out
}

// BundleJSON returns Bundle as JSON, with sorted keys.
func (d *Document) BundleJSON() ([]byte, error) { return json.Marshal(d.Bundle()) }

// prepare indexes the grammar, and the names of components. A component that is only a reference to another file is
// where its target will stand.
func (b *bundler) prepare() {
	for name, k := range b.grammar {
		b.keys[name] = map[string]shape{}
		for i := range k.fields {
			if k.fields[i].in&b.edition != 0 {
				b.keys[name][k.fields[i].key] = k.fields[i].is
			}
		}
	}
	components := b.d.Root.Get("components")
	for object, group := range groups {
		b.taken[group] = map[string]bool{}
		for name, n := range components.Get(group).All() {
			b.taken[group][name] = true
			place := pointerRef("/components/" + group + "/" + EscapePointer(name))
			if n.file() != b.d.main {
				b.places[visit{n, object}] = place
			}
			if target, err := b.d.Resolve(n); err == nil && target != n && n.Len() == 1 && target.file() != b.d.main {
				if key := (visit{target, object}); b.places[key] == "" {
					b.places[key], b.holders[place] = place, n
				}
			}
		}
	}
}

func (b *bundler) attach(out map[string]any) {
	if len(b.extra) == 0 {
		return
	}
	components, _ := out["components"].(map[string]any)
	if components == nil {
		components = map[string]any{}
		out["components"] = components
	}
	for group, members := range b.extra {
		have, _ := components[group].(map[string]any)
		if have == nil {
			have = map[string]any{}
			components[group] = have
		}
		for name, v := range members {
			have[name] = v
		}
	}
}

// object writes out n as the object of that name.
func (b *bundler) object(n *Node, name string) any {
	if n.Kind() != Object {
		return n.Value()
	}
	if name == "PathItem" {
		if b.items++; n.Ref() != "" && b.inlines() {
			n = b.d.pathItem(n)
		}
		defer func() { b.items-- }()
	}
	k := b.grammar[name]
	out := make(map[string]any, n.Len())
	if b.order != nil {
		b.order.note(out, n)
	}
	if ref := n.Get("$ref"); ref.Kind() == String && (k.refs != 0 || whole[name]) {
		text, inline := b.reference(ref, name, n)
		if inline != nil && b.inlines() {
			return b.object(inline, name)
		}
		out["$ref"] = text
	}
	known := b.keys[name]
	for key, v := range n.All() {
		switch is, ok := known[key]; {
		case key == "$ref" && v.Kind() == String, key == "$id" && name == "Schema" && v.Kind() == String:
		case ok:
			out[key] = b.as(v, is)
		case k.other.kinds != 0 && !strings.HasPrefix(key, "x-"):
			out[key] = b.as(v, k.other)
		default:
			out[key] = v.Value()
		}
	}
	if name == "Schema" {
		b.schema(n, out)
	}
	if name == "Discriminator" {
		b.mapping(n.Get("mapping"), out)
	}
	return out
}

func (b *bundler) as(v *Node, s shape) any {
	switch {
	case s.object == "":
		return v.Value()
	case s.list && v.Kind() == Array:
		out := make([]any, v.Len())
		for i := range out {
			_, item := v.at(i)
			out[i] = b.object(item, s.object)
		}
		return out
	case s.dict && v.Kind() == Object:
		out := make(map[string]any, v.Len())
		if b.order != nil {
			b.order.note(out, v)
		}
		for key, m := range v.All() {
			out[key] = b.object(m, s.object)
		}
		return out
	}
	return b.object(v, s.object)
}

// reference returns the text of a reference in the bundle, or the node to write out in its place.
func (b *bundler) reference(ref *Node, object string, n *Node) (string, *Node) {
	target, err := b.d.lookup(ref, ref.text)
	if err != nil || target == n {
		return ref.text, nil
	}
	if place := b.places[visit{target, object}]; place != "" {
		if b.holders[place] == n {
			return "", target
		}
		return place, nil
	}
	if place, ok := b.place(ref, target, object); ok {
		return place, nil
	}
	group := groups[object]
	if group == "" {
		return "", target
	}
	if c := b.d.converted[target]; c != nil {
		target = c
	}
	name := b.unique(group, componentFor(ref.text))
	place := pointerRef("/components/" + group + "/" + name)
	b.places[visit{target, object}] = place
	if raw, err := b.d.lookup(ref, ref.text); err == nil {
		b.places[visit{raw, object}] = place
	}
	b.queue = append(b.queue, internal{target, object, group, name})
	return place, nil
}

// place finds where a target of the main file stands in the bundle.
func (b *bundler) place(ref, target *Node, object string) (string, bool) {
	if target.file() != b.d.main || target.flags&flagAlias != 0 {
		return "", false
	}
	pointer := target.Pointer()
	if b.d.Version != Swagger20 {
		if fragment, ok := strings.CutPrefix(ref.text, "#"); ok && ref.file() == b.d.main && b.d.main.root.At(unescapePercent(fragment)) == target {
			return ref.text, true
		}
		return pointerRef(pointer), true
	}
	rest, ok := strings.CutPrefix(pointer, "/definitions/")
	if ok && object == "Schema" {
		return pointerRef("/components/schemas/" + rest), true
	}
	if group := groups[object]; pointer == "/"+group+"/"+EscapePointer(target.Key()) && group != "schemas" {
		return pointerRef("/components" + pointer), true
	}
	return "", false
}

// pointerRef writes a JSON pointer as a reference within the document.
func pointerRef(pointer string) string {
	return "#" + (&url.URL{Fragment: pointer}).EscapedFragment()
}

// componentFor proposes a name for the target of a reference: the last part of its fragment, else the file's name.
func componentFor(ref string) string {
	file, fragment, _ := strings.Cut(ref, "#")
	name := path.Base(fragment)
	if fragment == "" || name == "/" || name == "." {
		name = path.Base(file)
		name = strings.TrimSuffix(name, path.Ext(name))
	}
	name = unescapePercent(name)
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && componentName.MatchString(string(r)) {
			return r
		}
		return '_'
	}, UnescapePointer(name))
	if name == "" {
		return "part"
	}
	return name
}

func (b *bundler) unique(group, name string) string {
	if b.taken[group] == nil {
		b.taken[group] = map[string]bool{}
	}
	out := name
	for i := 2; b.taken[group][out]; i++ {
		out = name + "_" + itoa(i)
	}
	b.taken[group][out] = true
	return out
}

// schema puts what Swagger 2.0 spells otherwise into the words of OpenAPI 3.0.
func (b *bundler) schema(n *Node, out map[string]any) {
	if b.d.Version != Swagger20 {
		return
	}
	if d := n.Get("discriminator"); d.Kind() == String {
		out["discriminator"] = map[string]any{"propertyName": d.text}
	}
	if n.Bool("x-nullable") {
		out["nullable"] = true
	}
	if n.Str("type") == "file" {
		out["type"], out["format"] = "string", "binary"
	}
	delete(out, "collectionFormat")
}

// mapping rewrites the references among the values of a discriminator's mapping.
func (b *bundler) mapping(n *Node, out map[string]any) {
	if n.Kind() != Object {
		return
	}
	mapping := make(map[string]any, n.Len())
	for key, v := range n.All() {
		mapping[key] = v.Value()
		if v.Kind() == String && strings.ContainsAny(v.text, "#/.") {
			if text, inline := b.reference(v, "Schema", v); inline == nil {
				mapping[key] = text
			}
		}
	}
	out["mapping"] = mapping
}

func (d *Document) sortedFiles() []*file {
	out := []*file{d.main}
	for _, f := range d.files {
		if f != d.main && f.root != nil {
			out = append(out, f)
		}
	}
	sort.Slice(out[1:], func(i, j int) bool { return out[i+1].name < out[j+1].name })
	return out
}
