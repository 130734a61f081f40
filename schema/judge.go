package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Judge validates values independently of the algebra, by a JSON Schema validator (2020-12) that is given the schema as
// written, with the reading of one side of a message. It is not safe for concurrent use.
type Judge struct {
	direction Direction
	sender    bool
	compiler  *jsonschema.Compiler
	ids       map[*Schema]string
	targets   map[string]*Schema
	compiled  map[*Schema]*jsonschema.Schema
	errors    map[*Schema]error
	eval      *evaluator
	fault     error
	depth     int
}

// maxJudgeNesting bounds the nesting of one document, since the validator's cost grows with the length of its pointers.
const maxJudgeNesting = 40

// undecidable is a format that stands for what the judge can't check; it fails only the values that come to it.
const undecidable = "msgen-undecidable"

const judgeBase = "https://judge.invalid/"

// NewJudge returns a judge of the values that a sender (read closed) or a receiver (read open) of messages in the
// direction describes.
func NewJudge(direction Direction, sender bool) *Judge {
	j := &Judge{direction: direction, sender: sender, ids: map[*Schema]string{}, targets: map[string]*Schema{},
		compiled: map[*Schema]*jsonschema.Schema{}, errors: map[*Schema]error{}, eval: newEvaluator(direction)}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.UseLoader(j)
	c.UseRegexpEngine(j.regexp)
	c.RegisterFormat(&jsonschema.Format{Name: "byte", Validate: func(v any) error {
		if text, ok := v.(string); ok && !regexp.MustCompile(bytePattern).MatchString(text) {
			return errors.New("is not base64")
		}
		return nil
	}})
	c.RegisterFormat(&jsonschema.Format{Name: undecidable, Validate: func(any) error {
		j.fault = errors.New("$dynamicRef depends on the schemas that lead to it")
		return nil
	}})
	for _, name := range []string{"int32", "int64"} {
		lo, hi, _ := integerFormat(name)
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if n, ok := Rat(v); ok && (!n.IsInt() || n.Cmp(lo) < 0 || n.Cmp(hi) > 0) {
				return errors.New("is out of range")
			}
			return nil
		}})
	}
	j.compiler = c
	return j
}

// Valid tells whether s accepts v. The error tells why the judge can't say.
func (j *Judge) Valid(s *Schema, v any) (bool, error) {
	compiled, err := j.compile(s)
	if err != nil {
		return false, err
	}
	j.fault = nil
	invalid := compiled.Validate(v)
	return invalid == nil, j.fault
}

// Sends tells whether a sender with the schema s may send v: s accepts it, and has no members that s does not declare.
func (j *Judge) Sends(s *Schema, v any) (bool, error) {
	if ok, err := j.Valid(s, v); !ok || err != nil {
		return false, err
	}
	switch j.eval.declared([]*Schema{s}, v) {
	case valid:
		return true, nil
	case invalid:
		return false, nil
	}
	return false, errors.New("can't tell which members are declared")
}

func (j *Judge) compile(s *Schema) (*jsonschema.Schema, error) {
	if compiled, ok := j.compiled[s]; ok {
		return compiled, j.errors[s]
	}
	compiled, err := j.compiler.Compile(j.reference(s))
	j.compiled[s], j.errors[s] = compiled, err
	return compiled, err
}

func (j *Judge) reference(s *Schema) string {
	id, ok := j.ids[s]
	if !ok {
		id = judgeBase + strconv.Itoa(len(j.ids))
		j.ids[s] = id
		j.targets[id] = s
	}
	return id
}

// Load gives the validator the schemas that are referred to (jsonschema.URLLoader).
func (j *Judge) Load(url string) (any, error) {
	s, ok := j.targets[url]
	if !ok {
		return nil, fmt.Errorf("%q is not a schema of the contract", url)
	}
	defer func(depth int) { j.depth = depth }(j.depth)
	j.depth = 0
	return j.tree(s), nil
}

// tree writes a schema as a 2020-12 document.
func (j *Judge) tree(s *Schema) any {
	if s.Never {
		return false
	}
	if j.depth++; j.depth > maxJudgeNesting {
		j.depth--
		return map[string]any{"$ref": j.reference(s)}
	}
	defer func() { j.depth-- }()
	t := map[string]any{}
	if s.Ref != nil {
		t["$ref"] = j.reference(s.Ref)
	}
	if s.DynamicRef != nil {
		if s.DynamicName != "" {
			t["allOf"] = []any{map[string]any{"format": undecidable}}
		} else {
			t["allOf"] = []any{map[string]any{"$ref": j.reference(s.DynamicRef)}}
		}
	}
	j.scalars(s, t)
	j.containers(s, t)
	j.applicators(s, t)
	return t
}

func (j *Judge) scalars(s *Schema, t map[string]any) {
	if names := typeNamesOf(s.Types); len(names) > 0 {
		t["type"] = names
	}
	if s.HasEnum {
		t["enum"] = s.Enum
		if s.Enum == nil {
			t["enum"] = []any{}
		}
	}
	for keyword, v := range map[string]*big.Rat{"minimum": s.Minimum, "maximum": s.Maximum, "multipleOf": s.MultipleOf,
		"exclusiveMinimum": s.ExclusiveMinimum, "exclusiveMaximum": s.ExclusiveMaximum} {
		if v != nil {
			t[keyword] = numberLiteral(v)
		}
	}
	for keyword, n := range map[string]*int{"minLength": s.MinLength, "maxLength": s.MaxLength, "minItems": s.MinItems,
		"maxItems": s.MaxItems, "minProperties": s.MinProperties, "maxProperties": s.MaxProperties,
		"minContains": s.MinContains, "maxContains": s.MaxContains} {
		if n != nil {
			t[keyword] = json.Number(strconv.Itoa(*n))
		}
	}
	if s.HasPattern {
		t["pattern"] = s.Pattern
	}
	if AssertedFormat(s.Format) {
		t["format"] = s.Format
	}
	if name, ok := assertedString(s, j.sender); ok && name != s.Format {
		t["allOf"] = append(listOf(t["allOf"]), map[string]any{"format": name})
	}
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

func typeNamesOf(types Types) []any {
	var names []any
	for _, t := range []struct {
		types Types
		name  string
	}{{Null, "null"}, {Boolean, "boolean"}, {Number, "number"}, {String, "string"}, {Array, "array"}, {Object, "object"}} {
		switch {
		case types&t.types != 0:
			names = append(names, t.name)
		case t.types == Number && types&Integer != 0:
			names = append(names, "integer")
		}
	}
	return names
}

func (j *Judge) containers(s *Schema, t map[string]any) {
	j.one(t, "items", s.Items)
	j.one(t, "contains", s.Contains)
	j.one(t, "unevaluatedItems", s.UnevaluatedItems)
	j.one(t, "additionalProperties", s.AdditionalProperties)
	j.one(t, "propertyNames", s.PropertyNames)
	j.one(t, "unevaluatedProperties", s.UnevaluatedProperties)
	j.many(t, "prefixItems", s.PrefixItems)
	if s.UniqueItems {
		t["uniqueItems"] = true
	}
	if names := requiredIn(s, j.direction); len(names) > 0 {
		t["required"] = anyList(names)
	}
	j.named(t, "properties", s.Properties)
	j.named(t, "patternProperties", s.PatternProperties)
	j.named(t, "dependentSchemas", s.DependentSchemas)
	if len(s.DependentRequired) > 0 {
		members := map[string]any{}
		for _, d := range s.DependentRequired {
			members[d.Name] = anyList(d.Required)
		}
		t["dependentRequired"] = members
	}
}

func anyList(names []string) []any {
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = name
	}
	return out
}

func (j *Judge) applicators(s *Schema, t map[string]any) {
	if len(s.AllOf) > 0 {
		list := listOf(t["allOf"])
		for _, b := range s.AllOf {
			list = append(list, j.tree(b))
		}
		t["allOf"] = list
	}
	j.many(t, "anyOf", j.eval.anyOf(s))
	j.many(t, "oneOf", j.eval.oneOf(s))
	j.one(t, "not", s.Not)
	j.one(t, "if", s.If)
	j.one(t, "then", s.Then)
	j.one(t, "else", s.Else)
}

func (j *Judge) one(t map[string]any, keyword string, s *Schema) {
	if s != nil {
		t[keyword] = j.tree(s)
	}
}

func (j *Judge) many(t map[string]any, keyword string, list []*Schema) {
	if len(list) == 0 {
		return
	}
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = j.tree(s)
	}
	t[keyword] = out
}

func (j *Judge) named(t map[string]any, keyword string, list []Property) {
	if list == nil {
		return
	}
	members := make(map[string]any, len(list))
	for _, pr := range list {
		if keyword == "properties" && !travels(pr.Schema, j.direction) {
			members[pr.Name] = !j.sender // a sender leaves it out, a receiver does not look at it
			continue
		}
		members[pr.Name] = j.tree(pr.Schema)
	}
	t[keyword] = members
}

// regexp compiles a pattern for the validator: RE2 where it means the same as ECMA-262, checked against the automaton.
func (j *Judge) regexp(text string) (jsonschema.Regexp, error) {
	m := matcher{judge: j, text: text}
	if !strings.ContainsAny(text, `.`) && !regexp.MustCompile(`\\[^dwDWnrt.+*?()\[\]{}|^$/\\-]|\[\^?\]|\[\[`).MatchString(text) {
		m.re2, _ = regexp.Compile(text)
	}
	m.language, _ = compilePattern(text)
	return m, nil
}

type matcher struct {
	judge    *Judge
	text     string
	re2      *regexp.Regexp
	language *language
}

func (m matcher) String() string { return m.text }

func (m matcher) MatchString(text string) bool {
	switch {
	case m.language == nil && m.re2 == nil:
		m.judge.fault = fmt.Errorf("no engine reads pattern %q", m.text)
		return false
	case m.language == nil:
		return m.re2.MatchString(text)
	}
	in, ok := m.language.contains(text)
	if !ok || m.re2 != nil && m.re2.MatchString(text) != in {
		m.judge.fault = fmt.Errorf("the engines disagree on pattern %q", m.text)
	}
	return in
}
