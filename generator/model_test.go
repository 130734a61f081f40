package generator

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/msgen/msgen/spec"
)

// TestVersions makes a Version of the contract in each archive and compares it with the archive's other files: the
// operations, the faults and the models. UPDATE_GOLDEN=1 writes them.
func TestVersions(t *testing.T) {
	files, err := filepath.Glob("testdata/model/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	imports := importer.ForCompiler(token.NewFileSet(), "source", nil)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			v, faults := versionOf(t, archive)
			got := append(contractFiles(archive), txtar.File{Name: "faults", Data: faultText(faults)})
			if v != nil {
				compiles(t, imports, v.Models.Source, v.Models.Client)
				got = append(got, txtar.File{Name: "operations", Data: versionText(v)},
					txtar.File{Name: "models.go", Data: v.Models.Source})
			}
			golden := txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: got})
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(file, golden, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(golden)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// contractFiles are the files of the archive that make up the contract, the main one first.
func contractFiles(archive *txtar.Archive) []txtar.File {
	var files []txtar.File
	for _, file := range archive.Files {
		if ext := filepath.Ext(file.Name); ext == ".yaml" || ext == ".json" {
			files = append(files, file)
		}
	}
	return files
}

// versionOf makes the Version of the contract in the archive.
func versionOf(t *testing.T, archive *txtar.Archive) (*Version, []spec.Diagnostic) {
	t.Helper()
	dir := t.TempDir()
	files := contractFiles(archive)
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(dir, file.Name), file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := spec.Load(t.Context(), files[0].Name, spec.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	trust := strings.HasPrefix(string(archive.Comment), "With trust")
	v, faults, err := NewVersion(doc, ModelOptions{ModelsImport: "example.com/svc/api/v1", TrustExtensions: trust, Client: true})
	if err != nil {
		t.Fatal(err)
	}
	return v, faults
}

// compiles type-checks the models and the client with the real packages that they import.
func compiles(t *testing.T, imports types.Importer, sources ...[]byte) {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, src := range sources {
		file, err := parser.ParseFile(fset, "apiv1.go", src, 0)
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		files = append(files, file)
	}
	conf := types.Config{Importer: imports}
	if _, err := conf.Check("models", fset, files, nil); err != nil {
		t.Fatalf("%v\n%s", err, bytes.Join(sources, nil))
	}
}

func faultText(faults []spec.Diagnostic) []byte {
	var b strings.Builder
	for _, fault := range faults {
		fmt.Fprintf(&b, "%s\n", fault.Error())
	}
	return []byte(b.String())
}

// versionText writes what is settled about the operations.
func versionText(v *Version) []byte {
	var b strings.Builder
	for _, op := range v.Operations {
		fmt.Fprintf(&b, "%s %s %s (%s.go)", op.Name, op.Method, op.Path, op.File)
		for i, alternative := range op.Security {
			b.WriteString([]string{" security ", " or "}[min(i, 1)] + fmt.Sprint(alternative))
		}
		b.WriteByte('\n')
		for _, p := range op.Parameters {
			fmt.Fprintf(&b, "\t%s %s: %s %s %s explode=%v required=%v default=%v %v\n", p.In, p.Name, p.Field, p.Type.Go,
				p.Style, p.Explode, p.Required, p.Default, p.Type.Imports)
		}
		if op.Body != nil {
			fmt.Fprintf(&b, "\tbody required=%v\n", op.Body.Required)
			contentsText(&b, op.Body.Contents)
		}
		for _, r := range op.Responses {
			fmt.Fprintf(&b, "\t%s %s\n", r.Status, r.Name)
			for _, h := range r.Headers {
				fmt.Fprintf(&b, "\t\t%s: %s %s\n", h.Name, h.Field, h.Type.Go)
			}
			contentsText(&b, r.Contents)
		}
	}
	for _, s := range v.Schemes {
		fmt.Fprintf(&b, "scheme %s %s %s %s\n", s.Name, s.Kind, s.In, s.Key)
	}
	return []byte(b.String())
}

func contentsText(b *strings.Builder, contents []*Content) {
	kinds := map[ContentKind]string{JSON: "json", Form: "form", Multipart: "multipart", Text: "text", Binary: "binary",
		EventStream: "events"}
	for _, c := range contents {
		fmt.Fprintf(b, "\t\t%s %s %q", c.MediaType, kinds[c.Kind], c.Suffix)
		if c.Type != nil {
			b.WriteString(" " + c.Type.Go)
		}
		for _, p := range c.Parts {
			fmt.Fprintf(b, " %s(file=%v array=%v)", p.Name, p.File, p.Array)
		}
		b.WriteByte('\n')
	}
}
