package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/msgen/msgen/schema"
)

func parse(t *testing.T, text string, dialect schema.Dialect) *schema.Schema {
	t.Helper()
	parsed, err := tryParse(text, dialect)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return parsed
}

func tryParse(text string, dialect schema.Dialect) (*schema.Schema, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	var documents schema.Documents
	return schema.NewSet(&documents).Parse(documents.Add("https://contract.test/root", tree, dialect))
}

func TestParseDropsTheSpellingOfADialect(t *testing.T) {
	old := parse(t, `{"type":"string","nullable":true}`, schema.OpenAPI30)
	modern := parse(t, `{"type":["string","null"]}`, schema.Draft202012)
	if old.Types != modern.Types {
		t.Errorf("nullable: got %b, want %b", old.Types, modern.Types)
	}
	old = parse(t, `{"minimum":3,"exclusiveMinimum":true}`, schema.OpenAPI30)
	if old.Minimum != nil || old.ExclusiveMinimum == nil || old.ExclusiveMinimum.RatString() != "3" {
		t.Errorf("exclusiveMinimum: got %v and %v, want none and 3", old.Minimum, old.ExclusiveMinimum)
	}
	tuple := parse(t, `{"items":[{"type":"string"}],"additionalItems":false}`, schema.Draft4)
	if len(tuple.PrefixItems) != 1 || !tuple.Items.Never {
		t.Errorf("items: got %d prefix items and %+v", len(tuple.PrefixItems), tuple.Items)
	}
}

func TestParseNullableNeedsAType(t *testing.T) {
	if got := parse(t, `{"nullable":true,"maxLength":3}`, schema.OpenAPI30).Types; got != 0 {
		t.Errorf("got %b, want no types (OpenAPI 3.0.3 section 4.7.24)", got)
	}
}

func TestParseSharesTheTargetsOfReferences(t *testing.T) {
	s := parse(t, `{"$defs":{"a":{"properties":{"next":{"$ref":"#/$defs/a"}}}},
		"properties":{"x":{"$ref":"#/$defs/a"},"y":{"$ref":"#/$defs/a"}}}`, schema.Draft202012)
	x, y := s.Property("x").Target(), s.Property("y").Target()
	if x != y || x.Property("next").Target() != x {
		t.Error("one location became several schemas")
	}
}

func TestTargetOfACycleIsNil(t *testing.T) {
	s := parse(t, `{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`, schema.Draft202012)
	if got := s.Target(); got != nil {
		t.Errorf("got %v, want nil", got.Location)
	}
}

func TestParseNamesThePlaceOfAFault(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`{"properties":{"a":{"type":"strin"}}}`, `root#/properties/a: type: "strin" is not a type`},
		{`{"properties":{"a/b":{"minLength":-1}}}`, `root#/properties/a~1b: minLength: expected a non-negative integer`},
		{`{"items":{"$ref":"#/nowhere"}}`, `root#/items: $ref: "#/nowhere"`},
		{`{"minimum":1e999999999}`, `minimum: expected a number of a sensible size`},
		{`{"allOf":[3]}`, `root#/allOf/0: schema: expected an object or a boolean`},
	} {
		if _, err := tryParse(test.text, schema.Draft202012); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.text, err, test.want)
		}
	}
}

func TestParseDiscriminatorMapsNamesAndReferences(t *testing.T) {
	s := parse(t, `{"components":{"schemas":{"Cat":{},"Dog":{}}},
		"oneOf":[{"$ref":"#/components/schemas/Cat"},{"$ref":"#/components/schemas/Dog"}],
		"discriminator":{"propertyName":"kind","mapping":{"dog":"Dog"}}}`, schema.Draft202012)
	var got []string
	for _, m := range s.Discriminator.Mapping {
		got = append(got, m.Value+"="+m.Schema.Location)
	}
	want := "dog=https://contract.test/root#/components/schemas/Dog Cat=https://contract.test/root#/components/schemas/Cat"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestEqualComparesNumbersByValue(t *testing.T) {
	if !schema.Equal(json.Number("1.0"), json.Number("1e0")) || schema.Equal(json.Number("1"), true) {
		t.Error("1.0 is 1, and 1 is not true")
	}
}
