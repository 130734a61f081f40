package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/msgen/msgen/spec"
)

// parameter is a parameter with what decides how its bytes are read.
type parameter struct {
	node     *spec.Node
	name, in string
	required bool
	style    string
	explode  bool
	media    string // of a content parameter, else ""
	schema   *spec.Node
	doc      *spec.Document
}

// newParameter reads a parameter or header object, with the defaults of OpenAPI 3.1 section 4.8.12.
func newParameter(doc *spec.Document, n *spec.Node, in string) parameter {
	p := parameter{doc: doc, node: n, name: n.Str("name"), in: in, required: n.Bool("required") || in == "path", style: n.Str("style")}
	if p.style == "" {
		p.style = map[string]string{"query": "form", "cookie": "form", "path": "simple", "header": "simple"}[in]
	}
	p.explode = p.style == "form"
	if explode := n.Get("explode"); explode != nil {
		p.explode = n.Bool("explode")
	}
	p.schema = n.Get("schema")
	for _, m := range n.Get("content").Members() {
		p.media, p.schema = mediaType(m.Key), doc.Deref(m.Value).Get("schema")
		break
	}
	return p
}

// parameterKey identifies a parameter on the wire: header names without case, path parameters by their place.
func parametersOf(doc *spec.Document, op *spec.Operation) map[string]parameter {
	positions := map[string]int{}
	for i, name := range parameterNames(op.Path) {
		positions[name] = i
	}
	all := map[string]parameter{}
	for _, n := range op.Parameters {
		p := newParameter(doc, n, n.Str("in"))
		key := p.in + " " + p.name
		switch p.in {
		case "header":
			lower := strings.ToLower(p.name)
			if lower == "accept" || lower == "content-type" || lower == "authorization" {
				continue
			}
			key = p.in + " " + lower
		case "path":
			position, ok := positions[p.name]
			if !ok {
				continue
			}
			key = fmt.Sprintf("path %d", position)
		}
		all[key] = p
	}
	return all
}

// keyOf is the key of a parameter among those of an operation.
func keyOf(op *spec.Operation, of parameter) string {
	for key, p := range parametersOf(of.doc, op) {
		if p.node == of.node {
			return key
		}
	}
	return ""
}

func (c *comparer) parameters(p pair) {
	old, revision := parametersOf(c.old.doc, p.old), parametersOf(c.new.doc, p.new)
	for _, key := range keys(old) {
		before := old[key]
		after, ok := revision[key]
		if !ok {
			if before.in != "path" {
				c.report(p.finding("parameter-removed", fmt.Sprintf("%s parameter %q is gone", before.in, before.name), before.node, nil))
			}
			continue
		}
		c.parameter(p, before, after)
	}
	for _, key := range keys(revision) {
		after := revision[key]
		if _, ok := old[key]; ok || after.in == "path" {
			continue
		}
		rule, kind := "parameter-added", "optional"
		if after.required && c.credential(p.old, after) {
			after.required = false
		}
		if after.required {
			rule, kind = "parameter-required-added", "required"
		}
		d := p.finding(rule, fmt.Sprintf("%s %s parameter %q is new", kind, after.in, after.name), nil, after.node)
		if after.required {
			refused(&d, c.exchange(p, nil), fmt.Sprintf("the %s parameter %q is missing, and is required now", after.in, after.name))
		}
		c.report(d)
	}
}

// credential tells whether a parameter is the key that every caller of an operation sends already.
func (c *comparer) credential(op *spec.Operation, of parameter) bool {
	if len(op.Security) == 0 || !c.schemas.anyText(of.schema) {
		return false
	}
	keys := map[string]bool{}
	for _, s := range c.old.doc.SecuritySchemes() {
		name := s.Node.Str("name")
		keys[s.Name] = s.Node.Str("type") == "apiKey" && s.Node.Str("in") == of.in &&
			(name == of.name || of.in == "header" && strings.EqualFold(name, of.name))
	}
	for _, requirement := range op.Security {
		if !slices.ContainsFunc(requirement.Uses, func(use spec.SchemeUse) bool { return keys[use.Scheme] }) {
			return false
		}
	}
	return true
}

func (c *comparer) parameter(p pair, old, revision parameter) {
	if old.node.Equal(revision.node) && old.node.Get("$ref") == nil && c.schemas.unchanged(old.schema, revision.schema) {
		return
	}
	what := fmt.Sprintf("%s parameter %q", old.in, old.name)
	switch {
	case !old.required && revision.required:
		d := p.finding("parameter-became-required", what+" is required now", old.node, member(revision.node, "required"))
		refused(&d, c.exchange(p, nil), fmt.Sprintf("the %s is missing, and is required now", what))
		c.report(d)
	case old.required && !revision.required:
		c.report(p.finding("parameter-became-optional", what+" is optional now", old.node, revision.node))
	}
	if old.in == "query" && old.node.Bool("allowEmptyValue") && !revision.node.Bool("allowEmptyValue") &&
		!c.schemas.acceptsText(revision.schema, "") {
		d := p.finding("parameter-empty-value-refused", "an empty "+what+" is refused now", member(old.node, "allowEmptyValue"), revision.node)
		refused(&d, c.exchange(p, map[string]any{keyOf(p.old, old): ""}), fmt.Sprintf("the %s is empty", what))
		c.report(d)
	}
	if difference := c.serialization(old, revision, "request"); difference != "" {
		d := p.finding("parameter-serialization-changed", what+": "+difference, old.node, revision.node)
		given := map[string]any{keyOf(p.old, old): c.old.several(old)}
		refused(&d, c.exchange(p, given), fmt.Sprintf("%s: %s", what, difference))
		c.report(d)
		return
	}
	c.schemas.compareWire(p, "request", what, old, revision)
}

// sideOf is the contract that a parameter stands in.
func (c *comparer) sideOf(p parameter) *side {
	if p.doc == c.new.doc {
		return c.new
	}
	return c.old
}

// serialization says how the same bytes are read differently, or "".
func (c *comparer) serialization(old, revision parameter, side string) string {
	if old.media != "" || revision.media != "" {
		switch {
		case old.media == revision.media || covers(revision.media, old.media) && side == "request":
			return ""
		case old.media == "":
			return c.scalarContent(old, revision)
		case revision.media == "":
			return c.scalarContent(revision, old)
		}
		return fmt.Sprintf("the content was %s and is %s", old.media, revision.media)
	}
	if old.in == "path" && old.style == "matrix" && old.name != revision.name {
		return fmt.Sprintf("the matrix parameter was called %s and is %s", old.name, revision.name)
	}
	shape := c.schemas.shape(old.schema, c.sideOf(old))
	if old.style != revision.style && !sameBytes(old, revision, shape) {
		return fmt.Sprintf("the style was %s and is %s", old.style, revision.style)
	}
	if old.explode != revision.explode && shape.explodes(old.style) {
		return fmt.Sprintf("explode was %t and is %t", old.explode, revision.explode)
	}
	if before, after := innerFormats(old), innerFormats(revision); before != after && before != "" && after != "" {
		return fmt.Sprintf("the collectionFormat of the items was %s and is %s", before, after)
	}
	return ""
}

// innerFormats says how the arrays inside an array of Swagger 2.0 are separated; "" when there are none.
func innerFormats(p parameter) string {
	if p.doc.Version != spec.Swagger20 {
		return ""
	}
	var formats []string
	for items := p.schema.Get("items"); items.Str("type") == "array"; items = items.Get("items") {
		format := items.Str("collectionFormat")
		if format == "" {
			format = "csv"
		}
		formats = append(formats, format)
	}
	return strings.Join(formats, ", ")
}

// scalarContent allows a change between schema and content where both read the same bytes: JSON numbers and booleans.
func (c *comparer) scalarContent(plain, content parameter) string {
	shape := c.schemas.shape(plain.schema, c.sideOf(plain))
	if isJSON(content.media) && shape == numeric {
		return ""
	}
	if content.media == "text/plain" && (shape == numeric || shape == scalar) {
		return ""
	}
	return fmt.Sprintf("the parameter changed between a style and the content %s", content.media)
}

// sameBytes tells whether two styles write a value of the shape alike (OpenAPI 3.1 section 4.8.12.3).
func sameBytes(old, revision parameter, s shape) bool {
	if s == scalar || s == numeric {
		plain := map[string]bool{"form": true, "simple": true, "spaceDelimited": true, "pipeDelimited": true}
		return plain[old.style] && plain[revision.style]
	}
	if s == single || s == list {
		exploded := func(p parameter) bool {
			return p.explode && (p.style == "form" || p.style == "spaceDelimited" || p.style == "pipeDelimited")
		}
		return exploded(old) && exploded(revision)
	}
	return false
}

// shape is what a parameter's values look like, as far as serialization cares.
type shape uint8

const (
	numeric   shape = iota // numbers and booleans: JSON and text agree
	scalar                 // strings and the above
	single                 // arrays of at most one item
	list                   // arrays
	composite              // objects, or a mix
)

// explodes tells whether explode changes the bytes of a value.
func (s shape) explodes(style string) bool {
	switch s {
	case numeric, scalar, single:
		return false
	case list:
		return style != "simple" && style != "deepObject"
	}
	return style != "deepObject"
}
