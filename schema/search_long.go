package schema

// manyCharacters is the length from which on strings are not built one character after the other, with each length a
// state of its own.
const manyCharacters = 512

const (
	maxGraph   = 256     // states of a language whose long strings are sought
	maxLong    = 1 << 18 // the longest string
	maxLayered = 1 << 24 // states times lengths
)

// graph is the product of the automata of a language without lengths.
type graph struct {
	edges [][]edgeTo
	ends  []bool
}

type edgeTo struct {
	via rune
	to  int
}

// within returns a string of the language, which speaks of no lengths, that has from lo to hi characters; hi is unbounded
// when negative. found and ok are as for shortest.
func (l *language) within(lo, hi int) (text string, found, ok bool) {
	if text, found, ok = l.shortest(); ok && (!found || fits(text, lo, hi)) {
		return text, found, ok
	}
	g, ok := l.graph()
	if !ok || lo > maxLong {
		return "", false, false
	}
	most := lo + len(g.ends) // a longer string has a part that can be left out
	if hi >= 0 {
		most = min(most, hi)
	}
	if len(g.ends)*most > maxLayered {
		return "", false, false
	}
	return g.path(lo, most)
}

func fits(text string, lo, hi int) bool {
	n := len([]rune(text))
	return n >= lo && (hi < 0 || n <= hi)
}

// graph builds the whole product; false when it is too large.
func (l *language) graph() (*graph, bool) {
	s := &search{root: l}
	s.collect(l)
	alphabet := partition(s.bounds)
	states := make([]int32, len(s.parts))
	for i, p := range s.parts {
		if p.op == langAuto {
			states[i] = startState
		}
	}
	all, g := [][]int32{states}, &graph{}
	index := map[string]int{s.key(states): 0}
	for at := 0; at < len(all); at++ {
		if at == maxGraph {
			return nil, false
		}
		g.ends = append(g.ends, s.verdict(l, all[at], 0, true) == 1)
		var edges []edgeTo
		for _, r := range alphabet {
			next, ok := s.advance(all[at], r)
			if !ok {
				return nil, false
			}
			if s.verdict(l, next, 0, false) == -1 {
				continue
			}
			to, known := index[s.key(next)]
			if !known {
				to = len(all)
				index[s.key(next)] = to
				all = append(all, next)
			}
			edges = append(edges, edgeTo{r, to})
		}
		g.edges = append(g.edges, edges)
	}
	return g, true
}

// path spells a string of least to most characters; found and ok are as for shortest.
func (g *graph) path(least, most int) (text string, found, ok bool) {
	layers := [][]bool{g.ends} // by the characters that are left: where an end can be reached
	for left := 0; ; left++ {
		if left >= least && layers[left][0] {
			return g.spell(layers, left), true, true
		}
		if left == most {
			return "", false, true
		}
		next := make([]bool, len(g.ends))
		for at, edges := range g.edges {
			for _, e := range edges {
				if layers[left][e.to] {
					next[at] = true
					break
				}
			}
		}
		layers = append(layers, next)
	}
}

func (g *graph) spell(layers [][]bool, length int) string {
	out, at := make([]rune, 0, length), 0
	for left := length - 1; left >= 0; left-- {
		for _, e := range g.edges[at] {
			if layers[left][e.to] {
				out, at = append(out, e.via), e.to
				break
			}
		}
	}
	return string(out)
}
