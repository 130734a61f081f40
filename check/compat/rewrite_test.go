package compat_test

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
)

// rewriter changes how a contract is written without changing what it means.
type rewriter struct {
	rng  *rand.Rand
	root map[string]any
	made int
}

type object = map[string]any

// rewrites are the meaning-preserving changes, by name.
var rewrites = map[string]func(*rewriter){
	"rename components": (*rewriter).renameComponents, "rename path parameters": (*rewriter).renamePathParameters,
	"wrap in allOf": (*rewriter).wrap, "inline": (*rewriter).inline, "extract": (*rewriter).extract, "split": (*rewriter).split,
	"reorder": (*rewriter).reorder, "3.0 to 3.1": (*rewriter).upgrade,
}

func rewriteNames() []string {
	names := make([]string, 0, len(rewrites))
	for name := range rewrites {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (r *rewriter) chance(percent int) bool { return r.rng.IntN(100) < percent }

func copied(tree any) any {
	switch tree := tree.(type) {
	case object:
		c := make(object, len(tree))
		for k, v := range tree {
			c[k] = copied(v)
		}
		return c
	case []any:
		c := make([]any, len(tree))
		for i, v := range tree {
			c[i] = copied(v)
		}
		return c
	}
	return tree
}

// schemas replaces every schema of the contract by what f makes of it, the innermost first.
func (r *rewriter) schemas(f func(object) any) {
	components, _ := r.root["components"].(object)
	named, _ := components["schemas"].(object)
	for _, name := range sorted(named) {
		named[name] = within(named[name], f, false)
	}
	var walk func(tree any, below string)
	walk = func(tree any, below string) {
		switch tree := tree.(type) {
		case object:
			for _, k := range sorted(tree) {
				switch {
				case k == "schema" && below != "examples":
					tree[k] = within(tree[k], f, true)
				case k == "schemas" && below == "components", k == "example", k == "examples", strings.HasPrefix(k, "x-"):
				default:
					walk(tree[k], k)
				}
			}
		case []any:
			for _, item := range tree {
				walk(item, below)
			}
		}
	}
	walk(r.root, "")
}

func sorted(m object) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// within applies f to a schema and those below it; to the schema itself only when it may be replaced.
func within(tree any, f func(object) any, replace bool) any {
	s, ok := tree.(object)
	if !ok {
		return tree
	}
	for _, k := range sorted(s) {
		switch k {
		case "properties", "patternProperties", "dependentSchemas", "$defs":
			members, _ := s[k].(object)
			for _, name := range sorted(members) {
				members[name] = within(members[name], f, true)
			}
		case "allOf", "anyOf", "oneOf", "prefixItems":
			list, _ := s[k].([]any)
			for i := range list {
				list[i] = within(list[i], f, true)
			}
		case "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames":
			s[k] = within(s[k], f, true)
		}
	}
	if replace {
		return f(s)
	}
	f(s)
	return s
}

// plainSchema tells whether nothing depends on how and where the schema is written.
func plainSchema(s object) bool {
	for _, k := range []string{"readOnly", "writeOnly", "discriminator", "$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "unevaluatedProperties",
		"unevaluatedItems", "x-extensible-enum", "$defs"} {
		if _, ok := s[k]; ok {
			return false
		}
	}
	return true
}

func (r *rewriter) tagged() bool { return strings.Contains(fmt.Sprint(r.root), "discriminator:") }

func (r *rewriter) wrap() {
	r.schemas(func(s object) any {
		if plainSchema(s) && r.chance(30) && !r.tagged() {
			return object{"allOf": []any{s}}
		}
		return s
	})
}

// split divides an object into two parts of allOf.
func (r *rewriter) split() {
	r.schemas(func(s object) any {
		properties, _ := s["properties"].(object)
		if s["type"] != "object" || len(properties) < 2 || !plainSchema(s) || !only(s, "type", "properties", "required", "title", "description") || r.tagged() {
			return s
		}
		first, second := object{}, object{}
		for i, name := range sorted(properties) {
			if i%2 == 0 {
				first[name] = properties[name]
			} else {
				second[name] = properties[name]
			}
		}
		rest := object{"properties": second}
		if required, ok := s["required"]; ok {
			rest["required"] = required
		}
		return object{"allOf": []any{object{"type": "object", "properties": first}, rest}}
	})
}

func only(s object, keys ...string) bool {
	for k := range s {
		known := false
		for _, key := range keys {
			known = known || k == key
		}
		if !known {
			return false
		}
	}
	return true
}

// inline replaces references to components that refer to nothing themselves.
func (r *rewriter) inline() {
	components, _ := r.root["components"].(object)
	named, _ := components["schemas"].(object)
	r.schemas(func(s object) any {
		ref, _ := s["$ref"].(string)
		target, ok := named[strings.TrimPrefix(ref, "#/components/schemas/")].(object)
		if !ok || len(s) > 1 || r.tagged() || !plainSchema(target) || strings.Contains(fmt.Sprint(target), "$ref") {
			return s
		}
		return copied(target)
	})
}

// extract moves schemas into components.
func (r *rewriter) extract() {
	components, ok := r.root["components"].(object)
	if !ok {
		components = object{}
		r.root["components"] = components
	}
	named, ok := components["schemas"].(object)
	if !ok {
		named = object{}
		components["schemas"] = named
	}
	r.schemas(func(s object) any {
		if _, ref := s["$ref"]; ref || !plainSchema(s) || !r.chance(30) || r.tagged() {
			return s
		}
		r.made++
		name := fmt.Sprintf("Made%d", r.made)
		named[name] = s
		return object{"$ref": "#/components/schemas/" + name}
	})
}

func (r *rewriter) reorder() {
	shuffle := func(list []any) {
		r.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	r.schemas(func(s object) any {
		for _, k := range []string{"required", "enum", "allOf", "anyOf", "oneOf"} {
			if list, ok := s[k].([]any); ok {
				shuffle(list)
			}
		}
		return s
	})
}

func (r *rewriter) renameComponents() {
	components, _ := r.root["components"].(object)
	named, _ := components["schemas"].(object)
	if len(named) == 0 || r.tagged() {
		return
	}
	renamed := object{}
	for name, s := range named {
		renamed[name+"Renamed"] = s
	}
	components["schemas"] = renamed
	var walk func(any)
	walk = func(tree any) {
		switch tree := tree.(type) {
		case object:
			if ref, ok := tree["$ref"].(string); ok && strings.HasPrefix(ref, "#/components/schemas/") {
				name, rest, deep := strings.Cut(strings.TrimPrefix(ref, "#/components/schemas/"), "/")
				if deep {
					rest = "/" + rest
				}
				tree["$ref"] = "#/components/schemas/" + name + "Renamed" + rest
			}
			for _, v := range tree {
				walk(v)
			}
		case []any:
			for _, v := range tree {
				walk(v)
			}
		}
	}
	walk(r.root)
}

func (r *rewriter) renamePathParameters() {
	paths, _ := r.root["paths"].(object)
	for _, path := range sorted(paths) {
		text := fmt.Sprint(paths[path])
		if !strings.Contains(path, "{") || strings.Contains(text, "components/parameters") || strings.Contains(text, "matrix") || strings.Contains(text, "links") {
			continue
		}
		var walk func(any)
		walk = func(tree any) {
			switch tree := tree.(type) {
			case object:
				if name, ok := tree["name"].(string); ok && tree["in"] == "path" {
					tree["name"] = name + "_"
				}
				for _, v := range tree {
					walk(v)
				}
			case []any:
				for _, v := range tree {
					walk(v)
				}
			}
		}
		item := paths[path]
		walk(item)
		delete(paths, path)
		paths[strings.ReplaceAll(path, "}", "_}")] = item
	}
}

// upgrade writes a contract of OpenAPI 3.0 as 3.1.
func (r *rewriter) upgrade() {
	version, _ := r.root["openapi"].(string)
	if !strings.HasPrefix(version, "3.0") {
		return
	}
	r.root["openapi"] = "3.1.0"
	r.schemas(func(s object) any {
		if ref, ok := s["$ref"]; ok {
			clear(s)
			s["$ref"] = ref
			return s
		}
		for bound, exclusive := range map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"} {
			if s[exclusive] == true && s[bound] != nil {
				s[exclusive] = s[bound]
				delete(s, bound)
			} else {
				delete(s, exclusive)
			}
		}
		if typ, ok := s["type"].(string); ok && s["nullable"] == true {
			s["type"] = []any{typ, "null"}
		}
		delete(s, "nullable")
		return s
	})
}
