package spec

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sameAsYAML fails when the bundle as YAML is not the bundle as JSON.
func sameAsYAML(t *testing.T, name string, d *Document) []byte {
	t.Helper()
	want, err := d.BundleJSON()
	if err != nil {
		t.Fatal(err)
	}
	data, err := d.BundleYAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("bundle.yaml", data, Options{})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return data
	}
	if got, err := again.BundleJSON(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: the YAML says something else (%v): want -, got +:\n%s", name, err, cmp.Diff(string(want), string(got)))
	}
	return data
}

func TestBundleYAMLKeepsTheOrder(t *testing.T) {
	dir := tree(t, map[string]string{
		"openapi.yaml": "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /z: {$ref: z.yaml}\n  /a: {$ref: z.yaml}\n" +
			"components: {schemas: {B: {type: string}, A: {$ref: 'a.yaml#/A'}}}\n",
		"z.yaml": "get:\n  responses:\n    '404': {description: none}\n    '200':\n      description: ok\n      content: {application/json: {schema: {$ref: 'a.yaml#/A'}}}\n",
		"a.yaml": "A: {type: object, required: [z, a], properties: {z: {type: number, maximum: 1.50}, a: {nullable: true, type: string, enum: ['no', '1', null]}}}\n",
	})
	d, err := Load(context.Background(), "openapi.yaml", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	text := string(sameAsYAML(t, "tree", d))
	last := -1
	for _, part := range []string{"openapi:", "info:", "/z:", `"404":`, `"200":`, "/a:", "B:", "A:", "required: [z, a]", "z:\n", "maximum: 1.50", "a:\n", `enum: ["no", "1", null]`} {
		at := strings.Index(text[last+1:], part)
		if at < 0 {
			t.Fatalf("%q does not come next in:\n%s", part, text)
		}
		last += 1 + at
	}
}

func TestBundleYAMLKeepsTexts(t *testing.T) {
	texts := []string{"", " ", "null", "~", "yes", "0x1F", "1e3", "2027-01-01", "a: b", "- a", "# a", "a #b", "*a", "&a", "!a", "%a", "@a", "`a", "'a'", `"a"`, "a\nb\n", "\n a\n", "a\n\n\tb  \n",
		"a\tb", "\u2028", "\u0085", "\u00a0", "é 🐄", "<<", "=", "?", "[a]", "{a}", "|", ">", "\x7f", "a\\b", strings.Repeat("long ", 60), "---", "..."}
	enum, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "<<" }) {
		quoted, _ := json.Marshal(key)
		d, err := Parse("a.json", []byte(`{"openapi": "3.1.0", "info": {"title": `+string(quoted)+`, "version": "1"}, "paths": {}, "components": {"schemas": {"A": {"enum": `+
			string(enum)+`, "example": {`+string(quoted)+`: 1}, "properties": {`+string(quoted)+`: {"type": "string"}}}}}}`), Options{})
		if err != nil {
			t.Fatal(err)
		}
		sameAsYAML(t, key, d)
	}
}
