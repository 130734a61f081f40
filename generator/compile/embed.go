package compile

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/msgen/msgen/schema"
)

// embedding writes a graph of schemas in the form that kit/schema interprets.
type embedding struct {
	unit      *Unit
	direction schema.Direction
	index     map[*schema.Schema]int
	order     []*schema.Schema
	resources map[string]int
	names     map[string]bool // dynamic anchors that are looked for
	anchors   []map[string]int
}

// object is a JSON object in the making: encoding/json sorts its members.
type object = map[string]any

// embed returns an expression that interprets the schema.
func (u *Unit) embed(s *schema.Schema, d schema.Direction) (string, error) {
	e := &embedding{unit: u, direction: d, index: map[*schema.Schema]int{}, resources: map[string]int{}, names: map[string]bool{}}
	e.add(s)
	nodes := []object{}
	for done := 0; ; {
		for ; done < len(e.order); done++ {
			n, err := e.node(e.order[done])
			if err != nil {
				return "", err
			}
			nodes = append(nodes, n)
		}
		e.findAnchors()
		if done == len(e.order) {
			break
		}
	}
	text, err := json.Marshal(object{"nodes": nodes, "anchors": e.anchors})
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.Location, err)
	}
	name := u.variable("embedded", "schema.Embedded", "{Source: "+strconv.Quote(string(text))+"}")
	return "s.Interpret(&" + name + ")", nil
}

func (e *embedding) add(s *schema.Schema) int {
	if i, known := e.index[s]; known {
		return i
	}
	i := len(e.order)
	e.index[s] = i
	e.order = append(e.order, s)
	if _, known := e.resources[s.Resource]; !known {
		e.resources[s.Resource] = len(e.anchors)
		e.anchors = append(e.anchors, map[string]int{})
	}
	if s.DynamicName != "" {
		e.names[s.DynamicName] = true
	}
	return i
}

// findAnchors adds what the dynamic references may lead to.
func (e *embedding) findAnchors() {
	if e.unit.set == nil {
		return
	}
	for _, name := range sortedNames(e.names) {
		known := make([]string, len(e.anchors))
		for resource, i := range e.resources {
			known[i] = resource
		}
		for i, resource := range known {
			if target := e.unit.set.DynamicAnchor(resource, name); target != nil {
				e.anchors[i][name] = e.add(target)
			}
		}
	}
}

func (e *embedding) node(s *schema.Schema) (object, error) {
	n := object{}
	if s.Never {
		n["never"] = true
		return n, nil
	}
	if resource := e.resources[s.Resource]; resource != 0 {
		n["resource"] = resource
	}
	if s.DynamicName != "" {
		n["name"] = s.DynamicName
	}
	for keyword, sub := range map[string]*schema.Schema{
		"ref": s.Ref, "dynamic": s.DynamicRef, "items": s.Items, "contains": s.Contains, "restItems": s.UnevaluatedItems,
		"additional": s.AdditionalProperties, "names": s.PropertyNames, "rest": s.UnevaluatedProperties,
		"not": s.Not, "if": s.If, "then": s.Then, "else": s.Else,
	} {
		if sub != nil {
			n[keyword] = sub
		}
	}
	// The order in which nodes are numbered must not depend on that of the map.
	for _, keyword := range []string{"ref", "dynamic", "items", "contains", "restItems", "additional", "names", "rest", "not", "if", "then", "else"} {
		if sub, ok := n[keyword].(*schema.Schema); ok {
			n[keyword] = e.add(sub)
		}
	}
	e.lists(s, n)
	e.counts(s, n)
	return n, e.scalars(s, n)
}

func (e *embedding) lists(s *schema.Schema, n object) {
	for _, list := range []struct {
		keyword string
		subs    []*schema.Schema
	}{{"prefix", s.PrefixItems}, {"all", s.AllOf}, {"any", s.AnyOf}, {"one", s.OneOf}} {
		if len(list.subs) == 0 {
			continue
		}
		indexes := make([]int, len(list.subs))
		for i, sub := range list.subs {
			indexes[i] = e.add(sub)
		}
		n[list.keyword] = indexes
	}
	for _, list := range []struct {
		keyword    string
		properties []schema.Property
	}{{"properties", s.Properties}, {"dependent", s.DependentSchemas}} {
		if len(list.properties) == 0 {
			continue
		}
		indexes := object{}
		for _, p := range list.properties {
			indexes[p.Name] = e.add(p.Schema)
		}
		n[list.keyword] = indexes
	}
}

func (e *embedding) counts(s *schema.Schema, n object) {
	for keyword, count := range map[string]*int{
		"minItems": s.MinItems, "maxItems": s.MaxItems, "minContains": s.MinContains, "maxContains": s.MaxContains,
		"minProperties": s.MinProperties, "maxProperties": s.MaxProperties,
	} {
		if count != nil {
			n[keyword] = *count
		}
	}
	if s.UniqueItems {
		n["unique"] = true
	}
	missing := map[string]bool{}
	absentNames(s, e.direction, missing, map[*schema.Schema]bool{})
	var required []string
	for _, name := range s.Required {
		if !missing[name] {
			required = append(required, name)
		}
	}
	if len(required) > 0 {
		n["required"] = required
	}
	if len(s.DependentRequired) > 0 {
		requires := object{}
		for _, d := range s.DependentRequired {
			requires[d.Name] = d.Required
		}
		n["requires"] = requires
	}
}

func (e *embedding) scalars(s *schema.Schema, n object) error {
	if s.Types != 0 {
		var types []string
		for _, k := range kinds {
			switch {
			case s.Types&k.types == 0:
			case s.Types&k.types == schema.Integer:
				types = append(types, "integer")
			default:
				types = append(types, k.noun)
			}
		}
		n["types"] = types
	}
	if s.HasEnum {
		n["hasEnum"] = true
		var texts []string
		for _, value := range s.Enum {
			text, err := json.Marshal(value)
			if err != nil {
				return fmt.Errorf("%s: enum: %w", s.Location, err)
			}
			texts = append(texts, string(text))
		}
		n["enum"] = texts
	}
	number := object{}
	for field, value := range map[string]string{
		"Min": decimal(s.Minimum), "Max": decimal(s.Maximum), "Above": decimal(s.ExclusiveMinimum),
		"Below": decimal(s.ExclusiveMaximum), "Multiple": decimal(s.MultipleOf),
	} {
		if value != "" {
			number[field] = value
		}
	}
	if r, ok := ranges[s.Format]; ok && !e.unit.options.FormatAnnotations {
		number["Integer"] = true
		number["Min"], number["Max"] = tighter(decimal(s.Minimum), r.min, 1), tighter(decimal(s.Maximum), r.max, -1)
	}
	if len(number) > 0 {
		n["number"] = number
	}
	return e.text(s, n)
}

func (e *embedding) text(s *schema.Schema, n object) error {
	text := object{}
	if s.MinLength != nil {
		text["min"] = *s.MinLength
	}
	if s.MaxLength != nil {
		text["max"] = *s.MaxLength
	}
	if format := formats[s.Format]; format != "" && !e.unit.options.FormatAnnotations {
		text["format"] = format
	}
	if s.HasPattern {
		list, err := e.match(s.Location, s.Pattern)
		if err != nil {
			return err
		}
		text["pattern"] = list
	}
	if len(text) > 0 {
		n["text"] = text
	}
	var patterns []object
	for _, p := range s.PatternProperties {
		list, err := e.match(s.Location, p.Name)
		if err != nil {
			return err
		}
		if len(list) == 0 { // left out: any name may be meant by it
			delete(n, "additional")
			continue
		}
		patterns = append(patterns, object{"match": list, "value": e.add(p.Schema)})
	}
	if len(patterns) > 0 {
		n["patterns"] = patterns
	}
	return nil
}

func (e *embedding) match(location, pattern string) ([]object, error) {
	if list, err := RE2(pattern); err == nil {
		objects := []object{}
		for _, c := range list {
			objects = append(objects, object{"source": c.Source, "negated": c.Negated})
		}
		return objects, nil
	}
	t, err := tableOf(pattern)
	if err != nil {
		fault := &PatternError{location, pattern, err.Error()}
		if !e.unit.options.SkipPatterns {
			return nil, fault
		}
		e.unit.warn(fault)
		return []object{}, nil
	}
	return []object{{"automaton": object{
		"Bounds": string(t.bounds), "Classes": string(t.classes), "Width": t.width, "Next": t.next, "Accept": t.accept,
	}}}, nil
}
