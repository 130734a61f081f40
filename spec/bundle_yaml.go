package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// keyOrder remembers the order of the members of the objects of a bundle, by the identity of their maps.
type keyOrder map[uintptr][]string

// note remembers the order in which n has the members of out.
func (o keyOrder) note(out map[string]any, n *Node) {
	keys := make([]string, 0, n.Len())
	for key := range n.All() {
		keys = append(keys, key)
	}
	o[reflect.ValueOf(out).Pointer()] = keys
}

// keys lists the members of an object: in the order of the contract, then those that the bundle added.
func (o keyOrder) keys(object map[string]any) []string {
	var keys []string
	for _, key := range o[reflect.ValueOf(object).Pointer()] {
		if _, ok := object[key]; ok {
			keys = append(keys, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// BundleYAML returns Bundle as YAML for people: members are in the order of the contract.
func (d *Document) BundleYAML() ([]byte, error) {
	order := keyOrder{}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(order.node(d.bundle(order))); err != nil {
		return nil, err
	}
	err := e.Close()
	return b.Bytes(), err
}

// node is a value as a node of YAML.
func (o keyOrder) node(value any) *yaml.Node {
	switch v := value.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range o.keys(v) {
			n.Content = append(n.Content, o.key(key), o.node(v[key]))
		}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		scalars := true
		for _, element := range v {
			n.Content = append(n.Content, o.node(element))
			scalars = scalars && n.Content[len(n.Content)-1].Kind == yaml.ScalarNode
		}
		if scalars {
			n.Style = yaml.FlowStyle
		}
		return n
	case string:
		return yamlText(v)
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	case bool:
		if v {
			return &yaml.Node{Kind: yaml.ScalarNode, Value: "true"}
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "false"}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}
}

// key is the key of a member, in one line.
func (o keyOrder) key(name string) *yaml.Node {
	n := yamlText(name)
	if strings.Contains(name, "\n") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// yamlText is a string, quoted where other readers of YAML would take it for something else.
func yamlText(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case slices.Contains(oldBooleans, strings.ToLower(s)), strings.Contains(s, "\n") && strings.TrimLeft(s, " \t\n") != s:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// oldBooleans are booleans in YAML 1.1, and strings in 1.2.
var oldBooleans = []string{"y", "yes", "on", "n", "no", "off"}
