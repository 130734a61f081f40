package compat_test

import (
	"fmt"
	"os"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/spec"
)

const oldContract = `
openapi: 3.1.0
info: {title: Orders, version: 1.0.0}
paths:
  /orders:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, properties: {note: {type: string, maxLength: 200}}}
      responses: {"201": {description: placed}}
`

const newContract = `
openapi: 3.1.0
info: {title: Orders, version: 1.1.0}
paths:
  /orders:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, properties: {note: {type: string, maxLength: 200}, express: {type: boolean}}, required: [express]}
      responses: {"201": {description: placed}}
`

func contractOf(name, text string) *spec.Document {
	doc, err := spec.Parse(name, []byte(text), spec.Options{})
	if err != nil {
		panic(err)
	}
	return doc
}

// Compare two contracts and look at what breaks, with a payload that the old one accepts and the new one refuses.
func Example() {
	report := compat.Check(contractOf("old.yaml", oldContract), contractOf("new.yaml", newContract), compat.Options{})
	fmt.Println(report.Verdict(), report.Bump())
	for _, f := range report.Findings {
		fmt.Printf("%s %s\n%s\n%s %s\n", f.Severity, f.Rule, f.Message, f.Proof, f.Witness)
	}
	// Output:
	// breaking major
	// error request-required-narrowed
	// request body (application/json): member "express" is required now
	// proven {}
}

// Write a report as msgen check-compat does.
func ExampleCheck() {
	report := compat.Check(contractOf("old.yaml", oldContract), contractOf("new.yaml", newContract), compat.Options{})
	if err := check.Write(os.Stdout, "text", report, check.WriteOptions{Witness: "curl"}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// new.yaml:11:124: error: request body (application/json): member "express" is required now (request-required-narrowed)
	//     reaches  POST /orders (request)
	//     - old.yaml:11  schema: {type: object, properties: {note: {type: string, maxLength: 200}}}
	//     + new.yaml:11  schema: {type: object, properties: {note: {type: string, maxLength: 200}, express: {type: boolean}}, required: [express…
	//     witness  curl -i -X 'POST' -H 'Content-Type: application/json' --data-binary '{}' 'http://localhost:8080/orders'  [proven]
	//     remedy   take what was taken before; put the tighter rule into a new version or a new operation
	//
	// breaking: 1 error, 0 warnings, 0 notes; version bump: major
}

// Compare the versions of a service that stand side by side.
func ExampleVersions() {
	v1, v2 := contractOf("v1.yaml", oldContract), contractOf("v2.yaml", newContract)
	before := map[string]*spec.Document{"v1": v1}
	after := map[string]*spec.Document{"v1": v1, "v2": v2}
	report := compat.Versions(before, after, compat.Options{Today: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), All: true})
	for _, f := range report.Findings {
		fmt.Println(report.Verdict(), f.Rule, f.Message)
	}
	// Output:
	// compatible version-added version v2 is new
}
