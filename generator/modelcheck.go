package generator

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// checkModels type-checks the source of models. When it does not compile, broken names the types at fault.
func checkModels(src []byte) (broken map[string]bool, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "models.go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	broken = map[string]bool{}
	conf := types.Config{
		Importer: &stubImporter{packages: map[string]*types.Package{}},
		Error: func(fault error) {
			if err == nil {
				err = fault
			}
			if fault, ok := fault.(types.Error); ok { //nolint:errorlint // go/types hands over its own errors, unwrapped
				if name := declarationAt(file, fault.Pos); name != "" {
					broken[name] = true
				}
			}
		},
	}
	if _, checked := conf.Check("models", fset, []*ast.File{file}, nil); checked != nil && err == nil {
		err = checked
	}
	return broken, err
}

// declarationAt returns the name of the type whose declaration, constants or methods are at pos.
func declarationAt(file *ast.File, pos token.Pos) string {
	for _, decl := range file.Decls {
		if pos < decl.Pos() || pos > decl.End() {
			continue
		}
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv != nil && len(decl.Recv.List) == 1 {
				return receiverName(decl.Recv.List[0].Type)
			}
		case *ast.GenDecl:
			for _, s := range decl.Specs {
				if pos < s.Pos() || pos > s.End() {
					continue
				}
				switch s := s.(type) {
				case *ast.TypeSpec:
					return s.Name.Name
				case *ast.ValueSpec:
					return receiverName(s.Type)
				}
			}
		}
	}
	return ""
}

func receiverName(expr ast.Expr) string {
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	if ident, ok := expr.(*ast.Ident); ok {
		return ident.Name
	}
	return ""
}

// stubImporter gives models the packages that they import, as far as models use them. The real packages are not at hand
// where msgen runs, and are slow to load.
type stubImporter struct {
	packages map[string]*types.Package
}

// Import returns the declarations of the package at path.
func (s *stubImporter) Import(path string) (*types.Package, error) {
	if p, ok := s.packages[path]; ok {
		return p, nil
	}
	src, ok := stubPackages[path]
	if !ok {
		return nil, fmt.Errorf("models must not import %q", path)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: s}
	p, err := conf.Check(path, fset, []*ast.File{file}, nil)
	s.packages[path] = p
	return p, err
}

// stubPackages declares what models use of other packages.
var stubPackages = map[string]string{
	"encoding/json": `package json
type RawMessage []byte
type Number string
func (RawMessage) MarshalJSON() ([]byte, error)
func (*RawMessage) UnmarshalJSON([]byte) error
func Marshal(any) ([]byte, error)
func Unmarshal([]byte, any) error`,
	"errors": "package errors\nfunc New(string) error",
	"fmt":    "package fmt\nfunc Errorf(string, ...any) error",
	"time":   "package time\ntype Time struct { wall uint64 }",
	uuidImport: `package uuid
type UUID [16]byte`,
	runtimeImport: "package runtime\nfunc JSONMerge(a, b []byte) ([]byte, error)",
	openapiImport: "package types\nimport \"time\"\ntype Date struct { time.Time }",
	nullableImport: `package nullable
type Nullable[T any] map[bool]T`,
}
