package spec

import (
	"fmt"
	"regexp"
	"strings"
)

// document checks what concerns the document as a whole.
func (c *checker) document(n *Node) {
	if c.edition&v31up != 0 && n.Get("paths") == nil && n.Get("webhooks") == nil && n.Get("components") == nil {
		c.fault(n, false, Error, "missing-key", "the document has neither \"paths\" nor \"webhooks\" nor \"components\"", `add "paths"`)
	}
	if dialect := n.Get("jsonSchemaDialect"); dialect.Kind() == String && !strings.Contains(dialect.text, "2020-12") && !strings.Contains(dialect.text, "spec.openapis.org/oas/3.") {
		c.fault(dialect, false, Warning, "dialect", fmt.Sprintf("schema dialect %q is not known: schemas are read as JSON Schema 2020-12", clip(dialect.text)), "use the default dialect")
	}
}

func (c *checker) paths(n *Node) {
	seen := map[string]string{}
	for path, item := range n.All() {
		if strings.HasPrefix(path, "x-") {
			continue
		}
		if !strings.HasPrefix(path, "/") {
			c.fault(item, true, Error, "path-slash", fmt.Sprintf("path %q does not begin with a slash", clip(path)), fmt.Sprintf("write %q", "/"+clip(path)))
			continue
		}
		c.pathParameters(path, item)
		plain := anyParameter.ReplaceAllString(path, "{}")
		if other, ok := seen[plain]; ok && other != path {
			c.fault(item, true, Warning, "same-path", fmt.Sprintf("path %q differs from %q in the names of parameters only", clip(path), clip(other)), "merge the two path items")
		}
		seen[plain] = path
	}
}

var anyParameter = regexp.MustCompile(`\{[^{}]*\}`)

// pathParameters compares the parameters in a path template with those that its operations declare.
func (c *checker) pathParameters(path string, written *Node) {
	template := map[string]bool{}
	for _, p := range anyParameter.FindAllString(path, -1) {
		name := p[1 : len(p)-1]
		if template[name] {
			c.fault(written, true, Error, "path-parameter", fmt.Sprintf("parameter %q stands twice in path %q", clip(name), clip(path)), "rename one of them")
		}
		template[name] = true
	}
	if strings.ContainsAny(anyParameter.ReplaceAllString(path, ""), "{}") {
		c.fault(written, true, Error, "path-template", fmt.Sprintf("path %q has a brace without its partner", clip(path)), "write parameters as {name}")
		return
	}
	item := c.d.pathItem(written)
	for method, op := range item.All() {
		if op = c.d.Deref(op); op.Kind() != Object || !isMethod(method, c.d.Version) {
			continue
		}
		declared := map[string]bool{}
		for _, p := range c.d.parameters(item.Get("parameters"), op.Get("parameters")) {
			name := p.Str("name")
			if p.Str("in") != "path" {
				continue
			}
			if declared[name] = true; !template[name] {
				c.fault(p, false, Warning, "path-parameter", fmt.Sprintf("path parameter %q is not in path %q: it is ignored", clip(name), clip(path)), "add it to the path, or remove it")
			}
		}
		for _, p := range anyParameter.FindAllString(path, -1) {
			if name := p[1 : len(p)-1]; !declared[name] {
				c.fault(op, true, Warning, "path-parameter", fmt.Sprintf("parameter %q of path %q is not declared: it is read as a string", clip(name), clip(path)), "declare it with in: path and required: true")
			}
		}
	}
}

func (c *checker) pathItem(n *Node) { c.distinct(n.Get("parameters")) }

// distinct reports parameters that a list has twice.
func (c *checker) distinct(list *Node) {
	type key struct{ in, name string }
	seen := map[key]bool{}
	if list.Kind() == Array && list.Len() > maxParameters {
		c.fault(list, false, Error, "too-large", fmt.Sprintf("there are more than %d parameters", maxParameters), "pass the values in a request body")
		return
	}
	for _, written := range list.Items() {
		p := c.d.Deref(written)
		k := key{p.Str("in"), p.Str("name")}
		if k.name != "" && seen[k] {
			c.fault(written, false, Warning, "duplicate-parameter", fmt.Sprintf("%s parameter %q is declared twice: the last one counts", k.in, clip(k.name)), "remove one of the two")
		}
		seen[k] = true
	}
}

func (c *checker) operation(n *Node) {
	c.distinct(n.Get("parameters"))
	if n.Get("responses") == nil && c.edition != v31 && c.edition != v32 {
		c.fault(n, true, Warning, "missing-key", "an operation has no \"responses\"", "add \"responses\"")
	}
	id := n.Get("operationId")
	if id.Kind() != String || id.text == "" {
		return
	}
	if first := c.ids[id.text]; first != nil && first != id {
		c.fault(id, false, Warning, "duplicate-operation-id", fmt.Sprintf("operationId %q is used twice, first in line %d", clip(id.text), first.Position().Line), "give each operation its own")
		return
	}
	c.ids[id.text] = id
}

func (c *checker) parameter(n *Node) {
	in := n.Get("in")
	switch {
	case in.Text() == "querystring" && c.edition != v32,
		in.Text() == "cookie" && c.edition == v20:
		c.fault(in, false, Error, "unknown-value", fmt.Sprintf("%q parameters do not exist in %s", in.text, c.d.Version), "write path, query or header")
	case (in.Text() == "body" || in.Text() == "formData") && c.edition != v20:
		c.fault(in, false, Error, "unknown-value", fmt.Sprintf("%q parameters do not exist in %s", in.text, c.d.Version), "write a requestBody in place of the parameter")
	case in.Text() == "path" && !n.Bool("required"):
		c.fault(n, false, Warning, "path-parameter", fmt.Sprintf("path parameter %q is not marked as required: it is", clip(n.Str("name"))), "add required: true")
	}
	if c.edition == v20 {
		c.items(n)
		if in.Text() == "body" && n.Get("schema") == nil {
			c.fault(n, false, Warning, "missing-key", "a body parameter has no \"schema\": any value is accepted", "add \"schema\"")
		}
		return
	}
	if n.Get("schema") == nil && n.Get("content") == nil {
		c.fault(n, false, Warning, "missing-key", fmt.Sprintf("parameter %q has neither \"schema\" nor \"content\": any value is accepted", clip(n.Str("name"))), "add \"schema\"")
	}
}

// items warns of objects among the parameters of Swagger 2.0, which says nothing of how they are written, and of arrays in
// their arrays.
func (c *checker) items(n *Node) {
	if inner := n.Get("items"); inner.Str("type") == "array" {
		c.fault(inner, true, Warning, "nested-array", "arrays in the arrays of a parameter are read as JSON: their collectionFormat is ignored",
			"pass the values in a request body")
	}
	if t := n.Get("type"); t.Text() == "object" {
		c.fault(t, false, Warning, "object-parameter", "parameters of Swagger 2.0 are no objects: the value is read as OpenAPI 3 has it", "write the properties as parameters, or use OpenAPI 3")
	}
}

var statusCode = regexp.MustCompile(`^([1-5][0-9][0-9]|[1-5]XX|default)$`)

// rangeName is the name of a range of status codes as the specification writes it: 2XX for 2xx.
func rangeName(status string) string {
	if upper := strings.ToUpper(status); len(status) == 3 && statusCode.MatchString(upper) {
		return upper
	}
	return status
}

func (c *checker) responses(n *Node) {
	for status, r := range n.All() {
		if statusCode.MatchString(status) || strings.HasPrefix(status, "x-") {
			continue
		}
		remedy := `write a code such as "200", a range such as "2XX", or "default"`
		if upper := rangeName(status); upper != status {
			c.fault(r, true, Warning, "status-code", fmt.Sprintf("%q is read as %q", status, upper), fmt.Sprintf("write %q", upper))
			continue
		}
		if near(status, "default") {
			remedy = `write "default"`
		}
		c.fault(r, true, Error, "status-code", fmt.Sprintf("%q is no status code", clip(status)), remedy)
	}
}

// requirement checks that the schemes of a security requirement exist.
func (c *checker) requirement(n *Node) {
	schemes := c.d.Root.Get("components").Get("securitySchemes")
	where := "components.securitySchemes"
	if c.edition == v20 {
		schemes, where = c.d.Source.Get("securityDefinitions"), "securityDefinitions"
	}
	for name, scopes := range n.All() {
		if schemes.Get(name) != nil || strings.HasPrefix(name, "x-") {
			continue
		}
		remedy := fmt.Sprintf("define it in %s, or name one that is defined there", where)
		for known := range schemes.All() {
			if near(name, known) {
				remedy = fmt.Sprintf("write %q", clip(known))
			}
		}
		c.fault(scopes, true, Error, "undefined-scheme", fmt.Sprintf("security scheme %q is not defined", clip(name)), remedy)
	}
}

var componentName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

func (c *checker) components(n *Node) {
	for group, members := range n.All() {
		if strings.HasPrefix(group, "x-") {
			continue
		}
		for name, v := range members.All() {
			if name != "$ref" && !componentName.MatchString(name) {
				c.fault(v, true, Warning, "component-name", fmt.Sprintf("component name %q has characters other than letters, digits, dot, dash and underscore", clip(name)), "rename it")
			}
		}
	}
}

// schemeNeeds says what each type of security scheme must have.
var schemeNeeds = map[string][]string{"apiKey": {"name", "in"}, "http": {"scheme"}, "oauth2": {"flows"}, "openIdConnect": {"openIdConnectUrl"}}

func (c *checker) scheme(n *Node) {
	kind := n.Str("type")
	if c.edition == v20 {
		if kind == "http" || kind == "openIdConnect" || kind == "mutualTLS" {
			c.fault(n.Get("type"), false, Error, "unknown-value", fmt.Sprintf("security schemes of type %q do not exist in Swagger 2.0", kind), "write basic, apiKey or oauth2")
		}
		if kind != "apiKey" {
			return
		}
	} else if kind == "basic" {
		c.fault(n.Get("type"), false, Error, "unknown-value", fmt.Sprintf("security schemes of type %q do not exist in %s", kind, c.d.Version), "write type: http with scheme: basic")
	}
	for _, key := range schemeNeeds[kind] {
		if n.Get(key) == nil {
			c.fault(n, true, Error, "missing-key", fmt.Sprintf("a security scheme of type %s has no %q", kind, key), fmt.Sprintf("add %q", key))
		}
	}
}

var schemaTypes = []string{"string", "number", "integer", "boolean", "array", "object"}

// schema checks what the table of keywords can't say.
func (c *checker) schema(n *Node) {
	t := n.Get("type")
	switch t.Kind() {
	case String:
		c.schemaType(t)
	case Array:
		for _, item := range t.Items() {
			if item.Kind() == String {
				c.schemaType(item)
			}
		}
		if c.edition&v31up == 0 {
			c.fault(t, false, Warning, "type-list", fmt.Sprintf("a list of types does not exist in %s", c.d.Version), "write one type, with nullable: true for null")
		}
	}
}

func (c *checker) schemaType(t *Node) {
	allowed := schemaTypes
	switch {
	case c.edition&v31up != 0 || t.Parent().Kind() == Array:
		allowed = append(allowed[:len(allowed):len(allowed)], "null")
	case t.text == "null":
		c.fault(t, false, Warning, "type-null", fmt.Sprintf("the type null does not exist in %s: it is read as in OpenAPI 3.1", c.d.Version), "write nullable: true beside another type")
		return
	}
	if c.edition == v20 {
		allowed = append(allowed[:len(allowed):len(allowed)], "file")
	}
	c.choose(t, allowed, "type")
}

// discriminator warns of a mapping to a schema that does not exist.
func (c *checker) discriminator(n *Node) {
	for _, v := range n.Get("mapping").All() {
		if v.Kind() != String || !strings.HasPrefix(v.text, "#") && !namesFile(v.text) {
			continue
		}
		if _, err := c.d.lookup(v, v.text); err != nil {
			c.fault(v, false, Warning, "unresolved-mapping", err.Error(), "define the schema, or correct the mapping")
		}
	}
}
