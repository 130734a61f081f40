package compile

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// inlineLength is how long an expression may be to be repeated wherever its schema is used.
const inlineLength = 72

// compilation compiles one schema in one direction.
type compilation struct {
	unit      *Unit
	schema    *schema.Schema
	direction schema.Direction
	absent    map[string]bool // names of required members that don't travel
}

// expr returns a bool expression over the scanner s that checks a value of the schema.
func (u *Unit) expr(s *schema.Schema, d schema.Direction, absent string) (string, error) {
	s = s.Target()
	if s == nil {
		return "s.Never()", nil // a reference that only refers to itself
	}
	d = u.direction(s, d)
	k := key{s, d, absent}
	if known := u.memo[k]; known != nil {
		if known.expr == "" {
			if known.name == "" {
				known.name = u.nameOf(s.Location)
			}
			return known.name + "(s)", nil
		}
		return known.expr, nil
	}
	result := &compiled{}
	u.memo[k] = result
	expr, err := u.compile(s, d, absent, result)
	if err != nil {
		delete(u.memo, k)
		return "", err
	}
	result.expr = expr
	return expr, nil
}

func (u *Unit) compile(s *schema.Schema, d schema.Direction, absent string, result *compiled) (string, error) {
	c := &compilation{unit: u, schema: s, direction: d, absent: map[string]bool{}}
	for _, name := range strings.Split(absent, "\x00") {
		c.absent[name] = name != ""
	}
	absentNames(s, d, c.absent, map[*schema.Schema]bool{})
	body, err := c.body()
	if err != nil {
		return "", err
	}
	expr, isExpr := singleReturn(body)
	if isExpr && result.name == "" && len(expr) <= inlineLength {
		return expr, nil
	}
	return u.function(s.Location, result.name, body) + "(s)", nil
}

// singleReturn returns the expression of a body that is nothing but a return.
func singleReturn(body string) (string, bool) {
	expr, ok := strings.CutPrefix(body, "return ")
	expr = strings.TrimSuffix(expr, "\n")
	return expr, ok && !strings.Contains(expr, "\n")
}

// body returns the statements of the function that checks a value of the schema.
func (c *compilation) body() (string, error) {
	s := c.schema
	if s.Never {
		return "return s.Never()\n", nil
	}
	extra, embedded, err := c.unevaluated()
	if embedded != "" || err != nil {
		return "return " + embedded + "\n", err
	}
	base, err := c.base()
	if err != nil {
		return "", err
	}
	passes, err := c.applicators()
	if err != nil {
		return "", err
	}
	passes = append(passes, extra...)
	if base == "" && len(passes) == 0 {
		return "return s.Any()\n", nil
	}
	if len(passes) == 0 {
		return base, nil
	}
	if base != "" {
		expr, ok := singleReturn(base)
		if !ok {
			expr = c.unit.function(s.Location, "", base) + "(s)"
		}
		passes = append([]string{expr}, passes...)
	}
	return "return " + all(passes) + "\n", nil
}

// all joins expressions of which each checks the whole value.
func all(passes []string) string {
	if len(passes) == 1 {
		return passes[0]
	}
	return "s.All(" + funcs(passes) + ")"
}

func funcs(exprs []string) string {
	list := make([]string, len(exprs))
	for i, e := range exprs {
		list[i] = asFunc(e)
	}
	return strings.Join(list, ", ")
}

// sub compiles a schema for the same value, so that what doesn't travel is known there too.
func (c *compilation) sub(s *schema.Schema) (string, error) {
	return c.unit.expr(s, c.direction, inherit(s, c.direction, c.absent))
}

// value compiles a schema for a part of the value.
func (c *compilation) value(s *schema.Schema) (string, error) {
	return c.unit.expr(s, c.direction, "")
}

func (c *compilation) subs(list []*schema.Schema) ([]string, error) {
	exprs := make([]string, len(list))
	for i, s := range list {
		var err error
		if exprs[i], err = c.sub(s); err != nil {
			return nil, err
		}
	}
	return exprs, nil
}

// applicators returns the checks by schemas for the same value.
func (c *compilation) applicators() ([]string, error) {
	s := c.schema
	direct := append([]*schema.Schema{}, s.AllOf...)
	if s.DynamicRef != nil {
		direct = append([]*schema.Schema{s.DynamicRef}, direct...)
	}
	if s.Ref != nil {
		direct = append([]*schema.Schema{s.Ref}, direct...)
	}
	passes, err := c.subs(direct)
	if err != nil {
		return nil, err
	}
	kept := passes[:0]
	for _, pass := range passes {
		if pass != "s.Any()" {
			kept = append(kept, pass)
		}
	}
	passes = kept
	for _, group := range []struct {
		method string
		list   []*schema.Schema
	}{{"AnyOf", s.AnyOf}, {"OneOf", s.OneOf}} {
		if len(group.list) == 0 {
			continue
		}
		expr, err := c.alternatives(group.method, group.list)
		if err != nil {
			return nil, err
		}
		passes = append(passes, expr)
	}
	if s.Not != nil {
		expr, err := c.sub(s.Not)
		if err != nil {
			return nil, err
		}
		passes = append(passes, "s.Not("+asFunc(expr)+")")
	}
	if s.If != nil && (s.Then != nil || s.Else != nil) {
		expr, err := c.conditional()
		if err != nil {
			return nil, err
		}
		passes = append(passes, expr)
	}
	return passes, nil
}

func (c *compilation) conditional() (string, error) {
	parts := []string{"nil", "nil", "nil"}
	for i, s := range []*schema.Schema{c.schema.If, c.schema.Then, c.schema.Else} {
		if s == nil {
			continue
		}
		expr, err := c.sub(s)
		if err != nil {
			return "", err
		}
		parts[i] = asFunc(expr)
	}
	return "s.If(" + strings.Join(parts, ", ") + ")", nil
}

// kinds lists the types of JSON in the order of the runtime's kinds.
var kinds = []struct {
	types schema.Types
	kind  string
	noun  string
	any   string
}{
	{schema.Null, "KindNull", "null", "s.Null()"},
	{schema.Boolean, "KindBool", "boolean", "s.Bool()"},
	{schema.Integer | schema.Number, "KindNumber", "number", "s.AnyNumber()"},
	{schema.String, "KindString", "string", "s.AnyString()"},
	{schema.Array, "KindArray", "array", "s.AnyArray()"},
	{schema.Object, "KindObject", "object", "s.AnyObject()"},
}

// base returns the checks by type and by the keywords for one type, as the statements of a function. It is empty when
// there are none.
func (c *compilation) base() (string, error) {
	s := c.schema
	types := s.Types
	if types == 0 {
		types = schema.AnyType
	}
	enum := ""
	if s.HasEnum {
		enum = c.enum(types)
		types = schema.AnyType
	}
	exprs, err := c.byKind(types)
	if err != nil {
		return "", err
	}
	var allowed, constrained []int
	for i, k := range kinds {
		if types&k.types != 0 {
			allowed = append(allowed, i)
			if exprs[i] != "" {
				constrained = append(constrained, i)
			}
		}
	}
	rest := kindSwitch(exprs, allowed, constrained)
	switch {
	case enum == "":
		return rest, nil
	case rest == "":
		return "return " + enum + "\n", nil
	}
	expr, ok := singleReturn(rest)
	if !ok {
		expr = c.unit.function(s.Location, "", rest) + "(s)"
	}
	return "return " + all([]string{enum, expr}) + "\n", nil
}

// kindSwitch returns the statements that check a value whose kind is one of allowed, with the expressions for the kinds
// that are constrained.
func kindSwitch(exprs []string, allowed, constrained []int) string {
	everything := len(allowed) == len(kinds)
	switch {
	case everything && len(constrained) == 0:
		return ""
	case len(allowed) == 1:
		return "return " + typed(exprs, allowed[0]) + "\n"
	case len(allowed) == 2 && kinds[allowed[0]].types == schema.Null:
		return "return s.MaybeNull() || " + typed(exprs, allowed[1]) + "\n"
	}
	rest := "return s.Any()\n"
	if !everything {
		rest = "return s.OneOfKinds(" + nounsOf(allowed) + ")\n"
	}
	if len(constrained) == 0 {
		return rest
	}
	var b strings.Builder
	b.WriteString("switch s.Kind() {\n")
	for _, i := range constrained {
		fmt.Fprintf(&b, "case schema.%s:\nreturn %s\n", kinds[i].kind, exprs[i])
	}
	b.WriteString("}\n" + rest)
	return b.String()
}

func typed(exprs []string, i int) string {
	if exprs[i] != "" {
		return exprs[i]
	}
	return kinds[i].any
}

// nounsOf returns the arguments of Scanner.OneOfKinds.
func nounsOf(allowed []int) string {
	var nouns, list []string
	for _, i := range allowed {
		nouns = append(nouns, kinds[i].noun)
		list = append(list, "schema."+kinds[i].kind)
	}
	text := nouns[0]
	if last := len(nouns) - 1; last > 0 {
		text = strings.Join(nouns[:last], ", ") + " or " + nouns[last]
	}
	return strconv.Quote(text) + ", " + strings.Join(list, ", ")
}

// byKind returns the expressions that check values of each of kinds; empty when nothing is to be checked.
func (c *compilation) byKind(types schema.Types) ([]string, error) {
	exprs := make([]string, len(kinds))
	for i, k := range kinds {
		if types&k.types == 0 {
			continue
		}
		var err error
		switch k.types {
		case schema.Integer | schema.Number:
			exprs[i] = c.number(types)
		case schema.String:
			exprs[i], err = c.text()
		case schema.Array:
			exprs[i], err = c.array()
		case schema.Object:
			exprs[i], err = c.object()
		}
		if err != nil {
			return nil, err
		}
	}
	return exprs, nil
}

func sortedNames(set map[string]bool) []string {
	var names []string
	for name, in := range set {
		if in {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
