package compat

import (
	"encoding/json"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// wire compares parameters and headers, whose values travel as text.
type wire struct{}

// compareWire compares the schemas of a parameter or header by the texts of their values.
func (s *schemas) compareWire(p pair, side, what string, old, revision parameter) {
	if s.unchanged(old.schema, revision.schema) {
		return
	}
	use := comparison{pair: p, side: side, what: what, old: orHolder(old), new: orHolder(revision)}
	if side == "request" {
		use.exchange = func(witness json.RawMessage) *check.Exchange { return s.parameterExchange(p, old, witness) }
	}
	before, after, ok := s.parsePair(use, old.schema, revision.schema)
	if !ok {
		return
	}
	if old.in == "path" && old.media == "" && side == "request" {
		before = filled(before)
	}
	sender, receiver := before, after
	from, to := old, revision
	if side == "response" {
		sender, receiver = after, before
		from, to = revision, old
	}
	verdict, witness := schema.Subset(sender, receiver, s.options(side)).Answer, any(nil)
	if verdict != schema.Yes && old.media == "" && revision.media == "" {
		verdict, witness = s.texts(side, sender, receiver, from, to)
	}
	if old.media != "" && old.media == revision.media && s.sameText(use, old.media, sender, receiver) {
		verdict = schema.Yes // a query string that is a form
	}
	a, b := sender.Target(), receiver.Target()
	if verdict != schema.Yes && old.media == "" && revision.media == "" && a != nil && b != nil && b.Types == schema.Object &&
		s.sameForm(use, form{wire: s.wire}, a, b) {
		verdict = schema.Yes // an object whose members are texts
	}
	if verdict == schema.No {
		use.witness = witness
	}
	if verdict != schema.Yes {
		s.decide(use, before, after)
	}
	s.policy(use, before, after)
}

// filled is the schema without the empty text: a path whose segment is empty is another path.
func filled(s *schema.Schema) *schema.Schema {
	t := s.Target()
	if t == nil || t.MinLength != nil && *t.MinLength > 0 {
		return s
	}
	copied, one := *t, 1
	copied.MinLength = &one
	return &copied
}

func orHolder(p parameter) *spec.Node {
	if p.schema != nil {
		return p.schema
	}
	return p.node
}

// texts compares two schemas by the texts of their values. A witness is a value of the sender whose text the receiver
// can't read.
func (s *schemas) texts(side string, sender, receiver *schema.Schema, from, to parameter) (schema.Answer, any) {
	a, b := sender.Target(), receiver.Target()
	if a == nil || b == nil {
		return schema.Unknown, nil
	}
	if shapeOf(a) == single && shapeOf(b) <= scalar && from.style == "form" && from.explode && a.MinItems != nil && *a.MinItems == 1 && a.Items != nil {
		answer, witness := s.texts(side, a.Items, receiver, from, to)
		return answer, []any{witness} // an array of one item is written as the item
	}
	if a.Types == schema.Array && shapeOf(b) <= scalar {
		two := 2
		if values := schema.Sample(&schema.Schema{AllOf: []*schema.Schema{a, {MinItems: &two}}}, schema.SampleOptions{Count: 1}); len(values) > 0 {
			return schema.No, values[0]
		}
	}
	if b.Types == schema.Array && b.Items != nil {
		switch {
		case a.Types == schema.Array && a.Items != nil:
			return s.itemTexts(side, a, b, from, to)
		case s.wraps(a, b, to):
			answer, witness := s.texts(side, sender, b.Items, from, to)
			return answer, witness
		}
		return schema.Unknown, nil
	}
	sent, ok := s.wire.textsOf(sender, false)
	if !ok {
		return schema.Unknown, nil
	}
	read, ok := s.wire.textsOf(receiver, true)
	if !ok {
		return schema.Unknown, nil
	}
	result := schema.Subset(sent, read, schema.SubsetOptions{})
	if result.Answer != schema.No {
		return result.Answer, nil
	}
	return s.unread(sender, receiver, result.Witness)
}

// unread turns a text into a value of the sender that is written so, if the receiver can't read it.
func (s *schemas) unread(sender, receiver *schema.Schema, witness any) (schema.Answer, any) {
	judge := schema.NewJudge(schema.Neither, false)
	var value any
	sent := false
	for _, reading := range readings(witness) {
		if ok, err := judge.Valid(receiver, reading); ok || err != nil {
			return schema.Unknown, nil
		}
		if ok, err := judge.Valid(sender, reading); ok && err == nil && !sent {
			value, sent = reading, true
		}
	}
	if !sent {
		return schema.Unknown, nil
	}
	return schema.No, value
}

// wraps tells whether the text of one value is read as an array of that value.
func (s *schemas) wraps(a, array *schema.Schema, to parameter) bool {
	scalar := shapeOf(a) <= scalar
	exploded := to.style == "form" && to.explode || shapeOf(a) == numeric && to.style != "deepObject"
	return scalar && exploded && (array.MinItems == nil || *array.MinItems <= 1) && len(array.PrefixItems) == 0 && array.Contains == nil
}

// readings are the JSON values that a text, or the text of a value, may be read as.
func readings(value any) []any {
	written, ok := value.(string)
	if !ok {
		return []any{value}
	}
	all := []any{written}
	var parsed any
	decoder := json.NewDecoder(strings.NewReader(written))
	decoder.UseNumber()
	if err := decoder.Decode(&parsed); err == nil && !decoder.More() {
		switch parsed.(type) {
		case json.Number, bool:
			all = append(all, parsed)
		}
	}
	return all
}

// itemTexts compares arrays that differ in their items alone.
func (s *schemas) itemTexts(side string, a, b *schema.Schema, from, to parameter) (schema.Answer, any) {
	loose := func(s *schema.Schema) *schema.Schema {
		copied := *s
		copied.Items, copied.Location = nil, ""
		return &copied
	}
	if schema.Subset(loose(a), loose(b), s.options(side)).Answer != schema.Yes {
		return schema.Unknown, nil
	}
	answer, witness := s.texts(side, a.Items, b.Items, from, to)
	if answer == schema.No {
		if a.MinItems != nil && *a.MinItems > 1 {
			return schema.Unknown, nil
		}
		return answer, []any{witness}
	}
	return answer, nil
}

// acceptsText tells whether a schema takes the text.
func (s *schemas) acceptsText(n *spec.Node, value string) bool {
	parsed, err := s.new.parse(n)
	if err != nil {
		return false
	}
	ok, err := schema.NewJudge(schema.Request, false).Valid(parsed, value)
	return ok && err == nil
}

// anyText tells whether the schema of a new parameter takes every text.
func (s *schemas) anyText(n *spec.Node) bool {
	parsed, err := s.new.parse(n)
	return err == nil && schema.Subset(&schema.Schema{Types: schema.String}, parsed, schema.SubsetOptions{}).Answer == schema.Yes
}

// shape tells what the values of a schema look like on the wire.
func (s *schemas) shape(n *spec.Node, of *side) shape {
	parsed, err := of.parse(n)
	if err != nil {
		return composite
	}
	return shapeOf(parsed.Target())
}

func shapeOf(s *schema.Schema) shape {
	if s == nil {
		return composite
	}
	types := s.Types
	if types == 0 && s.HasEnum {
		for _, value := range s.Enum {
			types |= schema.TypesOf(value)
		}
	}
	types &^= schema.Null
	numbers := schema.Integer | schema.Number | schema.Boolean
	switch {
	case types == 0 && len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0:
		return combined(s)
	case types == 0:
		return composite
	case types&^numbers == 0:
		return numeric
	case types&^(numbers|schema.String) == 0:
		return scalar
	case types == schema.Array && s.MaxItems != nil && *s.MaxItems <= 1:
		return single
	case types == schema.Array:
		return list
	}
	return composite
}

// combined is the shape of a schema that is made of others: the widest of theirs.
func combined(s *schema.Schema) shape {
	widest := numeric
	for _, branches := range [][]*schema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, branch := range branches {
			widest = max(widest, shapeOf(branch.Target()))
		}
	}
	return widest
}
