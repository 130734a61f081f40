package generator

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/generator/compile"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
	"github.com/msgen/msgen/templates"
)

// VersionFiles renders the server of a version: the handler interface, requests, responses, routes, validators,
// decoders and encoders, and a test. Patterns that no generated validator can match are spec.Diagnostics in the error.
func VersionFiles(svc *Service, v *Version) ([]File, error) {
	view, err := newServerView(svc, v)
	if err != nil {
		return nil, err
	}
	dir := "internal/server/" + v.Name + "/"
	var files []File
	for _, name := range []string{"handler.gen.go", "requests.gen.go", "responses.gen.go", "routes.gen.go", "server_test.go"} {
		t, err := parseTemplate(templates.Version, "version/"+name+".tmpl")
		if err != nil {
			return nil, err
		}
		for i, chunk := range view.chunks(name) {
			target := dir + chunkName(name, i)
			source, err := renderServer(t, target, chunk)
			if err != nil {
				return nil, err
			}
			files = append(files, File{Path: target, Content: source, Owner: Generated})
		}
	}
	compiled, err := view.unit.Files()
	if err != nil {
		return nil, err
	}
	for name, source := range compiled {
		files = append(files, File{Path: dir + name, Content: source, Owner: Generated})
	}
	sortFiles(files)
	return files, nil
}

// chunkSize is the number of operations that share a file of requests or responses, so that no file is too large to
// read or to compile at once.
const chunkSize = 150

// chunks divides the operations over several files where a file holds much for each.
func (v *serverView) chunks(name string) []*serverView {
	if name != "requests.gen.go" && name != "responses.gen.go" || len(v.Operations) <= chunkSize {
		return []*serverView{v}
	}
	var views []*serverView
	for operations := range slices.Chunk(v.Operations, chunkSize) {
		part := *v
		part.Operations = operations
		views = append(views, &part)
	}
	return views
}

// chunkName is the name of the file number i that a template gives: requests.gen.go, requests_2.gen.go.
func chunkName(name string, i int) string {
	if i == 0 {
		return name
	}
	return strings.Replace(name, ".", fmt.Sprintf("_%d.", i+1), 1)
}

// serverView is what the templates of a version see.
type serverView struct {
	Version    *Version
	Package    string // "serverv1"
	Module     string
	Operations []*serverOperation

	unit  *compile.Unit
	taken map[string]bool   // names of variables
	kinds map[string]string // what the named types of the models are: "string", "struct", "[]", "map"
	// imports are the packages that the types of the contract need, by their names in the file.
	imports map[string]string
}

// newServerView settles what the server of a version needs beside the names: validators, decoders, encoders, and the
// names of what is not exported.
func newServerView(svc *Service, v *Version) (*serverView, error) {
	view := &serverView{
		Version: v, Package: "server" + v.Name, Module: svc.Module, imports: serverImports(svc, v), taken: map[string]bool{},
		unit: compile.New(compile.Options{
			Package: "server" + v.Name, KitImport: svc.Module + "/internal/kit", ModelsImport: svc.Module + "/api/" + v.Name,
			ModelsPackage: v.Models.Package, SkipPatterns: svc.LenientPatterns, Set: v.Schemas,
		}),
	}
	var err error
	if view.kinds, err = modelKinds(v.Models); err != nil {
		return nil, err
	}
	if err := view.unit.UseModels(v.Models.Source); err != nil {
		return nil, err
	}
	var faults spec.Diagnostics
	for _, op := range v.Operations {
		o := &serverOperation{Operation: op, view: view}
		err := o.settle()
		var pattern *compile.PatternError
		if errors.As(err, &pattern) {
			faults = append(faults, patternFault(v, pattern, spec.Error))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("operation %s: %w", op.ID, err)
		}
		view.Operations = append(view.Operations, o)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	for _, warning := range view.unit.Warnings() {
		svc.Warnings = append(svc.Warnings, patternFault(v, warning, spec.Warning))
	}
	return view, nil
}

// patternFault is the diagnostic of a pattern that no validator can match.
func patternFault(v *Version, p *compile.PatternError, severity spec.Severity) spec.Diagnostic {
	message := fmt.Sprintf("the pattern %q can't be matched in linear time: %s", clipText(p.Pattern), p.Reason)
	remedy := "write the pattern without it, or generate with --lenient-patterns, which leaves the pattern unchecked"
	if severity == spec.Warning {
		message, remedy = "the pattern "+fmt.Sprintf("%q", clipText(p.Pattern))+" is not checked: "+p.Reason, "write the pattern without it"
	}
	node := v.Document.Root
	if at := v.Document.NodeAt(p.Location); at != nil {
		node = at
		if pattern := at.Get("pattern"); pattern != nil {
			node = pattern
		}
	}
	return node.Diagnostic(severity, "unsupported-pattern", message, remedy)
}

// variable returns a name for a package-level variable that no other one has: operation and field together can read
// alike for different operations.
func (v *serverView) variable(name string) string {
	free := name
	for n := 2; v.taken[free]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	v.taken[free] = true
	return free
}

// validator returns the expression of a validator; nil accepts everything.
func (v *serverView) validator(s *schema.Schema, d schema.Direction) (string, error) {
	if s == nil {
		return "(*schema.Scanner).Any", nil
	}
	return v.unit.Validator(s, d)
}

// use notes the imports of a type, and returns the type as it is written.
func (v *serverView) use(t *Type) string {
	for _, path := range t.Imports {
		name := ImportName(path)
		if name == "" {
			name = path[strings.LastIndexByte(path, '/')+1:]
		}
		if path == v.Module+"/api/"+v.Version.Name {
			name = v.Version.Models.Package
		}
		v.imports[name] = path
	}
	return t.Go
}

// kind tells what a Go type is at the bottom: the name of a basic type, "struct", "[]", "map", "*" or "interface".
func (v *serverView) kind(goType string) string {
	for range 20 {
		name, ok := strings.CutPrefix(goType, v.Version.Models.Package+".")
		if !ok {
			break
		}
		goType = v.kinds[name]
	}
	switch {
	case strings.HasPrefix(goType, "["):
		return "[]"
	case strings.HasPrefix(goType, "map["):
		return "map"
	case strings.HasPrefix(goType, "*"):
		return "*"
	case goType == "any", strings.HasPrefix(goType, "interface"):
		return "interface"
	}
	return goType
}

// container tells whether the zero value of a type says that it is absent, so that an optional one needs no pointer.
func (v *serverView) container(goType string) bool {
	switch v.kind(goType) {
	case "[]", "map", "*", "interface", "json.RawMessage":
		return true
	}
	return false
}

// modelKinds reads off the source of the models what its named types are.
func modelKinds(m *Models) (map[string]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "models.gen.go", m.Source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range group.Specs {
			if t, ok := s.(*ast.TypeSpec); ok {
				kinds[t.Name.Name] = kindOf(t.Type, m.Package)
			}
		}
	}
	return kinds, nil
}

// kindOf writes a type as far as kind needs it; names of the models' package are qualified.
func kindOf(t ast.Expr, pkg string) string {
	switch t := t.(type) {
	case *ast.Ident:
		if slices.Contains(predeclaredTypes, t.Name) {
			return t.Name
		}
		return pkg + "." + t.Name
	case *ast.SelectorExpr:
		if x, ok := t.X.(*ast.Ident); ok {
			return x.Name + "." + t.Sel.Name
		}
	case *ast.ArrayType:
		if t.Len == nil {
			return "[]"
		}
	case *ast.MapType:
		return "map["
	case *ast.StarExpr:
		return "*"
	case *ast.InterfaceType:
		return "interface"
	}
	return "struct"
}

// predeclaredTypes are Go's own types as models use them.
var predeclaredTypes = []string{
	"any", "bool", "byte", "float32", "float64", "int", "int8", "int16", "int32", "int64", "rune", "string", "uint", "uint8",
	"uint16", "uint32", "uint64",
}
