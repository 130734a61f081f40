package generator

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// maxComment bounds the lines of a contract's description in Go code.
const maxComment = 30

// modelComment makes the text of a comment of a description: lines without directives, of a bearable number.
func modelComment(text string) string {
	if len(text) > 1<<16 {
		text = strings.ToValidUTF8(text[:1<<16], "")
	}
	lines := commentLines(text)
	if len(lines) > maxComment {
		lines = append(lines[:maxComment], "...")
	}
	for i, line := range lines {
		if len(line) > 400 {
			lines[i] = strings.ToValidUTF8(line[:400], "") + "..."
		}
	}
	return strings.Join(lines, "\n")
}

// fieldComment is the comment of what is declared as name. oapi-codegen starts it with the name, which the description
// must not repeat.
func fieldComment(name, text string) string {
	text = modelComment(text)
	if first, rest, _ := strings.Cut(text, " "); strings.EqualFold(first, name) && strings.TrimSpace(rest) != "" {
		return rest
	}
	return text
}

// settle names the constants of the enums and breaks cycles of structs that hold each other, once every type is known.
func (m *modeler) settle() {
	for _, t := range m.declared {
		if t.kind != enumModel {
			continue
		}
		natural := make([]string, len(t.values))
		for i, v := range t.values {
			natural[i] = t.name + v.suffix
		}
		for i, name := range m.scope.claimAll(natural) {
			t.values[i].constant = name
		}
	}
	boxCycles(m.declared)
}

// boxCycles makes a pointer of every field that would make a struct hold itself by value.
func boxCycles(types []*modelType) {
	const (
		unseen = iota
		open
		done
	)
	state := map[*modelType]int{}
	var visit func(t *modelType)
	visit = func(t *modelType) {
		state[t] = open
		for _, f := range t.fields {
			next := f.holds()
			switch {
			case next == nil:
			case state[next] == open:
				f.boxed = true
			case state[next] == unseen:
				visit(next)
			}
		}
		state[t] = done
	}
	for _, t := range types {
		if state[t] == unseen {
			visit(t)
		}
	}
}

// holds returns the type with fields that the field holds by value, nil when there is none.
func (f *modelField) holds() *modelType {
	u := f.typ.underlying()
	if u.kind != namedKind || f.typ.nullable || !f.required || f.write {
		return nil
	}
	return u.named
}

// source writes the declared types as Go code of the package. A type that makes code that does not compile becomes
// JSON, so that a contract is never refused for its models.
func (m *modeler) source(packageName string) ([]byte, error) {
	m.settle()
	for range 4 {
		code, err := m.code(packageName)
		if err != nil {
			if !m.isolate(packageName) {
				return nil, err
			}
			continue
		}
		src, err := tidyModels(packageName, "", code...)
		if err != nil {
			return nil, err
		}
		broken, err := checkModels(src)
		if err == nil {
			return src, nil
		}
		if !m.degrade(broken) {
			return nil, fmt.Errorf("models: %w", err)
		}
	}
	return nil, fmt.Errorf("models: no code that compiles was found; this is a fault of msgen")
}

// code is what oapi-codegen makes of the declared types: once for the enums, whose constants have their full names
// already, and once for the rest. Apart because it compares every pair of enums in a document.
func (m *modeler) code(packageName string) ([]string, error) {
	var enums, others []*modelType
	for _, t := range m.declared {
		if t.kind == enumModel {
			enums = append(enums, t)
		} else {
			others = append(others, t)
		}
	}
	var code []string
	for types := range slices.Chunk(enums, 200) {
		part, err := oapiGenerate(oapiDocument(types), oapiConfiguration(packageName))
		if err != nil {
			return nil, err
		}
		code = append(code, part)
	}
	part, err := oapiGenerate(oapiDocument(others), oapiConfiguration(packageName))
	return append([]string{part}, code...), err
}

// isolate finds the types that oapi-codegen refuses on their own and makes them JSON.
func (m *modeler) isolate(packageName string) bool {
	broken := map[string]bool{}
	for _, t := range m.declared {
		if _, err := oapiGenerate(oapiDocument([]*modelType{t}), oapiConfiguration(packageName)); err != nil {
			broken[t.name] = true
		}
	}
	return m.degrade(broken)
}

// degrade makes JSON of types. It tells whether there were any left to make JSON of.
func (m *modeler) degrade(names map[string]bool) bool {
	changed := false
	for _, t := range m.declared {
		if names[t.name] && (t.kind != aliasModel || t.alias.kind != rawKind) {
			*t = modelType{name: t.name, comment: t.comment, obsolete: t.obsolete, alias: typeExpr{kind: rawKind}}
			changed = true
		}
	}
	return changed
}

// tidyModels puts code of oapi-codegen into one formatted file, with the imports that it needs and no other, from a
// fixed list. param is the import path of kit's package param, for clients.
func tidyModels(packageName, param string, parts ...string) ([]byte, error) {
	var body bytes.Buffer
	used := map[string]bool{}
	for _, code := range parts {
		code = strings.ReplaceAll(code, "\r", "")
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "models.go", code, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("models: %w", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if name, ok := selector.X.(*ast.Ident); ok && (modelImports[name.Name] != "" || name.Name == "param" && param != "") {
					used[name.Name] = true
				}
			}
			return true
		})
		end := file.Name.End()
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
				end = gen.End()
			}
		}
		body.WriteString(code[fset.Position(end).Offset:])
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%spackage %s\n\n", modelsDoc(packageName), packageName)
	writeModelImports(&b, used, param)
	b.Write(body.Bytes())
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	return src, nil
}

// modelsDoc is the comment of the models package.
func modelsDoc(packageName string) string {
	return fmt.Sprintf("// Package %s holds the types of the contract.\n", packageName)
}

// writeModelImports writes the import declaration: the standard library, then the rest.
func writeModelImports(b *bytes.Buffer, used map[string]bool, param string) {
	if len(used) == 0 {
		return
	}
	var standard, others []string
	for name := range used {
		path := modelImports[name]
		if name == "param" {
			path = param
		}
		line := fmt.Sprintf("%q", path)
		if ImportName(path) != "" {
			line = ImportName(path) + " " + line
		}
		if strings.Contains(path, ".") || name == "param" {
			others = append(others, line)
		} else {
			standard = append(standard, line)
		}
	}
	slices.Sort(standard)
	slices.SortFunc(others, func(a, b string) int {
		return strings.Compare(a[strings.IndexByte(a, '"'):], b[strings.IndexByte(b, '"'):])
	})
	fmt.Fprintf(b, "import (\n%s\n\n%s\n)\n", strings.Join(standard, "\n"), strings.Join(others, "\n"))
}
