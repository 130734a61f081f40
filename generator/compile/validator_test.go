package compile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/msgen/msgen/generator/compile"
	"github.com/msgen/msgen/generator/compile/batch"
	"github.com/msgen/msgen/schema"
)

// verdicts holds schemas with values that they accept and values that they refuse, one on each line.
var verdicts = []struct {
	name      string
	dialect   schema.Dialect
	direction schema.Direction
	schema    string
	yes, no   string
}{
	{"readOnly members need not be sent", schema.OpenAPI30, schema.Request,
		`{"type":"object","required":["id","name"],"additionalProperties":false,"properties":{"id":{"type":"integer","readOnly":true},"name":{"type":"string"}}}`,
		"{\"name\":\"x\"}\n{\"id\":1,\"name\":\"x\"}\n{\"id\":\"x\",\"name\":\"x\"}", "{\"id\":1}\n{\"name\":\"x\",\"other\":1}"},
	{"readOnly members are required in responses", schema.OpenAPI30, schema.Response,
		`{"type":"object","required":["id"],"properties":{"id":{"type":"integer","readOnly":true}}}`, `{"id":1}`, `{}`},
	{"writeOnly members need not be in responses, and are checked where they are", schema.OpenAPI30, schema.Response,
		`{"type":"object","required":["key"],"properties":{"key":{"type":"string","minLength":8,"writeOnly":true}}}`, "{}\n{\"key\":\"12345678\"}", "[]\n{\"key\":\"\"}"},
	{"another branch of allOf says that a member is readOnly", schema.OpenAPI30, schema.Request,
		`{"allOf":[{"properties":{"id":{"type":"integer","readOnly":true}}},{"type":"object","required":["id","a"]}]}`, `{"a":1}`, `{"id":1}`},
	{"nullable", schema.OpenAPI30, schema.Neither, `{"type":"string","nullable":true,"maxLength":1}`, "null\n\"a\"", "\"ab\"\n1"},
	{"nullable in an enum counts as written", schema.OpenAPI30, schema.Neither, `{"type":"string","nullable":true,"enum":["a",null]}`, "null\n\"a\"", `"b"`},
	{"siblings of $ref are ignored before 3.1", schema.OpenAPI30, schema.Neither,
		`{"properties":{"a":{"$ref":"#/properties/b","maxLength":1},"b":{"type":"string"}}}`, `{"a":"long"}`, `{"a":1}`},
	{"exclusive bounds as booleans", schema.OpenAPI30, schema.Neither, `{"type":"number","minimum":0,"exclusiveMinimum":true,"maximum":1}`, "0.1\n1\n1.0", "0\n0.0\n-1\n1.01"},
	{"formats of numbers", schema.OpenAPI30, schema.Neither, `{"type":"integer","format":"int32"}`, "2147483647\n1.0\n-2147483648", "2147483648\n1.5\n\"1\"\n1e10"},
	{"big bounds", schema.Draft202012, schema.Neither, `{"type":"integer","minimum":100000000000000000000,"multipleOf":7}`, "700000000000000000000\n7e21", "700000000000000000001\n7\n70000000000000000000.5"},
	{"decimal multiples", schema.Draft202012, schema.Neither, `{"type":"number","multipleOf":0.01}`, "19.99\n0\n1e5\n4.35\n1.10", "19.999\n0.001"},
	{"discriminator with constants", schema.Draft202012, schema.Neither,
		`{"oneOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"}],"discriminator":{"propertyName":"k"},"$defs":{
		"a":{"type":"object","required":["k","x"],"properties":{"k":{"const":"a"},"x":{"type":"integer"}}},
		"b":{"type":"object","required":["k"],"properties":{"k":{"enum":["b","c"]}}}}}`,
		"{\"k\":\"a\",\"x\":1}\n{\"x\":1,\"k\":\"\\u0061\"}\n{\"k\":\"c\"}", "{\"k\":\"a\"}\n{\"k\":\"d\"}\n{}\n1\n{\"k\":1}"},
	{"discriminator without constants never changes the verdict", schema.OpenAPI30, schema.Neither,
		`{"oneOf":[{"$ref":"#/definitions/A"},{"$ref":"#/definitions/B"}],"discriminator":{"propertyName":"k","mapping":{"A":"#/definitions/A","B":"#/definitions/B"}},"definitions":{
		"A":{"type":"object","required":["k","x"],"properties":{"k":{"type":"string"}}},
		"B":{"type":"object","required":["k","y"],"properties":{"k":{"type":"string"}}}}}`,
		"{\"k\":\"A\",\"x\":1}\n{\"k\":\"A\",\"y\":1}", "{\"k\":\"A\",\"x\":1,\"y\":1}\n{\"k\":\"A\"}"},
	{"unevaluatedProperties across allOf", schema.Draft202012, schema.Neither,
		`{"allOf":[{"properties":{"a":{"type":"integer"}}},{"patternProperties":{"^x-":true}}],"properties":{"b":true},"unevaluatedProperties":false}`,
		"{\"a\":1,\"b\":2,\"x-y\":3}\n{}\n1", "{\"c\":1}\n{\"a\":\"x\"}"},
	{"unevaluatedProperties across anyOf", schema.Draft202012, schema.Neither,
		`{"anyOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":true},"required":["b"]}],"unevaluatedProperties":false}`,
		"{\"a\":1}\n{\"b\":2}\n{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":2}\n{\"a\":1,\"c\":2}"},
	{"a schema that only refers to itself accepts nothing", schema.Draft202012, schema.Neither, `{"properties":{"a":{"$ref":"#/properties/a"}}}`, "{}\n1", `{"a":1}`},
	{"recursion", schema.Draft202012, schema.Neither, `{"type":"object","properties":{"next":{"$ref":"#"},"v":{"type":"integer"}},"additionalProperties":false}`,
		`{"next":{"next":{"v":1}}}`, "{\"next\":{\"next\":{\"v\":\"x\"}}}\n{\"next\":1}"},
	{"names that Go must quote", schema.Draft202012, schema.Neither, `{"properties":{"a\"b\\c\n` + "`" + `\u0000":{"type":"integer"}},"additionalProperties":false,"required":["a\"b\\c\n` + "`" + `\u0000"]}`,
		"{\"a\\\"b\\\\c\\n`\\u0000\":1}", "{\"a\\\"b\\\\c\\n`\\u0000\":\"x\"}\n{}"},
	{"more required members than are tracked", schema.Draft202012, schema.Neither,
		`{"type":"object","required":[` + numbered(`"m%d"`, 300) + `],"properties":{"m299":{"type":"integer"}}}`,
		"{" + numbered(`"m%d":1`, 300) + "}", "{" + numbered(`"m%d":1`, 299) + "}\n{" + numbered(`"m%d":"x"`, 300) + "}"},
	{"enum of everything", schema.Draft202012, schema.Neither, `{"enum":[1,"a",null,{"x":[1]},[]]}`, "1.0\n\"a\"\nnull\n{\"x\":[1e0]}\n[ ]", "2\n\"b\"\n{}\n[1]\nfalse"},
}

// numbered writes the format for 0 to n-1, separated by commas.
func numbered(format string, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(parts, ",")
}

func TestVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	pkg := batch.NewPackage("verdicts", compile.Options{})
	type value struct {
		row  int
		text string
		want batch.Verdict
	}
	var values []value
	for i, row := range verdicts {
		d := json.NewDecoder(strings.NewReader(row.schema))
		d.UseNumber()
		var tree any
		if err := d.Decode(&tree); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		documents := &schema.Documents{}
		set := schema.NewSet(documents)
		s, err := set.Parse(documents.Add("row:///"+strings.NewReplacer(" ", "-", "$", "").Replace(row.name), tree, row.dialect))
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		pkg.Unit.UseSet(set)
		expr, err := pkg.Unit.Validator(s, row.direction)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		pkg.Exprs = append(pkg.Exprs, expr)
		for _, text := range strings.Split(row.yes, "\n") {
			values = append(values, value{i, text, batch.Valid})
		}
		for _, text := range strings.Split(row.no, "\n") {
			values = append(values, value{i, text, batch.Invalid})
		}
	}
	program, err := batch.Build(t.TempDir(), "../../kit", pkg)
	if err != nil {
		t.Fatal(err)
	}
	got, err := program.Run(func(yield func(int, []byte)) {
		for _, v := range values {
			yield(v.row, []byte(v.text))
		}
	})
	if err != nil || len(got) != len(values) {
		t.Fatalf("%d verdicts on %d values: %v", len(got), len(values), err)
	}
	for i, v := range values {
		if got[i] != v.want {
			t.Errorf("%s: %s: got verdict %d, want %d", verdicts[v.row].name, v.text, got[i], v.want)
		}
	}
}

func TestPatternsThatCannotBeMatched(t *testing.T) {
	parse := func(tree map[string]any) *schema.Schema {
		documents := &schema.Documents{}
		s, err := schema.NewSet(documents).Parse(documents.Add("a:///", tree, schema.Draft202012))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := parse(map[string]any{"patternProperties": map[string]any{`(a)\1`: false}, "additionalProperties": false, "pattern": `(b)\1`})
	_, err := compile.New(compile.Options{Package: "p", KitImport: "kit"}).Validator(s, schema.Neither)
	var fault *compile.PatternError
	if !errors.As(err, &fault) || fault.Location != "a:///#" || fault.Pattern != `(b)\1` {
		t.Errorf("got %v", err)
	}
	lenient := compile.New(compile.Options{Package: "p", KitImport: "kit", SkipPatterns: true})
	if _, err := lenient.Validator(s, schema.Neither); err != nil || len(lenient.Warnings()) != 2 {
		t.Errorf("got %v, warnings %v", err, lenient.Warnings())
	}
	files, err := lenient.Files()
	if err != nil || strings.Contains(string(files["validators.gen.go"]), "Refuse") {
		t.Errorf("got %v\n%s", err, files["validators.gen.go"])
	}
}
