package schema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Embedded is a schema that is interpreted, because what it accepts depends on the way to it ($dynamicRef) or on what
// other schemas have evaluated (unevaluatedProperties, unevaluatedItems). It is read when it is first used.
type Embedded struct {
	Source string // JSON of an embeddedSchema
	once   sync.Once
	schema embeddedSchema
}

// embeddedSchema is a graph of schemas: references are indexes of Nodes; the first node is the root.
type embeddedSchema struct {
	Nodes   []*node          `json:"nodes"`
	Anchors []map[string]int `json:"anchors,omitempty"` // dynamic anchors by schema resource
}

// node is one schema. An index of 0 in a pointer is a valid one.
type node struct {
	Never    bool   `json:"never,omitempty"`
	Resource int    `json:"resource,omitempty"`
	Ref      *int   `json:"ref,omitempty"`
	Dynamic  *int   `json:"dynamic,omitempty"`
	Name     string `json:"name,omitempty"` // dynamic anchor that Dynamic looks for

	Types   []string  `json:"types,omitempty"`
	HasEnum bool      `json:"hasEnum,omitempty"`
	Enum    []string  `json:"enum,omitempty"` // JSON texts
	Number  *Number   `json:"number,omitempty"`
	Text    *nodeText `json:"text,omitempty"`

	MinItems    int   `json:"minItems,omitempty"`
	MaxItems    *int  `json:"maxItems,omitempty"`
	Unique      bool  `json:"unique,omitempty"`
	Prefix      []int `json:"prefix,omitempty"`
	Items       *int  `json:"items,omitempty"`
	Contains    *int  `json:"contains,omitempty"`
	MinContains *int  `json:"minContains,omitempty"`
	MaxContains *int  `json:"maxContains,omitempty"`
	RestItems   *int  `json:"restItems,omitempty"` // unevaluatedItems

	MinProperties int                 `json:"minProperties,omitempty"`
	MaxProperties *int                `json:"maxProperties,omitempty"`
	Required      []string            `json:"required,omitempty"`
	Properties    map[string]int      `json:"properties,omitempty"`
	Patterns      []nodePattern       `json:"patterns,omitempty"`
	Additional    *int                `json:"additional,omitempty"`
	Names         *int                `json:"names,omitempty"`
	Requires      map[string][]string `json:"requires,omitempty"`
	Dependent     map[string]int      `json:"dependent,omitempty"`
	Rest          *int                `json:"rest,omitempty"` // unevaluatedProperties

	All  []int `json:"all,omitempty"`
	Any  []int `json:"any,omitempty"`
	One  []int `json:"one,omitempty"`
	Not  *int  `json:"not,omitempty"`
	If   *int  `json:"if,omitempty"`
	Then *int  `json:"then,omitempty"`
	Else *int  `json:"else,omitempty"`
}

type nodeText struct {
	Min     int            `json:"min,omitempty"`
	Max     *int           `json:"max,omitempty"`
	Pattern []nodeConjunct `json:"pattern,omitempty"`
	Format  string         `json:"format,omitempty"`
}

type nodePattern struct {
	Match []nodeConjunct `json:"match"`
	Value int            `json:"value"`
}

type nodeConjunct struct {
	Source    string     `json:"source"`
	Negated   bool       `json:"negated,omitempty"`
	Automaton *Automaton `json:"automaton,omitempty"` // instead of Source
	regexp    *regexp.Regexp
}

func (c *nodeConjunct) match(text []byte) bool {
	if c.Automaton != nil {
		return c.Automaton.Match(text)
	}
	return c.regexp.Match(text) != c.Negated
}

// formats are the asserted formats by name.
var formats = map[string]func([]byte) bool{
	"Date": Date, "DateTime": DateTime, "Time": Time, "Duration": Duration, "UUID": UUID, "Email": Email,
	"IDNEmail": IDNEmail, "IPv4": IPv4, "IPv6": IPv6, "URI": URI, "URIReference": URIReference, "IRI": IRI,
	"IRIReference": IRIReference, "URITemplate": URITemplate, "Hostname": Hostname, "IDNHostname": IDNHostname,
	"Base64": Base64, "JSONPointer": JSONPointer, "RelativeJSONPointer": RelativeJSONPointer, "Regex": Regex,
}

func (x *Embedded) load() {
	if err := json.Unmarshal([]byte(x.Source), &x.schema); err != nil {
		panic(fmt.Sprintf("embedded schema: %v", err)) // written by the generator
	}
	for _, n := range x.schema.Nodes {
		if n.Text != nil {
			compileAll(n.Text.Pattern)
		}
		for _, p := range n.Patterns {
			compileAll(p.Match)
		}
	}
}

func compileAll(list []nodeConjunct) {
	for i := range list {
		if list[i].Automaton == nil {
			list[i].regexp = regexp.MustCompile(list[i].Source)
		}
	}
}

func matchAll(list []nodeConjunct, text []byte) bool {
	for i := range list {
		if !list[i].match(text) {
			return false
		}
	}
	return true
}

// Interpret checks the value with an embedded schema.
func (s *Scanner) Interpret(x *Embedded) bool {
	x.once.Do(x.load)
	start := s.pos
	if !s.skip(start) {
		return false
	}
	t := parseTree(s.data[start:s.pos])
	e := &interpreter{schema: &x.schema}
	_, ok := e.check(0, t)
	s.work += 16 * e.steps
	switch {
	case s.exhausted():
		return false
	case ok:
		return true
	}
	if e.aborted || len(e.errors) == 0 {
		return s.note("schema", "is too complex for the schema")
	}
	for _, f := range e.errors {
		s.path = append(s.path, f.path...)
		more := s.note(f.keyword, f.detail)
		s.path = s.path[:len(s.path)-len(f.path)]
		if !more {
			return false
		}
	}
	return true
}

// interpreter checks one value.
type interpreter struct {
	schema  *embeddedSchema
	scope   []int // schema resources on the way, outermost first
	path    []step
	errors  []fault
	steps   int
	depth   int
	aborted bool
}

type fault struct {
	path            []step
	keyword, detail string
}

// marks tells which parts of a value have been evaluated.
type marks struct {
	members  map[string]bool
	items    map[int]bool
	prefix   int
	allItems bool
}

func (m *marks) member(name string) {
	if m.members == nil {
		m.members = map[string]bool{}
	}
	m.members[name] = true
}

func (m *marks) merge(n marks) {
	for name := range n.members {
		m.member(name)
	}
	for i := range n.items {
		m.item(i)
	}
	m.prefix = max(m.prefix, n.prefix)
	m.allItems = m.allItems || n.allItems
}

func (m *marks) item(i int) {
	if m.items == nil {
		m.items = map[int]bool{}
	}
	m.items[i] = true
}

func (e *interpreter) fail(keyword, detail string) bool {
	if len(e.errors) < 32 {
		e.errors = append(e.errors, fault{append([]step(nil), e.path...), keyword, detail})
	}
	return false
}

// try checks a value without keeping the errors.
func (e *interpreter) try(i int, t *tree) (marks, bool) {
	before := len(e.errors)
	m, ok := e.check(i, t)
	e.errors = e.errors[:min(before, len(e.errors))]
	return m, ok
}

// check checks a value with node i and returns what was evaluated.
func (e *interpreter) check(i int, t *tree) (marks, bool) {
	var m marks
	const maxDepth, maxSteps = 2000, 1_000_000
	e.steps++
	if e.depth >= maxDepth || e.steps > maxSteps || e.aborted {
		e.aborted = true
		return m, e.fail("schema", "is too complex for the schema")
	}
	n := e.schema.Nodes[i]
	e.depth++
	if len(e.scope) == 0 || e.scope[len(e.scope)-1] != n.Resource {
		e.scope = append(e.scope, n.Resource)
		defer func() { e.scope = e.scope[:len(e.scope)-1] }()
	}
	defer func() { e.depth-- }()
	if n.Never {
		return m, e.fail("false", "is not allowed")
	}
	ok := e.scalars(n, t)
	switch t.kind {
	case KindArray:
		ok = e.array(n, t, &m) && ok
	case KindObject:
		ok = e.object(n, t, &m) && ok
	}
	ok = e.applicators(n, t, &m) && ok
	ok = e.dependent(n, t, &m) && ok
	ok = e.rest(n, t, &m) && ok
	return m, ok
}

func (e *interpreter) scalars(n *node, t *tree) bool {
	if len(n.Types) > 0 && !t.isOneOf(n.Types) {
		return e.fail("type", "must be "+strings.Join(n.Types, " or "))
	}
	if n.HasEnum && !e.enum(n, t) {
		return e.fail("enum", "must be one of the allowed values")
	}
	if n.Number != nil && t.kind == KindNumber {
		return e.borrow(t.text, func(s *Scanner) bool { return s.Number(n.Number) }, "number")
	}
	if n.Text == nil || t.kind != KindString {
		return true
	}
	return e.text(n.Text, t.text)
}

func (e *interpreter) text(n *nodeText, text []byte) bool {
	length := len([]rune(string(text)))
	switch {
	case length < n.Min:
		return e.fail("minLength", "must have at least "+plural(n.Min, "character"))
	case n.Max != nil && length > *n.Max:
		return e.fail("maxLength", "must have at most "+plural(*n.Max, "character"))
	case !matchAll(n.Pattern, text):
		return e.fail("pattern", "must match the pattern")
	case n.Format != "" && !formats[n.Format](text):
		return e.fail("format", "must be a valid "+strings.ToLower(n.Format))
	}
	return true
}

// borrow checks a literal with a method of the scanner.
func (e *interpreter) borrow(literal []byte, f Func, keyword string) bool {
	s := &Scanner{data: literal, explain: true, limits: Limits{}.withDefaults()}
	f(s)
	if len(s.errors) > 0 {
		return e.fail(s.errors[0].Keyword, s.errors[0].Detail)
	}
	return s.pos == len(literal) || e.fail(keyword, "is not allowed")
}

func (t *tree) isOneOf(types []string) bool {
	for _, name := range types {
		switch name {
		case "null":
			if t.kind == KindNull {
				return true
			}
		case "boolean":
			if t.kind == KindBool {
				return true
			}
		case "number":
			if t.kind == KindNumber {
				return true
			}
		case "integer":
			if t.kind == KindNumber && isInteger(t.text) {
				return true
			}
		case "string":
			if t.kind == KindString {
				return true
			}
		case "array":
			if t.kind == KindArray {
				return true
			}
		case "object":
			if t.kind == KindObject {
				return true
			}
		}
	}
	return false
}

func (e *interpreter) enum(n *node, t *tree) bool {
	for _, text := range n.Enum {
		if t.equal(parseTree([]byte(text))) {
			return true
		}
	}
	return false
}
