package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of one document, far above what real contracts need and low enough for a small machine.
const (
	maxDepth = 500
	maxNodes = 1_500_000
)

// builder collects nodes bottom up: children wait on a stack until their container ends and then move, once, to their
// final place in a slab.
type builder struct {
	file   *file
	stack  []Node
	slab   []Node
	bodies []body
	seen   map[string]bool
	faults Diagnostics
	count  int
}

func (f *file) tooDeep(offset int) Diagnostic {
	return f.fault(offset, Error, "too-deep", fmt.Sprintf("values are nested deeper than %d levels", maxDepth),
		"flatten the document, or name parts of it and refer to them with $ref")
}

// close turns the nodes on the stack above base into the content of n.
func (b *builder) close(n *Node, kind Kind, base int) {
	children := b.stack[base:]
	if len(b.bodies) == 0 {
		b.bodies = make([]body, 256)
	}
	n.kind, n.body = kind, &b.bodies[0]
	b.bodies = b.bodies[1:]
	n.body.file = b.file
	n.body.nodes = b.take(len(children))
	copy(n.body.nodes, children)
	for i := range n.body.nodes {
		c := &n.body.nodes[i]
		c.in, c.index = n.body, uint32(i)
		if c.body != nil && c.flags&flagAlias == 0 {
			c.body.owner = c
		}
	}
	b.stack = b.stack[:base]
	if kind == Object {
		b.duplicates(n)
	}
}

// finish gives the root its final place.
func (b *builder) finish(root Node) *Node {
	b.stack = append(b.stack[:0], root)
	holder := Node{}
	b.close(&holder, Array, 0)
	n := &holder.body.nodes[0]
	n.name = ""
	return n
}

func (b *builder) take(n int) []Node {
	if n > len(b.slab) {
		if n > 512 {
			return make([]Node, n)
		}
		b.slab = make([]Node, 2048)
	}
	out := b.slab[:n:n]
	b.slab = b.slab[n:]
	return out
}

// duplicates reports keys that an object has twice. Get finds the first.
func (b *builder) duplicates(n *Node) {
	nodes := n.body.nodes
	if len(nodes) <= 16 {
		for i := 1; i < len(nodes); i++ {
			for j := range i {
				if nodes[i].name == nodes[j].name {
					b.duplicate(&nodes[i], &nodes[j])
					break
				}
			}
		}
		return
	}
	if b.seen == nil {
		b.seen = make(map[string]bool, len(nodes))
	}
	for i := range nodes {
		if b.seen[nodes[i].name] {
			for j := range nodes {
				if nodes[j].name == nodes[i].name {
					b.duplicate(&nodes[i], &nodes[j])
					break
				}
			}
		}
		b.seen[nodes[i].name] = true
	}
	clear(b.seen)
}

func (b *builder) duplicate(second, first *Node) {
	if len(b.faults) > maxDiagnostics {
		return
	}
	b.faults = append(b.faults, b.file.fault(b.file.keyOffset(second), Error, "duplicate-key",
		fmt.Sprintf("key %q stands twice in the same object, first in line %d", clip(second.name), b.file.position(int(first.start)).Line),
		"remove or rename one of the two"))
}

// keyOffset returns the place of the key of a member, or of its value where it has no key.
func (f *file) keyOffset(n *Node) int {
	start := int(n.start)
	if f.yaml {
		return int(n.end)
	}
	if n.Parent().Kind() != Object {
		return start
	}
	i := strings.LastIndexByte(f.data[:start], ':')
	if i = strings.LastIndexByte(f.data[:max(i, 0)], '"') - 1; i < 0 {
		return start
	}
	for ; i >= 0; i-- {
		if f.data[i] != '"' {
			continue
		}
		slashes := 0
		for i-slashes > 0 && f.data[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
	return start
}

// clip shortens text of a contract for a message.
func clip(s string) string {
	const limit = 80
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
