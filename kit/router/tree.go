package router

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// node is a place in the tree of path segments. Each node is reached by one chain of segments, so that a search visits
// every node at most once, whatever the path looks like.
type node struct {
	names  []string // literal segments, canonical; their children are at the same index
	nodes  []*node
	lookup map[string]*node // the same as names and nodes, when there are many
	edges  []edge           // segments with parameters, the most specific first
	leaf   *leaf            // the routes that end here
}

// edge is a segment with parameters: literal texts around them, so that texts is one longer than the number of
// parameters. A plain parameter has two empty texts.
type edge struct {
	texts []string
	next  *node
}

// leaf holds the routes of one path.
type leaf struct{ routes []*Route }

// declared is the route with exactly that method.
func (l *leaf) declared(method string) *Route {
	for _, route := range l.routes {
		if route.Method == method {
			return route
		}
	}
	return nil
}

// route is the route that answers the method; GET answers HEAD.
func (l *leaf) route(method string) *Route {
	if route := l.declared(method); route != nil || method != http.MethodHead {
		return route
	}
	if route := l.declared(http.MethodGet); route != nil && !route.Stream {
		return route
	}
	return nil
}

// crowd is the number of children from which a map beats comparing them in turn.
const crowd = 6

func (n *node) child(segment string) *node {
	if n.lookup != nil {
		return n.lookup[segment]
	}
	for i, name := range n.names {
		if name == segment {
			return n.nodes[i]
		}
	}
	return nil
}

// insert makes the chain of nodes for a template and returns its leaf.
func (n *node) insert(segments [][]string) *leaf {
	for _, texts := range segments {
		n = n.step(texts)
	}
	if n.leaf == nil {
		n.leaf = &leaf{}
	}
	return n.leaf
}

func (n *node) step(texts []string) *node {
	if len(texts) == 1 {
		if i := slices.Index(n.names, texts[0]); i >= 0 {
			return n.nodes[i]
		}
		next := &node{}
		n.names, n.nodes = append(n.names, texts[0]), append(n.nodes, next)
		return next
	}
	for _, e := range n.edges {
		if slices.Equal(e.texts, texts) {
			return e.next
		}
	}
	n.edges = append(n.edges, edge{texts: texts, next: &node{}})
	return n.edges[len(n.edges)-1].next
}

// order sorts the edges of n and below: more literal text first, then fewer parameters, then by text, so that the
// order of the routes doesn't matter.
func (n *node) order() {
	slices.SortFunc(n.edges, func(a, b edge) int {
		as, bs := strings.Join(a.texts, "{"), strings.Join(b.texts, "{")
		return cmp.Or(
			cmp.Compare(len(bs)-len(b.texts), len(as)-len(a.texts)),
			cmp.Compare(len(a.texts), len(b.texts)),
			cmp.Compare(as, bs))
	})
	if len(n.names) >= crowd {
		n.lookup = make(map[string]*node, len(n.names))
		for i, name := range n.names {
			n.lookup[name] = n.nodes[i]
		}
	}
	for _, next := range n.nodes {
		next.order()
	}
	for _, e := range n.edges {
		e.next.order()
	}
}

// search is one look-up: what is sought, and why it was not found.
type search struct {
	method string
	params *Params
	others []*Route // of the same path, under other methods
	status int      // 0, 400, 405 or 414
}

// find looks a path up. A plain path holds no escapes.
func (rt *Router) find(s *search, path string, plain bool) *Route {
	if plain {
		if rt.sizes[len(path)%len(rt.sizes)] {
			if l := rt.static[path]; l != nil {
				if route := l.route(s.method); route != nil {
					return route
				}
			}
		}
		if route := rt.walk(s, path); route != nil || s.status != 0 {
			return route
		}
	}
	exact, ok := canonical(path)
	if !ok {
		s.status = http.StatusBadRequest
		return nil
	}
	if plain && exact == path {
		return nil
	}
	return rt.walk(s, exact)
}

func (rt *Router) walk(s *search, path string) *Route {
	if path == "" || path[0] != '/' {
		return nil
	}
	if s.params.raw == nil {
		s.params.raw = s.params.rawSlots[:0]
	}
	route := rt.root.match(s, path[1:])
	if route != nil && len(route.names) > 0 && !s.params.settle(route) {
		s.status = http.StatusBadRequest
		return nil
	}
	if route == nil && len(s.others) > 0 {
		s.status = http.StatusMethodNotAllowed
	}
	return route
}

// match finds the route for the segments of rest below n: literals before parameters, and on to the next candidate
// when one leads nowhere or has other methods only.
func (n *node) match(s *search, rest string) *Route {
	segment, rest, more := rest, "", false
	if i := strings.IndexByte(segment, '/'); i >= 0 {
		segment, rest, more = segment[:i], segment[i+1:], true
	}
	if next := n.child(segment); next != nil {
		if route := next.enter(s, rest, more); route != nil {
			return route
		}
	}
	if len(n.edges) == 0 || segment == "" || dots(segment) {
		return nil
	}
	mark := len(s.params.raw)
	for i := range n.edges {
		if n.edges[i].match(s.params, segment) {
			if route := n.edges[i].next.enter(s, rest, more); route != nil {
				return route
			}
		}
		s.params.raw = s.params.raw[:mark]
	}
	return nil
}

func (n *node) enter(s *search, rest string, more bool) *Route {
	if more {
		return n.match(s, rest)
	}
	if n.leaf == nil {
		return nil
	}
	route := n.leaf.route(s.method)
	if route == nil {
		s.others = append(s.others, n.leaf.routes...)
	}
	return route
}

// match takes a segment apart and adds its values to p. No value is empty; where texts repeat, the earlier parameters
// take as much as they can: {name}.{ext} splits a.tar.gz before gz.
func (e *edge) match(p *Params, segment string) bool {
	last := len(e.texts) - 1
	if last == 1 && e.texts[0] == "" && e.texts[1] == "" {
		p.raw = append(p.raw, segment)
		return true
	}
	if !strings.HasPrefix(segment, e.texts[0]) {
		return false
	}
	segment = segment[len(e.texts[0]):]
	if !strings.HasSuffix(segment, e.texts[last]) {
		return false
	}
	segment = segment[:len(segment)-len(e.texts[last])]
	mark := len(p.raw)
	for range last {
		p.raw = append(p.raw, "")
	}
	for i := last - 1; i > 0; i-- {
		if segment == "" {
			return false
		}
		at := strings.LastIndex(segment[:max(0, len(segment)-1)], e.texts[i])
		if e.texts[i] == "" {
			at = len(segment) - 1
		}
		if at < 1 {
			return false
		}
		p.raw[mark+i] = segment[at+len(e.texts[i]):]
		segment = segment[:at]
	}
	p.raw[mark] = segment
	return wellFormed(p.raw[mark:])
}

// wellFormed reports whether no value is empty or cut in the middle of an escape.
func wellFormed(values []string) bool {
	for _, v := range values {
		if v == "" || v[len(v)-1] == '%' || len(v) > 1 && v[len(v)-2] == '%' {
			return false
		}
	}
	return true
}

// parseTemplate splits a path template into segments, each a list of literal texts around parameters, canonical, and
// the names of the parameters. Braces that don't pair are literal text, and so are ? and #.
func parseTemplate(path string) (segments [][]string, names []string) {
	path = strings.TrimPrefix(path, "/")
	texts, text := []string{}, strings.Builder{}
	end := func() {
		exact, ok := canonical(text.String())
		if !ok {
			exact, _ = canonical(strings.ReplaceAll(text.String(), "%", "%25"))
		}
		texts = append(texts, exact)
		text.Reset()
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; c {
		case '/':
			end()
			segments, texts = append(segments, texts), []string{}
		case '{':
			if n := strings.IndexByte(path[i:], '}'); n > 1 {
				end()
				names = append(names, path[i+1:i+n])
				i += n
				continue
			}
			text.WriteByte(c)
		default:
			text.WriteByte(c)
		}
	}
	end()
	return append(segments, texts), names
}

// staticPath joins the segments of a template without parameters.
func staticPath(segments [][]string) string {
	var b strings.Builder
	for _, texts := range segments {
		b.WriteByte('/')
		b.WriteString(texts[0])
	}
	return b.String()
}
