package generator

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/msgen/msgen/spec"
)

// addOperations turns the operations of the contract into those of the version, in its order.
func (b *versionBuilder) addOperations() {
	operations := b.routable()
	names := b.nameOperations(operations)
	for i, op := range operations {
		b.roots[op.Node.Location()] = names[i]
	}
	var files nameScope
	files.reserve(b.options.ReservedFiles...)
	for i, op := range operations {
		b.version.Operations = append(b.version.Operations, b.operation(op, names[i], files.claimFile(operationFile(op, names[i]))))
	}
}

// operationFile names the file of an operation after its Go name, or after what it answers when that has no letter that
// a file's name could have.
func operationFile(op *spec.Operation, name string) string {
	if file := fileName(name); file != "x" || len(name) == 1 {
		return file
	}
	return fileName(exportedName(op.Method + " " + op.Path))
}

// claimFile is claim for the names of files.
func (s *nameScope) claimFile(name string) string {
	if !s.has(name) {
		s.reserve(name)
		return name
	}
	return s.claim(name+"_op", name+"_op_")
}

// routable returns the operations that a router can tell apart: for the same method and template (parameters' names
// aside) only the first.
func (b *versionBuilder) routable() []*spec.Operation {
	var operations []*spec.Operation
	for _, op := range b.doc.Operations() {
		key := op.Method + " " + templateParameter.ReplaceAllString(operationPath(op), "{}")
		if first, taken := b.routes[key]; taken {
			b.fault(spec.Warning, op.Node, "duplicate-route", "give one of them another path or method",
				"%s %s is served by the operation of %s; this one is left out", op.Method, op.Path, first.Path)
			continue
		}
		b.routes[key] = op
		operations = append(operations, op)
	}
	return operations
}

// templateParameter matches a parameter of a path template.
var templateParameter = regexp.MustCompile(`\{[^{}/]*\}`)

// operationPath is the path that the router matches: that of the first server, and the template.
func operationPath(op *spec.Operation) string {
	if len(op.Servers) == 0 {
		return op.Path
	}
	base := op.Servers[0].BasePath()
	return templateParameter.ReplaceAllString(base, "") + op.Path
}

// nameOperations names the operations after their ids, or after method and path. Every type that a name gives rise to
// in the server package is unique, too.
func (b *versionBuilder) nameOperations(operations []*spec.Operation) []string {
	natural := make([]string, len(operations))
	for i, op := range operations {
		natural[i] = firstNonEmpty(b.goName(op.Node), exportedName(op.ID))
		if natural[i] == "" {
			natural[i] = exportedName(strings.ToLower(op.Method) + " " + pathWords(op.Path))
		}
	}
	var scope nameScope
	scope.reserve(b.options.ReservedNames...)
	scope.reserve("Handler", "Options", "New")
	names := scope.claimAll(natural)
	derived := map[string]bool{}
	for i, op := range operations {
		for clashes(derived, names[i], op) {
			names[i] = scope.claim(names[i])
		}
		for _, name := range derivedNames(names[i], op) {
			derived[name] = true
		}
	}
	return names
}

func clashes(taken map[string]bool, name string, op *spec.Operation) bool {
	return slices.ContainsFunc(derivedNames(name, op), func(n string) bool { return taken[n] })
}

// derivedNames are the types of an operation in the server package.
func derivedNames(name string, op *spec.Operation) []string {
	names := []string{name + "Request", name + "Response"}
	for _, r := range op.Responses {
		names = append(names, name+statusSuffix(r.Name))
	}
	return names
}

// statusSuffix is the part of a type's name for the key of a response: "200", "2XX", "Default".
func statusSuffix(status string) string {
	if strings.EqualFold(status, "default") {
		return "Default"
	}
	return strings.ToUpper(status)
}

// pathWords are the words of a path template, "By" in front of its parameters.
func pathWords(path string) string {
	path = templateParameter.ReplaceAllStringFunc(path, func(p string) string { return " by " + p[1:len(p)-1] + " " })
	if strings.Trim(path, "/ ") == "" {
		return "root"
	}
	return strings.ReplaceAll(path, "/", " ")
}

func (b *versionBuilder) operation(op *spec.Operation, name, file string) *Operation {
	out := &Operation{
		ID: op.ID, Name: name, File: file, Method: op.Method, Path: operationPath(op), Template: op.Path,
		Summary: op.Node.Str("summary"), Description: op.Node.Str("description"), Deprecated: op.Deprecated,
		Sunset: b.date(op.Node.Get("x-sunset")), Pointer: op.Node.Pointer(),
	}
	if out.Deprecated {
		out.DeprecatedAt = b.date(op.Node.Get("x-deprecated-at"))
	}
	if out.ID == "" {
		out.ID = op.Method + " " + op.Path
	}
	for _, tag := range op.Node.Get("tags").Items() {
		out.Tags = append(out.Tags, tag.Text())
	}
	b.addParameters(out, op)
	if op.Body != nil {
		out.Body = b.body(op, b.placeName(op.Body, op.Node, name+"Body", "Body"))
	}
	b.addResponses(out, op)
	out.Security = b.security(op)
	return out
}

// date reads the date of an extension such as x-sunset, as an RFC 3339 date.
func (b *versionBuilder) date(node *spec.Node) string {
	text := node.Text()
	if text == "" {
		return ""
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, time.RFC1123} {
		if date, err := time.Parse(layout, text); err == nil {
			return date.UTC().Format(time.DateOnly)
		}
	}
	b.fault(spec.Warning, node, "invalid-date", "write a date such as 2027-01-31", "%s %q is no date", node.Key(), clipText(text))
	return ""
}

// clipText shortens text of a contract for a message.
func clipText(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "..."
	}
	return text
}

// addResponses turns the declared responses into types of the server package.
func (b *versionBuilder) addResponses(out *Operation, op *spec.Operation) {
	seen := map[string]bool{}
	for _, r := range op.Responses {
		status := strings.ToUpper(r.Name)
		if status == "DEFAULT" {
			status = "default"
		}
		if !responseStatus.MatchString(status) || seen[status] {
			b.fault(spec.Warning, r.Written, "invalid-status", `use a status such as 200, a range such as 2XX, or "default"`,
				"the response %q is left out", clipText(r.Name))
			continue
		}
		seen[status] = true
		name := out.Name + statusSuffix(status)
		response := &Response{Status: status, Name: name, Description: r.Node.Str("description")}
		response.Headers = b.headers(r.Node, name)
		hint := b.placeName(r.Node, op.Node, name+"Body", "Response")
		response.Contents = b.contents(r.Node.Get("content"), hint)
		out.Responses = append(out.Responses, response)
	}
}

// placeName names what is declared for a part of an operation. A part that is a component is named after it, with the
// suffix when a schema has the name already.
func (b *versionBuilder) placeName(part, operation *spec.Node, own, suffix string) string {
	at, within := part.Location(), operation.Location()
	if at == within {
		return own // made of several parts of the operation, as a body is in Swagger 2.0
	}
	if name := b.roots[at]; name != "" {
		return name
	}
	name := own
	if !strings.HasPrefix(at, within+"/") {
		name = firstNonEmpty(exportedName(part.Key()), own)
		if b.scope.has(name) {
			name += suffix
		}
	}
	b.roots[at] = name
	return name
}

var responseStatus = regexp.MustCompile(`^([1-5][0-9][0-9]|[1-5]XX|default)$`)

// headers turns the headers of a response into fields. Content-Type is described by the content (OpenAPI 3, header
// object).
func (b *versionBuilder) headers(response *spec.Node, owner string) []*Header {
	var headers []*Header
	var natural []string
	var nodes []*spec.Node
	for name, written := range response.Get("headers").All() {
		node := b.doc.Deref(written)
		if node.Kind() != spec.Object || strings.EqualFold(name, "content-type") || !headerName.MatchString(name) {
			continue
		}
		if slices.ContainsFunc(headers, func(h *Header) bool { return strings.EqualFold(h.Name, name) }) {
			continue
		}
		headers = append(headers, &Header{Name: name, Required: node.Bool("required"), Explode: node.Bool("explode"),
			Comment: node.Str("description")})
		natural, nodes = append(natural, exportedName(name)), append(nodes, node)
	}
	var scope nameScope
	scope.reserve("Body", "ContentType", "Status", "StatusCode", "Headers", "Contents")
	for i, field := range scope.claimAll(natural) {
		h, node := headers[i], nodes[i]
		h.Field = field
		schemaNode := node.Get("schema")
		if media, content := firstContent(node); content != nil {
			h.MediaType, schemaNode = media, content.Get("schema")
		}
		h.Type, h.Schema = b.parameterType(node, schemaNode, owner+field)
	}
	return headers
}

// headerName matches the names that RFC 9110 allows.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// firstContent returns the media type of a parameter or header with content.
func firstContent(node *spec.Node) (string, *spec.Node) {
	for media, content := range node.Get("content").All() {
		return media, content
	}
	return "", nil
}
