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
