package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func parseText(t testing.TB, name, text string) *Node {
	t.Helper()
	f, faults := parseFile(name, name, []byte(text))
	if faults.failed() || f.root == nil {
		t.Fatalf("%s: %v", name, faults)
	}
	return f.root
}

func TestPositionsOfEveryPointer(t *testing.T) {
	const asJSON = "{\n  \"a~b\": [1, {\"c/d\": \"é\", \"e\": true}],\n\t\"f\": null\n}"
	const asYAML = "a~b:\n  - 1\n  - {c/d: é, e: true}\nf: null\n"
	tests := []struct{ pointer, json, yaml string }{
		{"", "x:1:1", "x:1:1"},
		{"/a~0b", "x:2:10", "x:2:3"},
		{"/a~0b/0", "x:2:11", "x:2:5"},
		{"/a~0b/1", "x:2:14", "x:3:5"},
		{"/a~0b/1/c~1d", "x:2:22", "x:3:11"},
		{"/a~0b/1/e", "x:2:32", "x:3:17"},
		{"/f", "x:3:7", "x:4:4"},
	}
	j, y := parseText(t, "x", asJSON), parseText(t, "x", asYAML)
	for _, test := range tests {
		for want, root := range map[string]*Node{test.json: j, test.yaml: y} {
			n := root.At(test.pointer)
			if got := n.Position().String(); got != want {
				t.Errorf("%q: got position %s, want %s", test.pointer, got, want)
			}
			if got := n.Pointer(); got != test.pointer {
				t.Errorf("got pointer %q, want %q", got, test.pointer)
			}
		}
	}
	if !j.Equal(y) || j.Hash() != y.Hash() {
		t.Error("the same content in JSON and YAML is not equal")
	}
	if got := j.At("/a~0b/1").Raw(); got != `{"c/d": "é", "e": true}` {
		t.Errorf("got raw %q", got)
	}
}

func TestEqualIgnoresOrderAndSpelling(t *testing.T) {
	tests := []struct {
		a, b  string
		equal bool
	}{
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		{`{"a":1,"b":2}`, `{"a":2,"b":1}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`1.0`, `1`, true},
		{`100`, `1e2`, true},
		{`0.10`, `1e-1`, true},
		{`-0`, `0.0`, true},
		{`1`, `-1`, false},
		{`1e400`, `1e401`, false},
		{`"1"`, `1`, false},
		{`"\u0061"`, `"a"`, true},
		{`{}`, `[]`, false},
		{`[[]]`, `[]`, false},
		{`[null]`, `[false]`, false},
		{`{"a":{}}`, `{"a":[]}`, false},
		{`[[1],2]`, `[1,[2]]`, false},
	}
	for _, test := range tests {
		a, b := parseText(t, "a", test.a), parseText(t, "b", test.b)
		if got := a.Equal(b); got != test.equal {
			t.Errorf("%s and %s: got equal %v, want %v", test.a, test.b, got, test.equal)
		}
		if got := a.Hash() == b.Hash(); got != test.equal {
			t.Errorf("%s and %s: got equal hashes %v, want %v", test.a, test.b, got, test.equal)
		}
	}
}

func TestNilNodeIsAbsent(t *testing.T) {
	var n *Node
	if n.Kind() != Absent || n.Get("a") != nil || n.Len() != 0 || n.Members() != nil || n.Items() != nil || n.Text() != "" || n.Str("a") != "" ||
		n.Bool("a") || n.Value() != nil || n.Pointer() != "" || n.Position() != (Position{}) || !n.Equal(nil) || n.At("/a") != nil || n.Parent() != nil {
		t.Error("a nil node is something")
	}
	for range n.All() {
		t.Error("a nil node has members")
	}
}

func TestYAMLScalars(t *testing.T) {
	tests := map[string]any{
		"no": "no", "yes": "yes", "on": "on", "off": "off", "y": "y", "NO": "NO", "true": true, "False": false, "~": nil, "null": nil, "": nil,
		"2020-01-01": "2020-01-01", "2020-01-01T00:00:00Z": "2020-01-01T00:00:00Z", "1_000": "1_000", "1:30": "1:30", "0o17": json.Number("15"),
		"017": json.Number("17"), "0x1F": json.Number("31"), "0b11": "0b11", "+1": json.Number("1"), ".5": json.Number("0.5"), "1.": json.Number("1"),
		"1e3": json.Number("1e3"), "-.5e-7": json.Number("-0.5e-7"), "'1'": "1", `"true"`: "true", "!!str 1": "1", "!!str true": "true",
		"!!int 1": json.Number("1"), "12345678901234567890123": json.Number("12345678901234567890123"), "1.2.3": "1.2.3", "=": "=", "- 1": []any{json.Number("1")},
		"0xFFFFFFFFFFFFFFFFFF": "0xFFFFFFFFFFFFFFFFFF", "!custom a": "a", "--1": "--1", "1e": "1e", "|\n  a\n  b": "a\nb",
	}
	for text, want := range tests {
		if got := parseText(t, "x.yaml", "a: "+strings.Replace(text, "- 1", "[1]", 1)).Get("a"); !reflect.DeepEqual(got.Value(), want) {
			t.Errorf("%q: got %#v, want %#v", text, got.Value(), want)
		}
	}
	n := parseText(t, "x.yaml", "200: a\nno: b\nnull: c\n1.0: d\n? e\n: f\n")
	for key, want := range map[string]string{"200": "a", "no": "b", "null": "c", "1.0": "d", "e": "f"} {
		if got := n.Str(key); got != want {
			t.Errorf("key %s: got %q, want %q", key, got, want)
		}
	}
}

func TestYAMLAliasesAndMergeKeys(t *testing.T) {
	n := parseText(t, "x.yaml", `base: &base {a: 1, b: {c: 2}}
more: &more {b: 5, d: 6}
one: *base
two: {<<: *base, a: 3}
three:
  <<: [*base, *more]
  e: 7
quoted: {"<<": 1}
four: {<<: {x: 1}, y: 2}
`)
	want := `{"base":{"a":1,"b":{"c":2}},"more":{"b":5,"d":6},"one":{"a":1,"b":{"c":2}},"two":{"a":3,"b":{"c":2}},"three":{"a":1,"b":{"c":2},"d":6,"e":7},"quoted":{"<<":1},"four":{"x":1,"y":2}}`
	if !n.Equal(parseText(t, "want", want)) {
		got, _ := json.Marshal(n.Value())
		t.Errorf("got %s, want %s", got, want)
	}
	if got := n.At("/one/b/c").Pointer(); got != "/base/b/c" {
		t.Errorf("got pointer %s of a value behind an alias, want where it is written", got)
	}
	if got := n.At("/two/b").Position().String(); got != "x.yaml:1:23" {
		t.Errorf("got position %s of a merged member, want where it is written", got)
	}
}

func TestByteOrderMarkIsSkipped(t *testing.T) {
	for _, name := range []string{"a.json", "a.yaml"} {
		n := parseText(t, name, "\ufeff{\"a\": 1}")
		if got := n.Get("a").Position().Column; got != 7 {
			t.Errorf("%s: got column %d, want 7", name, got)
		}
	}
}

// oracle reads JSON as encoding/json does.
func oracle(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("trailing data")
	}
	return v, nil
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-0.5e+7,"\u00e9\ud83d\ude00\n",true,false,null,{}]}`, `"\ud800"`, `[1,]`, `{"a":1,"a":2}`, "\"\x01\"", `01`, `1.`, `-`, `[[[[`, ` 1 `, `nul`, `"\x"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !utf8.Valid(data) || bytes.HasPrefix(data, []byte(bom)) || len(data) > 1<<16 {
			return
		}
		want, wantErr := oracle(data)
		g := &file{name: "a.json", data: string(data)}
		faults := parseJSON(g)
		for _, d := range faults {
			if d.Rule == "duplicate-key" || d.Rule == "too-deep" {
				return
			}
		}
		if (wantErr == nil) != (g.root != nil) {
			t.Fatalf("%q: got faults %v, encoding/json says %v", data, faults, wantErr)
		}
		if wantErr == nil && !reflect.DeepEqual(g.root.Value(), want) {
			t.Fatalf("%q: got %#v, want %#v", data, g.root.Value(), want)
		}
		if g.root != nil {
			places(t, g.root, g.root)
		}
	})
}

// places wants every node to be found by its pointer, and the text at its place to be its value.
func places(t *testing.T, root, n *Node) {
	if root.At(n.Pointer()) != n {
		t.Fatalf("%q does not lead back to its node", n.Pointer())
	}
	if v, err := oracle([]byte(n.Raw())); err != nil || !reflect.DeepEqual(v, n.Value()) {
		t.Fatalf("%q: got text %q for value %#v", n.Pointer(), n.Raw(), n.Value())
	}
	for i := range n.Len() {
		key, c := n.at(i)
		if n.Kind() == Object {
			dec := json.NewDecoder(strings.NewReader(n.file().data[n.file().keyOffset(c):]))
			if got, err := dec.Token(); err != nil || got != key {
				t.Fatalf("got key %v at the place of %q", got, key)
			}
		}
		places(t, root, c)
	}
}

// FuzzParse feeds whole documents: whatever comes in, there is a document or diagnostics with places.
func FuzzParse(f *testing.F) {
	f.Add([]byte(head + "paths: {/a: {get: {responses: {200: {description: ok}}}}}\n"))
	f.Add([]byte("swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {parameters: [{in: body, name: b, schema: {$ref: '#/definitions/A'}}], responses: {200: {description: ok, schema: {type: file}}}}}}\ndefinitions: {A: {type: object}}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("openapi: 3.1.0\ninfo: &i {title: t, version: '1', <<: *i}\ncomponents: {schemas: {A: {$ref: '#/components'}}}\n"))
	f.Add([]byte("? [a]\n: b\n--- !!map\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		for _, lenient := range []bool{false, true} {
			d, err := Parse("a.yaml", data, Options{Lenient: lenient})
			var faults Diagnostics
			switch {
			case err == nil:
				walk(d)
			case !errors.As(err, &faults) || !faults.failed():
				t.Fatalf("got %v, want diagnostics", err)
			}
			for _, fault := range faults {
				if fault.Position.Line < 1 || fault.Column < 1 || fault.Remedy == "" {
					t.Fatalf("no place or remedy: %#v", fault)
				}
			}
		}
	})
}

// walk uses everything of a document that could go wrong.
func walk(d *Document) {
	d.Operations()
	d.Webhooks()
	d.SecuritySchemes()
	d.Servers()
	d.Root.Hash()
	_, _ = d.BundleJSON()
	for _, m := range d.Source.Members() {
		d.NodeAt(m.Value.Location())
	}
}
