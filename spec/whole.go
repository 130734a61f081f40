package spec

// whole are the objects that may not be references by the specification, but often are in contracts of many files,
// and that are read as what they refer to.
var whole = map[string]bool{
	"Info": true, "Paths": true, "Components": true, "Operation": true, "Responses": true,
}

// expand replaces references in place of the document's main parts, and of the groups of its components, by what
// they refer to.
func (d *Document) expand() {
	d.Root = d.replace(d.Source, func(key string, v *Node) *Node {
		if key != "components" {
			return v
		}
		return d.replace(v, func(_ string, group *Node) *Node { return group })
	})
}

// replace gives n with every member dereferenced and then mapped; n itself when nothing changes.
func (d *Document) replace(n *Node, with func(string, *Node) *Node) *Node {
	if n.Kind() != Object {
		return n
	}
	changed := false
	out := make([]Member, 0, n.Len())
	for key, v := range n.All() {
		end := v
		if v.Ref() != "" {
			if target := d.Deref(v); target.Kind() == Object {
				end = target
			}
		}
		end = with(key, end)
		changed = changed || end != v
		out = append(out, Member{key, end})
	}
	if !changed {
		return n
	}
	return synthesize(n, out)
}
