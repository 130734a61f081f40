package generator

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// goneSeed is a seeded file that is generated under that name no longer.
type goneSeed struct {
	path   string
	method string // of an operation's file
	base   []byte
}

// planRenamed finds the operations that have another name now, by their method and path, and the files that are named after
// a service that has another name now, and lets what the user wrote go on under the new name. It returns the paths that it
// decided about.
func (p *planner) planRenamed(ctx context.Context) (map[string]bool, error) {
	decided := map[string]bool{}
	gone, names := p.goneSeeds(), p.serviceNames()
	for _, f := range p.files {
		old, ok := gone[f.place()]
		if f.method == "" {
			old, ok = p.goneSeed(names.Replace(f.Path))
		}
		if _, known := p.old[f.Path]; !ok || !f.based() || known || p.methods[f.method] != "" {
			continue
		}
		if _, err := p.root.Lstat(f.Path); err == nil {
			continue // a file of the user's
		}
		done, err := p.rename(ctx, f, old)
		if err != nil {
			return nil, err
		}
		if done {
			decided[f.Path], decided[old.path] = true, true
		}
	}
	return decided, nil
}

// goneSeeds are the operations' files that are there and whose names are not generated any more, by their places.
func (p *planner) goneSeeds() map[string]goneSeed {
	gone := map[string]goneSeed{}
	for name := range p.old {
		if path.Ext(name) != ".go" || strings.Contains(name, "/") {
			continue
		}
		if seed, ok := p.goneSeed(name); ok {
			var place string
			if seed.method, place = operationOf(seed.base); seed.method != "" {
				gone[place] = seed
			}
		}
	}
	return gone
}

// goneSeed is the seeded file of that name, if nothing generates it any more.
func (p *planner) goneSeed(name string) (goneSeed, bool) {
	entry, known := p.old[name]
	if _, still := p.lock[name]; still || !known || entry.Owner != Seeded {
		return goneSeed{}, false
	}
	text, err := readRegular(p.root, name)
	if err != nil {
		return goneSeed{}, false
	}
	base, known := p.baseOf(name, text, entry)
	return goneSeed{path: name, base: base}, known && hash(base) == entry.Hash
}

// serviceNames turns paths that hold the name of a service that got another name into what they were; it leaves others as
// they are. The folder of the command tells both names.
func (p *planner) serviceNames() *strings.Replacer {
	command := func(name string) string {
		if dir, ok := strings.CutPrefix(path.Dir(name), "cmd/"); ok && path.Base(name) == "main.go" {
			return dir
		}
		return ""
	}
	var was, is []string
	for name, entry := range p.old {
		if _, still := p.lock[name]; !still && entry.Owner == Seeded && command(name) != "" {
			was = append(was, command(name))
		}
	}
	for name, entry := range p.lock {
		if _, known := p.old[name]; !known && entry.Owner == Seeded && command(name) != "" {
			is = append(is, command(name))
		}
	}
	if len(was) != 1 || len(is) != 1 {
		return strings.NewReplacer()
	}
	return strings.NewReplacer(is[0], was[0])
}

// place is the type of the handlers and the route of an operation's file: "V1 POST /orders".
func (f File) place() string {
	handler, _, _ := strings.Cut(f.method, ".")
	return handler + " " + f.route
}

// operationOf reads the method of an operation's seed, and its place, from its doc comment; see operationView.Doc.
func operationOf(seed []byte) (method, place string) {
	s := parseGo(seed)
	if s == nil {
		return "", ""
	}
	for _, decl := range s.file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Doc == nil {
			continue
		}
		line := strings.TrimPrefix(f.Doc.List[0].Text, "// ")
		line, _, _ = strings.Cut(line, ": ")
		if route, ok := strings.CutPrefix(line, f.Name.Name+" answers "); ok {
			return receiver(f) + "." + f.Name.Name, receiver(f) + " " + route
		}
	}
	return "", ""
}

// rename plans that the user's text goes on in the file of the new name. It tells whether that is of use.
func (p *planner) rename(ctx context.Context, f File, old goneSeed) (bool, error) {
	before, err := readRegular(p.root, old.path)
	if err != nil || hash(before) == hash(old.base) || len(marks(before)) > 0 {
		return false, nil //nolint:nilerr // planGone tells
	}
	m, what := merging{name: f.Path, base: old.base, yours: before, seed: f.Content}, "service"
	if f.method != "" {
		m.method, what = &moved{old.method, f.method}, "operation"
		m = p.renameTypes(m, f)
	}
	out, err := m.merge(ctx)
	if err != nil || out.reason != "" || out.apart {
		return false, err
	}
	c := Change{Path: f.Path, Owner: Seeded, From: old.path}
	if info, err := p.root.Lstat(old.path); err == nil {
		c.mode = info.Mode().Perm()
	}
	p.take(f, &c, out)
	if c.Action == Merge {
		c.Reason = "renamed with its " + what + " from " + old.path
	}
	p.setBase(old.path, nil)
	p.Changes = append(p.Changes, c, Change{
		Path: old.path, Owner: Seeded, Action: Delete, before: before,
		Reason: "its " + what + " has another name now: your text goes on in " + f.Path,
	})
	return true, nil
}

// renameTypes gives the types of a renamed operation their new names in the user's text and in the base: those whose old
// names the server package has no longer, and whose new names it has.
func (p *planner) renameTypes(m merging, f File) merging {
	seed := parseGo(f.Content)
	if seed == nil {
		return m
	}
	i := slices.IndexFunc(seed.file.Imports, func(s *ast.ImportSpec) bool { return strings.Contains(s.Path.Value, "/internal/server/") })
	if i < 0 {
		return m
	}
	imported, _ := strconv.Unquote(seed.file.Imports[i].Path.Value)
	declared := p.declared("internal/server/" + path.Base(imported))
	_, from, _ := strings.Cut(m.method.from, ".")
	_, to, _ := strings.Cut(m.method.to, ".")
	renamed := func(name string) (string, bool) {
		rest, ok := strings.CutPrefix(name, from)
		return to + rest, ok && !declared[name] && declared[to+rest]
	}
	m.yours, m.base = renameSelectors(m.yours, imported, renamed), renameSelectors(m.base, imported, renamed)
	return m
}

// renameSelectors gives what a Go file uses of a package other names.
func renameSelectors(text []byte, imported string, renamed func(name string) (string, bool)) []byte {
	s := parseGo(text)
	if s == nil {
		return text
	}
	i := slices.IndexFunc(s.file.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == strconv.Quote(imported) })
	if i < 0 {
		return text
	}
	var places []*ast.Ident
	ast.Inspect(s.file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == importName(s.file.Imports[i]) {
				places = append(places, selector.Sel)
			}
		}
		return true
	})
	for _, place := range slices.Backward(places) {
		if name, ok := renamed(place.Name); ok {
			at := s.offset(place.Pos())
			text = slices.Concat(text[:at], []byte(name), text[at+len(place.Name):])
		}
	}
	return text
}

// declared are the names at the top of a generated package.
func (p *planner) declared(dir string) map[string]bool {
	names := map[string]bool{}
	for _, f := range p.files {
		if path.Dir(f.Path) != dir || path.Ext(f.Path) != ".go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution)
		if err != nil {
			continue // verify reported it
		}
		for _, decl := range file.Decls {
			for _, name := range declares(decl) {
				names[name] = true
			}
		}
	}
	return names
}

// goneMethod tells of the method of an operation that is gone, when the user has it in another file than the one that it
// was seeded in.
func (p *planner) goneMethod(name string, entry LockEntry) {
	base, known := p.baseOf(name, nil, entry)
	if !known || entry.Owner != Seeded {
		return
	}
	p.setBase(name, nil)
	method, _ := operationOf(base)
	if file := p.methods[method]; file != "" {
		p.Changes = append(p.Changes, Change{
			Path: file, Owner: Seeded, Action: Orphan,
			Reason: fmt.Sprintf("the operation of %s is gone from the contract, or has another name there: move what you need, then delete the method", method),
		})
	}
}
