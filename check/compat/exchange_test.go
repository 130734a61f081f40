package compat_test

import (
	"strings"
	"testing"

	"github.com/msgen/msgen/check"
)

// TestExchangesAreWholeRequests: the request that shows a break has everything else that the old contract asks for.
func TestExchangesAreWholeRequests(t *testing.T) {
	text := `openapi: 3.1.0
info: {title: t, version: 1.0.0}
servers: [{url: https://api.example/v1}]
paths:
  /x/{id}/{kind}:
    post:
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer, minimum: 7, maximum: 7}}
        - {name: kind, in: path, required: true, style: label, schema: {type: string, enum: [a b]}}
        - {name: tenant, in: query, required: true, schema: {type: string, enum: [t&t]}}
        - {name: tags, in: query, explode: false, schema: {type: array, items: {type: string, maxLength: MOST}}}
        - {name: X-Key, in: header, required: true, schema: {type: string, enum: [k]}}
        - {name: session, in: cookie, required: true, schema: {type: string, enum: [s]}}
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, properties: {n: {type: integer, minimum: 3, maximum: 3}}, required: [n]}}}
      responses: {'200': {description: ok}}
`
	base := parse(t, "base.yaml", []byte(strings.Replace(text, "MOST", "5", 1)))
	revision := parse(t, "revision.yaml", []byte(strings.Replace(text, "MOST", "2", 1)))
	report := check1(base, revision)
	if len(report.Findings) != 1 || report.Findings[0].Exchange == nil {
		t.Fatalf("want one finding with a request:\n%s", describe(report))
	}
	got := report.Findings[0].Exchange.Curl("https://api.example")
	for _, want := range []string{"/v1/x/7/.a%20b?", "tenant=t%26t", "&tags=", "'X-Key: k'", "'Cookie: session=s'", "'Content-Type: application/json'",
		`--data-binary '{"n":3}'`, "-X 'POST'"} {
		if !strings.Contains(got, want) && !strings.Contains(got, strings.Replace(want, "&tags", "?tags", 1)) {
			t.Errorf("want %s in %s", want, got)
		}
	}
	if strings.Count(got, "tags=") != 1 || report.Findings[0].Proof != check.Proven {
		t.Errorf("got %s", got)
	}
}
