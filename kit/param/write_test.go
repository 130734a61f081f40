package param

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWriteFormIsReadBack(t *testing.T) {
	text, number := &Value{Types: String}, &Value{Types: Integer}
	object := Value{Types: Object, Members: []Spec{
		{In: Query, Name: "x", Style: Form, Explode: true, Value: *number}, {In: Query, Name: "y", Style: Form, Explode: true, Value: *text},
	}}
	list := Value{Types: Array, Items: number}
	for name, c := range map[string]struct {
		members   []Spec
		json      any
		form, out string
	}{
		"scalars":   {nil, map[string]any{"a": "x y&=+é", "b": 1, "c": true, "d": nil}, "a=x+y%26%3D%2B%C3%A9&b=1&c=true", `{"a":"x y&=+é","b":"1","c":"true"}`},
		"list":      {[]Spec{{Name: "l", Style: Form, Explode: true, Value: list}}, map[string]any{"l": []int{1, 2}}, "l=1&l=2", `{"l":[1,2]}`},
		"commas":    {[]Spec{{Name: "l", Style: Form, Value: list}}, map[string]any{"l": []int{1, 2}}, "l=1,2", `{"l":[1,2]}`},
		"pipes":     {[]Spec{{Name: "l", Style: PipeDelimited, Value: list}}, map[string]any{"l": []int{1, 2}}, "l=1%7C2", `{"l":[1,2]}`},
		"spaces":    {[]Spec{{Name: "l", Style: SpaceDelimited, Value: list}}, map[string]any{"l": []int{1, 2}}, "l=1%202", `{"l":[1,2]}`},
		"deep":      {[]Spec{{Name: "o", Style: DeepObject, Explode: true, Value: object}}, map[string]any{"o": map[string]any{"x": 1, "y": "z"}}, "o%5Bx%5D=1&o%5By%5D=z", `{"o":{"x":1,"y":"z"}}`},
		"exploded":  {[]Spec{{Name: "o", Style: Form, Explode: true, Value: object}}, map[string]any{"o": map[string]any{"x": 1, "y": "z"}}, "x=1&y=z", `{"o":{"x":1,"y":"z"}}`},
		"flat":      {[]Spec{{Name: "o", Style: Form, Value: object}}, map[string]any{"o": map[string]any{"x": 1, "y": "z"}}, "o=x,1,y,z", `{"o":{"x":1,"y":"z"}}`},
		"no fields": {nil, struct{}{}, "", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			form, err := WriteForm(c.json, c.members)
			if err != nil || form != c.form {
				t.Fatalf("got %q, %v; want %q", form, err, c.form)
			}
			for i := range c.members {
				c.members[i].In = Query
			}
			out, faults := AppendForm(nil, form, &Value{Types: Object, Members: c.members, Additional: text}, false)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if diff := cmp.Diff(c.out, string(out)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestWriteFormRefusesWhatIsNoObject(t *testing.T) {
	for _, value := range []any{nil, 1, []int{1}, "a", func() {}} {
		if form, err := WriteForm(value, nil); err == nil {
			t.Errorf("%T: got %q", value, form)
		}
	}
}

func TestWriteQuery(t *testing.T) {
	if got, want := WriteQuery(`{"a": "x+y&z"}`), "%7B%22a%22%3A%20%22x%2By%26z%22%7D"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
