package compile

import (
	"sort"
	"strings"

	"github.com/msgen/msgen/schema"
)

// children returns every schema that a schema holds or refers to.
func children(s *schema.Schema) []*schema.Schema {
	list := []*schema.Schema{s.Ref, s.DynamicRef, s.Items, s.Contains, s.UnevaluatedItems, s.AdditionalProperties,
		s.PropertyNames, s.UnevaluatedProperties, s.Not, s.If, s.Then, s.Else}
	list = append(list, s.PrefixItems...)
	list = append(list, s.AllOf...)
	list = append(list, s.AnyOf...)
	list = append(list, s.OneOf...)
	for _, properties := range [][]schema.Property{s.Properties, s.PatternProperties, s.DependentSchemas} {
		for _, p := range properties {
			list = append(list, p.Schema)
		}
	}
	present := list[:0]
	for _, child := range list {
		if child != nil {
			present = append(present, child)
		}
	}
	return present
}

// reachable returns s and every schema below it that known does not hold yet, in a fixed order.
func reachable(s *schema.Schema, known map[*schema.Schema]bool) []*schema.Schema {
	var order []*schema.Schema
	seen := map[*schema.Schema]bool{}
	stack := []*schema.Schema{s}
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if _, done := known[next]; done || seen[next] {
			continue
		}
		seen[next] = true
		order = append(order, next)
		stack = append(stack, children(next)...)
	}
	return order
}

// direction returns Neither for schemas in which nothing depends on the direction, so that they are compiled once.
func (u *Unit) direction(s *schema.Schema, d schema.Direction) schema.Direction {
	if d == schema.Neither || u.dependsOnDirection(s) {
		return d
	}
	return schema.Neither
}

func (u *Unit) dependsOnDirection(s *schema.Schema) bool {
	if depends, known := u.directional[s]; known {
		return depends
	}
	fresh := reachable(s, u.directional)
	parents := map[*schema.Schema][]*schema.Schema{}
	var work []*schema.Schema
	for _, node := range fresh {
		depends := node.ReadOnly || node.WriteOnly
		for _, child := range children(node) {
			parents[child] = append(parents[child], node)
			depends = depends || u.directional[child]
		}
		if depends {
			work = append(work, node)
		}
	}
	marked := map[*schema.Schema]bool{}
	for len(work) > 0 {
		node := work[len(work)-1]
		work = work[:len(work)-1]
		if marked[node] {
			continue
		}
		marked[node] = true
		work = append(work, parents[node]...)
	}
	for _, node := range fresh {
		u.directional[node] = marked[node]
	}
	return u.directional[s]
}

// absent tells whether a member does not travel in a direction.
func absent(s *schema.Schema, d schema.Direction) bool {
	for range 32 { // a bound for circular references
		if s == nil {
			return false
		}
		if d == schema.Request && s.ReadOnly || d == schema.Response && s.WriteOnly {
			return true
		}
		s = s.Ref
	}
	return false
}

// absentNames collects the members that a schema and the branches of its allOf declare and that do not travel.
func absentNames(s *schema.Schema, d schema.Direction, names map[string]bool, seen map[*schema.Schema]bool) {
	if s == nil || seen[s] || d == schema.Neither {
		return
	}
	seen[s] = true
	for _, p := range s.Properties {
		if absent(p.Schema, d) {
			names[p.Name] = true
		}
	}
	absentNames(s.Ref, d, names, seen)
	for _, branch := range s.AllOf {
		absentNames(branch, d, names, seen)
	}
}

// requiredNames collects what a schema and the branches of its allOf require.
func requiredNames(s *schema.Schema, names map[string]bool, seen map[*schema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for _, name := range s.Required {
		names[name] = true
	}
	requiredNames(s.Ref, names, seen)
	for _, branches := range [][]*schema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, branch := range branches {
			requiredNames(branch, names, seen)
		}
	}
}

// inherit returns which of the absent names matter to a branch that does not declare them itself.
func inherit(branch *schema.Schema, d schema.Direction, names map[string]bool) string {
	if len(names) == 0 {
		return ""
	}
	required := map[string]bool{}
	requiredNames(branch, required, map[*schema.Schema]bool{})
	own := map[string]bool{}
	absentNames(branch, d, own, map[*schema.Schema]bool{})
	var list []string
	for name := range names {
		if required[name] && !own[name] {
			list = append(list, name)
		}
	}
	sort.Strings(list)
	return strings.Join(list, "\x00")
}

// reachesDynamic tells whether a $dynamicRef whose target depends on the way to it can be reached.
func (u *Unit) reachesDynamic(s *schema.Schema) bool {
	for _, node := range reachable(s, nil) {
		if node.DynamicName != "" {
			return true
		}
	}
	return false
}
