package compile

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// alternatives returns the check by anyOf or oneOf. Where a member that every branch requires tells the branches apart,
// its value chooses the branch; where only a discriminator says so, all branches are tried, and the discriminator
// chooses whose errors are shown.
func (c *compilation) alternatives(method string, list []*schema.Schema) (string, error) {
	exprs, err := c.subs(list)
	if err != nil {
		return "", err
	}
	if len(exprs) == 1 {
		return exprs[0], nil
	}
	keyword := strings.ToLower(method[:1]) + method[1:]
	if name, pick := c.tag(list); name != "" {
		return fmt.Sprintf("s.Tagged(%q, %s, %s, %s)", keyword, strconv.Quote(name), pick, funcs(exprs)), nil
	}
	if name, pick := c.discriminator(list); name != "" {
		return fmt.Sprintf("s.%sBy(%s, %s, %s)", method, strconv.Quote(name), pick, funcs(exprs)), nil
	}
	return fmt.Sprintf("s.%s(%s)", method, funcs(exprs)), nil
}

// tag finds a member that every branch requires, with values that no two branches share. It returns the name of a
// function from the value to the index of the branch.
func (c *compilation) tag(list []*schema.Schema) (name, pick string) {
	candidates := map[string]map[string]bool{}
	tagsOf(list[0], c.direction, candidates, map[*schema.Schema]bool{})
	names := make([]string, 0, len(candidates))
	for name := range candidates {
		names = append(names, name)
	}
	sort.Strings(names)
	if d := c.schema.Discriminator; d != nil {
		names = append([]string{d.PropertyName}, names...)
	}
next:
	for _, name := range names {
		branches := map[string]int{}
		for i, branch := range list {
			tags := map[string]map[string]bool{}
			tagsOf(branch, c.direction, tags, map[*schema.Schema]bool{})
			if len(tags[name]) == 0 {
				continue next
			}
			for value := range tags[name] {
				if _, taken := branches[value]; taken {
					continue next
				}
				branches[value] = i
			}
		}
		return name, c.picker(branches)
	}
	return "", ""
}

// tagsOf collects the members that a schema requires and of which it lists the values, all strings.
func tagsOf(s *schema.Schema, d schema.Direction, tags map[string]map[string]bool, seen map[*schema.Schema]bool) {
	required, values := map[string]bool{}, map[string]map[string]bool{}
	collectTags(s, d, required, values, seen)
	for name, set := range values {
		if required[name] {
			tags[name] = set
		}
	}
}

func collectTags(s *schema.Schema, d schema.Direction, required map[string]bool, values map[string]map[string]bool, seen map[*schema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for _, name := range s.Required {
		required[name] = true
	}
	for _, p := range s.Properties {
		target := p.Schema.Target()
		if target == nil || !target.HasEnum || absent(p.Schema, d) || values[p.Name] != nil {
			continue
		}
		set := map[string]bool{}
		for _, value := range target.Enum {
			text, ok := value.(string)
			if !ok {
				set = nil
				break
			}
			set[text] = true
		}
		if len(set) > 0 {
			values[p.Name] = set
		}
	}
	collectTags(s.Ref, d, required, values, seen)
	for _, branch := range s.AllOf {
		collectTags(branch, d, required, values, seen)
	}
}

// discriminator returns the member that a discriminator names, and the function from its value to the index of the
// branch.
func (c *compilation) discriminator(list []*schema.Schema) (name, pick string) {
	d := c.schema.Discriminator
	if d == nil {
		return "", ""
	}
	branches := map[string]int{}
	for _, m := range d.Mapping {
		for i, branch := range list {
			if m.Schema != nil && branch.Target() == m.Schema.Target() {
				branches[m.Value] = i
			}
		}
	}
	if len(branches) == 0 {
		return "", ""
	}
	return d.PropertyName, c.picker(branches)
}

func (c *compilation) picker(branches map[string]int) string {
	byIndex := map[int][]string{}
	for value, i := range branches {
		byIndex[i] = append(byIndex[i], strconv.Quote(value))
	}
	indexes := make([]int, 0, len(byIndex))
	for i := range byIndex {
		indexes = append(indexes, i)
	}
	sort.Ints(indexes)
	var b strings.Builder
	b.WriteString("switch string(text) {\n")
	for _, i := range indexes {
		sort.Strings(byIndex[i])
		fmt.Fprintf(&b, "case %s:\nreturn %d\n", strings.Join(byIndex[i], ", "), i)
	}
	b.WriteString("}\nreturn -1\n")
	return c.unit.helper("branch", "int", b.String())
}
