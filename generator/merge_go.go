package generator

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// moved names the method of an operation's file, before and now.
type moved struct{ from, to string }

// goFile is a Go file that parses.
type goFile struct {
	text []byte
	file *ast.File
	fset *token.FileSet
}

// parseGo parses a Go file, nil when it does not parse.
func parseGo(text []byte) *goFile {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ParseComments)
	if err != nil {
		return nil
	}
	return &goFile{text, file, fset}
}

// offset is the place of a node in the text.
func (s *goFile) offset(pos token.Pos) int { return s.fset.Position(pos).Offset }

// with is the text with something else between two places.
func (s *goFile) with(from, to int, text []byte) []byte {
	return slices.Concat(s.text[:from], text, s.text[to:])
}

// piece is a declaration of a Go file, with its comment.
type piece struct {
	key      string // the name that it declares first; its text when it declares none
	named    bool
	from, to int
}

// pieces are the declarations of a file but for its imports, in their order.
func (s *goFile) pieces() []piece {
	var list []piece
	seen := map[string]int{}
	for _, decl := range s.file.Decls {
		if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			continue
		}
		p := piece{from: s.offset(decl.Pos()), to: s.offset(decl.End())}
		if doc := docOf(decl); doc != nil {
			p.from = s.offset(doc.Pos())
		}
		p.key = string(s.text[p.from:p.to])
		if names := declares(decl); len(names) > 0 {
			p.key, p.named = names[0], true
		}
		if seen[p.key]++; seen[p.key] > 1 { // init, say
			p.key += " " + strconv.Itoa(seen[p.key])
		}
		list = append(list, p)
	}
	return list
}

// header is the end of the package clause: build constraints, the comment of the package and its name stand before it.
func (s *goFile) header() int { return s.offset(s.file.Name.End()) }

// docOf is the comment of a declaration.
func docOf(decl ast.Decl) *ast.CommentGroup {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// find is the declaration of that key.
func find(list []piece, key string) (piece, bool) {
	i := slices.IndexFunc(list, func(p piece) bool { return p.key == key })
	if i < 0 {
		return piece{}, false
	}
	return list[i], true
}

// goMerge merges Go files declaration by declaration: each has a name, so that it is known wherever the owner moved it
// to, and a conflict stays inside of it. What the owner took out stays out.
type goMerge struct {
	yours, base, seed *goFile
	yoursAll, baseAll []piece
	edits             []edit
	without           []string // the declarations that changed, and that the owner took out
	clean             bool
	merge3            func(yours, base, seed []byte) ([]byte, bool, error)
}

// edit replaces a part of the owner's text.
type edit struct {
	from, to int
	text     []byte
}

// mergeGo merges the texts of a Go file. Its imports are a set, and the body of an operation's method is the owner's once
// it is written.
func (m merging) mergeGo(ctx context.Context) (text []byte, without []string, clean bool, err error) {
	sides := [3]*goFile{parseGo(m.yours), parseGo(m.base), parseGo(m.seed)}
	if m.method != nil {
		sides = sameBody(sides, *m.method)
	}
	for _, imported := range sides[2].file.Imports {
		if importOf(sides[1].file, imported) == nil && importOf(sides[0].file, imported) == nil {
			sides[0] = sides[0].withImport(imported)
		}
	}
	g := &goMerge{yours: sides[0], base: sides[1], seed: sides[2], yoursAll: sides[0].pieces(), baseAll: sides[1].pieces(), clean: true}
	g.merge3 = func(yours, base, seed []byte) ([]byte, bool, error) {
		return gitMerge(ctx, [3][]byte{yours, base, seed})
	}
	if err := g.run(m.method); err != nil {
		return nil, nil, false, err
	}
	text = g.yours.text
	slices.SortStableFunc(g.edits, func(a, b edit) int { return a.from - b.from })
	for _, e := range slices.Backward(g.edits) {
		text = slices.Concat(text[:e.from], e.text, text[e.to:])
	}
	if g.clean {
		text = m.mendImports(text)
	}
	return text, g.without, g.clean, nil
}

// run finds the edits.
func (g *goMerge) run(method *moved) error {
	if err := g.change(piece{to: g.yours.header()}, piece{to: g.base.header()}, piece{to: g.seed.header()}); err != nil {
		return err
	}
	kept := map[string]bool{}
	after := -1 // where the last declaration of the seed stands in the owner's text
	for _, s := range g.seed.pieces() {
		key := s.key
		if method != nil && key == method.to {
			key = method.from
		}
		kept[key] = true
		y, inYours := find(g.yoursAll, key)
		b, inBase := find(g.baseAll, key)
		switch {
		case inYours:
			after = y.to
			if err := g.change(y, b, s); err != nil {
				return err
			}
		case !inBase:
			g.insert(after, s)
		case !bytes.Equal(g.base.text[b.from:b.to], g.seed.text[s.from:s.to]):
			g.without = append(g.without, key)
		}
	}
	for _, b := range g.baseAll {
		if y, ok := find(g.yoursAll, b.key); ok && !kept[b.key] && bytes.Equal(g.yours.text[y.from:y.to], g.base.text[b.from:b.to]) {
			for bytes.HasPrefix(g.yours.text[y.to:], []byte("\n")) && y.to < len(g.yours.text)-1 {
				y.to++
			}
			g.edits = append(g.edits, edit{y.from, y.to, nil})
		}
	}
	return nil
}

// change merges one declaration. One that both sides added has an empty base.
func (g *goMerge) change(y, b, s piece) error {
	yours, base, seed := g.yours.text[y.from:y.to], g.base.text[b.from:b.to], g.seed.text[s.from:s.to]
	switch {
	case bytes.Equal(base, seed), bytes.Equal(yours, seed):
		return nil
	case bytes.Equal(yours, base):
		g.edits = append(g.edits, edit{y.from, y.to, seed})
		return nil
	}
	line := func(text []byte) []byte {
		if len(text) == 0 {
			return nil
		}
		return slices.Concat(text, []byte("\n"))
	}
	text, clean, err := g.merge3(line(yours), line(base), line(seed))
	if err != nil {
		return err
	}
	g.clean = g.clean && clean
	g.edits = append(g.edits, edit{y.from, y.to, bytes.TrimSuffix(text, []byte("\n"))})
	return nil
}

// insert puts a declaration of the seed behind the one that it follows there, or at the end.
func (g *goMerge) insert(after int, s piece) {
	text := slices.Concat([]byte("\n\n"), g.seed.text[s.from:s.to])
	if after < 0 {
		after = len(bytes.TrimRight(g.yours.text, "\n"))
	} else {
		after = g.yours.lineEnd(after)
	}
	g.edits = append(g.edits, edit{after, after, text})
}

// sameBody gives the seeds the owner's body of the method, unless nobody has written it.
func sameBody(sides [3]*goFile, method moved) [3]*goFile {
	names := [3]string{method.from, method.from, method.to}
	var from, to [3]int
	for i, s := range sides {
		f := methodNamed(s.file, names[i])
		if f == nil || f.Body == nil {
			return sides
		}
		from[i], to[i] = s.offset(f.Body.Pos()), s.offset(f.Body.End())
	}
	body := sides[0].text[from[0]:to[0]]
	if bytes.Equal(body, sides[1].text[from[1]:to[1]]) {
		return sides
	}
	for i := 1; i < len(sides); i++ {
		sides[i] = parseGo(sides[i].with(from[i], to[i], body))
	}
	return sides
}

// methodNamed finds a method, as "V1.CreateOrder", in a file.
func methodNamed(file *ast.File, name string) *ast.FuncDecl {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && receiver(f)+"."+f.Name.Name == name {
			return f
		}
	}
	return nil
}
