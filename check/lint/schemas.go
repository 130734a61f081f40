package lint

import (
	"fmt"
	"strings"

	"github.com/msgen/msgen/spec"
)

// inner lists the keywords below which a schema has others, and how: a schema, a list or a map of schemas.
var inner = map[string]bool{
	"items": false, "additionalProperties": false, "allOf": true, "anyOf": true, "oneOf": true, "prefixItems": true,
	"properties": true, "patternProperties": true,
}

// walk visits a schema and those below it, each once.
func (l *linter) walk(n *spec.Node, seen map[string]bool, visit func(*spec.Node)) {
	n = l.doc.Deref(n)
	if n.Kind() != spec.Object || seen[n.Location()] {
		return
	}
	seen[n.Location()] = true
	visit(n)
	for keyword, value := range n.All() {
		many, ok := inner[keyword]
		switch {
		case !ok:
		case !many:
			l.walk(value, seen, visit)
		case value.Kind() == spec.Array:
			for _, item := range value.Items() {
				l.walk(item, seen, visit)
			}
		default:
			for _, member := range value.All() {
				l.walk(member, seen, visit)
			}
		}
	}
}

func has(n *spec.Node, typ string) bool {
	t := n.Get("type")
	if t.Text() == typ {
		return true
	}
	for _, item := range t.Items() {
		if item.Text() == typ {
			return true
		}
	}
	return false
}

// sent checks a schema of what callers send.
func (l *linter) sent(op *spec.Operation, n *spec.Node) {
	l.walk(n, map[string]bool{}, func(s *spec.Node) {
		if s.Bool("readOnly") {
			return
		}
		if has(s, "string") && !bounded(s) {
			l.report("request-string-unbounded", fmt.Sprintf("string %s has no greatest length", label(s)), s, op)
		}
		if has(s, "array") && s.Get("maxItems") == nil && s.Get("enum") == nil && s.Get("const") == nil {
			l.report("request-array-unbounded", fmt.Sprintf("array %s has no greatest length", label(s)), s, op)
		}
		if p := s.Str("pattern"); p != "" && !strings.HasPrefix(p, "^") && !strings.HasSuffix(p, "$") {
			l.report("pattern-not-anchored", fmt.Sprintf("pattern %q matches anywhere in a string", p), s.Get("pattern"), op)
		}
	})
}

// bounded tells whether the length of a string has a bound, by its keywords or its format.
func bounded(s *spec.Node) bool {
	for _, keyword := range []string{"maxLength", "enum", "const"} {
		if s.Get(keyword) != nil {
			return true
		}
	}
	if p := s.Str("pattern"); strings.HasPrefix(p, "^") && strings.HasSuffix(p, "$") && !strings.ContainsAny(p, "*+") && !strings.Contains(p, ",}") {
		return true
	}
	switch s.Str("format") {
	case "date", "date-time", "time", "uuid", "ipv4", "ipv6", "binary":
		return true
	}
	return false
}

// label is the last token of a schema's pointer.
func label(n *spec.Node) string {
	pointer := n.Pointer()
	token := pointer[strings.LastIndexByte(pointer, '/')+1:]
	if token == "schema" || token == "items" {
		pointer = strings.TrimSuffix(pointer, "/"+token)
		token = pointer[strings.LastIndexByte(pointer, '/')+1:] + "/" + token
	}
	return fmt.Sprintf("%q", spec.UnescapePointer(token))
}

// answered checks a schema of what the service answers.
func (l *linter) answered(op *spec.Operation, n *spec.Node, success bool) {
	if top := l.doc.Deref(n); success && has(top, "array") {
		l.report("response-array", "the answer of "+name(op)+" is an array", n, op)
	}
	l.walk(n, map[string]bool{}, func(s *spec.Node) {
		if enum := s.Get("enum"); enum.Len() > 1 && s.Get("x-extensible-enum") == nil && !s.Bool("writeOnly") {
			l.report("response-enum-closed", fmt.Sprintf("the values of %s can't grow", label(s)), enum, op)
		}
	})
}

// unused reports components that nothing refers to.
func (l *linter) unused() {
	if l.doc.FileCount() > 1 {
		return
	}
	used := map[string]bool{}
	var visit func(n *spec.Node)
	visit = func(n *spec.Node) {
		for key, value := range n.All() {
			if key == "$ref" || key == "$dynamicRef" {
				used[value.Text()] = true
			}
			if key == "mapping" {
				for _, target := range value.All() {
					used[target.Text()], used["#/components/schemas/"+target.Text()] = true, true
				}
			}
			visit(value)
		}
		for _, item := range n.Items() {
			visit(item)
		}
	}
	visit(l.doc.Source)
	whole := ""
	for ref := range used {
		whole += ref + "\n"
	}
	for _, kind := range []string{"schemas", "parameters", "responses", "requestBodies", "headers"} {
		for component, n := range l.doc.Root.Get("components").Get(kind).All() {
			pointer := "#" + n.Pointer()
			if !used[pointer] && !strings.Contains(whole, pointer+"/") {
				l.report("component-unused", fmt.Sprintf("component %q is not used", component), n, nil)
			}
		}
	}
}
