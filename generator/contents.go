package generator

import (
	"mime"
	"slices"
	"strings"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// body turns a request body into the contents that it may have, nil when it has none.
func (b *versionBuilder) body(op *spec.Operation, hint string) *Body {
	body := &Body{Required: op.Body.Bool("required"), Contents: b.contents(op.Body.Get("content"), hint)}
	if len(body.Contents) == 0 {
		return nil
	}
	return body
}

// contents turns a map of media types into contents. Their suffixes tell the Go fields apart.
func (b *versionBuilder) contents(node *spec.Node, hint string) []*Content {
	var contents []*Content
	var scope nameScope
	scope.reserve("")
	for media, written := range node.All() {
		entry := b.doc.Deref(written)
		if entry.Kind() != spec.Object {
			continue
		}
		c := &Content{MediaType: media, Kind: contentKind(media)}
		if len(contents) > 0 {
			c.Suffix = scope.claim(kindSuffix[c.Kind], mediaSuffix(media))
		}
		b.fillContent(c, entry, hint+c.Suffix)
		contents = append(contents, c)
	}
	return contents
}

// kindSuffix tells contents of different kinds apart.
var kindSuffix = map[ContentKind]string{
	JSON: "JSON", Form: "Form", Multipart: "Multipart", Text: "Text", Binary: "Binary", EventStream: "Events",
}

// mediaSuffix names a media type: "application/vnd.shop.v2+json" is VndShopV2JSON.
func mediaSuffix(media string) string {
	media, _, _ = strings.Cut(media, ";")
	_, sub, _ := strings.Cut(media, "/")
	return nameSuffix(strings.ReplaceAll(sub, "*", "any"))
}

// contentKind says how content of the media type is read and written.
func contentKind(media string) ContentKind {
	name, _, err := mime.ParseMediaType(media)
	if err != nil {
		name, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(media)), ";")
	}
	top, sub, _ := strings.Cut(strings.TrimSpace(name), "/")
	switch {
	case sub == "json", strings.HasSuffix(sub, "+json"), name == "*/*", name == "application/*":
		return JSON
	case name == "application/x-www-form-urlencoded":
		return Form
	case top == "multipart":
		return Multipart
	case name == "text/event-stream":
		return EventStream
	case top == "text", name == "application/xml", strings.HasSuffix(sub, "+xml"), name == "application/yaml",
		name == "application/graphql", name == "application/javascript":
		return Text
	}
	return Binary
}

// fillContent sets the types of a content. Where the schema contradicts the kind, the kind yields: a range such as */*
// with a binary schema is no JSON.
func (b *versionBuilder) fillContent(c *Content, entry *spec.Node, hint string) {
	node := entry.Get("schema")
	if node != nil && c.Kind != EventStream {
		c.Schema = b.schemaOf(node)
	}
	binary := binarySchema(b.doc, node)
	if c.Kind == JSON && strings.Contains(c.MediaType, "*") && binary {
		c.Kind = Binary
	}
	switch c.Kind {
	case JSON:
		c.Type = b.bodyType(node, hint, c.Schema)
	case Form, Multipart:
		if !b.fillParts(c, entry, node, hint) {
			c.Kind, c.Parts, c.Schema = Binary, nil, nil
		}
	case Text:
		c.Type = b.goType(scalar(stringType), c.Schema)
		if !textSchema(b.doc, node) {
			c.Schema = nil // an object written as XML, say: its schema is not about the text
		}
	default:
		c.Schema = nil
	}
}

// bodyType is the type of a JSON body; null at the top is a nil pointer.
func (b *versionBuilder) bodyType(node *spec.Node, hint string, s *schema.Schema) *Type {
	if node == nil {
		return &Type{Go: "json.RawMessage", Imports: []string{"encoding/json"}, Schema: s}
	}
	t := b.typeOf(node, hint)
	goType := b.goType(t, s)
	if t.nullable && t.kind != rawKind {
		goType.Go = "*" + goType.Go
	}
	return goType
}

// binarySchema tells whether a schema stands for bytes.
func binarySchema(doc *spec.Document, node *spec.Node) bool {
	sh := shapeOf(doc, []*spec.Node{node})
	return sh.types == stringBit && sh.format == "binary"
}

// textSchema tells whether a schema is about strings.
func textSchema(doc *spec.Document, node *spec.Node) bool {
	return shapeOf(doc, []*spec.Node{node}).types == stringBit
}

// fillParts makes the members of a form of the properties of its schema. It tells whether there is an object to make
// them of.
func (b *versionBuilder) fillParts(c *Content, entry, node *spec.Node, hint string) bool {
	if node == nil {
		return false
	}
	sh := shapeOf(b.doc, []*spec.Node{node})
	if sh.types != objectBit && !(sh.types == 0 && len(sh.unions) > 0) {
		return false
	}
	required := map[string]bool{}
	for _, name := range sh.required {
		required[name] = true
	}
	for _, property := range sh.properties {
		part := b.part(property, entry.Get("encoding").Get(property.name))
		part.Required = required[property.name]
		part.File = part.File && c.Kind == Multipart
		c.Parts = append(c.Parts, part)
	}
	files := map[string]bool{}
	for _, part := range c.Parts {
		files[part.Name] = files[part.Name] || part.File
	}
	if !slices.ContainsFunc(c.Parts, func(p *Part) bool { return p.File }) {
		c.Type = b.bodyType(node, hint, c.Schema)
		return true
	}
	c.Schema = withoutMembers(c.Schema, files, map[*schema.Schema]*schema.Schema{})
	c.Type = b.goType(b.fieldsOnly(node, hint, files), c.Schema)
	return true
}

// fieldsOnly declares a type for a body whose files are streamed: it has no fields for them.
func (b *versionBuilder) fieldsOnly(node *spec.Node, hint string, files map[string]bool) typeExpr {
	d := &declaration{modeler: b.modeler, shape: shapeOf(b.doc, []*spec.Node{node}), hint: hint, schemas: []*spec.Node{node}}
	d.shape.open, d.shape.rest, d.shape.patterns = false, nil, nil
	t := d.open(structModel)
	d.fill(t, files)
	t.pending = false
	return typeExpr{kind: namedKind, named: t}
}

// withoutMembers is the schema of an object without the given members, which don't count for it any more.
func withoutMembers(s *schema.Schema, names map[string]bool, made map[*schema.Schema]*schema.Schema) *schema.Schema {
	if s == nil || s.Never {
		return s
	}
	if made[s] != nil {
		return made[s]
	}
	out := *s
	made[s] = &out
	out.Location += "?fields"
	out.Ref = withoutMembers(s.Ref, names, made)
	out.Properties = slices.DeleteFunc(slices.Clone(s.Properties), func(p schema.Property) bool { return names[p.Name] })
	out.Required = slices.DeleteFunc(slices.Clone(s.Required), func(name string) bool { return names[name] })
	out.MinProperties = nil
	out.DependentRequired = nil
	for _, list := range []*[]*schema.Schema{&out.AllOf, &out.AnyOf, &out.OneOf} {
		*list = slices.Clone(*list)
		for i, part := range *list {
			(*list)[i] = withoutMembers(part, names, made)
		}
	}
	return &out
}

// part is the member of a form that a property stands for.
func (b *versionBuilder) part(property *shapeProperty, encoding *spec.Node) *Part {
	node := property.schemas[0]
	sh := shapeOf(b.doc, property.schemas)
	part := &Part{Name: property.name, Style: "form", Explode: true}
	if sh.types == arrayBit && len(sh.items) > 0 {
		part.Array = true
		node = sh.items[0]
		sh = shapeOf(b.doc, sh.items)
	}
	part.File = sh.types == stringBit && (sh.format == "binary" || sh.binaryMedia)
	part.Schema = b.schemaOf(node)
	for media := range strings.SplitSeq(encoding.Str("contentType"), ",") {
		if media = strings.TrimSpace(media); media != "" {
			part.ContentType = append(part.ContentType, media)
		}
	}
	if style := encoding.Str("style"); style != "" {
		part.Style, part.Explode = style, style == "form"
	}
	if explode := encoding.Get("explode"); explode.Kind() == spec.Bool {
		part.Explode = explode.Text() == "true"
	}
	return part
}
