package compile

import (
	"fmt"

	"github.com/msgen/msgen/schema"
)

// array returns the check of arrays.
func (c *compilation) array() (string, error) {
	s := c.schema
	var passes []string
	base, err := c.items()
	if err != nil {
		return "", err
	}
	if base != "" {
		passes = append(passes, base)
	}
	if s.Contains != nil {
		expr, err := c.value(s.Contains)
		if err != nil {
			return "", err
		}
		least, most := 1, -1
		if s.MinContains != nil {
			least = *s.MinContains
		}
		if s.MaxContains != nil {
			most = *s.MaxContains
		}
		passes = append(passes, fmt.Sprintf("s.Contains(%d, %d, %s)", least, most, asFunc(expr)))
	}
	if s.UniqueItems {
		passes = append(passes, "s.Unique()")
	}
	if len(passes) == 0 {
		return "", nil
	}
	if base == "" {
		passes = append([]string{"s.AnyArray()"}, passes...)
	}
	return all(passes), nil
}

// items returns the check of the items by their position, and of their number.
func (c *compilation) items() (string, error) {
	s := c.schema
	least, most := 0, -1
	if s.MinItems != nil {
		least = *s.MinItems
	}
	if s.MaxItems != nil {
		most = *s.MaxItems
	}
	rest := "s.Any()"
	if s.Items != nil {
		var err error
		if rest, err = c.value(s.Items); err != nil {
			return "", err
		}
	}
	if len(s.PrefixItems) == 0 {
		if least == 0 && most < 0 && rest == "s.Any()" {
			return "", nil
		}
		return fmt.Sprintf("s.List(%d, %d, %s)", least, most, asFunc(rest)), nil
	}
	prefix := make([]string, len(s.PrefixItems))
	for i, item := range s.PrefixItems {
		expr, err := c.value(item)
		if err != nil {
			return "", err
		}
		prefix[i] = expr
	}
	return fmt.Sprintf("s.Tuple(%d, %d, %s, %s)", least, most, asFunc(rest), funcs(prefix)), nil
}

// maxTracked is how many members compiled validators keep track of: those that must be there, and those on which others
// depend.
const maxTracked = 256

// wide tells whether a schema asks for more members than compiled validators keep track of: it is interpreted.
func wide(s *schema.Schema) bool {
	tracked := len(s.Required) + len(s.DependentSchemas)
	for _, d := range s.DependentRequired {
		tracked += 1 + len(d.Required)
	}
	return tracked > maxTracked
}

// unevaluated handles objects that are too wide, unevaluatedProperties and unevaluatedItems: what is
// evaluated is known at compile time for most schemas; the others are embedded and interpreted.
func (c *compilation) unevaluated() (passes []string, embedded string, err error) {
	s := c.schema
	if wide(s) {
		embedded, err = c.unit.embed(s, c.direction)
		return nil, embedded, err
	}
	if s.UnevaluatedProperties == nil && s.UnevaluatedItems == nil {
		return nil, "", nil
	}
	if s.UnevaluatedItems != nil && !isAny(s.UnevaluatedItems) {
		embedded, err = c.unit.embed(s, c.direction)
		return nil, embedded, err
	}
	if s.UnevaluatedProperties == nil || isAny(s.UnevaluatedProperties) {
		return nil, "", nil
	}
	closed := &schema.Schema{Location: s.Location + "/unevaluatedProperties", AdditionalProperties: s.UnevaluatedProperties}
	open, static := evaluated(s, closed, map[*schema.Schema]bool{})
	switch {
	case !static:
		embedded, err = c.unit.embed(s, c.direction)
		return nil, embedded, err
	case open:
		return nil, "", nil
	}
	expr, err := c.value(closed)
	return []string{expr}, "", err
}

// isAny tells whether a schema is the boolean true or has no keyword that validates.
func isAny(s *schema.Schema) bool {
	return !s.Never && !s.HasEnum && s.Types == 0 && len(children(s)) == 0 && s.Minimum == nil && s.Maximum == nil &&
		s.ExclusiveMinimum == nil && s.ExclusiveMaximum == nil && s.MultipleOf == nil && s.MinLength == nil &&
		s.MaxLength == nil && !s.HasPattern && s.Format == "" && s.MinItems == nil && s.MaxItems == nil && !s.UniqueItems &&
		s.MinProperties == nil && s.MaxProperties == nil && len(s.Required) == 0 && len(s.DependentRequired) == 0
}

// evaluated collects in closed the members that s and what applies together with it evaluate, whatever the value. open
// means all of them; static is false when it depends on the value.
func evaluated(s *schema.Schema, closed *schema.Schema, seen map[*schema.Schema]bool) (open, static bool) {
	if seen[s] {
		return false, true
	}
	seen[s] = true
	if len(s.AnyOf)+len(s.OneOf)+len(s.DependentSchemas) > 0 || s.If != nil || s.DynamicRef != nil {
		return false, false
	}
	for _, p := range s.Properties {
		if closed.Property(p.Name) == nil {
			closed.Properties = append(closed.Properties, schema.Property{Name: p.Name, Schema: &schema.Schema{Location: s.Location}})
		}
	}
	for _, p := range s.PatternProperties {
		closed.PatternProperties = append(closed.PatternProperties, schema.Property{Name: p.Name, Schema: &schema.Schema{Location: s.Location}})
	}
	open = s.AdditionalProperties != nil || len(seen) > 1 && s.UnevaluatedProperties != nil
	branches := s.AllOf
	if s.Ref != nil {
		branches = append([]*schema.Schema{s.Ref}, branches...)
	}
	for _, branch := range branches {
		branchOpen, branchStatic := evaluated(branch, closed, seen)
		if !branchStatic {
			return false, false
		}
		open = open || branchOpen
	}
	return open, true
}
