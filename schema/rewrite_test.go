package schema

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// rewriter writes schemas in another way that means the same.
type rewriter struct {
	t    *rapid.T
	open bool // rewrites with not are allowed: they hide declared members from the sender's reading
}

func (r rewriter) schema(tree any) any {
	object, ok := tree.(map[string]any)
	if !ok {
		return tree
	}
	out := map[string]any{}
	for k, v := range object {
		switch k {
		case "properties", "patternProperties", "dependentSchemas":
			members := map[string]any{}
			for name, sub := range v.(map[string]any) {
				members[name] = r.schema(sub)
			}
			out[k] = members
		case "allOf", "anyOf", "oneOf", "prefixItems":
			list := v.([]any)
			next := make([]any, len(list))
			for i := range list {
				next[i] = r.schema(list[i])
			}
			if k != "prefixItems" && rapid.Bool().Draw(r.t, "reversed") {
				for i, j := 0, len(next)-1; i < j; i, j = i+1, j-1 {
					next[i], next[j] = next[j], next[i]
				}
			}
			out[k] = next
		case "items", "additionalProperties", "contains", "not", "if", "then", "else", "unevaluatedProperties":
			out[k] = r.schema(v)
		default:
			out[k] = v
		}
	}
	return r.node(out)
}

func (r rewriter) node(s map[string]any) any {
	n := 8
	if r.open {
		n = 10
	}
	switch rapid.IntRange(0, n).Draw(r.t, "rewrite") {
	case 0:
		return map[string]any{"allOf": []any{s}}
	case 1:
		return map[string]any{"anyOf": []any{s, false}}
	case 2:
		return map[string]any{"oneOf": []any{s}}
	case 3:
		return map[string]any{"allOf": []any{map[string]any{}, s}}
	case 4:
		if values, ok := s["enum"].([]any); ok {
			var branches []any
			for i, v := range values {
				if !contains(values[:i], v) {
					branches = append(branches, map[string]any{"const": v})
				}
			}
			delete(s, "enum")
			return map[string]any{"allOf": []any{s, map[string]any{"oneOf": branches}}}
		}
	case 5:
		if types, ok := s["type"].([]any); ok {
			var branches []any
			for _, t := range types {
				branches = append(branches, map[string]any{"type": t})
			}
			delete(s, "type")
			return map[string]any{"allOf": []any{s, map[string]any{"anyOf": branches}}}
		}
	case 6:
		if v, ok := s["minimum"].(json.Number); ok && s["type"] == "integer" && v == "1" && s["exclusiveMinimum"] == nil {
			delete(s, "minimum")
			s["exclusiveMinimum"] = number(0)
		}
	case 9:
		return map[string]any{"not": map[string]any{"not": s}}
	case 10:
		if s["if"] != nil && s["then"] != nil && s["else"] != nil && len(s) == 3 {
			return map[string]any{"anyOf": []any{
				map[string]any{"allOf": []any{s["if"], s["then"]}},
				map[string]any{"allOf": []any{map[string]any{"not": s["if"]}, s["else"]}},
			}}
		}
	}
	return s
}

// TestRewritesMeanTheSame compares a schema with another spelling of it, in both directions.
func TestRewritesMeanTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		components := drawComponents(rt)
		tree := drawSchema(rt, 2)
		r := rewriter{rt, rapid.Bool().Draw(rt, "open")}
		other := r.schema(tree)
		text, _ := json.Marshal([]any{tree, other})
		rt.Logf("%s", text)
		a := document{Version: "3.1", Schema: tree, Components: components}.parse(t, "http://contract.test/a")
		b := document{Version: "3.1", Schema: other, Components: components}.parse(t, "http://contract.test/b")
		for _, pair := range [][2]*Schema{{a, b}, {b, a}} {
			got := Subset(pair[0], pair[1], SubsetOptions{SenderClosed: !r.open})
			if got.Answer == No {
				rt.Fatalf("%s: got no: %s", pair[0].Location, jsonText(got.Witness))
			}
			if got.Answer == Unknown {
				t.Logf("unknown: %s; %s", got.Reason, text)
			}
		}
	})
}

// narrow changes one keyword of a schema, or adds one, so that it may accept less.
func narrow(t *rapid.T, tree any) any {
	s, ok := tree.(map[string]any)
	if !ok {
		return false
	}
	out := map[string]any{}
	for k, v := range s {
		out[k] = v
	}
	members, _ := out["properties"].(map[string]any)
	if len(members) > 0 && rapid.Bool().Draw(t, "deeper") {
		name := rapid.SampledFrom(sortedKeys(members)).Draw(t, "member")
		next := map[string]any{}
		for k, v := range members {
			next[k] = v
		}
		next[name] = narrow(t, members[name])
		out["properties"] = next
		return out
	}
	more := map[string]any{}
	switch rapid.IntRange(0, 7).Draw(t, "narrowing") {
	case 0:
		more["maxLength"] = number(rapid.IntRange(0, 2).Draw(t, "n"))
	case 1:
		more["minimum"] = number(rapid.IntRange(0, 5).Draw(t, "n"))
	case 2:
		more["required"] = []any{"a", "b"}
	case 3:
		more["maxItems"] = number(1)
	case 4:
		more["not"] = map[string]any{"const": drawValue(t, 1)}
	case 5:
		more["maxProperties"] = number(1)
	case 6:
		more["multipleOf"] = number(2)
	default:
		return map[string]any{"allOf": []any{out, drawSchema(t, 1)}}
	}
	return map[string]any{"allOf": []any{out, more}}
}

// TestNarrowingsAreFound narrows a schema and holds the answer to values, in both directions.
func TestNarrowingsAreFound(t *testing.T) {
	unknown, total := 0, 0
	counts := map[Answer]int{}
	rapid.Check(t, func(rt *rapid.T) {
		components := drawComponents(rt)
		tree := drawSchema(rt, 2)
		other := narrow(rt, tree)
		text, _ := json.Marshal([]any{tree, other})
		rt.Logf("%s", text)
		a := document{Version: "3.1", Schema: tree, Components: components}.parse(t, "http://contract.test/a")
		b := document{Version: "3.1", Schema: other, Components: components}.parse(t, "http://contract.test/b")
		got := Subset(a, b, SubsetOptions{})
		back := Subset(b, a, SubsetOptions{})
		total++
		counts[got.Answer]++
		if got.Answer == Unknown {
			unknown++
			t.Logf("unknown: %s; %s", got.Reason, text)
		}
		if back.Answer == No {
			rt.Fatalf("a narrowing accepts more: %s", jsonText(back.Witness))
		}
		if got.Answer != Yes {
			return
		}
		judge := NewJudge(Neither, false)
		values := append(Sample(a, SampleOptions{Count: 6}), drawValue(rt, 2), drawValue(rt, 2), drawValue(rt, 1))
		for _, v := range values {
			accepted, err := judge.Valid(a, v)
			still, err2 := judge.Valid(b, v)
			if accepted && !still && err == nil && err2 == nil {
				rt.Fatalf("the answer is yes, but %s is a witness", jsonText(v))
			}
		}
	})
	t.Log(counts)
	if unknown*20 > total {
		t.Errorf("%d of %d answers are unknown", unknown, total)
	}
}
