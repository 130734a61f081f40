package schema

import (
	"slices"
	"strconv"
	"strings"
)

// Difference is one root cause of a pair of schemas not being in the subset relation: the deepest pair of schemas at
// which they part, and the receiver's keyword that the sender's values do not satisfy there.
type Difference struct {
	// Sender and Receiver are the schemas at which the comparison fails, after references have been followed. Several
	// allOf branches of the sender that speak of one member are one schema without a Location of the contract.
	Sender, Receiver *Schema
	// Keyword of Receiver: type, enum, minimum, ..., required, properties, additionalProperties, anyOf, oneOf, not, if.
	Keyword string
	// Name is the member of required, dependentRequired, patternProperties or properties, where the keyword has one.
	Name string
	// Values are the sender's enum values that the receiver does not accept, for the keyword enum; at most 20.
	Values []any
	// Names are all the members at this place that the receiver requires and the sender may leave out, for the keyword
	// required.
	Names []string
	// Path leads from the root of the compared values to the place of the difference: a JSON pointer in which * stands
	// for any item or member.
	Path string
	// Answer is No when Witness (a value at the place of the difference) is confirmed, else Unknown with a Reason.
	Answer  Answer
	Witness any
	Reason  string
}

// explanation is what one pair of schemas has to say by itself, and the pairs of sub-schemas that account for the rest.
type explanation struct {
	local []Difference
	edges []step
}

type step struct {
	path string
	pair [2]*Schema
}

// Differences explains why Subset(a, b, o) is not Yes: it returns each root cause once, in a stable order, or nothing
// when the answer is Yes. With a Memo, pairs of shared components are compared once for all calls.
func Differences(a, b *Schema, o SubsetOptions) []Difference {
	c := o.comparison()
	c.tired, c.spent = 0, 0
	if c.proved(a, b) {
		return nil
	}
	type visit struct {
		pair [2]*Schema
		path string
	}
	var out []Difference
	seen := map[[2]*Schema]bool{}
	queue := []visit{{pairOf(a, b), ""}}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		if seen[v.pair] {
			continue
		}
		seen[v.pair] = true
		x := c.explain(v.pair)
		for _, d := range x.local {
			d.Path = v.path + d.Path
			out = append(out, d)
		}
		for _, e := range x.edges {
			queue = append(queue, visit{e.pair, v.path + e.path})
		}
	}
	if c.tired > maxTired {
		out = slices.DeleteFunc(out, func(d Difference) bool { return d.Answer != No })
	}
	if len(out) == 0 {
		out = append(out, c.difference(pairOf(a, b), b, "", ""))
	}
	return out
}

func pairOf(a, b *Schema) [2]*Schema {
	x, y := plain(a), plain(b)
	if x == nil || y == nil {
		return [2]*Schema{a, b}
	}
	return [2]*Schema{x, y}
}

// proved tells whether a is surely a subset of b.
func (c *comparison) proved(a, b *Schema) bool {
	return c.solve(a, b).status == empty
}

// difference describes what the sender's values miss in part, a piece of the receiver's schema.
func (c *comparison) difference(pair [2]*Schema, part *Schema, keyword, name string) Difference {
	r := c.subset(pair[0], part)
	d := Difference{Sender: pair[0], Receiver: pair[1], Keyword: keyword, Name: name, Answer: r.Answer, Witness: r.Witness,
		Reason: r.Reason}
	if keyword == "enum" {
		d.Values = c.missing(pair[0], pair[1])
	}
	return d
}

const maxMissing = 20

// missing lists the sender's enum values that the receiver's enum lacks.
func (c *comparison) missing(a, b *Schema) []any {
	var out []any
	for _, list := range enumsOf(a, 0) {
		for _, v := range list {
			if len(out) < maxMissing && !c.prover.eval.inEnum(b, v) && !contains(out, v) &&
				c.prover.eval.check(a, v, true) == valid {
				out = append(out, v)
			}
		}
	}
	return out
}

// enumsOf finds the enums that speak of the value itself.
func enumsOf(s *Schema, depth int) [][]any {
	if s == nil || depth > 10 {
		return nil
	}
	var out [][]any
	if s.HasEnum {
		out = append(out, s.Enum)
	}
	for _, b := range append(append(append([]*Schema{s.Ref}, s.AllOf...), s.AnyOf...), s.OneOf...) {
		out = append(out, enumsOf(b, depth+1)...)
	}
	return out
}

func (c *comparison) explain(pair [2]*Schema) *explanation {
	if known, ok := c.explained[pair]; ok {
		return known
	}
	x := &explanation{}
	c.explained[pair] = x
	defer func() {
		if c.tired > maxTired {
			delete(c.explained, pair) // cut short: not to be remembered
		}
	}()
	if c.proved(pair[0], pair[1]) {
		return x
	}
	a, b := pair[0], pair[1]
	switch {
	case a.pureUnion():
		c.explainUnion(a, b, x)
	case b.pureUnion():
		if partner := c.partner(a, b, -1); partner != nil {
			x.edges = append(x.edges, step{"", pairOf(a, partner)})
		} else {
			x.local = append(x.local, c.difference(pair, b, b.unionKeyword(), ""))
		}
	default:
		c.explainParts(a, b, x)
	}
	if len(x.local)+len(x.edges) == 0 {
		x.local = append(x.local, c.difference(pair, b, "", ""))
	}
	return x
}

// explainParts explains which keywords of the receiver the sender's values miss.
func (c *comparison) explainParts(a, b *Schema, x *explanation) {
	for _, part := range c.parts(b) {
		sub := part.child
		if part.keyword == "$ref" || part.keyword == "allOf" {
			if !c.proved(a, sub) {
				x.edges = append(x.edges, step{"", pairOf(a, sub)})
			}
			continue
		}
		if sub != nil {
			c.explainMember(a, b, part, x)
			continue
		}
		if !c.proved(a, part.schema) {
			d := c.difference([2]*Schema{a, b}, part.schema, part.keyword, part.name)
			d.Sender = counterpart(a, b)
			x.local = append(x.local, d)
		}
	}
	nameRequired(x.local)
}

// nameRequired gives each difference about a required member the names of them all: they are one root cause.
func nameRequired(local []Difference) {
	var names []string
	for _, d := range local {
		if d.Keyword == "required" && d.Answer == No {
			names = append(names, d.Name)
		}
	}
	for i := range local {
		if local[i].Keyword == "required" {
			local[i].Names = names
		}
	}
}

// counterpart finds, among the schemas that a is made of, the one that stands where b stands in its document: a component
// that changed is the root cause, not each schema that builds on it.
func counterpart(a, b *Schema) *Schema {
	_, place, _ := strings.Cut(b.Location, "#")
	found := a
	if place != "" {
		gather(a, 0, func(t *Schema) {
			if _, at, _ := strings.Cut(t.Location, "#"); at == place {
				found = t
			}
		})
	}
	return found
}

// explainMember explains a keyword that speaks of members or items: by the pairs of their schemas where the sender has
// schemas for them.
func (c *comparison) explainMember(a, b *Schema, part part, x *explanation) {
	senders := c.senders(a, b, part)
	var edges []step
	for _, s := range senders {
		if !c.proved(s.schema, part.child) {
			edges = append(edges, step{s.path, pairOf(s.schema, part.child)})
		}
	}
	if len(edges) == 0 && len(senders) > 0 && part.keyword != "additionalProperties" {
		return
	}
	if !(len(edges) > 0 && part.keyword == "properties" && simpleObject(a)) && c.proved(a, part.schema) {
		return
	}
	if len(edges) == 0 || part.child.Never {
		d := c.difference([2]*Schema{a, b}, part.schema, part.keyword, part.name)
		d.Sender = counterpart(a, b)
		for _, s := range senders {
			if part.child.Never && d.Name == "" && s.name != "" {
				d.Name = s.name
			}
		}
		x.local = append(x.local, d)
		return
	}
	x.edges = append(x.edges, edges...)
}

// simpleObject tells whether nothing but its own schema decides which values a member of s may have.
func simpleObject(s *Schema) bool {
	simple := true
	gather(s, 0, func(t *Schema) {
		simple = simple && t.Not == nil && t.If == nil && len(t.AnyOf)+len(t.OneOf) == 0 && t.DependentSchemas == nil &&
			t.DependentRequired == nil && t.PropertyNames == nil && t.MaxProperties == nil && !t.HasEnum &&
			t.UnevaluatedProperties == nil && t.DynamicRef == nil
	})
	return simple
}

// senderMember is a sender's schema of members or items that a part of the receiver speaks of.
type senderMember struct {
	schema *Schema
	name   string
	path   string
}

// senders lists the sender's schemas that meet a part of the receiver.
func (c *comparison) senders(a, b *Schema, part part) []senderMember {
	var out []senderMember
	member := func(name string) {
		if s := c.memberOf(a, name); s != nil && travels(s, c.side.direction) {
			out = append(out, senderMember{s, name, "/" + EscapePointer(name)})
		}
	}
	switch part.keyword {
	case "properties":
		member(part.name)
	case "additionalProperties", "patternProperties":
		for _, name := range declaredNames(a, 0) {
			subs, _ := c.prover.eval.membersOf(part.schema, name)
			if slices.Contains(subs, part.child) {
				member(name)
			}
		}
		if s := c.combine(openMembers(a, 0)); s != nil {
			out = append(out, senderMember{s, "", "/*"})
		}
	case "items":
		if s := c.combine(itemsOf(a, len(b.PrefixItems), 0)); s != nil {
			out = append(out, senderMember{s, "", "/*"})
		}
		for i := len(b.PrefixItems); i < prefixOf(a, 0); i++ {
			if s := c.combine(itemsOf(a, i, 0)); s != nil {
				out = append(out, senderMember{s, "", "/" + strconv.Itoa(i)})
			}
		}
	case "prefixItems":
		i, _ := strconv.Atoi(part.name)
		if s := c.combine(itemsOf(a, i, 0)); s != nil {
			out = append(out, senderMember{s, "", "/" + part.name})
		}
	}
	return out
}
