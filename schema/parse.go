package schema

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Source is a schema as a document holds it.
type Source struct {
	Tree     any    // as json.Unmarshal with UseNumber yields it
	Location string // unique: location of the document, "#", JSON pointer
	Dialect  Dialect
}

// Resolver finds the targets of references. base is the Location of the schema that holds the reference, ref the value
// of $ref as written.
type Resolver interface {
	ResolveSchema(base, ref string) (Source, error)
}

// DynamicResolver is a Resolver of documents with $dynamicAnchor (JSON Schema 2020-12 section 8.2.2).
type DynamicResolver interface {
	Resolver
	// Resource returns the location of the root of the schema resource that holds the schema at location.
	Resource(location string) string
	// DynamicAnchors returns the schemas of the resource with a $dynamicAnchor, by name.
	DynamicAnchors(resource string) map[string]Source
}

// ParseError is a fault in a schema: a keyword of the wrong kind, a reference that leads nowhere.
type ParseError struct {
	Location string // of the schema
	Keyword  string
	Message  string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Location, e.Keyword, e.Message)
}

// Set holds parsed schemas, one *Schema for each location, so that a component that many schemas share is parsed,
// compared and compiled once. The zero value is not usable; a Set is not safe for concurrent use.
type Set struct {
	resolver Resolver
	schemas  map[string]*Schema
	pending  []pending
	anchors  map[string]map[string]*Schema
	paths    *dynamicPaths // of a set that binds dynamic references
}

type pending struct {
	schema *Schema
	source Source
	path   *dynamicPath
}

// NewSet returns an empty set whose references r resolves.
func NewSet(r Resolver) *Set {
	return &Set{resolver: r, schemas: map[string]*Schema{}, anchors: map[string]map[string]*Schema{}}
}

// Parse returns the canonical model of the schema at src.Location with everything that it refers to. The error is a
// *ParseError.
func (s *Set) Parse(src Source) (*Schema, error) {
	root := s.enqueue(src, nil)
	var filled []*Schema
	for len(s.pending) > 0 {
		p := s.pending[len(s.pending)-1]
		s.pending = s.pending[:len(s.pending)-1]
		filled = append(filled, p.schema)
		if err := s.fill(p); err != nil {
			s.pending = nil
			delete(s.schemas, p.path.place(p.source.Location))
			return nil, err
		}
	}
	for _, schema := range filled {
		schema.settle()
	}
	return root, nil
}

// DynamicAnchor returns the schema that defines the dynamic anchor name in the schema resource, or nil. Both come from
// Schema.Resource and Schema.DynamicName.
func (s *Set) DynamicAnchor(resource, name string) *Schema {
	return s.anchors[resource][name]
}

// enqueue returns the schema of a location; a new one is filled later, so that references may be circular.
// path leads to the schema that refers to it.
func (s *Set) enqueue(src Source, path *dynamicPath) *Schema {
	path = s.paths.enter(path, src.Location)
	place := path.place(src.Location)
	if known, ok := s.schemas[place]; ok {
		return known
	}
	schema := &Schema{Location: src.Location}
	s.schemas[place] = schema
	s.pending = append(s.pending, pending{schema, src, path})
	return schema
}

func (s *Set) fill(p pending) error {
	switch tree := p.source.Tree.(type) {
	case bool:
		p.schema.Never = !tree
		return nil
	case map[string]any:
		r := &reader{set: s, schema: p.schema, tree: tree, src: p.source, path: p.path}
		return r.read()
	default:
		return &ParseError{p.source.Location, "schema", "expected an object or a boolean; write a schema here"}
	}
}

// reader reads the keywords of one schema object; the first fault stops it.
type reader struct {
	set    *Set
	schema *Schema
	tree   map[string]any
	src    Source
	path   *dynamicPath
	err    error
}

func (r *reader) read() error {
	modern := r.src.Dialect == Draft202012
	if ref, ok := r.tree["$ref"].(string); ok {
		r.schema.Ref = r.resolve("$ref", ref)
		r.schema.bare = !modern || r.onlyAnnotations()
		if !modern {
			return r.err
		}
	}
	r.annotations()
	r.types()
	r.enum()
	r.numbers()
	r.strings()
	r.arrays(modern)
	r.objects(modern)
	r.applicators(modern)
	if modern {
		r.dynamic()
	}
	if r.src.Dialect != Draft4 {
		r.discriminator()
	}
	return r.err
}

// onlyAnnotations tells whether nothing that validates stands beside $ref.
func (r *reader) onlyAnnotations() bool {
	for key := range r.tree {
		switch key {
		case "$ref", "$dynamicRef", "$comment", "$anchor", "$dynamicAnchor", "$defs", "definitions", "title", "description", "deprecated", "default", "example",
			"examples", "readOnly", "writeOnly", "externalDocs", "xml", "summary":
		default:
			if !strings.HasPrefix(key, "x-") {
				return false
			}
		}
	}
	return true
}

func (r *reader) fail(keyword, format string, args ...any) {
	if r.err == nil {
		r.err = &ParseError{r.src.Location, keyword, fmt.Sprintf(format, args...)}
	}
}

func (r *reader) resolve(keyword, ref string) *Schema {
	if r.set.resolver == nil {
		r.fail(keyword, "%q can't be resolved: no resolver", ref)
		return nil
	}
	target, err := r.set.resolver.ResolveSchema(r.src.Location, ref)
	if err != nil {
		r.fail(keyword, "%q: %v", ref, err)
		return nil
	}
	return r.enqueue(target)
}

// sub returns the schema at the given tokens below this one.
func (r *reader) sub(tree any, tokens ...string) *Schema {
	var b strings.Builder
	b.WriteString(r.src.Location)
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(EscapePointer(t))
	}
	return r.enqueue(Source{Tree: tree, Location: b.String(), Dialect: r.src.Dialect})
}

func (r *reader) enqueue(src Source) *Schema { return r.set.enqueue(src, r.path) }

func (r *reader) one(keyword string) *Schema {
	if tree, ok := r.tree[keyword]; ok {
		return r.sub(tree, keyword)
	}
	return nil
}

func (r *reader) list(keyword string) []*Schema {
	value, ok := r.tree[keyword]
	if !ok {
		return nil
	}
	items, ok := value.([]any)
	if !ok {
		r.fail(keyword, "expected an array of schemas")
		return nil
	}
	schemas := make([]*Schema, len(items))
	for i, item := range items {
		schemas[i] = r.sub(item, keyword, strconv.Itoa(i))
	}
	return schemas
}

func (r *reader) named(keyword string) []Property {
	value, ok := r.tree[keyword]
	if !ok {
		return nil
	}
	members, ok := value.(map[string]any)
	if !ok {
		r.fail(keyword, "expected an object of schemas")
		return nil
	}
	properties := make([]Property, 0, len(members))
	for _, name := range sortedKeys(members) {
		properties = append(properties, Property{name, r.sub(members[name], keyword, name)})
	}
	return properties
}

func (r *reader) names(keyword string, value any) []string {
	items, ok := value.([]any)
	if !ok {
		r.fail(keyword, "expected an array of names")
		return nil
	}
	names := make([]string, 0, len(items))
	for _, item := range items {
		name, ok := item.(string)
		if !ok {
			r.fail(keyword, "expected an array of names")
			return nil
		}
		names = append(names, name)
	}
	sort.Strings(names)
	unique := names[:0]
	for i, name := range names {
		if i == 0 || name != names[i-1] {
			unique = append(unique, name)
		}
	}
	return unique
}

func (r *reader) text(keyword string) string {
	text, _ := r.tree[keyword].(string)
	return text
}

func (r *reader) flag(keyword string) bool {
	flag, _ := r.tree[keyword].(bool)
	return flag
}

// maxCount is beyond the length of every value, and lets counts be added.
const maxCount = 1 << 53

// count reads a non-negative integer; 2.0 is one. Larger counts are clamped: no value is that large.
func (r *reader) count(keyword string) *int {
	value, ok := r.tree[keyword]
	if !ok {
		return nil
	}
	number, ok := Rat(value)
	if !ok || !number.IsInt() || number.Sign() < 0 {
		r.fail(keyword, "expected a non-negative integer")
		return nil
	}
	count := maxCount
	if number.Num().IsInt64() {
		count = int(min(number.Num().Int64(), maxCount))
	}
	return &count
}

func (r *reader) annotations() {
	s := r.schema
	s.Title, s.Description = r.text("title"), r.text("description")
	s.ReadOnly, s.WriteOnly, s.Deprecated = r.flag("readOnly"), r.flag("writeOnly"), r.flag("deprecated")
	s.Default, s.HasDefault = r.tree["default"]
	s.Example, s.HasExample = r.tree["example"]
	if examples, ok := r.tree["examples"].([]any); ok && len(examples) > 0 && !s.HasExample {
		s.Example, s.HasExample = examples[0], true
	}
	for key, value := range r.tree {
		if strings.HasPrefix(key, "x-") {
			if s.Extensions == nil {
				s.Extensions = map[string]any{}
			}
			s.Extensions[key] = value
		}
	}
}

var typeNames = map[string]Types{
	"null": Null, "boolean": Boolean, "integer": Integer, "number": Number | Integer,
	"string": String, "array": Array, "object": Object,
}

func (r *reader) types() {
	value, ok := r.tree["type"]
	if !ok {
		return
	}
	names, ok := value.([]any)
	if !ok {
		names = []any{value}
	}
	for _, item := range names {
		name, _ := item.(string)
		if name == "file" && r.src.Dialect == Swagger20 {
			r.schema.Types, r.schema.Format = String, "binary"
			return
		}
		types, ok := typeNames[name]
		if !ok {
			r.fail("type", "%q is not a type; use null, boolean, integer, number, string, array or object", fmt.Sprint(item))
			return
		}
		r.schema.Types |= types
	}
	if r.schema.Types == 0 {
		r.schema.Types, r.schema.HasEnum = AnyType, true // an empty list accepts nothing
	}
	nullable := r.src.Dialect == OpenAPI30 && r.flag("nullable") || r.src.Dialect == Swagger20 && r.flag("x-nullable")
	if nullable {
		r.schema.Types |= Null
	}
}

func (r *reader) enum() {
	s := r.schema
	if value, ok := r.tree["enum"]; ok {
		values, ok := value.([]any)
		if !ok {
			r.fail("enum", "expected an array of values")
			return
		}
		s.Enum, s.HasEnum = values, true
	}
	value, ok := r.tree["const"]
	if !ok || r.src.Dialect != Draft202012 {
		return
	}
	if s.HasEnum && !contains(s.Enum, value) {
		s.Enum = []any{}
	} else {
		s.Enum = []any{value}
	}
	s.HasEnum, s.Const = true, true
}

func contains(values []any, value any) bool {
	for _, v := range values {
		if Equal(v, value) {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// EscapePointer escapes a token of a JSON pointer (RFC 6901 section 3).
func EscapePointer(token string) string {
	if !strings.ContainsAny(token, "~/") {
		return token
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}

// UnescapePointer undoes EscapePointer.
func UnescapePointer(token string) string {
	if !strings.Contains(token, "~") {
		return token
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}
