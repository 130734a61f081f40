package spec

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"

// hostile are texts that are made to hurt, each with the rule that refuses it, "" where it loads.
var hostile = []struct {
	name, file string
	text       func() string
	rule       string
}{
	{"deep JSON arrays", "a.json", func() string { return strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) }, "too-deep"},
	{"unclosed JSON arrays", "a.json", func() string { return strings.Repeat("[", 10_000_000) }, "too-deep"},
	{"deep JSON objects", "a.json", func() string { return strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000) }, "too-deep"},
	{"deep JSON by another name", "a.yaml", func() string { return strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000) }, "too-deep"},
	{"deep YAML flow", "a.yaml", func() string { return "a: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) }, "too-deep"},
	{"very deep YAML flow", "a.yaml", func() string { return "a: " + strings.Repeat("{a: ", 200_000) + strings.Repeat("}", 200_000) }, "too-deep"},
	{"deep YAML blocks", "a.yaml", deepBlocks, "too-deep"},
	{"deep YAML sequences", "a.yaml", func() string { return "a:\n  " + strings.Repeat("- ", 100_000) + "x" }, "too-deep"},
	{"alias bomb", "a.yaml", aliasBomb, "yaml-alias"},
	{"merge bomb", "a.yaml", mergeBomb, "yaml-alias"},
	{"alias of itself", "a.yaml", func() string { return head + "paths: {}\nx-a: &a [*a]\n" }, "yaml-alias"},
	{"many anchors", "a.yaml", func() string { return head + "paths: {}\nx-a:\n" + strings.Repeat("  - &a x\n", 100_000) }, ""},
	{"100k enum", "a.yaml", bigEnum, ""},
	{"10k paths", "a.yaml", func() string { return manyPaths(10_000) }, ""},
	{"32 MiB of items", "a.yaml", func() string { return "[" + strings.Repeat("a,", 16<<20) + "a]" }, "too-large"},
	{"32 MiB of numbers", "a.json", func() string { return "[" + strings.Repeat("0,", 16<<20-4) + "0]" }, "too-large"},
	{"32 MiB of spaces", "a.yaml", func() string { return strings.Repeat(" ", 32<<20) }, "empty-document"},
	{"32 MiB of comment", "a.yaml", func() string { return head + "paths: {}\n#" + strings.Repeat("x", 31<<20) }, ""},
	{"many comments", "a.yaml", func() string { return strings.Repeat("# comment\n", 1_000_00) + head + "paths: {}\n" }, ""},
	{"one long line", "a.yaml", func() string {
		return "{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {}, x-a: [" + strings.Repeat("aaaa, ", 200_000) + "a]}"
	}, ""},
	{"duplicate keys without end", "a.json", func() string { return "{" + strings.Repeat(`"a":0,`, 1_000_000) + `"a":0}` }, "duplicate-key"},
	{"question marks", "a.yaml", func() string { return strings.Repeat("? ", 100_000) }, "too-deep"},
	{"exclamation marks", "a.yaml", func() string { return "a: " + strings.Repeat("!", 100_000) }, "not-a-contract"},
	{"a long chain of references", "a.yaml", refChain, "circular-ref"},
	{"a circle of references", "a.yaml", func() string {
		return head + "paths: {}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n"
	}, "circular-ref"},
	{"a reference to itself", "a.yaml", func() string {
		return head + "paths: {}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n"
	}, "circular-ref"},
	{"a reference to the document", "a.yaml", func() string { return head + "paths: {/a: {$ref: '#'}}\n" }, ""},
	{"callbacks that hold themselves", "a.yaml", callbackBomb, ""},
	{"many parameters of many paths", "a.yaml", parameterBomb, "too-large"},
	{"references through references", "a.yaml", throughBomb, "wrong-kind"},
	{"NUL bytes", "a.yaml", func() string { return strings.Repeat("\x00", 1000) }, "yaml-syntax"},
	{"directives", "a.yaml", func() string { return strings.Repeat("%YAML 1.2\n", 1000) }, "yaml-syntax"},
}

func deepBlocks() string {
	var b strings.Builder
	for i := range 2_000 {
		b.WriteString(strings.Repeat(" ", i))
		b.WriteString("a:\n")
	}
	return b.String()
}

func aliasBomb() string {
	var b strings.Builder
	b.WriteString(head + "paths: {}\nx-0: &l0 [a, a, a, a, a, a, a, a, a, a]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "x-%d: &l%d [%s*l%d]\n", i, i, strings.Repeat(fmt.Sprintf("*l%d, ", i-1), 9), i-1)
	}
	return b.String()
}

func mergeBomb() string {
	var b strings.Builder
	b.WriteString(head + "paths: {}\nx-0: &l0 {a: 1, b: 2}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&b, "x-%d: &l%d {<<: *l%d, a%d: *l%d, b%d: *l%d}\n", i, i, i-1, i, i-1, i, i-1)
	}
	return b.String()
}

func bigEnum() string {
	var b strings.Builder
	b.WriteString(head + "paths: {}\ncomponents:\n  schemas:\n    A:\n      type: string\n      enum:\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "        - value%d\n", i)
	}
	return b.String()
}

func manyPaths(n int) string {
	var b strings.Builder
	b.WriteString(head + "paths:\n")
	for i := range n {
		fmt.Fprintf(&b, "  /p%d/{id}:\n    get:\n      operationId: o%d\n      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n      responses: {'200': {description: ok}}\n", i, i)
	}
	return b.String()
}

// callbackBomb has operations that call back to themselves a hundred times.
func callbackBomb() string {
	var b strings.Builder
	b.WriteString(head + "paths:\n")
	for i := range 500 {
		fmt.Fprintf(&b, "  /p%d: {$ref: '#/x-item'}\n", i)
	}
	b.WriteString("x-item:\n  post:\n    responses: {'200': {description: ok}}\n    callbacks:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "      c%d: {'/x': {$ref: '#/x-item'}}\n", i)
	}
	return b.String()
}

func parameterBomb() string {
	var b strings.Builder
	b.WriteString(head + "paths:\n")
	for i := range 5_000 {
		fmt.Fprintf(&b, "  /p%d: {$ref: '#/x-item'}\n", i)
	}
	b.WriteString("x-item:\n  post:\n    responses: {'200': {description: ok}}\n    parameters:\n")
	for i := range 5_000 {
		fmt.Fprintf(&b, "      - {name: p%d, in: query, schema: {}}\n", i)
	}
	return b.String()
}

// throughBomb has pointers of which every token leads through another such pointer.
func throughBomb() string {
	var b strings.Builder
	b.WriteString(head + "paths: {}\ncomponents:\n  schemas:\n    S0: {properties: {properties: {properties: {type: string}}}}\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&b, "    S%d: {$ref: '#/components/schemas/S%d/properties'}\n", 2*i, 2*i-1)
		fmt.Fprintf(&b, "    S%d: {properties: {$ref: '#/components/schemas/S%d', properties: {$ref: '#/components/schemas/S%d'}}}\n", 2*i-1, 2*i-2, 2*i-2)
	}
	return b.String()
}

func refChain() string {
	var b strings.Builder
	b.WriteString(head + "paths: {}\ncomponents:\n  schemas:\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "    S%d: {$ref: '#/components/schemas/S%d'}\n", i, i+1)
	}
	b.WriteString("    S10000: {type: string}\n")
	return b.String()
}

func TestHostileTextsAreRefusedInBounds(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			data := []byte(h.text())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d, err := Parse(h.file, data, Options{})
			runtime.ReadMemStats(&after)
			if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 1500 {
				t.Errorf("allocated %d MiB", grown)
			}
			var faults Diagnostics
			switch {
			case err == nil && h.rule == "":
				d.Operations()
				d.Bundle()
				d.Root.Hash()
			case err == nil:
				t.Errorf("loaded, want %s", h.rule)
			case !errors.As(err, &faults) || len(faults) == 0:
				t.Fatalf("got error %v, want diagnostics", err)
			case !hasRule(faults, h.rule):
				t.Errorf("got %.300v, want %s", faults[0], h.rule)
			}
			for _, f := range faults {
				if f.Position.Line == 0 || f.Position.Column == 0 || f.Remedy == "" || len(f.Error()) > 600 {
					t.Errorf("diagnostic without place or remedy, or too long: %.700s", f.Error())
				}
			}
		})
	}
}

func hasRule(faults Diagnostics, rule string) bool {
	for _, f := range faults {
		if f.Rule == rule && f.Severity == Error {
			return true
		}
	}
	return false
}
