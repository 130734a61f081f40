package generator

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// clientNames are the names that every client declares.
var clientNames = []string{"ClientInterface", "ClientOption", "ClientWithResponses", "ClientWithResponsesInterface",
	"HttpRequestDoer", "NewClient", "NewClientWithResponses", "RequestEditorFn", "WithBaseURL", "WithHTTPClient",
	"WithRequestEditorFn"}

// client writes the Go client of the version: beside the models, whose types it uses.
func (b *versionBuilder) client() ([]byte, error) {
	c := &clientBuilder{versionBuilder: b, suffix: "Response", name: "Client"}
	c.edits.queries, c.edits.forms = map[string]string{}, map[string]clientForm{}
	for b.scope.has(c.name) {
		c.name = "API" + c.name
	}
	for slices.ContainsFunc(b.version.Operations, func(op *Operation) bool { return b.scope.has(op.Name + c.suffix) }) {
		c.suffix = "Client" + c.suffix
	}
	doc := &openapi3.T{
		OpenAPI: "3.0.3", Info: &openapi3.Info{Title: "client", Version: "1"}, Paths: openapi3.NewPaths(),
		Components: &openapi3.Components{},
	}
	c.methods.reserve("Server", "Client", "RequestEditors", "ClientInterface")
	for _, op := range b.version.Operations {
		c.add(doc, op)
	}
	configuration := oapiConfiguration(b.modelsPackage())
	configuration.Generate.Client = true
	configuration.OutputOptions.ClientTypeName = c.name
	configuration.OutputOptions.ResponseTypeSuffix = c.suffix
	configuration.OutputOptions.SkipResponseBodyGetters = true
	configuration.OutputOptions.SkipClientResponseContentType = true
	code, err := oapiGenerate(doc, configuration)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if code, err = c.edits.apply(code); err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	src, err := tidyModels(b.modelsPackage(), b.options.paramImport(), code)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return bytes.TrimPrefix(src, []byte(modelsDoc(b.modelsPackage()))), nil
}

// clientMethods are the methods that a path item of OpenAPI 3.0 has.
var clientMethods = []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete, http.MethodOptions,
	http.MethodHead, http.MethodPatch, http.MethodTrace}

// clientBuilder makes the document from which oapi-codegen writes a client.
type clientBuilder struct {
	*versionBuilder
	name    string // of the client's type
	suffix  string // of the types of responses
	methods nameScope
	edits   clientEdits
}

// add adds an operation. Its types are those of the models, written as they are there.
func (c *clientBuilder) add(doc *openapi3.T, op *Operation) {
	template := op.Template
	if c.options.Consumer {
		template = op.Path
	}
	path, names := clientPath(template)
	method := op.Method
	if !slices.Contains(clientMethods, method) {
		method, path = http.MethodPost, c.edits.methodMarker(method)+path
	}
	id := c.operationID(op)
	out := &openapi3.Operation{
		OperationID: id, Summary: oneLine(op.Summary), Deprecated: op.Deprecated,
		Responses: openapi3.NewResponsesWithCapacity(len(op.Responses)),
	}
	fields := map[string]bool{}
	for _, p := range op.Parameters {
		if ref := c.parameter(p, names, fields); ref != nil {
			out.Parameters = append(out.Parameters, ref)
		}
		if p.In == "querystring" {
			c.edits.queries[id] = kindSuffix[contentKind(p.MediaType)]
		}
	}
	if op.Body != nil {
		for _, content := range op.Body.Contents {
			if content.Kind == Form {
				c.edits.form(id, c.local(content.Type), content)
			}
		}
		body := &openapi3.RequestBody{Required: op.Body.Required, Content: c.content(op.Body.Contents, false)}
		out.RequestBody = &openapi3.RequestBodyRef{Value: body}
	}
	for _, r := range op.Responses {
		if c.options.Consumer && problematic(op, r) {
			continue
		}
		description := ""
		response := &openapi3.Response{Description: &description, Content: c.content(r.Contents, true)}
		out.Responses.Set(r.Status, &openapi3.ResponseRef{Value: response})
	}
	item := doc.Paths.Value(path)
	if item == nil {
		item = &openapi3.PathItem{}
		doc.Paths.Set(path, item)
	}
	item.SetOperation(method, out)
}

// problematic tells whether every answer that a response stands for is an error.
func problematic(op *Operation, r *Response) bool {
	if r.Status == "default" {
		return slices.ContainsFunc(op.Responses, func(other *Response) bool { return strings.HasPrefix(other.Status, "2") })
	}
	return r.Status >= "4"
}

// operationID finds a name for the operation such that nothing it gives rise to is taken: neither by the models nor by
// another operation.
func (c *clientBuilder) operationID(op *Operation) string {
	for n := 1; ; n++ {
		id := op.Name
		if n > 1 {
			id = fmt.Sprintf("%sCall%d", op.Name, n)
		}
		methods := []string{id, id + "WithBody", id + "WithResponse", id + "WithBodyWithResponse", id + "WithFormdataBody",
			id + "WithTextBody"}
		declared := []string{id + "Params", id + c.suffix, "New" + id + "Request", "New" + id + "RequestWithBody",
			"Parse" + id + c.suffix, id + "JSONBody", id + "JSONRequestBody", id + "FormdataBody",
			id + "FormdataRequestBody", id + "TextBody", id + "TextRequestBody", id + "MultipartBody",
			id + "MultipartRequestBody"}
		if !slices.ContainsFunc(methods, c.methods.has) && !slices.ContainsFunc(declared, c.scope.has) {
			c.methods.reserve(methods...)
			c.scope.reserve(declared...)
			return id
		}
	}
}

// clientPath is the path template with parameters that are safe in a format string and in Go code, and their names by
// those of the contract.
func clientPath(rest string) (string, map[string]string) {
	names := map[string]string{}
	var b strings.Builder
	for {
		at := templateParameter.FindStringIndex(rest)
		if at == nil {
			b.WriteString(escapeFormat(rest))
			return b.String(), names
		}
		b.WriteString(escapeFormat(rest[:at[0]]))
		name := rest[at[0]+1 : at[1]-1]
		if names[name] == "" {
			names[name] = name
			if strings.ContainsFunc(name, notWord) || name == "" {
				names[name] = fmt.Sprintf("p%d", len(names))
			}
		}
		b.WriteString("{" + names[name] + "}")
		rest = rest[at[1]:]
	}
}

func notWord(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
}

// escapeFormat writes the text of a path for a format string in quotes.
func escapeFormat(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '%':
			b.WriteString("%%")
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"\\`{}#*", c) >= 0:
			fmt.Fprintf(&b, "%%%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// parameter is a parameter of the client, nil for one that oapi-codegen can't write.
func (c *clientBuilder) parameter(p *Parameter, names map[string]string, fields map[string]bool) *openapi3.ParameterRef {
	if strings.ContainsFunc(p.Name, unsafeInLiteral) && p.In != "querystring" {
		return nil
	}
	out := &openapi3.Parameter{
		Name: p.Name, In: p.In, Required: p.Required, Style: p.Style, Explode: &p.Explode,
		Description: fieldComment(p.Field, p.Comment),
	}
	field := p.Field
	if p.In == "querystring" {
		out.Name, out.In, out.Style = queryMarker, "query", "form"
	}
	if p.In == "path" {
		out.Name = names[p.Name]
		if lower := strings.ToLower(field); clientLocals[lower] || strings.HasPrefix(lower, "pathparam") {
			field += "Value"
		}
	}
	for fields[strings.ToLower(field)] {
		field += "_"
	}
	fields[strings.ToLower(field)] = true
	out.Extensions = map[string]any{
		"x-go-name":                          field,
		"x-oapi-codegen-only-honour-go-name": true,
		"x-oapi-codegen-extra-tags":          map[string]any{"json": "-", "form": "-"},
	}
	schema := c.typed(p.Type)
	switch {
	case p.MediaType == "":
		out.Schema = schema
	case contentKind(p.MediaType) == JSON, p.In == "querystring" && contentKind(p.MediaType) == Form:
		out.Content = openapi3.Content{"application/json": &openapi3.MediaType{Schema: schema}}
	default:
		out.Content = openapi3.Content{"text/plain": &openapi3.MediaType{Schema: schema}}
	}
	return &openapi3.ParameterRef{Value: out}
}

// clientLocals are the names that the functions of a client use for other things than path parameters.
var clientLocals = wordSet("server params body contenttype ctx reqeditors c req err serverurl operationpath queryurl " +
	"queryvalues rawqueryfragments bodyreader buf bodystr rsp http url fmt json runtime io strings bytes context uuid time " +
	"openapi_types param queryform string int64 int32 int bool error nil true false len append byte any float64 float32 uint64 uint32 new")

// typed is a schema that oapi-codegen writes as the type stands in the models package.
func (c *clientBuilder) typed(t *Type) *openapi3.SchemaRef {
	local := "string"
	if t != nil {
		local = c.local(t)
	}
	schema := oapiVerbatim(local)
	container := strings.HasPrefix(local, "[]") || strings.HasPrefix(local, "map[") || local == "json.RawMessage"
	schema.Extensions["x-go-type-skip-optional-pointer"] = container
	switch {
	case strings.HasPrefix(local, "[]"):
		schema.Type = &openapi3.Types{"array"} // tells oapi-codegen that the zero value is nil
	case local == "string":
		schema.Type = &openapi3.Types{"string"}
	}
	return openapi3.NewSchemaRef("", schema)
}

// local is a type as it stands in the models package.
func (c *clientBuilder) local(t *Type) string {
	return strings.ReplaceAll(t.Go, c.modelsPackage()+".", "")
}

// content is what the client knows of a body: JSON, forms and text get types, the rest is bytes. Every JSON media type
// of a response is read in the same way.
func (c *clientBuilder) content(contents []*Content, response bool) openapi3.Content {
	out := openapi3.Content{}
	for _, content := range contents {
		media := strings.ToLower(content.MediaType)
		if strings.ContainsFunc(media, unsafeInLiteral) {
			media = "application/octet-stream"
		}
		entry := &openapi3.MediaType{}
		switch {
		case content.Kind == JSON && response:
			media = "application/json"
			if out[media] != nil {
				continue
			}
			entry.Schema = c.typed(content.Type)
		case content.Kind == JSON && media == "application/json", content.Kind == Form && !response:
			entry.Schema = c.typed(content.Type)
		case media == "text/plain":
			entry.Schema = c.typed(nil)
		default:
			media = "application/octet-stream"
		}
		out[media] = entry
	}
	return out
}
