package generator

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// serverImports are the packages that the templates of a version and the expressions in them may name.
func serverImports(svc *Service, v *Version) map[string]string {
	imports := map[string]string{
		"bytes": "bytes", "context": "context", "http": "net/http", "httptest": "net/http/httptest", "io": "io", "iter": "iter",
		"json": "encoding/json", "strings": "strings", "testing": "testing", "time": "time", "slog": "log/slog", "strconv": "strconv",
		"errors": "errors", "fmt": "fmt", "url": "net/url",
		"uuid": uuidImport, "openapi_types": openapiImport, "nullable": nullableImport,
		v.Models.Package: svc.Module + "/api/" + v.Name,
	}
	for _, name := range []string{"auth", "codec", "content", "param", "problem", "router", "schema"} {
		imports[name] = svc.Module + "/internal/kit/" + name
	}
	return imports
}

// renderServer fills a template of a version, writes the imports that the result names in the place of the comment
// "// imports", and formats it.
func renderServer(t *template.Template, target string, view *serverView) ([]byte, error) {
	text, err := execute(t, target, view)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), target, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", target, err, text)
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && view.imports[x.Name] != "" {
				used[x.Name] = true
			}
		}
		return true
	})
	source, err := format.Source(bytes.Replace(text, []byte("// imports\n"), []byte(importBlock(view, used)), 1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", target, err)
	}
	return source, nil
}

// importBlock writes an import declaration: the standard library, other modules, the service's own packages.
func importBlock(view *serverView, used map[string]bool) string {
	var groups [3][]string
	names := slices.SortedFunc(maps.Keys(used), func(a, b string) int { return cmp.Compare(view.imports[a], view.imports[b]) })
	for _, name := range names {
		path := view.imports[name]
		line := strconv.Quote(path)
		if path[strings.LastIndexByte(path, '/')+1:] != name {
			line = name + " " + line
		}
		group := 0
		switch first, _, _ := strings.Cut(path, "/"); {
		case strings.HasPrefix(path, view.Module+"/"):
			group = 2
		case strings.Contains(first, "."):
			group = 1
		}
		groups[group] = append(groups[group], line)
	}
	var b strings.Builder
	b.WriteString("import (\n")
	for _, group := range groups {
		b.WriteString(strings.Join(group, "\n") + "\n\n")
	}
	b.WriteString(")\n")
	return b.String()
}
