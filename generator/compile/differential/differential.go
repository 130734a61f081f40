// Package differential compares compiled validators with santhosh-tekuri/jsonschema on schemas and values made at
// random.
package differential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/msgen/msgen/generator/compile"
	"github.com/msgen/msgen/generator/compile/batch"
	"github.com/msgen/msgen/schema"
)

// Options say how much is compared.
type Options struct {
	Schemas, Values int // values for each schema
	Seed            uint64
	Kit, Scratch    string // folder of the runtime; an empty folder
}

// Disagreement is a pair on which the two differ.
type Disagreement struct {
	Schema, Value string
	Want          bool // what jsonschema says
	Got           batch.Verdict
}

// Report counts what was compared.
type Report struct {
	Pairs, Valid  int
	Disagreements []Disagreement // at most 20
}

type pair struct {
	text    string
	tree    map[string]any
	oracle  *jsonschema.Schema
	expr    string
	samples []any
}

// roundPairs bounds the pairs of one program, whose values are kept until they are compared.
const roundPairs = 500_000

// Run compares, one program after the other.
func Run(o Options) (*Report, error) {
	r := random{rand.New(rand.NewPCG(o.Seed, 1))}
	report := &Report{}
	size := min(max(1, roundPairs/o.Values), 1000)
	for n := 0; n < o.Schemas; n += size {
		if err := r.round(o, min(size, o.Schemas-n), fmt.Sprintf("%s/%d", o.Scratch, n), report); err != nil {
			return nil, err
		}
	}
	return report, nil
}

// round compares with a program of a number of schemas.
func (r random) round(o Options, schemas int, scratch string, report *Report) error {
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	pkg := batch.NewPackage("asserted", compile.Options{})
	var pairs []*pair
	for len(pairs) < schemas {
		p, err := r.pair(pkg.Unit, len(pairs))
		if err != nil {
			return err
		}
		if p != nil {
			pairs = append(pairs, p)
			pkg.Exprs = append(pkg.Exprs, p.expr)
		}
	}
	program, err := batch.Build(scratch, o.Kit, pkg)
	if err != nil {
		return err
	}
	var wants []bool
	var texts [][]byte
	verdicts, err := program.Run(func(yield func(int, []byte)) {
		for i, p := range pairs {
			for range o.Values {
				value := r.valueFor(p)
				text := encode(value)
				yield(i, text)
				texts = append(texts, text)
				wants = append(wants, p.oracle.Validate(value) == nil)
			}
		}
	})
	if err != nil {
		return err
	}
	for i, verdict := range verdicts {
		report.Pairs++
		if wants[i] {
			report.Valid++
		}
		agreed := wants[i] && verdict == batch.Valid || !wants[i] && verdict == batch.Invalid
		if !agreed && len(report.Disagreements) < 20 {
			d := Disagreement{Schema: pairs[i/o.Values].text, Value: string(texts[i]), Want: wants[i], Got: verdict}
			report.Disagreements = append(report.Disagreements, d)
		}
	}
	if len(verdicts) != len(wants) {
		return fmt.Errorf("%d verdicts on %d values", len(verdicts), len(wants))
	}
	return nil
}

// pair makes a schema; nil when one of the two does not take it.
func (r random) pair(unit *compile.Unit, n int) (*pair, error) {
	tree := r.root()
	text := encode(tree)
	// Both get the tree that the text stands for.
	plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	uri := fmt.Sprintf("random:///%d", n)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.UseRegexpEngine(ecma)
	if err := compiler.AddResource(uri, plain); err != nil {
		return nil, err
	}
	oracle, err := compiler.Compile(uri)
	if err != nil {
		return nil, nil //nolint:nilerr // a loop of references: nothing to compare
	}
	documents := &schema.Documents{}
	set := schema.NewSet(documents)
	parsed, err := set.Parse(documents.Add(uri, plain, schema.Draft202012))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	unit.UseSet(set)
	expr, err := unit.Validator(parsed, schema.Neither)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	p := &pair{text: string(text), tree: plain.(map[string]any), oracle: oracle, expr: expr}
	p.samples = schema.Sample(parsed, schema.SampleOptions{Seed: r.Uint64(), Count: 12})
	for _, invalid := range schema.Invalid(parsed, schema.SampleOptions{Seed: r.Uint64(), Count: 12}) {
		p.samples = append(p.samples, invalid.Value)
	}
	return p, nil
}

// valueFor makes a value for a schema: a sample, one that is likely to fit, one at random, or one in between.
func (r random) valueFor(p *pair) any {
	switch n := r.IntN(8); {
	case n < 3 && len(p.samples) > 0:
		value := p.samples[r.IntN(len(p.samples))]
		if n > 0 {
			value = r.mutated(value)
		}
		return value
	case n < 5:
		return r.value(3)
	}
	return r.fitting(p.tree, p.tree, 5)
}

// mutated replaces, adds or removes a part of a value.
func (r random) mutated(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for key, member := range v {
			object[key] = member
		}
		keys := slices.Sorted(maps.Keys(v))
		switch {
		case len(keys) == 0 || r.one(4):
			object[r.name()] = r.value(1)
		case r.one(4):
			delete(object, keys[r.IntN(len(keys))])
		default:
			key := keys[r.IntN(len(keys))]
			object[key] = r.mutated(v[key])
		}
		return object
	case []any:
		items := slices.Clone(v)
		switch {
		case len(items) == 0 || r.one(4):
			items = append(items, r.value(1))
		case r.one(4):
			items = append(items, items[r.IntN(len(items))])
		default:
			i := r.IntN(len(items))
			items[i] = r.mutated(items[i])
		}
		return items
	}
	return r.value(1)
}

func encode(value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("value made at random: %v", err))
	}
	return bytes.TrimSpace(b.Bytes())
}

// ecma compiles one of the patterns that this package makes with the white space and the line ends of ECMA-262 (sections
// 12.2 and 12.3), which are more than those of package regexp.
func ecma(pattern string) (jsonschema.Regexp, error) {
	const ends = `\n\r\x{2028}\x{2029}`
	const space = ends + `\t\v\f\p{Zs}\x{feff}`
	return regexp.Compile(strings.NewReplacer(`[^\s]`, `[^`+space+`]`, `^.{`, `^[^`+ends+`]{`).Replace(pattern))
}
