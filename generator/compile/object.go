package compile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// member is a declared member of an object; the required ones come first.
type member struct {
	name     string
	required bool
	expr     string
}

// object returns the check of objects.
func (c *compilation) object() (string, error) {
	s := c.schema
	members, err := c.members()
	if err != nil {
		return "", err
	}
	other, err := c.undeclared()
	if err != nil {
		return "", err
	}
	simple := len(members) == 0 && s.PropertyNames == nil && s.MinProperties == nil && s.MaxProperties == nil
	if simple && other == "s.Unknown(&o)" {
		return "", nil
	}
	if value, ok := strings.CutPrefix(other, "s.Extra(&o) && "); ok && simple && !strings.Contains(value, "&o") {
		return "s.Map(" + asFunc(value) + ")", nil
	}
	name, err := c.objectFunction(members, other)
	return name + "(s)", err
}

// members lists the members that are declared, required or depended on.
func (c *compilation) members() ([]member, error) {
	s := c.schema
	var list []member
	known := map[string]bool{}
	add := func(name string, required bool) error {
		if known[name] {
			return nil
		}
		known[name] = true
		expr, err := c.memberExpr(name)
		list = append(list, member{name, required, expr})
		return err
	}
	for _, name := range s.Required {
		if !c.absent[name] {
			if err := add(name, true); err != nil {
				return nil, err
			}
		}
	}
	for _, d := range s.DependentRequired {
		for _, name := range append([]string{d.Name}, d.Required...) {
			if err := add(name, false); err != nil {
				return nil, err
			}
		}
	}
	for _, d := range s.DependentSchemas {
		if err := add(d.Name, false); err != nil {
			return nil, err
		}
	}
	for _, p := range s.Properties {
		if err := add(p.Name, false); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// memberExpr returns the check of the value of a member whose name is known.
func (c *compilation) memberExpr(name string) (string, error) {
	s := c.schema
	if p := s.Property(name); p != nil && c.direction == schema.Request && absent(p, c.direction) {
		return "s.Omit(&o)", nil
	}
	var passes []string
	declared := false
	add := func(sub *schema.Schema) error {
		declared = true
		expr, err := c.value(sub)
		if expr != "s.Any()" {
			passes = append(passes, expr)
		}
		return err
	}
	if p := s.Property(name); p != nil {
		if err := add(p); err != nil {
			return "", err
		}
	}
	for _, p := range s.PatternProperties {
		matches, err := matchesName(p.Name, name)
		if err != nil && !c.unit.options.SkipPatterns {
			return "", &PatternError{s.Location, p.Name, err.Error()}
		}
		if matches {
			if err := add(p.Schema); err != nil {
				return "", err
			}
		}
	}
	if !declared && s.AdditionalProperties != nil {
		if s.AdditionalProperties.Never {
			return "s.Refuse()", nil
		}
		if err := add(s.AdditionalProperties); err != nil {
			return "", err
		}
	}
	if len(passes) == 0 {
		return "s.Any()", nil
	}
	return all(passes), nil
}

// undeclared returns the check of a member whose name is not known; o is the object that is being read.
func (c *compilation) undeclared() (string, error) {
	s := c.schema
	additional := ""
	switch {
	case s.AdditionalProperties == nil:
	case s.AdditionalProperties.Never:
		additional = "s.Refuse()"
	default:
		var err error
		if additional, err = c.value(s.AdditionalProperties); err != nil {
			return "", err
		}
		if additional == "s.Any()" {
			additional = ""
		}
	}
	var rows []string
	for _, p := range s.PatternProperties {
		match, err := c.unit.pattern(s.Location, p.Name)
		if err != nil {
			return "", err
		}
		if match == "" { // left out: any name may be meant by it
			additional = ""
			continue
		}
		expr, err := c.value(p.Schema)
		if err != nil {
			return "", err
		}
		rows = append(rows, fmt.Sprintf("schema.Pattern{Match: %s, Value: %s}", match, asFunc(expr)))
	}
	switch {
	case len(rows) > 0:
		rest := "nil"
		if additional != "" {
			rest = asFunc(additional)
		}
		return "s.Extra(&o) && s.Patterned(&o, " + rest + ", " + strings.Join(rows, ", ") + ")", nil
	case additional == "":
		return "s.Unknown(&o)", nil
	case additional == "s.Refuse()":
		return additional, nil
	}
	return "s.Extra(&o) && " + additional, nil
}

// objectFunction writes the function that reads an object member by member.
func (c *compilation) objectFunction(members []member, other string) (string, error) {
	var b strings.Builder
	b.WriteString("var o schema.Members\nif !s.Object(&o) {\nreturn s.Wrong(\"object\")\n}\nfor s.Member(&o) {\n")
	if c.schema.PropertyNames != nil {
		expr, err := c.value(c.schema.PropertyNames)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "if !s.Name(&o, %s) {\nreturn false\n}\n", asFunc(expr))
	}
	if len(members) == 0 {
		fmt.Fprintf(&b, "if !(%s) {\nreturn false\n}\n}\n", other)
	} else {
		b.WriteString("ok := false\nswitch string(s.Key(&o)) {\n")
		for i, m := range members {
			fmt.Fprintf(&b, "case %s:\nok = s.Seen(&o, %d) && %s\n", strconv.Quote(m.name), i, paren(m.expr))
		}
		fmt.Fprintf(&b, "default:\nok = %s\n}\nif !ok {\nreturn false\n}\n}\n", other)
	}
	end, err := c.end(members)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "return %s\n", end)
	return c.unit.function(c.schema.Location, "", b.String()), nil
}

func paren(expr string) string {
	if strings.Contains(expr, "||") && !strings.HasPrefix(expr, "s.All(") {
		return "(" + expr + ")"
	}
	return expr
}

// end returns the checks that follow the last member.
func (c *compilation) end(members []member) (string, error) {
	s := c.schema
	index := map[string]int{}
	var required []string
	for i, m := range members {
		index[m.name] = i
		if m.required {
			required = append(required, strconv.Quote(m.name))
		}
	}
	names := "nil"
	if len(required) > 0 {
		names = c.unit.variable("required", "[]string", "{"+strings.Join(required, ", ")+"}")
	}
	expr := "s.EndObject(&o, " + names + ")"
	if s.MinProperties != nil || s.MaxProperties != nil {
		least, most := 0, -1
		if s.MinProperties != nil {
			least = *s.MinProperties
		}
		if s.MaxProperties != nil {
			most = *s.MaxProperties
		}
		expr += fmt.Sprintf(" && s.Between(&o, %d, %d)", least, most)
	}
	for _, d := range s.DependentRequired {
		if len(d.Required) == 0 {
			continue
		}
		var list []string
		for _, name := range d.Required {
			list = append(list, strconv.Itoa(index[name]))
		}
		expr += fmt.Sprintf(" &&\n(!o.Has(%d) || s.Requires(&o, %s, %s))", index[d.Name], strconv.Quote(d.Name), strings.Join(list, ", "))
	}
	for _, d := range s.DependentSchemas {
		sub, err := c.sub(d.Schema)
		if err != nil {
			return "", err
		}
		expr += fmt.Sprintf(" &&\n(!o.Has(%d) || s.Also(&o, %s))", index[d.Name], asFunc(sub))
	}
	return expr, nil
}
