package spec

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe writes down what an operation says, one line for each part.
func describe(ops []*Operation) string {
	var b strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&b, "%s %s %q deprecated=%v\n", op.Method, op.Path, op.ID, op.Deprecated)
		for _, p := range op.Parameters {
			fmt.Fprintf(&b, "  %s %s %s\n", p.Str("in"), p.Str("name"), p.Str("description"))
		}
		if op.Body != nil {
			fmt.Fprintf(&b, "  body %v\n", op.Body.Get("content").Members()[0].Key)
		}
		for _, r := range op.Responses {
			fmt.Fprintf(&b, "  %s %s\n", r.Name, r.Node.Str("description"))
		}
		fmt.Fprintf(&b, "  security %v", op.HasSecurity)
		for _, r := range op.Security {
			var uses []string
			for _, u := range r.Uses {
				uses = append(uses, u.Scheme+fmt.Sprint(u.Scopes))
			}
			fmt.Fprintf(&b, " {%s}", strings.Join(uses, " and "))
		}
		for _, s := range op.Servers {
			fmt.Fprintf(&b, "\n  server %s base %q", s.Resolved(), s.BasePath())
		}
		b.WriteByte('\n')
		for _, c := range op.Callbacks {
			fmt.Fprintf(&b, "  callback %s %s: %s\n", c.Name, c.Expression, strings.ReplaceAll(strings.TrimSpace(describe(c.Operations)), "\n", ";"))
		}
	}
	return b.String()
}

func TestOperationsInherit(t *testing.T) {
	d, err := Parse("a.yaml", []byte(`openapi: 3.2.0
info: {title: t, version: "1"}
servers: [{url: 'https://{host}/v{n}/', variables: {host: {default: example.com}, n: {default: "1", enum: ["1", "2"]}}}]
security: [{key: []}]
paths:
  x-note: skipped
  /a/{id}:
    parameters:
      - {$ref: '#/components/parameters/id'}
      - {name: q, in: query, description: shared, schema: {}}
      - {name: X-A, in: header, description: shared, schema: {}}
    servers: [{url: /item}]
    get:
      operationId: getA
      deprecated: true
      parameters:
        - {name: q, in: query, description: own, schema: {}}
        - {name: x-a, in: header, description: own, schema: {}}
        - {name: id, in: query, description: another, schema: {}}
      responses: {"200": {$ref: '#/components/responses/R'}, default: {description: else}, x-a: 1}
      security: []
    query:
      requestBody: {$ref: '#/components/requestBodies/B'}
      servers: [{url: //other.example.com/q}]
      security: [{key: [], oauth: [a, b]}, {}]
      responses: {"200": {description: ok}}
    additionalOperations:
      COPY: {operationId: copyA, responses: {"200": {description: ok}}}
  /b: {$ref: '#/components/pathItems/P', post: {operationId: own, responses: {"200": {description: ok}}}}
webhooks:
  created: {post: {operationId: hook, responses: {"200": {description: ok}}}}
components:
  pathItems:
    P: {post: {operationId: hidden, responses: {"200": {description: ok}}}, put: {operationId: target, responses: {"200": {description: ok}}, callbacks: {done: {$ref: '#/components/callbacks/C'}}}}
  callbacks: {C: {'{$request.body#/url}': {post: {operationId: called, responses: {"200": {description: ok}}}}}}
  parameters: {id: {$ref: '#/components/parameters/other'}, other: {name: id, in: path, required: true, schema: {}}}
  responses: {R: {description: referred}}
  requestBodies: {B: {content: {text/plain: {}}}}
  securitySchemes: {oauth: {type: oauth2, flows: {}}, key: {type: apiKey, in: header, name: K}}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `GET /a/{id} "getA" deprecated=true
  path id 
  query q own
  header x-a own
  query id another
  200 referred
  default else
  security true
  server /item base "/item"
QUERY /a/{id} "" deprecated=false
  path id 
  query q shared
  header X-A shared
  body text/plain
  200 ok
  security true {key[] and oauth[a b]} {}
  server //other.example.com/q base "/q"
COPY /a/{id} "copyA" deprecated=false
  path id 
  query q shared
  header X-A shared
  200 ok
  security true {key[]}
  server /item base "/item"
POST /b "own" deprecated=false
  200 ok
  security true {key[]}
  server https://example.com/v1/ base "/v1"
PUT /b "target" deprecated=false
  200 ok
  security true {key[]}
  server https://example.com/v1/ base "/v1"
  callback done {$request.body#/url}: POST {$request.body#/url} "called" deprecated=false;  200 ok;  security true {key[]};  server https://example.com/v1/ base "/v1"
`
	if diff := cmp.Diff(want, describe(d.Operations())); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if hooks := d.Webhooks(); len(hooks) != 1 || hooks[0].ID != "hook" || hooks[0].Path != "created" {
		t.Errorf("got webhooks %s", describe(hooks))
	}
	if schemes := d.SecuritySchemes(); len(schemes) != 2 || schemes[0].Name != "key" || schemes[1].Node.Str("type") != "oauth2" {
		t.Errorf("got schemes %v", schemes)
	}
}

func TestSwaggerOperationsKeepTheirPlaces(t *testing.T) {
	d, err := Parse("swagger.json", []byte(`{
 "swagger": "2.0", "info": {"title": "t", "version": "1"}, "basePath": "/v1",
 "paths": {"/a": {"post": {
  "parameters": [
   {"name": "q", "in": "query", "type": "integer", "maximum": 5},
   {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/A"}}],
  "responses": {"200": {"description": "ok", "schema": {"type": "array", "items": {"$ref": "#/definitions/A"}}}}}}},
 "definitions": {"A": {"type": "object"}}
}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Version != Swagger20 || d.Root.Str("openapi") != "3.0.3" {
		t.Errorf("got version %s and root %s", d.Version, d.Root.Str("openapi"))
	}
	op := d.Operations()[0]
	body := op.Body.At("/content/application~1json/schema")
	for _, test := range []struct {
		n    *Node
		want string
	}{
		{op.Node, "swagger.json:3:27 /paths/~1a/post"},
		{op.Parameters[0].Get("schema"), "swagger.json:5:4 /paths/~1a/post/parameters/0"},
		{op.Parameters[0].At("/schema/maximum"), "swagger.json:5:63 /paths/~1a/post/parameters/0/maximum"},
		{body, "swagger.json:6:42 /paths/~1a/post/parameters/1/schema"},
		{d.Deref(body), "swagger.json:8:23 /definitions/A"},
		{d.Root.At("/components/schemas/A"), "swagger.json:8:23 /definitions/A"},
		{op.Responses[0].Node.At("/content/application~1json/schema/items"), "swagger.json:7:83 /paths/~1a/post/responses/200/schema/items"},
	} {
		if got := test.n.Position().String() + " " + test.n.Pointer(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	if got, err := d.ResolveSchemaRef(body.Location(), "#/definitions/A"); err != nil || got != d.Source.At("/definitions/A") {
		t.Errorf("got %v, %v", got, err)
	}
	if got := op.Servers[0].BasePath(); got != "/v1" {
		t.Errorf("got base path %q", got)
	}
}

func TestSwaggerReferencesToOtherFiles(t *testing.T) {
	dir := tree(t, map[string]string{
		"swagger.yaml": "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: 'parts.yaml#/item'}\n",
		"parts.yaml": `item:
  post:
    parameters:
      - {$ref: '#/limit'}
      - {$ref: '#/body'}
    responses: {200: {$ref: '#/ok'}}
limit: {name: limit, in: query, type: integer}
body: {name: body, in: body, schema: {$ref: 'schemas.yaml#/A'}}
ok: {description: ok, schema: {$ref: 'schemas.yaml#/A'}}
`,
		"schemas.yaml": "A: {type: string, x-nullable: true}\n",
	})
	d, err := Load(context.Background(), "swagger.yaml", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	data, err := d.BundleJSON()
	if err != nil {
		t.Fatal(err)
	}
	checkBundle(t, data)
	op := d.Operations()[0]
	if got := op.Parameters[0].At("/schema/type").Text(); got != "integer" {
		t.Errorf("got type %q of a parameter in another file", got)
	}
	schema := d.Deref(op.Body.At("/content/application~1json/schema"))
	if got := schema.Location(); got != "schemas.yaml#/A" {
		t.Errorf("got body schema %s", got)
	}
	if got := d.Deref(op.Responses[0].Node.At("/content/application~1json/schema")); got != schema {
		t.Errorf("got response schema %s", got.Location())
	}
	if !strings.Contains(string(data), `"A":{"nullable":true`) {
		t.Errorf("the schema of the other file is not converted: %s", data)
	}
}
