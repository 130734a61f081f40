package schema

import (
	"fmt"
	"testing"
)

// tagged returns a oneOf of n objects that a constant tells apart.
func tagged(n int, limit int) any {
	var branches []any
	for i := range n {
		branches = append(branches, map[string]any{"type": "object", "required": []any{"kind"}, "properties": map[string]any{
			"kind": map[string]any{"const": fmt.Sprint("k", i)},
			"v":    map[string]any{"type": "string", "maxLength": number(limit)},
			"w":    map[string]any{"type": "integer"},
		}})
	}
	return map[string]any{"oneOf": branches}
}

func constants(n int) any {
	var branches []any
	for i := range n {
		branches = append(branches, map[string]any{"const": number(i)})
	}
	return map[string]any{"oneOf": branches}
}

func TestLargeTaggedUnions(t *testing.T) {
	tests := []struct {
		name string
		a, b any
		want Answer
		n    int
	}{
		{"branch added", tagged(150, 5), tagged(151, 5), Yes, 0},
		{"branch removed", tagged(150, 5), tagged(149, 5), No, 1},
		{"branches widened", tagged(150, 5), tagged(150, 6), Yes, 0},
		{"branches narrowed", tagged(150, 6), tagged(150, 5), No, 150},
		{"constants", constants(300), constants(301), Yes, 0},
		{"constant removed", constants(301), constants(300), No, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := document{Version: "3.1", Schema: test.a}.parse(t, "http://contract.test/a")
			b := document{Version: "3.1", Schema: test.b}.parse(t, "http://contract.test/b")
			o := SubsetOptions{SenderClosed: true, Memo: NewMemo()}
			if got := Subset(a, b, o); got.Answer != test.want {
				t.Errorf("got %s, want %s: %s %s", got.Answer, test.want, jsonText(got.Witness), got.Reason)
			}
			if got := Differences(a, b, o); len(got) != test.n {
				t.Errorf("got %d differences, want %d", len(got), test.n)
			}
		})
	}
}
