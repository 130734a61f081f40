package schema

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Documents resolves references between schema documents in memory: by JSON pointer, $id (id in draft 4), $anchor and
// $dynamicAnchor (JSON Schema 2020-12 core section 8.2). It is a DynamicResolver. The zero value is empty and usable.
type Documents struct {
	resources map[string]*resource // by absolute URI without fragment
	places    map[string]*resource // by location of the resource's root
}

type resource struct {
	uri      string
	location string // of its root: URI of the document, "#", pointer
	tree     any
	dialect  Dialect
	anchors  map[string]string // anchor to location
	dynamic  map[string]string
}

// Add adds a document under its URI, and returns its root as a Source. A $schema in the document overrules dialect.
func (d *Documents) Add(uri string, tree any, dialect Dialect) Source {
	if d.resources == nil {
		d.resources, d.places = map[string]*resource{}, map[string]*resource{}
	}
	uri, _, _ = strings.Cut(uri, "#")
	dialect = dialectOf(tree, dialect)
	root := &resource{uri: uri, location: uri + "#", tree: tree, dialect: dialect}
	d.resources[uri], d.places[root.location] = root, root
	d.scan(root, tree, root.location)
	return Source{Tree: tree, Location: root.location, Dialect: dialect}
}

func dialectOf(tree any, otherwise Dialect) Dialect {
	object, _ := tree.(map[string]any)
	name, _ := object["$schema"].(string)
	switch strings.TrimSuffix(name, "#") {
	case "http://json-schema.org/draft-04/schema":
		return Draft4
	case "https://json-schema.org/draft/2020-12/schema":
		return Draft202012
	}
	return otherwise
}

// subschemas lists the keywords that hold schemas, and how.
var subschemas = map[string]string{
	"properties": "map", "patternProperties": "map", "$defs": "map", "definitions": "map", "dependentSchemas": "map",
	"dependencies": "map", "allOf": "list", "anyOf": "list", "oneOf": "list", "prefixItems": "list", "items": "list",
	"not": "one", "if": "one", "then": "one", "else": "one", "additionalProperties": "one", "additionalItems": "one",
	"propertyNames": "one", "contains": "one", "unevaluatedItems": "one", "unevaluatedProperties": "one",
	"contentSchema": "one",
}

// scan finds the identifiers in a schema and in the schemas below it.
func (d *Documents) scan(r *resource, tree any, location string) {
	object, ok := tree.(map[string]any)
	if !ok {
		return
	}
	r = d.identify(r, object, location)
	for keyword, value := range object {
		at := location + "/" + EscapePointer(keyword)
		switch subschemas[keyword] {
		case "map":
			members, _ := value.(map[string]any)
			for name, member := range members {
				d.scan(r, member, at+"/"+EscapePointer(name))
			}
		case "list":
			if items, ok := value.([]any); ok {
				for i, item := range items {
					d.scan(r, item, at+"/"+strconv.Itoa(i))
				}
				continue
			}
			d.scan(r, value, at)
		case "one":
			d.scan(r, value, at)
		}
	}
}

// identify registers the identifiers of one schema object and returns the resource that it belongs to.
func (d *Documents) identify(r *resource, object map[string]any, location string) *resource {
	keyword := "$id"
	if r.dialect == Draft4 {
		keyword = "id"
		if _, ok := object["$ref"]; ok {
			return r
		}
	}
	if id, ok := object[keyword].(string); ok {
		uri, fragment, _ := strings.Cut(join(r.uri, id), "#")
		switch {
		case uri != r.uri || location == r.location:
			inner := r
			if location != r.location {
				inner = &resource{location: location, tree: object, dialect: dialectOf(object, r.dialect)}
			}
			inner.uri = uri
			d.resources[uri], d.places[location] = inner, inner
			r = inner
		case fragment != "":
			r.anchor(fragment, location)
		}
	}
	if anchor, ok := object["$anchor"].(string); ok && r.dialect == Draft202012 {
		r.anchor(anchor, location)
	}
	if anchor, ok := object["$dynamicAnchor"].(string); ok && r.dialect == Draft202012 {
		r.anchor(anchor, location)
		if r.dynamic == nil {
			r.dynamic = map[string]string{}
		}
		r.dynamic[anchor] = location
	}
	return r
}

func (r *resource) anchor(name, location string) {
	if r.anchors == nil {
		r.anchors = map[string]string{}
	}
	r.anchors[name] = location
}

func join(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	r, err := url.Parse(ref)
	if err != nil {
		return ref
	}
	if b.Opaque != "" && strings.HasPrefix(ref, "#") {
		return base + ref
	}
	return b.ResolveReference(r).String()
}

// Resource implements DynamicResolver.
func (d *Documents) Resource(location string) string {
	if r := d.resourceOf(location); r != nil {
		return r.location
	}
	return ""
}

// resourceOf finds the innermost resource around a location.
func (d *Documents) resourceOf(location string) *resource {
	for at := location; ; {
		if r, ok := d.places[at]; ok {
			return r
		}
		slash := strings.LastIndexByte(at, '/')
		if slash < strings.IndexByte(at, '#') {
			return nil
		}
		at = at[:slash]
	}
}

// DynamicAnchors implements DynamicResolver.
func (d *Documents) DynamicAnchors(location string) map[string]Source {
	r := d.places[location]
	if r == nil {
		return nil
	}
	sources := map[string]Source{}
	for name, at := range r.dynamic {
		if source, err := d.at(r, strings.TrimPrefix(at, r.location)); err == nil {
			sources[name] = source
		}
	}
	return sources
}

// ResolveSchema implements Resolver.
func (d *Documents) ResolveSchema(base, ref string) (Source, error) {
	from := d.resourceOf(base)
	if from == nil {
		return Source{}, fmt.Errorf("no document holds %q", base)
	}
	uri, fragment, _ := strings.Cut(join(from.uri, ref), "#")
	r := d.resources[uri]
	if r == nil {
		return Source{}, fmt.Errorf("no document %q; add it", uri)
	}
	fragment, err := url.PathUnescape(fragment)
	if err != nil {
		return Source{}, fmt.Errorf("fragment of %q: %w", ref, err)
	}
	if fragment == "" || strings.HasPrefix(fragment, "/") {
		return d.at(r, fragment)
	}
	location, ok := r.anchors[fragment]
	if !ok {
		return Source{}, fmt.Errorf("no anchor %q in %q", fragment, uri)
	}
	return d.at(r, strings.TrimPrefix(location, r.location))
}

// at returns the schema at a JSON pointer below the root of a resource.
func (d *Documents) at(r *resource, pointer string) (Source, error) {
	tree := r.tree
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch value := tree.(type) {
		case map[string]any:
			next, ok := value[UnescapePointer(token)]
			if !ok {
				return Source{}, fmt.Errorf("no member %q on the way", token)
			}
			tree = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(value) {
				return Source{}, fmt.Errorf("no item %q on the way", token)
			}
			tree = value[i]
		default:
			return Source{}, fmt.Errorf("nothing below %q", token)
		}
	}
	location := r.location + pointer
	return Source{Tree: tree, Location: location, Dialect: d.dialect(location)}, nil
}

func (d *Documents) dialect(location string) Dialect {
	return d.resourceOf(location).dialect
}
