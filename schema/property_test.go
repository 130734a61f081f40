package schema

import (
	"encoding/json"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// drawSchema draws a schema tree of 2020-12.
func drawSchema(t *rapid.T, depth int) any {
	kinds := []string{"number", "string", "types", "enum", "const", "true"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "object", "array", "array", "anyOf", "oneOf", "allOf", "not", "if", "ref")
	}
	sub := func() any { return drawSchema(t, depth-1) }
	list := func(label string) []any {
		out := make([]any, rapid.IntRange(1, 3).Draw(t, label))
		for i := range out {
			out[i] = sub()
		}
		return out
	}
	switch k := rapid.SampledFrom(kinds).Draw(t, "kind"); k {
	case "number":
		return drawNumber(t)
	case "string":
		return drawString(t)
	case "types":
		return map[string]any{"type": rapid.SliceOfNDistinct(rapid.SampledFrom([]any{"null", "boolean", "integer", "string",
			"array", "object"}), 1, 3, func(v any) string { return v.(string) }).Draw(t, "types")}
	case "enum":
		return map[string]any{"enum": rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return drawValue(t, 1) }), 1, 4).Draw(t, "enum")}
	case "const":
		return map[string]any{"const": drawValue(t, 1)}
	case "object":
		return drawObject(t, sub)
	case "array":
		return drawArray(t, sub, list)
	case "anyOf", "oneOf", "allOf":
		return map[string]any{k: list(k)}
	case "not":
		return map[string]any{"not": sub()}
	case "if":
		s := map[string]any{"if": sub(), "then": sub()}
		if rapid.Bool().Draw(t, "else") {
			s["else"] = sub()
		}
		return s
	case "ref":
		return map[string]any{"$ref": "#/components/schemas/" + rapid.SampledFrom([]string{"A", "B"}).Draw(t, "ref")}
	}
	return map[string]any{}
}

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func drawNumber(t *rapid.T) any {
	s := map[string]any{"type": rapid.SampledFrom([]any{"integer", "number"}).Draw(t, "type")}
	for _, k := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
		if rapid.IntRange(0, 3).Draw(t, k) == 0 {
			s[k] = rapid.SampledFrom([]any{number(-2), number(0), number(1), json.Number("1.5"), number(4)}).Draw(t, "bound")
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "multiple") == 0 {
		s["multipleOf"] = rapid.SampledFrom([]any{number(1), number(2), number(3), json.Number("0.5")}).Draw(t, "of")
	}
	return s
}

func drawString(t *rapid.T) any {
	s := map[string]any{"type": "string"}
	if rapid.Bool().Draw(t, "min") {
		s["minLength"] = number(rapid.IntRange(0, 3).Draw(t, "minLength"))
	}
	if rapid.Bool().Draw(t, "max") {
		s["maxLength"] = number(rapid.IntRange(0, 4).Draw(t, "maxLength"))
	}
	if rapid.IntRange(0, 2).Draw(t, "pattern") == 0 {
		s["pattern"] = rapid.SampledFrom([]any{"^a", "b$", "^[ab]+$", "^[a-c]{2}$", "^(a|bc)*$", "x", "^$", "a.c"}).Draw(t, "regexp")
	}
	if rapid.IntRange(0, 5).Draw(t, "format") == 0 {
		s["format"] = rapid.SampledFrom([]any{"date", "uuid", "ipv4", "byte"}).Draw(t, "name")
	}
	return s
}

func drawObject(t *rapid.T, sub func() any) any {
	s := map[string]any{"type": "object"}
	members := map[string]any{}
	for _, name := range []string{"a", "b", "c"} {
		if rapid.Bool().Draw(t, name) {
			members[name] = sub()
		}
	}
	if len(members) > 0 {
		s["properties"] = members
	}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]any{"a", "b", "c"}), 0, 2, func(v any) string { return v.(string) })
	if r := names.Draw(t, "required"); len(r) > 0 {
		s["required"] = r
	}
	switch rapid.IntRange(0, 9).Draw(t, "additional") {
	case 0, 1:
		s["additionalProperties"] = false
	case 2:
		s["additionalProperties"] = sub()
	case 3:
		s["patternProperties"] = map[string]any{rapid.SampledFrom([]string{"^a", "b", "^x-"}).Draw(t, "names"): sub()}
	case 4:
		s["minProperties"] = number(rapid.IntRange(0, 2).Draw(t, "min"))
	case 5:
		s["maxProperties"] = number(rapid.IntRange(0, 2).Draw(t, "max"))
	case 6:
		s["propertyNames"] = map[string]any{"pattern": rapid.SampledFrom([]any{"^[ab]", "^.$"}).Draw(t, "names")}
	case 7:
		s["dependentRequired"] = map[string]any{"a": []any{"b"}}
	case 8:
		s["unevaluatedProperties"] = false
		s["allOf"] = []any{sub()}
	}
	return s
}

func drawArray(t *rapid.T, sub func() any, list func(string) []any) any {
	s := map[string]any{"type": "array"}
	if rapid.Bool().Draw(t, "items") {
		s["items"] = sub()
	}
	if rapid.IntRange(0, 2).Draw(t, "prefix") == 0 {
		s["prefixItems"] = list("prefix")
	}
	if rapid.IntRange(0, 3).Draw(t, "contains") == 0 {
		s["contains"] = sub()
		if rapid.Bool().Draw(t, "counted") {
			s["minContains"], s["maxContains"] = number(rapid.IntRange(0, 1).Draw(t, "least")), number(2)
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "counts") == 0 {
		s["minItems"], s["maxItems"] = number(rapid.IntRange(0, 2).Draw(t, "min")), number(rapid.IntRange(1, 3).Draw(t, "max"))
	}
	if rapid.IntRange(0, 3).Draw(t, "unique") == 0 {
		s["uniqueItems"] = true
	}
	return s
}

func drawValue(t *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 3+2*min(depth, 1)).Draw(t, "value")
	switch kind {
	case 0:
		return rapid.SampledFrom([]any{nil, true, false}).Draw(t, "plain")
	case 1, 2:
		return rapid.SampledFrom([]any{number(-3), number(0), number(1), number(2), json.Number("1.5"), number(6)}).Draw(t, "number")
	case 3:
		return rapid.SampledFrom([]any{"", "a", "ab", "abc", "x", "bc", "aaaaa", "2020-01-01"}).Draw(t, "string")
	case 4:
		out := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
		for i := range out {
			out[i] = drawValue(t, depth-1)
		}
		return out
	default:
		out := map[string]any{}
		for _, name := range []string{"a", "b", "c", "x-y"} {
			if rapid.Bool().Draw(t, name) {
				out[name] = drawValue(t, depth-1)
			}
		}
		return out
	}
}

// drawComponents draws components whose references to themselves are guarded by a member or an item.
func drawComponents(t *rapid.T) map[string]any {
	sub := func() any { return drawSchema(t, 1) }
	list := func(string) []any { return []any{sub()} }
	components := map[string]any{"A": drawObject(t, sub), "B": drawArray(t, sub, list)}
	text, _ := json.Marshal(components)
	t.Logf("components %s", text)
	return map[string]any{"schemas": components}
}

func drawParsed(t *rapid.T, tb testing.TB, uri string, components map[string]any) *Schema {
	d := document{Version: "3.1", Schema: drawSchema(t, 2), Components: components}
	text, _ := json.Marshal(d.Schema)
	t.Logf("%s %s", uri, text)
	return d.parse(tb, uri)
}

// TestSubsetAgreesWithValues draws two schemas and values: no value may contradict the answer.
func TestSubsetAgreesWithValues(t *testing.T) {
	unknown, total := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		components := drawComponents(rt)
		a, b := drawParsed(rt, t, "http://contract.test/a", components), drawParsed(rt, t, "http://contract.test/b", components)
		closed := rapid.Bool().Draw(rt, "closed")
		o := SubsetOptions{SenderClosed: closed, Memo: NewMemo()}
		got := Subset(a, b, o)
		total++
		if got.Answer == Unknown {
			unknown++
			if testing.Verbose() {
				t.Log(got.Reason)
			}
		}
		if d := Differences(a, b, o); (len(d) > 0) != (got.Answer != Yes) {
			rt.Fatalf("%d differences for the answer %s", len(d), got.Answer)
		}
		if got.Answer != Yes {
			return
		}
		sender, receiver := NewJudge(Neither, true), NewJudge(Neither, false)
		values := Sample(a, SampleOptions{Count: 4})
		for i := range 6 {
			values = append(values, drawValue(rt, 2), number(i))
		}
		for _, v := range values {
			sent, err := sender.Valid(a, v)
			if closed && sent && err == nil {
				sent, err = sender.Sends(a, v)
			}
			if !sent || err != nil {
				continue
			}
			if ok, err := receiver.Valid(b, v); !ok && err == nil {
				rt.Fatalf("the answer is yes, but %s is a witness", jsonText(v))
			}
		}
	})
	t.Logf("%d of %d unknown", unknown, total)
	if unknown*20 > total {
		t.Errorf("%d of %d answers are unknown", unknown, total)
	}
}

// TestSubsetIsReflexive compares a schema with a copy of itself.
func TestSubsetIsReflexive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		components := drawComponents(rt)
		d := document{Version: "3.1", Schema: drawSchema(rt, 2), Components: components}
		a, b := d.parse(t, "http://contract.test/a"), d.parse(t, "http://contract.test/b")
		for _, closed := range []bool{true, false} {
			if got := Subset(a, b, SubsetOptions{SenderClosed: closed}); got.Answer != Yes {
				rt.Fatalf("got %s: %s %s", got.Answer, jsonText(got.Witness), got.Reason)
			}
		}
	})
}

// TestSamplesSatisfyTheJudge draws a schema; its samples are accepted, its invalid samples are not.
func TestSamplesSatisfyTheJudge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		components := drawComponents(rt)
		s := drawParsed(rt, t, "http://contract.test/a", components)
		judge := NewJudge(Neither, false)
		for _, v := range Sample(s, SampleOptions{}) {
			if ok, err := judge.Valid(s, v); !ok && err == nil {
				rt.Fatalf("%s is not accepted", jsonText(v))
			}
		}
		for _, bad := range Invalid(s, SampleOptions{}) {
			if ok, err := judge.Valid(s, bad.Value); ok && err == nil {
				rt.Fatalf("%s at %q: %s is accepted", bad.Keyword, bad.Pointer, jsonText(bad.Value))
			}
		}
	})
}
