// Package suite runs the public JSON-Schema-Test-Suite through compiled validators: all schemas become one program.
package suite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/msgen/msgen/generator/compile"
	"github.com/msgen/msgen/generator/compile/batch"
	"github.com/msgen/msgen/schema"
)

// Case is one value of the suite with the verdict that is right and the one that was given.
type Case struct {
	Name   string // draft/file: group: test
	Draft  string
	Area   string // "required", "optional" or "format"
	Valid  bool
	Passed bool
	Got    string // "valid", "invalid", "not JSON" or why the schema does not compile
	value  []byte
	number int // of the validator, -1 when there is none
}

type group struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// Run compiles and runs the suite that lies in root (folders draft4, draft2020-12, remotes); meta holds the
// meta-schemas, scratch is an empty folder, kit the folder of the runtime.
func Run(root, meta, kit, scratch string) ([]*Case, error) {
	r := &runner{
		asserted:  batch.NewPackage("asserted", compile.Options{}),
		annotated: batch.NewPackage("annotated", compile.Options{FormatAnnotations: true}),
		remotes:   map[string]any{},
	}
	if err := r.loadRemotes(filepath.Join(root, "remotes"), "http://localhost:1234/"); err != nil {
		return nil, err
	}
	if err := r.loadMeta(meta); err != nil {
		return nil, err
	}
	for draft, dialect := range map[string]schema.Dialect{"draft4": schema.Draft4, "draft2020-12": schema.Draft202012} {
		if err := r.load(filepath.Join(root, draft), draft, dialect); err != nil {
			return nil, err
		}
	}
	return r.run(kit, scratch)
}

type runner struct {
	asserted, annotated *batch.Package
	remotes             map[string]any
	cases               []*Case
	annotatedCases      []*Case
}

func readJSON(path string) (any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseJSON(data)
}

func parseJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree any
	err := d.Decode(&tree)
	return tree, err
}

func (r *runner) loadRemotes(dir, base string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		r.remotes[base+filepath.ToSlash(name)], err = readJSON(path)
		return err
	})
}

// loadMeta adds the meta-schemas under the identifiers that they declare.
func (r *runner) loadMeta(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		tree, err := readJSON(path)
		if err != nil {
			return err
		}
		object, _ := tree.(map[string]any)
		for _, keyword := range []string{"$id", "id"} {
			if id, ok := object[keyword].(string); ok {
				r.remotes[strings.TrimSuffix(id, "#")] = tree
			}
		}
		return nil
	})
}

func (r *runner) load(dir, draft string, dialect schema.Dialect) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var groups []group
		if err := json.Unmarshal(data, &groups); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		for i := range groups {
			r.group(draft, filepath.ToSlash(name), i, &groups[i], dialect)
		}
		return nil
	})
}

func (r *runner) group(draft, file string, index int, g *group, dialect schema.Dialect) {
	area := "required"
	switch {
	case strings.HasPrefix(file, "optional/format/"), file == "optional/format-assertion.json":
		area = "format"
	case strings.HasPrefix(file, "optional/"):
		area = "optional"
	}
	// JSON Schema makes format an annotation unless a vocabulary says otherwise; draft 4 lets it be asserted.
	pkg := r.asserted
	if area != "format" && draft == "draft2020-12" {
		pkg = r.annotated
	}
	number, failure := -1, ""
	expr, err := r.compile(pkg, fmt.Sprintf("suite:///%s/%s/%d", draft, file, index), g.Schema, dialect)
	if err != nil {
		failure = err.Error()
	} else {
		number = len(pkg.Exprs)
		pkg.Exprs = append(pkg.Exprs, expr)
	}
	for _, test := range g.Tests {
		c := &Case{Name: draft + "/" + file + ": " + g.Description + ": " + test.Description, Draft: draft, Area: area,
			Valid: test.Valid, Got: failure, value: test.Data, number: number}
		if pkg == r.annotated {
			r.annotatedCases = append(r.annotatedCases, c)
		}
		r.cases = append(r.cases, c)
	}
}

func (r *runner) compile(pkg *batch.Package, uri string, raw []byte, dialect schema.Dialect) (string, error) {
	tree, err := parseJSON(raw)
	if err != nil {
		return "", err
	}
	documents := &schema.Documents{}
	for remote, tree := range r.remotes {
		other := dialect
		if strings.Contains(remote, "/draft-04/") {
			other = schema.Draft4
		}
		documents.Add(remote, tree, other)
	}
	set := schema.NewSet(documents)
	s, err := set.Parse(documents.Add(uri, tree, dialect))
	if err != nil {
		return "", err
	}
	pkg.Unit.UseSet(set)
	return pkg.Unit.Validator(s, schema.Neither)
}

func (r *runner) run(kit, scratch string) ([]*Case, error) {
	program, err := batch.Build(scratch, kit, r.asserted, r.annotated)
	if err != nil {
		return nil, err
	}
	for _, c := range r.annotatedCases {
		if c.number >= 0 {
			c.number += len(r.asserted.Exprs)
		}
	}
	var fed []*Case
	for _, c := range r.cases {
		if c.number >= 0 {
			fed = append(fed, c)
		}
	}
	verdicts, err := program.Run(func(yield func(int, []byte)) {
		for _, c := range fed {
			yield(c.number, c.value)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, c := range fed {
		c.Got = [...]string{"valid", "invalid", "not JSON", "invalid without a reason"}[verdicts[i]]
		c.Passed = verdicts[i] == batch.Valid && c.Valid || verdicts[i] == batch.Invalid && !c.Valid
	}
	sort.SliceStable(r.cases, func(i, j int) bool { return r.cases[i].Name < r.cases[j].Name })
	return r.cases, nil
}
