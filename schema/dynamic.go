package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// NewBoundSet returns an empty set that binds each $dynamicRef to the schema that it leads to (JSON Schema 2020-12 section
// 8.2.3.2), as if it were a $ref. A schema that several resources refer to is one *Schema for each of the bindings that
// hold on the way to it, all with the same Location.
func NewBoundSet(r DynamicResolver) *Set {
	s := NewSet(r)
	s.paths = &dynamicPaths{r, map[string]map[string]Source{}, map[string]*dynamicPath{}}
	return s
}

// dynamicPaths holds one dynamicPath for each way of binding anchors.
type dynamicPaths struct {
	resolver DynamicResolver
	anchors  map[string]map[string]Source // by resource
	known    map[string]*dynamicPath
}

// dynamicPath is what the schema resources on the way to a schema bind: the outermost schema for each dynamic anchor.
type dynamicPath struct {
	bound map[string]Source
	key   string
}

// place identifies a schema that this path leads to.
func (p *dynamicPath) place(location string) string {
	if p == nil {
		return location
	}
	return location + p.key
}

// enter returns the path with what the resource of location binds; nil where nothing is bound.
func (d *dynamicPaths) enter(path *dynamicPath, location string) *dynamicPath {
	if d == nil {
		return nil
	}
	resource := d.resolver.Resource(location)
	anchors, known := d.anchors[resource]
	if !known {
		anchors = d.resolver.DynamicAnchors(resource)
		d.anchors[resource] = anchors
	}
	if len(anchors) == 0 {
		return path
	}
	bound := maps.Clone(anchors)
	if path != nil {
		maps.Copy(bound, path.bound)
	}
	var key strings.Builder
	for _, name := range slices.Sorted(maps.Keys(bound)) {
		key.WriteString(strconv.Quote(name) + strconv.Quote(bound[name].Location))
	}
	next := d.known[key.String()]
	if next == nil {
		next = &dynamicPath{bound, key.String()}
		d.known[next.key] = next
	}
	return next
}

func (r *reader) dynamic() {
	s := r.schema
	s.DynamicAnchor = r.text("$dynamicAnchor")
	resolver, ok := r.set.resolver.(DynamicResolver)
	if ok && r.set.paths == nil {
		s.Resource = resolver.Resource(r.src.Location)
		r.dynamicAnchors(resolver, s.Resource)
	}
	ref, isRef := r.tree["$dynamicRef"].(string)
	if !isRef {
		return
	}
	target, name := r.dynamicTarget(ref)
	switch {
	case r.err != nil:
	case r.set.paths == nil:
		s.DynamicRef = r.enqueue(target)
		if ok {
			s.DynamicName = name
		}
	case s.Ref == nil:
		s.Ref, s.bare = r.enqueue(r.bound(target, name)), r.onlyAnnotations()
	default:
		s.DynamicRef = r.enqueue(r.bound(target, name))
	}
}

// dynamicTarget resolves a $dynamicRef as if it were a $ref. The name is that of the $dynamicAnchor that it hits, or empty.
func (r *reader) dynamicTarget(ref string) (target Source, name string) {
	if r.set.resolver == nil {
		r.fail("$dynamicRef", "%q can't be resolved: no resolver", ref)
		return target, ""
	}
	target, err := r.set.resolver.ResolveSchema(r.src.Location, ref)
	if err != nil {
		r.fail("$dynamicRef", "%q: %v", ref, err)
		return target, ""
	}
	_, fragment, _ := strings.Cut(ref, "#")
	if tree, _ := target.Tree.(map[string]any); fragment != "" && tree["$dynamicAnchor"] == fragment {
		name = fragment
	}
	return target, name
}

// bound is the schema that a $dynamicRef with this target leads to on the path.
func (r *reader) bound(target Source, name string) Source {
	if name != "" && r.path != nil {
		if outermost, ok := r.path.bound[name]; ok {
			return outermost
		}
	}
	return target
}

func (r *reader) dynamicAnchors(resolver DynamicResolver, resource string) {
	if _, known := r.set.anchors[resource]; known {
		return
	}
	anchors := map[string]*Schema{}
	r.set.anchors[resource] = anchors
	for name, source := range resolver.DynamicAnchors(resource) {
		anchors[name] = r.enqueue(source)
	}
}
