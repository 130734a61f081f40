package schema

import (
	"fmt"
	"strings"
	"testing"
)

// TestHostileSchemasEnd compares schemas that are made to be expensive: an answer must come within the budget.
func TestHostileSchemasEnd(t *testing.T) {
	text := map[string]any{"type": "string"}
	tests := []struct {
		name string
		a, b any
		want Answer
	}{
		{"large enums", largeEnum(100000, -1), largeEnum(100000, 100001), Yes},
		{"large enums that differ", largeEnum(100000, -1), largeEnum(100000, 99990), No},
		{"negated enum", text, map[string]any{"type": "string", "not": largeEnum(100000, -1)}, No},
		{"pattern and enum", map[string]any{"type": "string", "pattern": "^v[0-9]{1,4}$"}, largeEnum(100000, -1), No},
		{"deep objects", deepObject(1000, map[string]any{"type": "integer"}), deepObject(1000, map[string]any{"type": "number"}), Yes},
		{"deep negations", deepNot(1000, text), deepNot(1001, map[string]any{"type": "integer"}), Unknown},
		{"overlapping oneOf", overlapping(40, "oneOf", ""), overlapping(41, "oneOf", ""), Unknown},
		{"overlapping anyOf", overlapping(40, "anyOf", ""), overlapping(40, "anyOf", "x"), Unknown},
		{"exponential pattern", pattern("^(a|b|ab)*c(a|b){12}$"), pattern("(a|b)*a(a|b){18}$"), No},
		{"nested repeats", pattern("^((((a{1,50}){1,50}){1,50}){1,50})$"), map[string]any{"type": "string", "maxLength": number(5)}, Unknown},
		{"parentheses", pattern(strings.Repeat("(", 5000) + strings.Repeat(")", 5000)), map[string]any{"maxLength": number(5)}, Unknown},
		{"endless string", text, map[string]any{"type": "string", "maxLength": number(1000000000)}, Unknown},
		{"endless array", map[string]any{"type": "array"}, map[string]any{"type": "array", "maxItems": number(1000000000)}, Unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := document{Version: "3.1", Schema: test.a}.parse(t, "http://contract.test/a")
			b := document{Version: "3.1", Schema: test.b}.parse(t, "http://contract.test/b")
			o := SubsetOptions{SenderClosed: true, Memo: NewMemo()}
			if got := Subset(a, b, o); got.Answer != test.want {
				t.Errorf("got %s, want %s: %s %s", got.Answer, test.want, jsonText(got.Witness), got.Reason)
			}
			if n := len(Differences(a, b, o)); (n == 0) != (test.want == Yes) {
				t.Errorf("%d differences", n)
			}
		})
	}
}

func pattern(text string) any { return map[string]any{"type": "string", "pattern": text} }

func largeEnum(n, skip int) any {
	var values []any
	for i := range n {
		if i != skip {
			values = append(values, fmt.Sprintf("v%d", i))
		}
	}
	return map[string]any{"enum": values}
}

func deepObject(n int, leaf any) any {
	for range n {
		leaf = map[string]any{"type": "object", "properties": map[string]any{"a": leaf}}
	}
	return leaf
}

func deepNot(n int, leaf any) any {
	for range n {
		leaf = map[string]any{"not": leaf}
	}
	return leaf
}

func overlapping(n int, keyword, suffix string) any {
	var branches []any
	for i := range n {
		branches = append(branches, map[string]any{"type": "object", "properties": map[string]any{
			fmt.Sprint("p", i): map[string]any{"type": "string"}, fmt.Sprint("q", i, suffix): map[string]any{"type": "integer"},
		}})
	}
	return map[string]any{keyword: branches}
}
