package generator

import (
	"encoding/json"
	"testing"

	"github.com/msgen/msgen/schema"
)

func TestWireOf(t *testing.T) {
	integer := &schema.Schema{Types: schema.Integer}
	text := &schema.Schema{Types: schema.String}
	recursive := &schema.Schema{Types: schema.Object}
	recursive.Properties = []schema.Property{{Name: "child", Schema: &schema.Schema{Ref: recursive}}}
	loop := &schema.Schema{}
	loop.AllOf = []*schema.Schema{loop, loop}
	for name, c := range map[string]struct {
		schema *schema.Schema
		levels int
		want   string
	}{
		"nothing":           {nil, 5, "{}"},
		"reference":         {&schema.Schema{Ref: integer}, 5, "{Types: param.Integer}"},
		"allOf narrows":     {&schema.Schema{AllOf: []*schema.Schema{{Types: schema.Number}, integer}}, 5, "{Types: param.Integer}"},
		"oneOf widens":      {&schema.Schema{OneOf: []*schema.Schema{integer, text}}, 5, "{Types: param.Integer | param.String}"},
		"oneOf of anything": {&schema.Schema{OneOf: []*schema.Schema{integer, {}}}, 5, "{}"},
		"enum":              {&schema.Schema{HasEnum: true, Enum: []any{json.Number("1"), "a", nil}}, 5, "{Types: param.Null | param.Integer | param.String}"},
		"list":              {&schema.Schema{Types: schema.Array, Items: text}, 5, "{Types: param.Array, Items: &param.Value{Types: param.String}}"},
		"free object":       {&schema.Schema{Types: schema.Object}, 5, "{Types: param.Object, Additional: &param.Value{}}"},
		"hostile name": {&schema.Schema{Types: schema.Object, Properties: []schema.Property{{Name: "\"}}; os.Exit(1)//", Schema: text}}}, 5,
			`{Types: param.Object, Members: []param.Spec{{Name: "\"}}; os.Exit(1)//", Value: param.Value{Types: param.String}}}}`},
		"recursive": {recursive, 1, `{Types: param.Object, Members: []param.Spec{{Name: "child", Value: param.Value{Types: param.Object, Members: []param.Spec{{Name: "child", Value: param.Value{}}}}}}}`},
		"loop":      {loop, 5, "{}"},
	} {
		if got := wireOf(c.schema, c.levels).expr(); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}
