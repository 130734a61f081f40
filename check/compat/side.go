package compat

import (
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// side is one of the two contracts with what is known of it.
type side struct {
	doc  *spec.Document
	set  *schema.Set
	urls map[string]bool // method and anonymous URL of every operation, made on demand
	// templates are those of the URLs that have variables, by method
	templates map[string][]string

	extensions map[string]map[string]*spec.Node // see heirs; made on demand

	open     bool  // enums that may grow are read without their values
	tolerant *side // this side as a reader of what the other sends, made on demand
}

func newSide(doc *spec.Document) *side {
	s := &side{doc: doc}
	if doc.HasDynamicRefs() {
		s.set = schema.NewBoundSet(dynamicSide{s})
	} else {
		s.set = schema.NewSet(s)
	}
	return s
}

// dynamicSide is a side whose schemas have dynamic references.
type dynamicSide struct{ *side }

// Resource implements schema.DynamicResolver.
func (s dynamicSide) Resource(location string) string { return s.doc.SchemaResource(location) }

// DynamicAnchors implements schema.DynamicResolver.
func (s dynamicSide) DynamicAnchors(resource string) map[string]schema.Source {
	sources := map[string]schema.Source{}
	for name, n := range s.doc.DynamicAnchors(resource) {
		sources[name] = s.source(n)
	}
	return sources
}

// ResolveSchema implements schema.Resolver.
func (s *side) ResolveSchema(base, ref string) (schema.Source, error) {
	n, err := s.doc.ResolveSchemaRef(base, ref)
	if err != nil {
		return schema.Source{}, err
	}
	return s.source(n), nil
}

// reader is the side as one who reads what the other sends: enums with x-extensible-enum may grow.
func (s *side) reader() *side {
	if s.tolerant == nil {
		s.tolerant = s
		if s.doc.Mentions(extensible) {
			s.tolerant = newSide(s.doc)
			s.tolerant.open = true
			s.tolerant.tolerant = s.tolerant
		}
	}
	return s.tolerant
}

// extensible marks enums whose readers must expect more values; it may hold the values itself.
const extensible = "x-extensible-enum"

// grown returns a schema tree without the enums that may grow.
func grown(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		open := false
		if mark, ok := tree[extensible]; ok && mark != false {
			open = true
		}
		copied := make(map[string]any, len(tree))
		for key, value := range tree {
			if open && key == "enum" {
				continue
			}
			copied[key] = grown(value)
		}
		return copied
	case []any:
		copied := make([]any, len(tree))
		for i, item := range tree {
			copied[i] = grown(item)
		}
		return copied
	}
	return tree
}

func (s *side) source(n *spec.Node) schema.Source {
	if s.open {
		return schema.Source{Tree: grown(n.Value()), Location: n.Location(), Dialect: s.dialect()}
	}
	return schema.Source{Tree: n.Value(), Location: n.Location(), Dialect: s.dialect()}
}

func (s *side) dialect() schema.Dialect {
	switch s.doc.Version {
	case spec.Swagger20:
		return schema.Swagger20
	case spec.OpenAPI30:
		return schema.OpenAPI30
	}
	return schema.Draft202012
}

// parse returns the canonical model of a schema node; the schema that accepts everything for an absent one.
func (s *side) parse(n *spec.Node) (*schema.Schema, error) {
	if n == nil {
		return &schema.Schema{}, nil
	}
	return s.set.Parse(s.source(n))
}
