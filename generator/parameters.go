package generator

import (
	"slices"
	"strings"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// parameterStyles are the default styles (OpenAPI 3, parameter object) and the allowed ones.
var parameterStyles = map[string][]string{
	"path":        {"simple", "label", "matrix"},
	"query":       {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
	"header":      {"simple"},
	"cookie":      {"form", "cookie"},
	"querystring": {"form"},
}

// addParameters turns the declared parameters into fields of the request, and adds those that only the path template
// names.
func (b *versionBuilder) addParameters(out *Operation, op *spec.Operation) {
	var nodes []*spec.Node
	inTemplate := templateNames(op.Path)
	declared := map[string]bool{}
	for _, node := range op.Parameters {
		name, in := node.Str("name"), node.Str("in")
		if parameterStyles[in] == nil || name == "" && in != "querystring" {
			b.fault(spec.Warning, node, "invalid-parameter", "use path, query, header or cookie, and a name",
				"the parameter %q in %q is left out", clipText(name), clipText(in))
			continue
		}
		if in == "path" && !slices.Contains(inTemplate, name) {
			continue // package spec has warned of it
		}
		if in == "header" && describedElsewhere(name) {
			continue // OpenAPI 3, parameter object: definitions of these headers are ignored
		}
		if in == "header" && !headerName.MatchString(name) {
			b.fault(spec.Warning, node, "invalid-parameter", "use a name that HTTP allows",
				"%q can't be the name of a header; the parameter is left out", clipText(name))
			continue
		}
		declared[in+" "+name] = true
		nodes = append(nodes, node)
		out.Parameters = append(out.Parameters, b.parameter(node))
	}
	for _, name := range inTemplate {
		if !declared["path "+name] {
			declared["path "+name] = true // package spec has warned about it
			nodes = append(nodes, nil)
			out.Parameters = append(out.Parameters, &Parameter{Name: name, In: "path", Required: true, Style: "simple"})
		}
	}
	b.nameParameters(out, op, nodes)
}

// describedElsewhere tells whether other parts of the contract describe a header.
func describedElsewhere(header string) bool {
	return strings.EqualFold(header, "accept") || strings.EqualFold(header, "content-type") ||
		strings.EqualFold(header, "authorization")
}

// templateNames returns the names of the parameters in a path template, without repetitions.
func templateNames(path string) []string {
	var names []string
	for _, match := range templateParameter.FindAllString(path, -1) {
		if name := match[1 : len(match)-1]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// nameParameters gives the parameters their fields and types.
func (b *versionBuilder) nameParameters(out *Operation, op *spec.Operation, nodes []*spec.Node) {
	natural := make([]string, len(nodes))
	for i, p := range out.Parameters {
		natural[i] = firstNonEmpty(b.goName(nodes[i]), exportedName(p.Name))
		for _, q := range out.Parameters[:i] {
			if exportedName(q.Name) == natural[i] && q.In != p.In {
				natural[i] += exportedName(p.In)
				break
			}
		}
	}
	var scope nameScope
	scope.reserve("Body", "ContentType", "Request", "Principal")
	for i, field := range scope.claimAll(natural) {
		p := out.Parameters[i]
		p.Field = field
		node := nodes[i]
		if node == nil {
			p.Schema = &schema.Schema{Location: out.Pointer + "#" + p.Name, Types: schema.String}
			p.Type = b.goType(scalar(stringType), p.Schema)
			continue
		}
		schemaNode := node.Get("schema")
		if _, content := firstContent(node); content != nil {
			schemaNode = content.Get("schema")
		}
		hint := b.placeName(node, op.PathItem, out.Name+field, "Parameter")
		p.Type, p.Schema = b.parameterType(node, schemaNode, hint)
	}
}

// parameter reads all of a parameter but its field and type.
func (b *versionBuilder) parameter(node *spec.Node) *Parameter {
	in := node.Str("in")
	p := &Parameter{
		Name: node.Str("name"), In: in, Required: in == "path" || node.Bool("required"), Style: node.Str("style"),
		Reserved: node.Bool("allowReserved"), Empty: node.Bool("allowEmptyValue"), Comment: node.Str("description"),
	}
	if !slices.Contains(parameterStyles[in], p.Style) {
		if p.Style != "" {
			b.fault(spec.Warning, node.Get("style"), "invalid-style", "use "+strings.Join(parameterStyles[in], " or "),
				"a parameter in %s has no style %q; the default is taken", in, clipText(p.Style))
		}
		p.Style = parameterStyles[in][0]
	}
	p.Explode = p.Style == "form" || p.Style == "cookie"
	if explode := node.Get("explode"); explode.Kind() == spec.Bool {
		p.Explode = explode.Text() == "true"
	}
	p.MediaType, _ = firstContent(node)
	if value := b.doc.Deref(node.Get("schema")).Get("default"); value != nil && b.validDefault(value, node.Get("schema")) {
		p.Default = value.Value()
	}
	return p
}

// validDefault tells whether the default of a parameter has its type and is one of its values. Nothing else checks it.
func (b *versionBuilder) validDefault(value, schemaNode *spec.Node) bool {
	if value.Kind() == spec.Null {
		return false
	}
	sh := shapeOf(b.doc, []*spec.Node{schemaNode})
	kind := kindBit(value)
	fits := sh.types == 0 || sh.types&kind != 0
	if sh.hasEnum && kind&(arrayBit|objectBit) == 0 {
		fits = fits && slices.ContainsFunc(sh.enum, value.Equal)
	}
	if !fits {
		b.fault(spec.Warning, value, "invalid-default", "write a value that the schema accepts",
			"the default is no value of the parameter's schema; it is not used")
	}
	return fits
}

// parameterType returns the type of a parameter or header; one without a schema is a string.
func (b *versionBuilder) parameterType(node, schemaNode *spec.Node, hint string) (*Type, *schema.Schema) {
	if schemaNode == nil {
		s := &schema.Schema{Location: node.Location(), Types: schema.String}
		return b.goType(scalar(stringType), s), s
	}
	t := b.typeOf(schemaNode, hint)
	if t.kind == rawKind && len(shapeOf(b.doc, []*spec.Node{schemaNode}).unions) == 0 && untyped(b.doc, schemaNode) {
		t = scalar(stringType)
	}
	s := b.schemaOf(schemaNode)
	return b.goType(t, s), s
}

// untyped tells whether a schema says nothing about the type, so that the text of a parameter is its value.
func untyped(doc *spec.Document, node *spec.Node) bool {
	sh := shapeOf(doc, []*spec.Node{node})
	return sh.types == 0 && !sh.impossible && !sh.hasEnum
}
