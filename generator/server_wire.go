package generator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/msgen/msgen/schema"
)

// wire is what the parsing of text needs to know of a schema: package param's Value.
type wire struct {
	types      schema.Types
	items      *wire
	members    []wireMember
	additional *wire
}

type wireMember struct {
	name  string
	value wire
}

// wireMembers bounds the members that a wire holds in all, so that recursive schemas end.
const wireMembers = 600

// wireOf reads a schema, down to the given number of levels of arrays and objects.
func wireOf(s *schema.Schema, levels int) wire {
	budget := wireMembers
	w := wireWithin(s, levels, &budget)
	if w.types&schema.Object != 0 && len(w.members) == 0 && w.additional == nil {
		w.additional = &wire{} // an object of which nothing is said holds anything
	}
	return w
}

func wireWithin(s *schema.Schema, levels int, budget *int) wire {
	var w wire
	if s == nil || s.Never || levels < 0 || *budget <= 0 {
		return w
	}
	*budget--
	w.types = ownTypes(s)
	if s.Ref != nil {
		w.meet(wireWithin(s.Ref, levels, budget))
	}
	for _, part := range s.AllOf {
		w.meet(wireWithin(part, levels, budget))
	}
	for _, union := range [][]*schema.Schema{s.OneOf, s.AnyOf} {
		var sum wire
		for i, branch := range union {
			b := wireWithin(branch, levels, budget)
			if i > 0 && (b.types == 0 || sum.types == 0) {
				sum.types = 0
				break
			}
			sum.types |= b.types
			sum.join(b)
		}
		w.meet(sum)
	}
	for _, p := range s.Properties {
		w.join(wire{members: []wireMember{{p.Name, wireWithin(p.Schema, levels-1, budget)}}})
	}
	if s.Items != nil {
		items := wireWithin(s.Items, levels-1, budget)
		w.items = &items
	}
	if s.AdditionalProperties != nil && !s.AdditionalProperties.Never {
		additional := wireWithin(s.AdditionalProperties, levels-1, budget)
		w.additional = &additional
	}
	return w
}

// ownTypes are the types that a schema states, or lets see by other keywords.
func ownTypes(s *schema.Schema) schema.Types {
	switch {
	case s.Types != 0:
		return s.Types
	case s.HasEnum:
		var types schema.Types
		for _, value := range s.Enum {
			types |= valueTypes(value)
		}
		return types
	case len(s.Properties) > 0:
		return schema.Object
	case s.Items != nil:
		return schema.Array
	}
	return 0
}

// meet narrows w to what is also in v.
func (w *wire) meet(v wire) {
	switch {
	case w.types == 0:
		w.types = v.types
	case v.types != 0:
		both := w.types & v.types
		if w.types&schema.Number != 0 || v.types&schema.Number != 0 {
			both |= (w.types | v.types) & schema.Integer
		}
		if both != 0 {
			w.types = both
		}
	}
	w.join(v)
}

// join adds the members, items and additional members of v that w has not.
func (w *wire) join(v wire) {
	for _, m := range v.members {
		if !slices.ContainsFunc(w.members, func(own wireMember) bool { return own.name == m.name }) {
			w.members = append(w.members, m)
		}
	}
	if w.items == nil {
		w.items = v.items
	}
	if w.additional == nil {
		w.additional = v.additional
	}
}

// wireTypes names the types in the order in which they are written.
var wireTypes = []struct {
	bit  schema.Types
	name string
}{
	{schema.Null, "param.Null"}, {schema.Boolean, "param.Boolean"}, {schema.Integer, "param.Integer"}, {schema.Number, "param.Number"},
	{schema.String, "param.String"}, {schema.Array, "param.Array"}, {schema.Object, "param.Object"},
}

// typesExpr writes a set of types, "" for every type.
func typesExpr(types schema.Types) string {
	if types&schema.AnyType == schema.AnyType {
		return ""
	}
	var names []string
	for _, t := range wireTypes {
		if types&t.bit != 0 {
			names = append(names, t.name)
		}
	}
	return strings.Join(names, " | ")
}

// listed joins the elements of a composite literal, each on a line of its own when there are several.
func listed(elements []string) string {
	if len(elements) < 2 {
		return strings.Join(elements, ", ")
	}
	return "\n" + strings.Join(elements, ",\n") + ",\n"
}

// expr writes the wire as a composite literal of param.Value, without the type.
func (w wire) expr() string {
	var fields []string
	if types := typesExpr(w.types); types != "" {
		fields = append(fields, "Types: "+types)
	}
	if w.items != nil && w.types&schema.Array != 0 {
		fields = append(fields, "Items: &param.Value"+w.items.expr())
	}
	if w.types&schema.Object != 0 {
		if len(w.members) > 0 {
			var members []string
			for _, m := range w.members {
				members = append(members, fmt.Sprintf("{Name: %s, Value: param.Value%s}", GoString(m.name), m.value.expr()))
			}
			fields = append(fields, "Members: []param.Spec{"+listed(members)+"}")
		}
		if w.additional != nil {
			fields = append(fields, "Additional: &param.Value"+w.additional.expr())
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// valueTypes is the type of a JSON value.
func valueTypes(value any) schema.Types {
	switch v := value.(type) {
	case nil:
		return schema.Null
	case bool:
		return schema.Boolean
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return schema.Number
		}
		return schema.Integer
	case string:
		return schema.String
	case []any:
		return schema.Array
	}
	return schema.Object
}
