package generator

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"text/template"
)

// neutralSinks stand in for the sinks of free text: what a template gives with them is what it meant, whatever the
// contract says. Identifiers, types and import paths, which the generator settles, stay.
var neutralSinks = template.FuncMap{
	"comment":  func(string) string { return "// text" },
	"inline":   func(string) string { return "text" },
	"goString": func(string) string { return `"text"` },
	"goExpr":   func(string) string { return "nil" },
}

// execute fills a template. Of Go it makes a second copy with every free text of the contract replaced, and refuses the
// first one when it declares, imports or directs anything else than the second.
func execute(t *template.Template, target string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("%s: %w", target, err)
	}
	if path.Ext(target) != ".go" {
		return b.Bytes(), nil
	}
	neutral, err := t.Clone()
	if err != nil {
		return nil, err
	}
	var n bytes.Buffer
	if err := neutral.Funcs(neutralSinks).Execute(&n, view); err != nil {
		return nil, fmt.Errorf("%s: %w", target, err)
	}
	got, err := skeleton(target, b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, b.Bytes())
	}
	meant, err := skeleton(target, n.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, n.Bytes())
	}
	for i := range max(len(got), len(meant)) {
		if i >= len(got) || i >= len(meant) || got[i] != meant[i] {
			return nil, fmt.Errorf("%s: text of the contract changes what the file declares: found %q, meant %q; please report this",
				target, got[min(i, len(got)):], meant[min(i, len(meant)):])
		}
	}
	return b.Bytes(), nil
}

// skeleton lists what a Go file is made of: its package, imports, declared names and directives, in order.
func skeleton(name string, source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	list := []string{"package " + file.Name.Name}
	for _, spec := range file.Imports {
		list = append(list, "import "+spec.Path.Value)
	}
	for _, decl := range file.Decls {
		for _, declared := range declares(decl) {
			list = append(list, fmt.Sprintf("%T %s", decl, declared))
		}
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if isDirective(comment.Text) {
				list = append(list, comment.Text)
			}
		}
	}
	return list, nil
}

// checkModelNames refuses models that declare a name which the generator did not settle; methods belong to their type.
func checkModelNames(f File, settled map[string]bool) error {
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		fn, isFunc := decl.(*ast.FuncDecl)
		if isFunc && fn.Recv != nil && settled[receiver(fn)] {
			continue
		}
		for _, name := range declares(decl) {
			if !settled[name] {
				return fmt.Errorf("%s: declares %s, which no schema of the contract is called; please report this (known are %d names, such as %v)",
					f.Path, name, len(settled), slices.Sorted(maps.Keys(settled))[:min(3, len(settled))])
			}
		}
	}
	return nil
}

// settledNames are the names of the types and constants that the models declare.
func (m *modeler) settledNames() map[string]bool {
	names := map[string]bool{}
	for _, t := range m.declared {
		names[t.name] = true
		for _, v := range t.values {
			names[v.constant] = true
		}
	}
	return names
}
