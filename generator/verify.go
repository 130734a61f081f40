package generator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// allowedImports lists what a Go file made from a contract may import beside the packages of its own module. Nothing of
// a contract reaches an import: an import that is not listed here is a fault of msgen or an attack through it.
var allowedImports = []string{
	"bufio", "bytes", "cmp", "context", "embed", "encoding/base64", "encoding/json", "encoding/xml", "errors", "flag", "fmt",
	"io", "iter", "log/slog", "maps", "math", "math/big", "mime", "mime/multipart", "net/http", "net/http/httptest",
	"net/netip", "net/url", "os", "path", "path/filepath", "reflect", "slices", "sort", "strconv", "strings", "sync", "testing", "time",
	"unicode/utf8",
	"github.com/google/uuid", "github.com/oapi-codegen/nullable", "github.com/oapi-codegen/runtime",
	"github.com/oapi-codegen/runtime/types", "github.com/tinylib/msgp/msgp",
}

// kitDir holds the copied runtime in a service. Its text comes from msgen alone, and is compiled and tested there.
const kitDir = "internal/kit/"

// verify checks the files before they are written: their paths stay in the tree and are unique, every Go file parses,
// stands in the package of its folder, imports what it may, holds no directive, no cgo and no init function, and no
// package declares a name twice. What it finds is a fault of msgen: a contract must not be able to cause it.
func verify(files []File) error {
	modulePath := ""
	for _, f := range files {
		if f.Path == "go.mod" {
			modulePath = modfile.ModulePath(f.Content)
		}
	}
	v := verifier{module: modulePath, packages: map[string]string{}, declared: map[string]string{}}
	seen := map[string]bool{}
	var errs []error
	for _, f := range files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) || path.Clean(f.Path) != f.Path || strings.ContainsAny(f.Path, "\n\\") {
			errs = append(errs, fmt.Errorf("%q is no path for a generated file", f.Path))
			continue
		}
		if lower := strings.ToLower(f.Path); seen[lower] {
			errs = append(errs, fmt.Errorf("%s: two generated files have this name", f.Path))
		} else {
			seen[lower] = true
		}
		if path.Ext(f.Path) == ".go" {
			errs = append(errs, v.file(f)...)
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("msgen made files that it would not vouch for, and wrote none of them; please report this: %w", errors.Join(errs...))
	}
	return nil
}

// verifier checks the Go files of one tree.
type verifier struct {
	module   string
	packages map[string]string // folder -> package name
	declared map[string]string // folder, package and declared name -> file
}

// file checks one Go file.
func (v *verifier) file(f File) []error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, f.Path, f.Content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return []error{err}
	}
	var errs []error
	fault := func(pos token.Pos, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", set.Position(pos), fmt.Sprintf(format, args...)))
	}
	if f.Owner == Generated && !bytes.HasPrefix(f.Content, []byte(GeneratedHeader)) {
		fault(file.Pos(), "lacks the header %q", GeneratedHeader)
	}
	dir := path.Dir(f.Path)
	name := strings.TrimSuffix(file.Name.Name, "_test")
	if was, ok := v.packages[dir]; ok && was != name {
		fault(file.Name.Pos(), "is in package %q, its folder in %q", name, was)
	}
	v.packages[dir] = name
	if strings.HasPrefix(f.Path, kitDir) {
		return errs
	}
	for _, decl := range file.Decls {
		for _, ident := range declares(decl) {
			key := dir + "\x00" + file.Name.Name + "\x00" + ident
			if other, twice := v.declared[key]; twice {
				fault(decl.Pos(), "declares %s, as %s does", ident, other)
			}
			v.declared[key] = f.Path
		}
	}
	for _, spec := range file.Imports {
		if importPath, _ := strconv.Unquote(spec.Path.Value); !v.mayImport(importPath) {
			fault(spec.Pos(), "imports %q", importPath)
		}
	}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			fault(fn.Pos(), "declares an init function")
		}
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if isDirective(comment.Text) && !allowedDirective(f, comment.Text) {
				fault(comment.Pos(), "holds the directive %q", comment.Text)
			}
		}
	}
	return errs
}

// mayImport tells whether a file made from a contract may import a package.
func (v *verifier) mayImport(importPath string) bool {
	return v.module != "" && strings.HasPrefix(importPath+"/", v.module+"/") || slices.Contains(allowedImports, importPath)
}

// declares lists the names that a top-level declaration adds to its package; a method counts as "Type.Method".
func declares(decl ast.Decl) []string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv != nil {
			return []string{receiver(decl) + "." + decl.Name.Name}
		}
		return []string{decl.Name.Name}
	case *ast.GenDecl:
		var names []string
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names = append(names, name.Name)
				}
			}
		}
		return slices.DeleteFunc(names, func(name string) bool { return name == "_" })
	}
	return nil
}

// isDirective tells whether a comment says something to a tool rather than to a reader.
func isDirective(comment string) bool {
	body, line := strings.CutPrefix(comment, "//")
	if !line {
		return strings.HasPrefix(comment, "/*line ")
	}
	if strings.HasPrefix(body, "line ") || strings.HasPrefix(body, "export ") || strings.HasPrefix(body, "extern ") {
		return true
	}
	if strings.HasPrefix(strings.TrimSpace(body), "+build") {
		return true
	}
	tool, _, found := strings.Cut(body, ":")
	return found && tool != "" && strings.Trim(tool, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// allowedDirective tells whether msgen meant to emit a directive in the file.
func allowedDirective(f File, comment string) bool {
	return strings.HasPrefix(comment, "//go:embed ") && f.Owner == Generated && path.Base(f.Path) == contractGo ||
		strings.HasPrefix(comment, "//nolint:") && f.Owner == Generated
}

// contractGo is the only Go file made from a contract that embeds another file: the contract itself.
const contractGo = "contract.gen.go"

// vet runs go vet on the module in dir, with the files of overlay (a JSON file, or "") in the place of those on disk.
func vet(ctx context.Context, dir, overlay string) error {
	args := []string{"vet"}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./...")...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil && bytes.Contains(out, []byte("go.work")) { // a workspace that does not know the service yet
		cmd = exec.CommandContext(ctx, cmd.Args[0], cmd.Args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(cmd.Environ(), "GOWORK=off")
		out, err = cmd.CombinedOutput()
	}
	if err != nil {
		return fmt.Errorf("go vet refuses the service, nothing was written: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// vetPlan runs go vet on the tree as it would be after the plan.
func vetPlan(ctx context.Context, root *os.Root, p *Plan) error {
	temp, err := os.MkdirTemp("", "msgen-verify-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	replace := map[string]string{}
	for i, c := range p.writes() {
		target := filepath.Join(root.Name(), filepath.FromSlash(c.Path))
		if target, err = filepath.Abs(target); err != nil {
			return err
		}
		if c.Action == Delete {
			replace[target] = ""
			continue
		}
		staged := filepath.Join(temp, fmt.Sprintf("%05d%s", i, path.Ext(c.Path)))
		if err := os.WriteFile(staged, c.after, 0o600); err != nil {
			return err
		}
		replace[target] = staged
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		panic(err) // strings only
	}
	file := filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		return err
	}
	return vet(ctx, root.Name(), file)
}
