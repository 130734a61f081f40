package compat_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// contracts yields the contracts of the fixtures, or those below $CORPUS_DIR.
func contracts(t *testing.T, visit func(name string, doc *spec.Document)) {
	t.Helper()
	if dir := os.Getenv("CORPUS_DIR"); dir != "" {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if doc, err := spec.Parse(path, data, spec.Options{}); err == nil {
				visit(path, doc)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		base, _, _ := load(t, file)
		visit(filepath.Base(file), base)
	}
}

// again parses a tree as a contract; nil when it is none any more.
func again(root any) *spec.Document {
	raw, err := json.Marshal(root)
	if err != nil {
		panic(err)
	}
	doc, err := spec.Parse("rewritten.json", raw, spec.Options{})
	if err != nil {
		return nil
	}
	return doc
}

// TestCorpusAgainstItself: a contract is compatible with itself, parsed twice.
func TestCorpusAgainstItself(t *testing.T) {
	contracts(t, func(name string, doc *spec.Document) {
		second, err := spec.Parse(doc.Name, doc.Text(), spec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if report := check1(doc, second); len(report.Findings) > 0 {
			t.Errorf("%s:\n%s", name, describe(report))
		}
	})
}

// TestRewritesAreCompatible: chains of changes that keep the meaning are neither errors nor unknown, in both directions.
func TestRewritesAreCompatible(t *testing.T) {
	names := rewriteNames()
	chains := 0
	contracts(t, func(name string, doc *spec.Document) {
		if doc.Version == spec.Swagger20 || doc.FileCount() > 1 || len(doc.Text()) > 2<<20 {
			return
		}
		for seed := range uint64(3) {
			rng := rand.New(rand.NewPCG(seed, uint64(len(name))))
			root, ok := copied(doc.Root.Value()).(object)
			if !ok {
				return
			}
			r := &rewriter{rng: rng, root: root}
			var chain []string
			for range 1 + rng.IntN(4) {
				step := names[rng.IntN(len(names))]
				chain = append(chain, step)
				rewrites[step](r)
			}
			rewritten := again(r.root)
			if rewritten == nil {
				continue
			}
			chains++
			for _, pair := range [][2]*spec.Document{{doc, rewritten}, {rewritten, doc}} {
				if report := check1(pair[0], pair[1]); report.Verdict() != check.Compatible {
					t.Errorf("%s, %s:\n%s", name, strings.Join(chain, ", "), describe(report))
				}
			}
		}
	})
	if chains < 100 && os.Getenv("CORPUS_DIR") == "" {
		t.Errorf("only %d chains were tried", chains)
	}
}

// narrowings tighten a schema of a request, so that something that it took is refused; nil where they can't.
var narrowings = []func(object) object{
	func(s object) object {
		if s["type"] == "string" && only(s, "type", "description", "title") {
			return object{"type": "string", "maxLength": 2}
		}
		return nil
	},
	func(s object) object {
		if s["type"] == "integer" && only(s, "type", "description", "title", "format") {
			return object{"type": "integer", "minimum": 1000, "maximum": 2000}
		}
		return nil
	},
	func(s object) object {
		if properties, ok := s["properties"].(object); ok && s["type"] == "object" && s["required"] == nil && only(s, "type", "properties", "title") {
			for _, name := range sorted(properties) {
				if p, ok := properties[name].(object); ok && p["type"] != nil && plainSchema(p) {
					return object{"type": "object", "properties": properties, "required": []any{name}}
				}
			}
		}
		return nil
	},
	func(s object) object {
		if s["type"] == "array" && s["maxItems"] == nil && s["minItems"] == nil {
			tight := copied(s).(object)
			tight["maxItems"] = 0
			return tight
		}
		return nil
	},
}

// TestNarrowingsAreFound: a random narrowing of a schema that a JSON request body reaches directly is always found, with
// a confirmed witness.
func TestNarrowingsAreFound(t *testing.T) {
	tried := 0
	contracts(t, func(name string, doc *spec.Document) {
		if doc.Version == spec.Swagger20 || doc.FileCount() > 1 || len(doc.Text()) > 2<<20 {
			return
		}
		for i, narrow := range narrowings {
			root := copied(doc.Root.Value()).(object)
			if !narrowBody(root, narrow) {
				continue
			}
			revision := again(root)
			if revision == nil {
				continue
			}
			tried++
			report := check1(doc, revision)
			proven := false
			for _, f := range report.Findings {
				proven = proven || f.Severity == check.Error && f.Side == "request" && f.Proof == check.Proven && len(f.Witness) > 0
			}
			if !proven {
				t.Errorf("%s, narrowing %d was not found:\n%s", name, i, describe(report))
			}
		}
	})
	if tried < 30 && os.Getenv("CORPUS_DIR") == "" {
		t.Errorf("only %d narrowings were tried", tried)
	}
}

// narrowBody narrows the first body of an operation that is nothing but an object, an array or a scalar, or the first
// member of such an object.
func narrowBody(root object, narrow func(object) object) bool {
	paths, _ := root["paths"].(object)
	for _, path := range sorted(paths) {
		item, _ := paths[path].(object)
		for _, method := range []string{"post", "put", "patch"} {
			op, _ := item[method].(object)
			body, _ := op["requestBody"].(object)
			content, _ := body["content"].(object)
			media, _ := content["application/json"].(object)
			s, ok := media["schema"].(object)
			if !ok || !plainSchema(s) || len(content) > 1 {
				continue
			}
			if tight := narrow(s); tight != nil {
				media["schema"] = tight
				return true
			}
			properties, _ := s["properties"].(object)
			if !only(s, "type", "properties", "required", "title", "description") {
				continue
			}
			for _, name := range sorted(properties) {
				if p, ok := properties[name].(object); ok && plainSchema(p) {
					if tight := narrow(p); tight != nil {
						properties[name] = tight
						return true
					}
				}
			}
		}
	}
	return false
}

func TestReportIsStable(t *testing.T) {
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		base, revision, _ := load(t, file)
		first := describe(check1(base, revision))
		base, revision, _ = load(t, file)
		if second := describe(check1(base, revision)); first != second {
			t.Error(fmt.Sprintf("%s: two runs differ:\n", file), first, second)
		}
	}
}
