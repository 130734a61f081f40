package spec

import (
	"fmt"
	"strings"
)

// otherDocuments are the keys that name another kind of document.
var otherDocuments = map[string]string{
	"asyncapi": "AsyncAPI", "arazzo": "Arazzo", "overlay": "OpenAPI Overlay", "$schema": "JSON Schema", "apiVersion": "Kubernetes",
	"workflowsSpec": "Arazzo", "raml": "RAML", "openrpc": "OpenRPC", "smithy": "Smithy", "swaggerVersion": "Swagger 1",
}

const versionRemedy = `write "openapi: 3.0.3", 3.1.0 or 3.2.0, or "swagger: '2.0'"`

// versionOf tells the edition of a document by its "openapi" or "swagger" member.
func versionOf(root *Node) (Version, *Diagnostic) {
	refuse := func(n *Node, rule, message, remedy string) (Version, *Diagnostic) {
		d := faultAt(n, Error, rule, message, remedy)
		return 0, &d
	}
	if root.Kind() == Null {
		return refuse(root, "empty-document", "the document is empty", "give the path of an OpenAPI or Swagger document")
	}
	if root.Kind() != Object {
		return refuse(root, "not-a-contract", "the document is "+root.Kind().String()+", not an object", "give the path of an OpenAPI or Swagger document")
	}
	if v := root.Get("openapi"); v != nil {
		return openapiVersion(v)
	}
	if v := root.Get("swagger"); v != nil {
		if text := v.Text(); text == "2.0" || text == "2" {
			return Swagger20, nil
		}
		return refuse(v, "unknown-version", fmt.Sprintf("Swagger version %q is not known", clip(v.Text())), versionRemedy)
	}
	for k, v := range root.All() {
		if name, ok := otherDocuments[k]; ok {
			return refuse(v, "not-a-contract", fmt.Sprintf("this is a document of another kind: %s", name), "give the path of an OpenAPI or Swagger document")
		}
		if near(k, "openapi") || near(k, "swagger") {
			return refuse(v, "near-miss", fmt.Sprintf("key %q looks like \"openapi\" or \"swagger\"", clip(k)), versionRemedy)
		}
	}
	return refuse(root, "not-a-contract", `the document has neither "openapi" nor "swagger" at its top`, versionRemedy)
}

func openapiVersion(v *Node) (Version, *Diagnostic) {
	text := v.Text()
	for prefix, version := range map[string]Version{"3.0": OpenAPI30, "3.1": OpenAPI31, "3.2": OpenAPI32} {
		rest, ok := strings.CutPrefix(text, prefix)
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '-') {
			return version, nil
		}
	}
	message := fmt.Sprintf("OpenAPI version %q is not known", clip(text))
	if text == "" {
		message = "the OpenAPI version is " + v.Kind().String()
	}
	d := faultAt(v, Error, "unknown-version", message, versionRemedy)
	return 0, &d
}
