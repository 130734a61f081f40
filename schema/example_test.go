package schema_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/msgen/msgen/schema"
)

func mustParse(text, name string) *schema.Schema {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		panic(err)
	}
	var documents schema.Documents
	s, err := schema.NewSet(&documents).Parse(documents.Add("http://example.com/"+name, tree, schema.Draft202012))
	if err != nil {
		panic(err)
	}
	return s
}

func ExampleSubset() {
	client := mustParse(`{"type":"object","properties":{"name":{"type":"string","maxLength":40}},"required":["name"]}`, "old")
	server := mustParse(`{"type":"object","properties":{"name":{"type":"string","pattern":"^[a-z]+$"}}}`, "new")
	result := schema.Subset(client, server, schema.SubsetOptions{Direction: schema.Request, SenderClosed: true})
	witness, _ := json.Marshal(result.Witness)
	fmt.Println(result.Answer, string(witness))
	// Output: no {"name":""}
}

func ExampleDifferences() {
	client := mustParse(`{"type":"array","items":{"type":"integer","maximum":10}}`, "old")
	server := mustParse(`{"type":"array","items":{"type":"integer","maximum":5}}`, "new")
	for _, d := range schema.Differences(client, server, schema.SubsetOptions{SenderClosed: true}) {
		fmt.Println(d.Path, d.Keyword, d.Witness)
	}
	// Output: /* maximum 6
}

func ExampleSample() {
	s := mustParse(`{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"tags":{"type":"array","items":{"enum":["new","sale"]}}},"required":["id"]}`, "item")
	for _, v := range schema.Sample(s, schema.SampleOptions{Count: 2}) {
		text, _ := json.Marshal(v)
		fmt.Println(string(text))
	}
	// Output:
	// {"id":"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"}
	// {"id":"123e4567-e89b-12d3-a456-426614174000","tags":["new","new"]}
}
