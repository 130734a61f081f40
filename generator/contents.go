package generator

import (
	"mime"
	"strings"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// body turns a request body into the contents that it may have.
func (b *versionBuilder) body(out *Operation, node *spec.Node) *Body {
	hint := out.Name + "Body"
	if name := node.Key(); strings.HasSuffix(node.Pointer(), "/requestBodies/"+spec.EscapePointer(name)) {
		if b.roots[node.Pointer()] == "" {
			b.roots[node.Pointer()] = exportedName(name)
		}
		hint = b.roots[node.Pointer()]
		if b.scope.has(hint) {
			hint += "Body"
		}
	}
	body := &Body{Required: node.Bool("required"), Contents: b.contents(node.Get("content"), hint, true)}
	if len(body.Contents) == 0 {
		return nil
	}
	return body
}

// contents turns a map of media types into contents. Their suffixes tell the Go fields apart.
func (b *versionBuilder) contents(node *spec.Node, hint string, request bool) []*Content {
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
		b.fillContent(c, entry, hint+c.Suffix, request)
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
func (b *versionBuilder) fillContent(c *Content, entry *spec.Node, hint string, request bool) {
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
	c.Type = b.bodyType(node, hint, c.Schema)
	return true
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
