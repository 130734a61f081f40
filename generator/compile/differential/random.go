package differential

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// random makes schemas and values.
type random struct{ *rand.Rand }

func (r random) pick(list ...any) any { return list[r.IntN(len(list))] }

func (r random) one(n int) bool { return r.IntN(n) == 0 }

var names = []string{"a", "b", "c", "foo", "x-1", "na~me/", "é", "__proto__"}

func (r random) name() string { return names[r.IntN(len(names))] }

func (r random) number() json.Number {
	return r.pick(json.Number("0"), json.Number("1"), json.Number("-1"), json.Number("2"), json.Number("3"), json.Number("1.0"),
		json.Number("1.5"), json.Number("0.1"), json.Number("0.3"), json.Number("1e2"), json.Number("100"), json.Number("1E-2"),
		json.Number("-0"), json.Number("0.0"), json.Number("12345678901234567890123"), json.Number("9223372036854775807"),
		json.Number("9223372036854775808"), json.Number("-9223372036854775809"), json.Number("4.50"), json.Number("10"),
		json.Number("2147483648"), json.Number("1e30"), json.Number("19.99"), json.Number("7")).(json.Number)
}

func (r random) text() string {
	if r.one(3) {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(r.pick("a", "b", "x", "A", "1", "2", "0", "-", ".", "/", " ", "é", "v").(string))
		}
		return b.String()
	}
	return r.pick("", "a", "b", "c", "foo", "abc", "ABC-12", "é", "😀😀", "12", "2026-02-29", "2024-02-29", "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"127.0.0.1", "::1", "2024-01-01T00:00:00Z", "line\nfeed", "a b", "quote\"", strings.Repeat("x", 12), "_x", "x.y").(string)
}

func (r random) value(depth int) any {
	n := 9
	if depth <= 0 {
		n = 6
	}
	switch r.IntN(n) {
	case 0:
		return nil
	case 1:
		return r.one(2)
	case 2, 3:
		return r.number()
	case 4, 5:
		return r.text()
	case 6:
		items := []any{}
		for range r.IntN(5) {
			items = append(items, r.value(depth-1))
		}
		return items
	default:
		object := map[string]any{}
		for range r.IntN(5) {
			object[r.name()] = r.value(depth - 1)
		}
		return object
	}
}

// fitting makes a value that a schema is likely to accept.
func (r random) fitting(tree any, root map[string]any, depth int) any {
	s, ok := tree.(map[string]any)
	if !ok || depth <= 0 || r.one(12) {
		return r.value(2)
	}
	if list, ok := s["enum"].([]any); ok && len(list) > 0 {
		return list[r.IntN(len(list))]
	}
	if value, ok := s["const"]; ok {
		return value
	}
	if ref, ok := s["$ref"].(string); ok && r.one(2) {
		if name, ok := strings.CutPrefix(ref, "#/$defs/"); ok {
			return r.fitting(root["$defs"].(map[string]any)[name], root, depth-1)
		}
		return r.fitting(root, root, depth-1)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		if list, ok := s[keyword].([]any); ok && r.one(2) {
			return r.fitting(list[r.IntN(len(list))], root, depth-1)
		}
	}
	switch r.typeOf(s) {
	case "object":
		return r.object(s, root, depth)
	case "array":
		items := []any{}
		prefix, _ := s["prefixItems"].([]any)
		for i := range r.IntN(5) {
			switch {
			case i < len(prefix):
				items = append(items, r.fitting(prefix[i], root, depth-1))
			case s["items"] != nil:
				items = append(items, r.fitting(s["items"], root, depth-1))
			case s["contains"] != nil:
				items = append(items, r.fitting(s["contains"], root, depth-1))
			default:
				items = append(items, r.value(1))
			}
		}
		return items
	case "string":
		return r.text()
	case "number", "integer":
		return r.number()
	case "boolean":
		return r.one(2)
	case "null":
		return nil
	}
	return r.value(2)
}

func (r random) typeOf(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		return t[r.IntN(len(t))].(string)
	}
	for _, keyword := range slices.Sorted(maps.Keys(s)) {
		switch keyword {
		case "properties", "required", "patternProperties", "additionalProperties", "dependentRequired", "unevaluatedProperties", "propertyNames":
			return "object"
		case "items", "prefixItems", "contains", "uniqueItems", "unevaluatedItems":
			return "array"
		}
	}
	return ""
}

func (r random) object(s, root map[string]any, depth int) any {
	object := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !r.one(3) {
			object[name] = r.fitting(properties[name], root, depth-1)
		}
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if object[name.(string)] == nil && !r.one(5) {
			object[name.(string)] = r.fitting(properties[name.(string)], root, depth-1)
		}
	}
	for range r.IntN(3) {
		if name := r.name(); object[name] == nil {
			sub := s["additionalProperties"]
			object[name] = r.fitting(sub, root, depth-1)
		}
	}
	return object
}

func (r random) schemas(n, depth int) []any {
	list := []any{}
	for range n {
		list = append(list, r.schema(depth))
	}
	return list
}

// root makes a schema with definitions.
func (r random) root() map[string]any {
	s, ok := r.schema(3).(map[string]any)
	for !ok {
		s, ok = r.schema(3).(map[string]any)
	}
	s["$defs"] = map[string]any{"one": r.schema(2), "two": r.schema(2)}
	return s
}

func (r random) schema(depth int) any {
	if r.one(14) || depth <= 0 && r.one(4) {
		return !r.one(4)
	}
	s := map[string]any{}
	for range 1 + r.IntN(3) {
		r.keywords(s, depth)
	}
	return s
}

func (r random) keywords(s map[string]any, depth int) {
	groups := 5
	if depth > 0 {
		groups = 11
	}
	switch r.IntN(groups) {
	case 0:
		types := []string{"null", "boolean", "integer", "number", "string", "array", "object"}
		if r.one(3) {
			i := r.IntN(5)
			s["type"] = []any{types[i], types[i+1+r.IntN(2)]}
			return
		}
		s["type"] = types[r.IntN(len(types))]
	case 1:
		r.scalarKeywords(s)
	case 2:
		values := []any{}
		for range 1 + r.IntN(4) {
			values = append(values, r.value(1))
		}
		if r.one(3) {
			s["const"] = values[0]
			return
		}
		s["enum"] = values
	case 3:
		s[r.pick("minItems", "maxItems", "minProperties", "maxProperties").(string)] = r.IntN(4)
		if r.one(2) {
			s["uniqueItems"] = true
		}
	case 4:
		s["required"] = r.distinct(1 + r.IntN(2))
		if r.one(2) {
			s["dependentRequired"] = map[string]any{r.name(): r.distinct(r.IntN(3))}
		}
	case 5, 6:
		r.objectKeywords(s, depth)
	case 7:
		r.arrayKeywords(s, depth)
	case 8, 9:
		r.applicators(s, depth)
	case 10:
		s["$ref"] = r.pick("#/$defs/one", "#/$defs/two", "#/$defs/one", "#")
		if r.one(2) { // a reference for the same value could be a loop; one for a part can't
			delete(s, "$ref")
			s["properties"] = map[string]any{r.name(): map[string]any{"$ref": "#"}}
		}
		if ref, ok := s["$ref"].(string); ok && ref == "#" || depth < 3 {
			delete(s, "$ref")
		}
	}
}

func (r random) distinct(n int) []any {
	list := []any{}
	for _, i := range r.Perm(len(names))[:n] {
		list = append(list, names[i])
	}
	return list
}

func (r random) scalarKeywords(s map[string]any) {
	switch r.IntN(6) {
	case 0:
		s[r.pick("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum").(string)] = r.number()
	case 1:
		s["multipleOf"] = r.pick(json.Number("1"), json.Number("2"), json.Number("0.1"), json.Number("0.01"), json.Number("1.5"), json.Number("1e2"), json.Number("3"))
	case 2:
		s[r.pick("minLength", "maxLength").(string)] = r.IntN(5)
	case 3:
		s["pattern"] = r.pattern()
	case 4:
		s["format"] = r.pick("date", "uuid", "ipv4", "ipv6", "date-time", "unknown")
	case 5:
		s["minimum"], s["maximum"] = json.Number("-1"), r.number()
	}
}

func (r random) pattern() any {
	return r.pick("^[a-c]+$", "a", "^x", "[0-9]{2}", "^(foo|bar)?$", "^[A-Z]{3}-[0-9]+$", "^.{2,4}$", "\\d", "^\\w+$", "[^a]$", "^(a|b)+c?$",
		"^[^\\s]*$", "^(?:[a-z]{1,3}\\.)*[a-z]$", "^é?", "^$", "^[\\w.-]{1,3}$", "^a{2,}|b$", "^(ab|ac)$", "^x-\\d$", "^v\\d+(\\.\\d+)*$", "^(0[1-9]|1[0-2])/\\d{2}$", "^[a-z]+(-[a-z]+)*$", "^[^\\s]+$", "^[^a-]{2,5}$",
		"^a?b?1*$", "^(a|b[12]){1,3}x?", "^[^.]*\\.a", "^-?(0|[12]+)(\\.[0-2]{1,2})?$", "^(a-){2}", "^(?:[ab]{2}|[12]{2})+$", "^é+a?$")
}

func (r random) objectKeywords(s map[string]any, depth int) {
	switch r.IntN(8) {
	case 0:
		s["additionalProperties"] = r.schema(depth - 1)
	case 1:
		s["patternProperties"] = map[string]any{r.pattern().(string): r.schema(depth - 1)}
	case 2:
		s["propertyNames"] = r.schema(0)
	case 3:
		s["dependentSchemas"] = map[string]any{r.name(): r.schema(depth - 1)}
	case 4:
		s["unevaluatedProperties"] = r.schema(depth - 2)
	}
	properties := map[string]any{}
	for range 1 + r.IntN(3) {
		properties[r.name()] = r.schema(depth - 1)
	}
	s["properties"] = properties
	if r.one(4) {
		s["additionalProperties"] = false
	}
}

func (r random) arrayKeywords(s map[string]any, depth int) {
	switch r.IntN(5) {
	case 0:
		s["prefixItems"] = r.schemas(1+r.IntN(2), depth-1)
	case 1:
		s["contains"] = r.schema(depth - 1)
		if r.one(2) {
			s[r.pick("minContains", "maxContains").(string)] = r.IntN(3)
		}
	case 2:
		s["unevaluatedItems"] = r.schema(depth - 2)
		s["prefixItems"] = r.schemas(1, depth-1)
	}
	if r.one(2) {
		s["items"] = r.schema(depth - 1)
	}
}

func (r random) applicators(s map[string]any, depth int) {
	switch r.IntN(7) {
	case 6:
		s[r.pick("anyOf", "oneOf").(string)] = r.tagged(depth)
	case 0:
		s["allOf"] = r.schemas(1+r.IntN(3), depth-1)
	case 1:
		s["anyOf"] = r.schemas(1+r.IntN(3), depth-1)
	case 2, 3:
		s["oneOf"] = r.schemas(1+r.IntN(3), depth-1)
	case 4:
		s["not"] = r.schema(depth - 1)
	case 5:
		s["if"], s["then"] = r.schema(depth-1), r.schema(depth-1)
		if r.one(2) {
			s["else"] = r.schema(depth - 1)
		}
	}
}

// tagged makes branches that the value of a member tells apart, mostly.
func (r random) tagged(depth int) []any {
	list := []any{}
	for i := range 2 + r.IntN(2) {
		tag := any(map[string]any{"const": names[i]})
		if r.one(4) {
			tag = map[string]any{"enum": []any{names[i], names[i+r.IntN(2)]}}
		}
		branch := map[string]any{"properties": map[string]any{"a": tag, r.pick("b", "c").(string): r.schema(depth - 1)}, "required": []any{"a"}}
		if !r.one(3) {
			branch["type"] = "object"
		}
		list = append(list, branch)
	}
	return list
}
