package generator

import (
	"bytes"
	"go/ast"
	"go/format"
	"path"
	"slices"
	"strconv"
)

// importOf finds an import of the same package under the same name.
func importOf(file *ast.File, wanted *ast.ImportSpec) *ast.ImportSpec {
	for _, spec := range file.Imports {
		if spec.Path.Value == wanted.Path.Value && importName(spec) == importName(wanted) {
			return spec
		}
	}
	return nil
}

// importName is the name that an import has in its file: the last element of its path unless it says otherwise.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	imported, _ := strconv.Unquote(spec.Path.Value)
	return path.Base(imported)
}

// withImport adds an import beside the one whose path is most like its own.
func (s *goFile) withImport(added *ast.ImportSpec) *goFile {
	line := added.Path.Value
	if added.Name != nil {
		line = added.Name.Name + " " + line
	}
	at, prefix := s.offset(s.file.Name.End()), "\n\nimport "
	best := s.likest(added)
	if best != nil {
		decl := s.importDecl(best)
		at, prefix = s.offset(decl.End()), "\nimport "
		if decl.Lparen.IsValid() {
			at, prefix = s.lineEnd(s.offset(best.End())), "\n\t"
		}
	}
	line = prefix + line
	if best != nil && prefix == "\n\t" && best.Path.Value > added.Path.Value {
		at = max(bytes.LastIndexByte(s.text[:s.offset(best.Pos())], '\n'), 0) // the end of the line above
	}
	if longer := parseGo(s.with(at, at, []byte(line))); longer != nil {
		return longer
	}
	return s
}

// likest is the import beside which another one belongs: of those whose paths begin most like its own, the last one that
// sorts before it, or else the first.
func (s *goFile) likest(added *ast.ImportSpec) *ast.ImportSpec {
	var best *ast.ImportSpec
	for _, spec := range s.file.Imports {
		longer := best == nil || shared(spec.Path.Value, added.Path.Value) > shared(best.Path.Value, added.Path.Value)
		alike := best != nil && shared(spec.Path.Value, added.Path.Value) == shared(best.Path.Value, added.Path.Value)
		if longer || alike && spec.Path.Value < added.Path.Value {
			best = spec
		}
	}
	return best
}

// lineEnd is the end of the line of a place, when nothing but a comment follows in it.
func (s *goFile) lineEnd(at int) int {
	line, _, _ := bytes.Cut(s.text[at:], []byte("\n"))
	if rest := bytes.TrimSpace(line); len(rest) == 0 || bytes.HasPrefix(rest, []byte("//")) {
		return at + len(line)
	}
	return at
}

// importDecl is the declaration that an import stands in.
func (s *goFile) importDecl(spec *ast.ImportSpec) *ast.GenDecl {
	i := slices.IndexFunc(s.file.Decls, func(d ast.Decl) bool { return d.Pos() <= spec.Pos() && spec.End() <= d.End() })
	return s.file.Decls[i].(*ast.GenDecl) // imports stand nowhere else
}

// shared is the length of what two texts begin with.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// mendImports makes the imports of a merged file those that it uses: it adds what the seed's lines need, and drops what
// came with a seed and has no use any more. A file that was formatted stays so.
func (m merging) mendImports(text []byte) []byte {
	s, base, seed := parseGo(text), parseGo(m.base), parseGo(m.seed)
	if s == nil || base == nil || seed == nil {
		return text
	}
	used := usedNames(s.file)
	for _, imported := range seed.file.Imports {
		taken := slices.ContainsFunc(s.file.Imports, func(other *ast.ImportSpec) bool { return importName(other) == importName(imported) })
		if used[importName(imported)] && !taken {
			s = s.withImport(imported)
		}
	}
	for _, imported := range slices.Concat(base.file.Imports, seed.file.Imports) {
		if spec := importOf(s.file, imported); spec != nil && !used[importName(spec)] && importName(spec) != "_" && importName(spec) != "." {
			s = s.withoutImport(spec)
		}
	}
	if formatted, err := format.Source(m.yours); err == nil && bytes.Equal(formatted, m.yours) {
		if tidy, err := format.Source(s.text); err == nil {
			return tidy
		}
	}
	return s.text
}

// withoutImport drops an import.
func (s *goFile) withoutImport(spec *ast.ImportSpec) *goFile {
	from, to := s.offset(spec.Pos()), s.offset(spec.End())
	if decl := s.importDecl(spec); len(decl.Specs) == 1 {
		from, to = s.offset(decl.Pos()), s.offset(decl.End())
	} else if bytes.HasPrefix(s.text[to:], []byte("\n")) {
		from, to = bytes.LastIndexByte(s.text[:from], '\n')+1, to+1
	}
	if shorter := parseGo(s.with(from, to, nil)); shorter != nil {
		return shorter
	}
	return s
}

// usedNames are the names of packages that a file uses.
func usedNames(file *ast.File) map[string]bool {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && name.Obj == nil { //nolint:staticcheck // types are not known here
				used[name.Name] = true
			}
		}
		return true
	})
	return used
}
