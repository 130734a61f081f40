package schema

import (
	"slices"
	"strconv"
)

// part is one keyword of a schema as a schema of its own. child is its sub-schema, where it has one that a difference
// may lie in.
type part struct {
	keyword string
	name    string
	schema  *Schema
	child   *Schema
}

// parts cuts a schema into its keywords: a value is accepted by the schema when it is accepted by every part.
func (c *comparison) parts(b *Schema) []part {
	if known, ok := c.cut[b]; ok {
		return known
	}
	k := &cutter{schema: b, direction: c.side.direction}
	k.scalars()
	k.arrays()
	k.objects()
	k.applicators()
	c.cut[b] = k.parts
	return k.parts
}

type cutter struct {
	schema    *Schema
	direction Direction
	parts     []part
}

func (k *cutter) add(keyword, name string, child *Schema, fill func(*Schema)) {
	s := &Schema{Location: k.schema.Location + "/" + keyword}
	if name != "" {
		s.Location += "/" + EscapePointer(name)
	}
	fill(s)
	k.parts = append(k.parts, part{keyword, name, s, child})
}

func (k *cutter) scalars() {
	b := k.schema
	when := func(present bool, keyword string, fill func(*Schema)) {
		if present {
			k.add(keyword, "", nil, fill)
		}
	}
	when(b.Never, "false", func(s *Schema) { s.Never = true })
	when(b.Types != 0, "type", func(s *Schema) { s.Types = b.Types })
	when(b.HasEnum, "enum", func(s *Schema) { s.Enum, s.HasEnum, s.Const = b.Enum, true, b.Const })
	when(b.Minimum != nil, "minimum", func(s *Schema) { s.Minimum = b.Minimum })
	when(b.Maximum != nil, "maximum", func(s *Schema) { s.Maximum = b.Maximum })
	when(b.ExclusiveMinimum != nil, "exclusiveMinimum", func(s *Schema) { s.ExclusiveMinimum = b.ExclusiveMinimum })
	when(b.ExclusiveMaximum != nil, "exclusiveMaximum", func(s *Schema) { s.ExclusiveMaximum = b.ExclusiveMaximum })
	when(b.MultipleOf != nil, "multipleOf", func(s *Schema) { s.MultipleOf = b.MultipleOf })
	when(b.MinLength != nil, "minLength", func(s *Schema) { s.MinLength = b.MinLength })
	when(b.MaxLength != nil, "maxLength", func(s *Schema) { s.MaxLength = b.MaxLength })
	when(b.HasPattern, "pattern", func(s *Schema) { s.Pattern, s.HasPattern = b.Pattern, true })
	when(AssertedFormat(b.Format), "format", func(s *Schema) { s.Format = b.Format })
	when(b.DynamicRef != nil, "$dynamicRef", func(s *Schema) { s.DynamicRef, s.DynamicName = b.DynamicRef, b.DynamicName })
}

func (k *cutter) arrays() {
	b := k.schema
	if b.MinItems != nil {
		k.add("minItems", "", nil, func(s *Schema) { s.MinItems = b.MinItems })
	}
	if b.MaxItems != nil {
		k.add("maxItems", "", nil, func(s *Schema) { s.MaxItems = b.MaxItems })
	}
	if b.UniqueItems {
		k.add("uniqueItems", "", nil, func(s *Schema) { s.UniqueItems = true })
	}
	for i, item := range b.PrefixItems {
		k.add("prefixItems", strconv.Itoa(i), item, func(s *Schema) {
			s.PrefixItems = append(blanks(i), item)
		})
	}
	if b.Items != nil {
		k.add("items", "", b.Items, func(s *Schema) { s.PrefixItems, s.Items = blanks(len(b.PrefixItems)), b.Items })
	}
	if b.Contains != nil {
		k.add("contains", "", nil, func(s *Schema) {
			s.Contains, s.MinContains, s.MaxContains = b.Contains, b.MinContains, b.MaxContains
		})
	}
	if b.UnevaluatedItems != nil {
		k.add("unevaluatedItems", "", nil, func(s *Schema) { *s = *b })
	}
}

func blanks(n int) []*Schema {
	out := make([]*Schema, n, n+1)
	for i := range out {
		out[i] = &Schema{}
	}
	return out
}

func (k *cutter) objects() {
	b := k.schema
	for _, name := range requiredIn(b, k.direction) {
		k.add("required", name, nil, func(s *Schema) { s.Required = []string{name} })
	}
	if b.MinProperties != nil {
		k.add("minProperties", "", nil, func(s *Schema) { s.MinProperties = b.MinProperties })
	}
	if b.MaxProperties != nil {
		k.add("maxProperties", "", nil, func(s *Schema) { s.MaxProperties = b.MaxProperties })
	}
	for _, pr := range b.Properties {
		if travels(pr.Schema, k.direction) {
			k.add("properties", pr.Name, pr.Schema, func(s *Schema) { s.Properties = []Property{pr} })
		}
	}
	for _, pp := range b.PatternProperties {
		k.add("patternProperties", pp.Name, pp.Schema, func(s *Schema) { s.PatternProperties = []Property{pp} })
	}
	if b.AdditionalProperties != nil {
		k.add("additionalProperties", "", b.AdditionalProperties, func(s *Schema) {
			s.AdditionalProperties = b.AdditionalProperties
			s.Properties, s.PatternProperties = blankMembers(b.Properties), blankMembers(b.PatternProperties)
		})
	}
	if b.PropertyNames != nil {
		k.add("propertyNames", "", nil, func(s *Schema) { s.PropertyNames = b.PropertyNames })
	}
	for _, d := range b.DependentRequired {
		k.add("dependentRequired", d.Name, nil, func(s *Schema) { s.DependentRequired = []DependentRequired{d} })
	}
	for _, d := range b.DependentSchemas {
		k.add("dependentSchemas", d.Name, nil, func(s *Schema) { s.DependentSchemas = []Property{d} })
	}
	if b.UnevaluatedProperties != nil {
		k.add("unevaluatedProperties", "", nil, func(s *Schema) { *s = *b })
	}
}

func blankMembers(list []Property) []Property {
	out := make([]Property, len(list))
	for i, pr := range list {
		out[i] = Property{pr.Name, &Schema{}}
	}
	return out
}

func (k *cutter) applicators() {
	b := k.schema
	if b.Ref != nil {
		k.parts = append(k.parts, part{keyword: "$ref", child: b.Ref, schema: b.Ref})
	}
	for i, branch := range b.AllOf {
		k.parts = append(k.parts, part{keyword: "allOf", name: strconv.Itoa(i), child: branch, schema: branch})
	}
	if len(b.AnyOf) > 0 {
		k.add("anyOf", "", nil, func(s *Schema) {
			s.AnyOf = b.AnyOf
			if len(b.OneOf) == 0 {
				s.Discriminator = b.Discriminator
			}
		})
	}
	if len(b.OneOf) > 0 {
		k.add("oneOf", "", nil, func(s *Schema) { s.OneOf, s.Discriminator = b.OneOf, b.Discriminator })
	}
	if b.Not != nil {
		k.add("not", "", nil, func(s *Schema) { s.Not = b.Not })
	}
	if b.If != nil {
		k.add("if", "", nil, func(s *Schema) { s.If, s.Then, s.Else = b.If, b.Then, b.Else })
	}
}

const maxGatherDepth = 20

// gather calls visit with s and every schema that applies to the same value without condition.
func gather(s *Schema, depth int, visit func(*Schema)) {
	if s == nil || depth > maxGatherDepth {
		return
	}
	visit(s)
	gather(s.Ref, depth+1, visit)
	for _, b := range s.AllOf {
		gather(b, depth+1, visit)
	}
}

// memberOf returns what the sender's schema asks of a member, or nil when it does not speak of it.
func (c *comparison) memberOf(a *Schema, name string) *Schema {
	var subs []*Schema
	gather(a, 0, func(s *Schema) {
		found, _ := c.prover.eval.membersOf(s, name)
		subs = append(subs, found...)
	})
	return c.combine(subs)
}

func declaredNames(a *Schema, depth int) []string {
	var names []string
	gather(a, depth, func(s *Schema) { names = append(names, namesOf(s.Properties)...) })
	slices.Sort(names)
	return slices.Compact(names)
}

func openMembers(a *Schema, depth int) []*Schema {
	var subs []*Schema
	gather(a, depth, func(s *Schema) {
		if s.AdditionalProperties != nil && !s.AdditionalProperties.Never {
			subs = append(subs, s.AdditionalProperties)
		}
	})
	return subs
}

func itemsOf(a *Schema, i, depth int) []*Schema {
	var subs []*Schema
	gather(a, depth, func(s *Schema) {
		switch {
		case i < len(s.PrefixItems):
			subs = append(subs, s.PrefixItems[i])
		case s.Items != nil:
			subs = append(subs, s.Items)
		}
	})
	return subs
}

func prefixOf(a *Schema, depth int) int {
	n := 0
	gather(a, depth, func(s *Schema) { n = max(n, len(s.PrefixItems)) })
	return n
}

// combine returns one schema that means all of subs.
func (c *comparison) combine(subs []*Schema) *Schema {
	var unique []*Schema
	key := ""
	for _, s := range subs {
		if t := plain(s); t != nil && (s.ReadOnly == t.ReadOnly && s.WriteOnly == t.WriteOnly) {
			s = t
		}
		if !slices.Contains(unique, s) {
			unique = append(unique, s)
			key += " " + strconv.Itoa(int(c.prover.id(s)))
		}
	}
	switch len(unique) {
	case 0:
		return nil
	case 1:
		return unique[0]
	}
	if known, ok := c.combined[key]; ok {
		return known
	}
	s := &Schema{AllOf: unique}
	c.combined[key] = s
	return s
}
