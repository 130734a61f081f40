package schema

import (
	"math/big"
	"strconv"
	"strings"
)

func (r *reader) rat(keyword string) *big.Rat {
	value, ok := r.tree[keyword]
	if !ok {
		return nil
	}
	number, ok := Rat(value)
	if !ok {
		r.fail(keyword, "expected a number of a sensible size")
		return nil
	}
	return number
}

func (r *reader) numbers() {
	s := r.schema
	s.Minimum, s.Maximum = r.rat("minimum"), r.rat("maximum")
	s.ExclusiveMinimum = r.exclusive("exclusiveMinimum", &s.Minimum)
	s.ExclusiveMaximum = r.exclusive("exclusiveMaximum", &s.Maximum)
	if s.MultipleOf = r.rat("multipleOf"); s.MultipleOf != nil && s.MultipleOf.Sign() <= 0 {
		r.fail("multipleOf", "expected a number greater than 0")
	}
}

// exclusive reads an exclusive bound: a number in 2020-12, a boolean beside the inclusive bound before.
func (r *reader) exclusive(keyword string, inclusive **big.Rat) *big.Rat {
	value, ok := r.tree[keyword]
	if !ok {
		return nil
	}
	flag, isFlag := value.(bool)
	if !isFlag {
		return r.rat(keyword)
	}
	if !flag {
		return nil
	}
	bound := *inclusive
	*inclusive = nil
	return bound
}

func (r *reader) strings() {
	s := r.schema
	s.MinLength, s.MaxLength = r.count("minLength"), r.count("maxLength")
	if value, ok := r.tree["pattern"]; ok {
		pattern, ok := value.(string)
		if !ok {
			r.fail("pattern", "expected a regular expression")
		}
		s.Pattern, s.HasPattern = pattern, true
	}
	if format := r.text("format"); format != "" {
		s.Format = format
	}
	s.ContentEncoding, s.ContentMediaType = r.text("contentEncoding"), r.text("contentMediaType")
}

func (r *reader) arrays(modern bool) {
	s := r.schema
	s.MinItems, s.MaxItems, s.UniqueItems = r.count("minItems"), r.count("maxItems"), r.flag("uniqueItems")
	if _, ok := r.tree["items"].([]any); ok && !modern {
		s.PrefixItems, s.Items = r.list("items"), r.one("additionalItems")
	} else {
		s.Items = r.one("items")
	}
	if !modern {
		return
	}
	s.PrefixItems = r.list("prefixItems")
	s.Contains = r.one("contains")
	s.MinContains, s.MaxContains = r.count("minContains"), r.count("maxContains")
	s.UnevaluatedItems = r.one("unevaluatedItems")
}

func (r *reader) objects(modern bool) {
	s := r.schema
	s.MinProperties, s.MaxProperties = r.count("minProperties"), r.count("maxProperties")
	if value, ok := r.tree["required"]; ok {
		s.Required = r.names("required", value)
	}
	s.Properties = r.named("properties")
	s.AdditionalProperties = r.one("additionalProperties")
	switch r.src.Dialect {
	case Draft202012:
		s.PatternProperties = r.named("patternProperties")
		s.PropertyNames = r.one("propertyNames")
		s.UnevaluatedProperties = r.one("unevaluatedProperties")
		s.DependentSchemas = r.named("dependentSchemas")
		r.dependentRequired()
	case Draft4:
		s.PatternProperties = r.named("patternProperties")
		r.dependencies()
	}
}

func (r *reader) dependentRequired() {
	members, _ := r.tree["dependentRequired"].(map[string]any)
	for _, name := range sortedKeys(members) {
		required := r.names("dependentRequired", members[name])
		r.schema.DependentRequired = append(r.schema.DependentRequired, DependentRequired{name, required})
	}
}

// dependencies splits draft 4's keyword into its two meanings (draft 4 section 5.4.5).
func (r *reader) dependencies() {
	members, _ := r.tree["dependencies"].(map[string]any)
	for _, name := range sortedKeys(members) {
		if _, ok := members[name].([]any); ok {
			required := r.names("dependencies", members[name])
			r.schema.DependentRequired = append(r.schema.DependentRequired, DependentRequired{name, required})
			continue
		}
		schema := r.sub(members[name], "dependencies", name)
		r.schema.DependentSchemas = append(r.schema.DependentSchemas, Property{name, schema})
	}
}

func (r *reader) applicators(modern bool) {
	s := r.schema
	s.AllOf, s.AnyOf, s.OneOf = r.list("allOf"), r.list("anyOf"), r.list("oneOf")
	s.Not = r.one("not")
	if modern {
		s.If, s.Then, s.Else = r.one("if"), r.one("then"), r.one("else")
	}
	for _, branches := range [][]*Schema{s.AllOf, s.AnyOf, s.OneOf, {s.Then, s.Else}} {
		for _, branch := range branches {
			if branch != nil {
				branch.host = s
			}
		}
	}
}

func (r *reader) discriminator() {
	switch value := r.tree["discriminator"].(type) {
	case string: // Swagger 2.0
		r.schema.Discriminator = &Discriminator{PropertyName: value}
	case map[string]any:
		name, _ := value["propertyName"].(string)
		if name == "" {
			return
		}
		d := &Discriminator{PropertyName: name}
		r.schema.Discriminator = d
		mapping, _ := value["mapping"].(map[string]any)
		explicit := map[*Schema]bool{}
		for _, key := range sortedKeys(mapping) {
			ref, _ := mapping[key].(string)
			target := r.mapped(ref)
			if target != nil {
				explicit[target] = true
				d.Mapping = append(d.Mapping, DiscriminatorMapping{Value: key, Schema: target, Explicit: true})
			}
		}
		if ref, _ := value["defaultMapping"].(string); ref != "" {
			d.Default = r.mapped(ref)
		}
		r.implicitMapping(d, "oneOf", explicit)
		r.implicitMapping(d, "anyOf", explicit)
	}
}

// mapped resolves a value of a discriminator's mapping: a component's name or a reference (OpenAPI 3.1 section 4.8.25).
func (r *reader) mapped(ref string) *Schema {
	if ref == "" || r.set.resolver == nil {
		return nil
	}
	candidates := []string{ref}
	if !strings.ContainsAny(ref, "#/") {
		candidates = []string{"#/components/schemas/" + EscapePointer(ref), "#/definitions/" + EscapePointer(ref), ref}
	}
	for _, candidate := range candidates {
		if source, err := r.set.resolver.ResolveSchema(r.src.Location, candidate); err == nil {
			return r.enqueue(source)
		}
	}
	return nil
}

// implicitMapping adds the names of the components that the branches refer to, unless the mapping names them.
func (r *reader) implicitMapping(d *Discriminator, keyword string, explicit map[*Schema]bool) {
	branches, _ := r.tree[keyword].([]any)
	for i, branch := range branches {
		tree, _ := branch.(map[string]any)
		ref, _ := tree["$ref"].(string)
		if ref == "" {
			continue
		}
		source, err := r.set.resolver.ResolveSchema(r.src.Location, ref)
		if err != nil {
			r.fail(keyword, "branch %s: %v", strconv.Itoa(i), err)
			return
		}
		target := r.enqueue(source)
		if explicit[target] {
			continue
		}
		name := UnescapePointer(ref[strings.LastIndex(ref, "/")+1:])
		d.Mapping = append(d.Mapping, DiscriminatorMapping{Value: name, Schema: target})
	}
}
