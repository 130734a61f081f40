package compat

import (
	"testing"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

func TestExchangeNamesTheTokenThatItNeeds(t *testing.T) {
	const head = "openapi: 3.1.0\ninfo: {title: A, version: '1'}\ncomponents: {securitySchemes: " +
		"{token: {type: http, scheme: bearer}, key: {type: apiKey, in: header, name: X-Key}}}\n"
	for security, want := range map[string]string{
		"[{token: []}]":     `curl -i -H "Authorization: Bearer $MSGEN_TOKEN" 'http://localhost:8080/a'`,
		"[{token: []}, {}]": "curl -i 'http://localhost:8080/a'",
		"[{key: []}]":       "curl -i 'http://localhost:8080/a'",
		"[]":                "curl -i 'http://localhost:8080/a'",
	} {
		doc, err := spec.Parse("a.yaml", []byte(head+"security: "+security+"\npaths: {/a: {get: {responses: {'204': {description: Done.}}}}}"), spec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		op := doc.Operations()[0]
		e := check.Exchange{Method: op.Method, Path: op.Path, Token: asksForToken(doc, op)}
		if got := e.Curl(""); got != want {
			t.Errorf("security %s:\n got %s\nwant %s", security, got, want)
		}
	}
}

// A witness against a form is sent as that form; the files of a multipart body come behind its fields.
func TestExchangeWritesForms(t *testing.T) {
	document := func(media, max string) *spec.Document {
		doc, err := spec.Parse("a.yaml", []byte("openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {/a: {post: {requestBody: {required: true, content: {"+media+
			": {schema: {type: object, required: [a, name], properties: {a: {type: string, format: binary}, name: {type: string, minLength: 1, maxLength: "+max+
			"}}}}}}, responses: {'204': {description: Done.}}}}}"), spec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	for media, want := range map[string]string{
		"application/x-www-form-urlencoded": "a=x&name=xxx",
		"multipart/form-data": "--part\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nxxx\r\n" +
			"--part\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nx\r\n--part--\r\n",
	} {
		report := Check(document(media, "3"), document(media, "2"), Options{})
		if len(report.Findings) != 1 || report.Findings[0].Exchange == nil {
			t.Fatalf("%s: got %+v, want one finding with a request", media, report.Findings)
		}
		if got := report.Findings[0].Exchange.Body; got != want {
			t.Errorf("%s:\n got %q\nwant %q", media, got, want)
		}
	}
}
