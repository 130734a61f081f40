package spec

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
)

// Kind is the JSON type of a Node.
type Kind uint8

// The kinds of nodes. Absent is the kind of a nil *Node.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind in the words of a diagnostic: "an object", "a string".
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "a boolean"
	case Number:
		return "a number"
	case String:
		return "a string"
	case Array:
		return "an array"
	case Object:
		return "an object"
	default:
		return "absent"
	}
}

// Node is one JSON value of a contract with its place in the file, whether the file is JSON or YAML. Nodes are
// immutable and safe for concurrent use, and every method accepts a nil receiver, which stands for an absent value.
//
// The nodes of a converted Swagger 2.0 document keep the places of the values that they were made from.
type Node struct {
	in    *body  // the container that holds the node; for a synthetic node, the container of its origin
	name  string // the member's key, when in is an object
	text  string // decoded text of a scalar
	body  *body  // of arrays and objects
	start uint32 // where the value starts in the file, in bytes
	end   uint32 // where it ends; in YAML files where its key starts, or the value without one
	index uint32 // position among the siblings
	kind  Kind
	flags uint8
}

const (
	flagSynthetic uint8 = 1 << iota // made by a conversion: members are in body.members
	flagAlias                       // a YAML alias: shares the body of its anchor
)

// body is what arrays and objects have and scalars have not, apart to keep scalars small.
type body struct {
	nodes   []Node
	members *[]Member // of a synthetic container, instead of nodes
	owner   *Node
	file    *file
	index   atomic.Pointer[map[string]int32]
	value   atomic.Pointer[any]
	hash    atomic.Pointer[[16]byte]
}

// Member is a key of an object with its value.
type Member struct {
	Key   string
	Value *Node
}

// Kind returns the JSON type of the node, Absent for nil.
func (n *Node) Kind() Kind {
	if n == nil {
		return Absent
	}
	return n.kind
}

// Len returns the number of members or items; 0 for scalars.
func (n *Node) Len() int {
	if n == nil || n.body == nil {
		return 0
	}
	if n.body.members != nil {
		return len(*n.body.members)
	}
	return len(n.body.nodes)
}

// at returns the i-th member or item.
func (n *Node) at(i int) (string, *Node) {
	if n.body.members != nil {
		m := (*n.body.members)[i]
		return m.Key, m.Value
	}
	c := &n.body.nodes[i]
	return c.name, c
}

// indexFrom is the number of members from which an object gets a map from key to member at its first look-up.
const indexFrom = 12

// Get returns the member of that key, or nil when n is no object or has no such member.
func (n *Node) Get(key string) *Node {
	if n == nil || n.kind != Object {
		return nil
	}
	size := n.Len()
	if size >= indexFrom {
		i, ok := n.indexed()[key]
		if !ok {
			return nil
		}
		_, v := n.at(int(i))
		return v
	}
	for i := range size {
		if k, v := n.at(i); k == key {
			return v
		}
	}
	return nil
}

func (n *Node) indexed() map[string]int32 {
	if m := n.body.index.Load(); m != nil {
		return *m
	}
	m := make(map[string]int32, n.Len())
	for i := n.Len() - 1; i >= 0; i-- {
		k, _ := n.at(i)
		m[k] = int32(i)
	}
	n.body.index.Store(&m)
	return m
}

// Members returns the members of an object in the order of the document; nil for other kinds. The slice is the caller's.
func (n *Node) Members() []Member {
	if n.Kind() != Object {
		return nil
	}
	out := make([]Member, n.Len())
	for i := range out {
		out[i].Key, out[i].Value = n.at(i)
	}
	return out
}

// All iterates over the members of an object in the order of the document, without allocating.
func (n *Node) All() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n.Kind() != Object {
			return
		}
		for i := range n.Len() {
			if !yield(n.at(i)) {
				return
			}
		}
	}
}

// Items returns the items of an array; nil for other kinds. The slice is the caller's.
func (n *Node) Items() []*Node {
	if n.Kind() != Array {
		return nil
	}
	out := make([]*Node, n.Len())
	for i := range out {
		_, out[i] = n.at(i)
	}
	return out
}

// Text returns a scalar's text: the decoded string, the number as a valid JSON literal, "true", "false" or "null".
// It is empty for arrays, objects and absent nodes.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.text
}

// Str returns the string member of that key, "" when it is absent or of another kind.
func (n *Node) Str(key string) string {
	if m := n.Get(key); m.Kind() == String {
		return m.text
	}
	return ""
}

// Bool returns the boolean member of that key, false when it is absent or of another kind.
func (n *Node) Bool(key string) bool {
	m := n.Get(key)
	return m.Kind() == Bool && m.text == "true"
}

// Value returns the node as json.Unmarshal with UseNumber gives it: map[string]any, []any, json.Number, string, bool
// or nil. The value is built once and shared: it must not be changed.
func (n *Node) Value() any {
	switch n.Kind() {
	case Bool:
		return n.text == "true"
	case Number:
		return json.Number(n.text)
	case String:
		return n.text
	case Array, Object:
		if v := n.body.value.Load(); v != nil {
			return *v
		}
		v := n.build()
		n.body.value.Store(&v)
		return v
	default:
		return nil
	}
}

func (n *Node) build() any {
	if n.kind == Array {
		out := make([]any, n.Len())
		for i := range out {
			_, c := n.at(i)
			out[i] = c.Value()
		}
		return out
	}
	out := make(map[string]any, n.Len())
	for i := range n.Len() {
		k, c := n.at(i)
		out[k] = c.Value()
	}
	return out
}

// file returns the file that the node stands in.
func (n *Node) file() *file {
	if n == nil || n.in == nil {
		return nil
	}
	return n.in.file
}

// Parent returns the array or object that holds the node in its own file, nil for the root.
func (n *Node) Parent() *Node {
	if n == nil || n.in == nil {
		return nil
	}
	return n.in.owner
}

// Key returns the key under which the node stands in its file, or "" when its parent is no object.
func (n *Node) Key() string {
	if n == nil {
		return ""
	}
	return n.name
}

// Position returns the place where the value starts; the zero Position for nil.
func (n *Node) Position() Position {
	f := n.file()
	if f == nil {
		return Position{}
	}
	return f.position(int(n.start))
}

// Pointer returns the JSON pointer (RFC 6901) of the node in its own file, as the file has it. Nodes of a converted
// Swagger 2.0 document have the pointer of what they were made from.
func (n *Node) Pointer() string {
	var b []byte
	return string(n.appendPointer(b))
}

func (n *Node) appendPointer(b []byte) []byte {
	p := n.Parent()
	if p == nil {
		return b
	}
	b = append(p.appendPointer(b), '/')
	if p.kind == Array {
		return strconv.AppendUint(b, uint64(n.index), 10)
	}
	return append(b, EscapePointer(n.name)...)
}

// Location returns the identity of the place: the name of the file, "#", and the pointer.
func (n *Node) Location() string {
	f := n.file()
	if f == nil {
		return "#"
	}
	b := make([]byte, 0, len(f.name)+64)
	b = append(b, f.name...)
	b = append(b, '#')
	return string(n.appendPointer(b))
}

// Raw returns the text of the value as a JSON file has it, "" for YAML.
func (n *Node) Raw() string {
	f := n.file()
	if f == nil || f.yaml || n.flags&flagSynthetic != 0 {
		return ""
	}
	return f.data[n.start:n.end]
}

// EscapePointer escapes a key for a JSON pointer: "~" becomes "~0" and "/" becomes "~1".
func EscapePointer(key string) string {
	if !strings.ContainsAny(key, "~/") {
		return key
	}
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// UnescapePointer undoes EscapePointer for one token.
func UnescapePointer(token string) string {
	if !strings.Contains(token, "~") {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// At returns the node that a JSON pointer names below n, or nil.
func (n *Node) At(pointer string) *Node {
	if pointer == "" {
		return n
	}
	if pointer[0] != '/' {
		return nil
	}
	for pointer != "" && n != nil {
		token := pointer[1:]
		if i := strings.IndexByte(token, '/'); i >= 0 {
			token, pointer = token[:i], token[i:]
		} else {
			pointer = ""
		}
		n = n.step(UnescapePointer(token))
	}
	return n
}

func (n *Node) step(key string) *Node {
	switch n.Kind() {
	case Object:
		return n.Get(key)
	case Array:
		i, err := strconv.ParseUint(key, 10, 31)
		if err != nil || int(i) >= n.Len() || (len(key) > 1 && key[0] == '0') {
			return nil
		}
		_, v := n.at(int(i))
		return v
	}
	return nil
}
