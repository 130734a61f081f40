package generator

import (
	"encoding/json"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// serverParam is a parameter as the templates see it.
type serverParam struct {
	*Parameter
	Var      string // Go name of its description
	GoType   string // of the field
	Literal  string // Go expression of the description
	Fallback string // Go literal of a default that is a constant, "" for none
	Pointer  bool   // the field is a pointer, nil when the parameter is absent
}

// Words is the comment of the field.
func (p *serverParam) Words() string { return modelComment(p.Comment) }

// param describes a parameter.
func (o *serverOperation) param(p *Parameter) (*serverParam, error) {
	goType := o.view.use(p.Type)
	check, err := o.view.validator(p.Schema, schema.Request)
	if err != nil {
		return nil, err
	}
	out := &serverParam{Parameter: p, Var: o.view.variable("param" + o.Name + p.Field), GoType: goType}
	spec := o.paramSpec(p, check)
	fallback, constant := o.fallback(p)
	switch {
	case p.Required:
	case constant:
		out.Fallback = fallback
	case fallback != "":
		spec = append(spec, "\nDefault: "+GoString(fallback))
	default:
		out.Pointer = !o.view.container(goType)
	}
	out.Literal = fmt.Sprintf("param.Param[%s]{\nSpec: param.Spec{%s,\n},\n", goType, strings.Join(spec, ", "))
	if parser := o.view.textParser(goType); parser != "" {
		out.Literal += "Text: param." + parser + "[" + goType + "],\n"
	}
	out.Literal += "Decode: " + o.view.unit.Decoder(goType) + ",\n}"
	if out.Pointer {
		out.GoType = "*" + goType
	}
	return out, nil
}

// paramSpec writes the fields of a param.Spec.
func (o *serverOperation) paramSpec(p *Parameter, check string) []string {
	name := p.Name
	if p.In == "header" {
		name = textproto.CanonicalMIMEHeaderKey(name)
	}
	w := wireOf(p.Schema, 5)
	spec := []string{"\nName: " + GoString(name)}
	add := func(field string, set bool) {
		if set {
			spec = append(spec, field+": true")
		}
	}
	if in := paramPlaces[p.In]; in != "" {
		spec = append(spec, "In: "+in)
	}
	if style := paramStyles[p.Style]; style != "" {
		spec = append(spec, "Style: "+style)
	}
	add("Explode", p.Explode)
	add("Required", p.Required)
	add("Empty", p.Empty)
	if p.MediaType != "" {
		form := essence(p.MediaType) == "application/x-www-form-urlencoded"
		add("Form", form)
		add("JSON", !form && contentKind(p.MediaType) == JSON)
		if form {
			return append(spec, "Value: param.Value"+formWire(w, nil), "Validate: "+check)
		}
	}
	if value := w.expr(); value != "{}" {
		spec = append(spec, "\nValue: param.Value"+value)
	}
	if others := o.otherQueries(p, w); others != "" {
		spec = append(spec, "\nOthers: "+others)
	}
	return append(spec, "\nValidate: "+check)
}

// otherQueries lists the other query parameters for an exploded object that takes what they leave.
func (o *serverOperation) otherQueries(p *Parameter, w wire) string {
	if p.In != "query" || p.Style != "form" || !p.Explode || w.types&schema.Object == 0 || w.additional == nil {
		return ""
	}
	var names []string
	for _, q := range o.Parameters {
		if q.In == "query" && q != p {
			names = append(names, GoString(q.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "[]string{" + strings.Join(names, ", ") + "}"
}

// paramPlaces and paramStyles are the constants of package param; what is "" there is its zero value.
var (
	paramPlaces = map[string]string{
		"path": "param.Path", "header": "param.Header", "cookie": "param.Cookie", "querystring": "param.QueryString",
	}
	paramStyles = map[string]string{
		"label": "param.Label", "matrix": "param.Matrix", "form": "param.Form", "cookie": "param.Form",
		"spaceDelimited": "param.SpaceDelimited", "pipeDelimited": "param.PipeDelimited", "deepObject": "param.DeepObject",
	}
)

// fallback is the default of a parameter: a Go literal when it is a constant of the parameter's type, else its JSON. It
// is "" when there is none, or none of the parameter's type.
func (o *serverOperation) fallback(p *Parameter) (text string, constant bool) {
	if p.Default == nil {
		return "", false
	}
	if types := wireOf(p.Schema, 5).types; types != 0 && types&valueTypes(p.Default) == 0 &&
		!(types&schema.Number != 0 && valueTypes(p.Default) == schema.Integer) {
		return "", false
	}
	kind := o.view.kind(p.Type.Go)
	switch v := p.Default.(type) {
	case string:
		if kind == "string" {
			return GoString(v), true
		}
	case bool:
		if kind == "bool" {
			return strconv.FormatBool(v), true
		}
	case json.Number:
		switch {
		case strings.HasPrefix(kind, "int") && kind != "interface":
			if n, err := strconv.ParseInt(v.String(), 10, intBits(kind, "int")); err == nil {
				return strconv.FormatInt(n, 10), true
			}
			return "", false
		case strings.HasPrefix(kind, "uint"):
			if n, err := strconv.ParseUint(v.String(), 10, intBits(kind, "uint")); err == nil {
				return strconv.FormatUint(n, 10), true
			}
			return "", false
		case strings.HasPrefix(kind, "float"):
			if f, err := v.Float64(); err == nil {
				return strconv.FormatFloat(f, 'g', -1, 64), true
			}
			return "", false
		}
	}
	doc, err := json.Marshal(p.Default)
	if err != nil {
		return "", false
	}
	return string(doc), false
}

// intBits is the size of an integer type: 64 for int.
func intBits(kind, prefix string) int {
	bits, err := strconv.Atoi(strings.TrimPrefix(kind, prefix))
	if err != nil {
		return 64
	}
	return bits
}

// textParser names the function of package param that decodes the text of a type, "" when there is none.
func (v *serverView) textParser(goType string) string {
	switch kind := v.kind(goType); kind {
	case "string":
		return "ParseString"
	case "bool":
		return "ParseBool"
	case "int", "int8", "int16", "int32", "int64":
		return "ParseInt"
	case "uint", "uint8", "uint16", "uint32", "uint64":
		return "ParseUint"
	case "float32", "float64":
		return "ParseFloat"
	case "uuid.UUID", "openapi_types.UUID":
		return "ParseUUID"
	}
	return ""
}

// serverBody is one content of a request body as the templates see it.
type serverBody struct {
	*Content
	Index   string
	Var     string // Go name of its codec
	Field   string // of the request
	Files   string // field of the files of a multipart body, "" for none
	GoType  string // of the field
	Value   string // Go type of the decoded value, "" for a stream
	Codec   string // Go expression
	FormVar string // Go name of Form
	Form    string // Go expression of the fields of a form or multipart body
	Pointer bool   // the field is a pointer, nil when the content was not sent
}

// Streamed tells whether the body reaches the handler unread.
func (b *serverBody) Streamed() bool { return b.Kind == Binary || b.Kind == Multipart }

// Reader names the function of package content that reads the body.
func (b *serverBody) Reader() string {
	return map[ContentKind]string{JSON: "ReadJSON", Form: "ReadForm", Multipart: "ReadMultipart", Text: "ReadText"}[b.Kind]
}

// Media is the Go expression of the content's media type.
func (b *serverBody) Media() string {
	kind := ""
	if name := contentKinds[b.Kind]; name != "" {
		kind = ", Kind: " + name
	}
	return "{Type: " + GoString(essence(b.MediaType)) + kind + "}"
}

// contentKinds are the constants of package content; JSON is its zero value.
var contentKinds = map[ContentKind]string{
	Form: "content.Form", Multipart: "content.Multipart", Text: "content.Text", Binary: "content.Binary",
}

// body describes a content of the request body.
func (o *serverOperation) body(i int, c *Content, fields map[string]bool) (*serverBody, error) {
	b := &serverBody{Content: c, Index: strconv.Itoa(i), Var: o.view.variable("body" + o.Name + c.Suffix), Field: freeField(fields, "Body"+c.Suffix)}
	if c.Kind == EventStream {
		b.Content = &Content{MediaType: c.MediaType, Kind: Binary, Suffix: c.Suffix}
	}
	if b.Kind == Binary || c.Type == nil {
		b.GoType = "io.Reader"
		return b, nil
	}
	b.Value = o.view.use(c.Type)
	b.GoType = b.Value
	checked := c.Schema
	if c.Kind == Form || c.Kind == Multipart {
		b.Form, b.FormVar = o.form(c), o.view.variable("form"+o.Name+c.Suffix)
	}
	if c.Kind == Multipart {
		b.Files = freeField(fields, "Files"+c.Suffix)
		checked = withoutFiles(c)
	}
	if optional := !o.Body.Required || len(o.Body.Contents) > 1; optional && !strings.HasPrefix(b.Value, "*") {
		b.Pointer = true
		b.GoType = "*" + b.Value
	}
	var err error
	b.Codec, err = o.codec(c.Type, checked, schema.Request)
	return b, err
}

// form is the Go expression of how the fields of a form (param.Value) or multipart body (content.Parts) are read.
func (o *serverOperation) form(c *Content) string {
	w := wireOf(c.Schema, 5)
	if c.Kind == Form {
		return "param.Value" + formWire(w, c.Parts)
	}
	var parts []string
	for _, p := range c.Parts {
		fields := []string{"Name: " + GoString(p.Name)}
		add := func(field string, set bool) {
			if set {
				fields = append(fields, field+": true")
			}
		}
		add("File", p.File)
		add("Array", p.Array)
		add("Required", p.Required && p.File)
		if len(p.ContentType) > 0 {
			var types []string
			for _, t := range p.ContentType {
				types = append(types, GoString(essence(t)))
			}
			fields = append(fields, "Types: []string{"+strings.Join(types, ", ")+"}")
		}
		add("JSON", p.json())
		parts = append(parts, "{"+strings.Join(fields, ", ")+"}")
	}
	expr := "content.Parts{\nFields: param.Value" + w.expr() + ", \nParts: []content.Part{" + listed(parts) + "}"
	if closed(c.Schema, 8) {
		expr += ", Closed: true"
	}
	return expr + ",\n}"
}

// json tells whether the text of a part is JSON: its encoding says so, or it is an object.
func (p *Part) json() bool {
	if len(p.ContentType) > 0 {
		return !slices.ContainsFunc(p.ContentType, func(t string) bool { return contentKind(t) != JSON || strings.Contains(t, "*") })
	}
	types := wireOf(p.Schema, 5).types
	return types != 0 && types&(schema.Object|schema.Array) != 0 && types&(schema.String|schema.Number|schema.Integer|schema.Boolean) == 0
}

// formWire writes how the fields of a form are read: each in the style of its part.
func formWire(w wire, parts []*Part) string {
	var members []string
	for _, m := range w.members {
		style, explode, asJSON := "form", true, false
		for _, p := range parts {
			if p.Name == m.name {
				style, explode = p.Style, p.Explode
				asJSON = !p.Array && p.json() && style == "form" && explode
			}
		}
		fields := []string{"Name: " + GoString(m.name)}
		if expr := paramStyles[style]; expr != "" {
			fields = append(fields, "Style: "+expr)
		}
		if explode {
			fields = append(fields, "Explode: true")
		}
		if asJSON {
			fields = append(fields, "JSON: true")
		}
		members = append(members, "{"+strings.Join(append(fields, "Value: param.Value"+m.value.expr()), ", ")+"}")
	}
	expr := "{Types: param.Object, Members: []param.Spec{" + listed(members) + "}"
	if w.additional != nil {
		expr += ", Additional: &param.Value" + w.additional.expr()
	}
	return expr + "}"
}

// closed tells whether a schema refuses members that it does not name.
func closed(s *schema.Schema, levels int) bool {
	if s == nil || levels == 0 {
		return false
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Never || s.UnevaluatedProperties != nil && s.UnevaluatedProperties.Never {
		return true
	}
	return closed(s.Ref, levels-1) || slices.ContainsFunc(s.AllOf, func(part *schema.Schema) bool { return closed(part, levels-1) })
}

// withoutFiles is the schema of a multipart body's fields: that of the body, in which the files, which are streamed
// later, are not asked for.
func withoutFiles(c *Content) *schema.Schema {
	files := map[string]bool{}
	for _, p := range c.Parts {
		if p.File {
			files[p.Name] = true
		}
	}
	if len(files) == 0 || c.Schema == nil {
		return c.Schema
	}
	return dropFiles(c.Schema, files, map[*schema.Schema]*schema.Schema{})
}

// dropFiles copies a schema, and those that apply to the same value, without the members that are files.
func dropFiles(s *schema.Schema, files map[string]bool, done map[*schema.Schema]*schema.Schema) *schema.Schema {
	if s == nil || s.Never {
		return s
	}
	if copied, ok := done[s]; ok {
		return copied
	}
	c := *s
	done[s] = &c
	c.Location += "#fields"
	c.Required = slices.DeleteFunc(slices.Clone(s.Required), func(name string) bool { return files[name] })
	c.Properties = slices.DeleteFunc(slices.Clone(s.Properties), func(p schema.Property) bool { return files[p.Name] })
	c.MinProperties = nil
	c.DependentRequired = nil
	c.Ref = dropFiles(s.Ref, files, done)
	for _, list := range []*[]*schema.Schema{&c.AllOf, &c.AnyOf, &c.OneOf} {
		copied := make([]*schema.Schema, len(*list))
		for i, part := range *list {
			copied[i] = dropFiles(part, files, done)
		}
		*list = copied
	}
	return &c
}
