package compat

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// wire compares parameters and headers, whose values travel as text: 5 and "5" are the same bytes.
type wire struct {
	set   *schema.Set
	trees *schema.Documents
	texts map[schema.Types]*schema.Schema
	count int
}

func newWire() wire {
	trees := &schema.Documents{}
	return wire{set: schema.NewSet(trees), trees: trees, texts: map[schema.Types]*schema.Schema{}}
}

// parse makes a schema of a tree that stands in no contract.
func (w *wire) parse(tree any) *schema.Schema {
	w.count++
	parsed, err := w.set.Parse(w.trees.Add(fmt.Sprintf("wire:%d", w.count), tree, schema.Draft202012))
	if err != nil {
		panic(err) // the trees are our own
	}
	return parsed
}

// texts of the values of a type, as a parameter carries them. The pattern takes in more numbers than the schema may
// allow: it is only used for the sender, where more is safe.
var textPatterns = map[schema.Types]string{
	schema.Integer:                 `^-?[0-9]+$`,
	schema.Integer | schema.Number: `^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`,
	schema.Boolean:                 `^(true|false)$`,
}

func (w *wire) text(types schema.Types) *schema.Schema {
	if known, ok := w.texts[types]; ok {
		return known
	}
	made := w.parse(map[string]any{"type": "string", "pattern": textPatterns[types]})
	w.texts[types] = made
	return made
}

// compareWire compares the schemas of a parameter or header by the texts of their values.
func (s *schemas) compareWire(p pair, side, what string, old, revision parameter) {
	if s.unchanged(old.schema, revision.schema) {
		return
	}
	use := comparison{pair: p, side: side, what: what, old: orHolder(old), new: orHolder(revision)}
	if side == "request" {
		use.exchange = func(witness json.RawMessage) *check.Exchange { return parameterExchange(p, old, witness) }
	}
	before, after, ok := s.parsePair(use, old.schema, revision.schema)
	if !ok {
		return
	}
	sender, receiver := before, after
	if side == "response" {
		sender, receiver = after, before
	}
	if old.media == "" && s.sameTexts(sender, receiver, side) {
		s.policy(use, before, after)
		return
	}
	s.decide(use, before, after)
	s.policy(use, before, after)
}

func orHolder(p parameter) *spec.Node {
	if p.schema != nil {
		return p.schema
	}
	return p.node
}

// sameTexts tells whether the receiver takes every text that the sender may send, where the schemas alone do not say so:
// a number may be sent where a string is read.
func (s *schemas) sameTexts(sender, receiver *schema.Schema, side string) bool {
	if schema.Subset(sender, receiver, s.options(side)).Answer == schema.Yes {
		return true
	}
	from, to := sender.Target(), receiver.Target()
	if from == nil || to == nil {
		return false
	}
	if from.HasEnum {
		return s.textsOfEnum(from, receiver)
	}
	if from.Types == schema.Array && to.Types == schema.Array && from.Items != nil && to.Items != nil {
		return s.sameItems(from, to, side)
	}
	return s.scalarTexts(from, receiver, side)
}

// textsOfEnum asks for each listed value whether its text is read.
func (s *schemas) textsOfEnum(from, receiver *schema.Schema) bool {
	judge := schema.NewJudge(schema.Neither, false)
	for _, value := range from.Enum {
		accepted := false
		for _, reading := range readings(value) {
			ok, err := judge.Valid(receiver, reading)
			accepted = accepted || ok && err == nil
		}
		if !accepted {
			return false
		}
	}
	return true
}

// readings are the JSON values that the text of a value may be read as.
func readings(value any) []any {
	switch v := value.(type) {
	case string:
		all := []any{v}
		var parsed any
		decoder := json.NewDecoder(strings.NewReader(v))
		decoder.UseNumber()
		if err := decoder.Decode(&parsed); err == nil && !decoder.More() {
			switch parsed.(type) {
			case json.Number, bool:
				all = append(all, parsed)
			}
		}
		return all
	case json.Number:
		return []any{v, string(v)}
	case bool:
		return []any{v, fmt.Sprint(v)}
	}
	return []any{value}
}

// sameItems compares arrays that differ in their items alone.
func (s *schemas) sameItems(from, to *schema.Schema, side string) bool {
	loose := func(s *schema.Schema) *schema.Schema {
		copied := *s
		copied.Items = nil
		copied.Location = s.Location + "#items"
		return &copied
	}
	return schema.Subset(loose(from), loose(to), s.options(side)).Answer == schema.Yes && s.sameTexts(from.Items, to.Items, side)
}

// scalarTexts replaces the numbers and booleans of the sender by their texts.
func (s *schemas) scalarTexts(from, receiver *schema.Schema, side string) bool {
	if from.Types == 0 || from.Types&^(schema.Integer|schema.Number|schema.Boolean) != 0 {
		return false
	}
	parts := []schema.Types{}
	if from.Types&schema.Boolean != 0 {
		parts = append(parts, schema.Boolean)
	}
	if numbers := from.Types & (schema.Integer | schema.Number); numbers != 0 {
		if numbers&schema.Number != 0 {
			numbers = schema.Integer | schema.Number
		}
		parts = append(parts, numbers)
	}
	for _, part := range parts {
		if schema.Subset(s.wire.text(part), receiver, s.options(side)).Answer != schema.Yes {
			return false
		}
	}
	return true
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
			types |= typeOf(value)
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

func typeOf(value any) schema.Types {
	switch value.(type) {
	case nil:
		return schema.Null
	case bool:
		return schema.Boolean
	case string:
		return schema.String
	case []any:
		return schema.Array
	case map[string]any:
		return schema.Object
	}
	return schema.Number
}

// serialized shows how the old contract writes a parameter.
func (s *schemas) serialized(p parameter, side string) string {
	name := p.name
	if p.media != "" {
		return fmt.Sprintf("%s as %s", name, p.media)
	}
	switch s.shape(p.schema, s.old) {
	case list:
		if p.explode {
			return fmt.Sprintf("%s=a&%s=b", name, name)
		}
		return name + "=a,b"
	case composite:
		return fmt.Sprintf("%s in style %s, explode %t", name, p.style, p.explode)
	}
	return name + "=a"
}

// parameterExchange is a request that carries the witness in a parameter; nil where the place is not a query, path or
// header.
func parameterExchange(p pair, old parameter, witness json.RawMessage) *check.Exchange {
	var value any
	if json.Unmarshal(witness, &value) != nil {
		return nil
	}
	exchange := &check.Exchange{Method: p.old.Method, Path: example(p.old)}
	values := []string{plain(value, witness)}
	if items, ok := value.([]any); ok {
		values = values[:0]
		for _, item := range items {
			raw, _ := json.Marshal(item)
			values = append(values, plain(item, raw))
		}
	}
	switch old.in {
	case "query":
		var parts []string
		for _, v := range values {
			parts = append(parts, url.QueryEscape(old.name)+"="+url.QueryEscape(v))
		}
		if !old.explode && len(values) > 1 {
			parts = []string{url.QueryEscape(old.name) + "=" + url.QueryEscape(strings.Join(values, ","))}
		}
		exchange.Path += "?" + strings.Join(parts, "&")
	case "header":
		exchange.Header = [][2]string{{old.name, strings.Join(values, ",")}}
	case "path":
		exchange.Path = strings.Replace(basePath(bases(p.old)[0])+p.old.Path, "{"+old.name+"}", url.PathEscape(strings.Join(values, ",")), 1)
		for _, name := range parameterNames(exchange.Path) {
			exchange.Path = strings.Replace(exchange.Path, "{"+name+"}", "1", 1)
		}
	default:
		return nil
	}
	return exchange
}

func plain(value any, raw json.RawMessage) string {
	if text, ok := value.(string); ok {
		return text
	}
	return string(raw)
}
