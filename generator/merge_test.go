package generator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"
)

// TestMerges runs the merges of testdata/merge: each archive holds the texts base, yours and seed, named alike, and want;
// reason or apart where the file is left alone.
func TestMerges(t *testing.T) {
	archives, err := filepath.Glob("testdata/merge/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]string{}
			ext := ""
			for _, f := range archive.Files {
				side := strings.TrimSuffix(f.Name, filepath.Ext(f.Name))
				texts[side], ext = string(f.Data), max(ext, filepath.Ext(f.Name))
			}
			m := merging{name: "x" + ext, base: []byte(texts["base"]), yours: []byte(texts["yours"]), seed: []byte(texts["seed"])}
			if from, to, ok := strings.Cut(strings.TrimSpace(texts["method"]), " "); ok {
				m.method = &moved{from, to}
			}
			got, err := m.merge(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(texts["want"], string(got.text)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if want := strings.TrimSpace(texts["reason"]); !strings.Contains(got.reason, want) || want == "" && got.reason != "" {
				t.Errorf("reason %q, want %q", got.reason, want)
			}
			if want := strings.TrimSpace(texts["note"]); got.note != want {
				t.Errorf("note %q, want %q", got.note, want)
			}
			if want := texts["apart"] != ""; got.apart != want {
				t.Errorf("apart %v, want %v", got.apart, want)
			}
			if conflict := strings.Contains(texts["want"], "<<<<<<< "); conflict != (len(got.marks) > 0) {
				t.Errorf("conflicts at %v, want some: %v", got.marks, conflict)
			}
		})
	}
}

func TestMergeKeepsLineEnds(t *testing.T) {
	windows := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	base, seed := "a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n"
	for name, test := range map[string]struct{ yours, want string }{
		"windows":                   {windows("a\nb\nc\nd\nE\n"), windows("a\nB\nc\nd\nE\n")},
		"windows conflict":          {windows("a\nx\nc\nd\ne\n"), windows("a\n<<<<<<< yours\nx\n||||||| msgen before\nb\n=======\nB\n>>>>>>> msgen now\nc\nd\ne\n")},
		"mixed":                     {"a\nb\nc\nd\r\ne\n", "a\nB\nc\nd\r\ne\n"},
		"no final newline":          {"a\nb\nc\nd\ne", "a\nB\nc\nd\ne"},
		"no final newline, more":    {"a\nb\nc\nd\ne\nf", "a\nB\nc\nd\ne\nf"},
		"everything gone":           {"", "<<<<<<< yours\n||||||| msgen before\na\nb\nc\nd\ne\n=======\na\nB\nc\nd\ne\n>>>>>>> msgen now\n"},
		"conflict at the very end":  {"a\nx", "a\n<<<<<<< yours\nx\n||||||| msgen before\nb\nc\nd\ne\n=======\nB\nc\nd\ne\n>>>>>>> msgen now\n"},
		"the same on the two sides": {"a\nB\nc\nd\ne\nf\n", "a\nB\nc\nd\ne\nf\n"},
	} {
		got, err := merging{name: "x.txt", base: []byte(base), yours: []byte(test.yours), seed: []byte(seed)}.merge(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(got.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The first line, with its mark, is an edit beside the seed's: git decides whether the two are a conflict.
func TestMergeKeepsByteOrderMark(t *testing.T) {
	got, err := merging{name: "x.txt", base: []byte("a\nb\n"), yours: []byte("\ufeffa\nb\n"), seed: []byte("a\nB\n")}.merge(t.Context())
	if err != nil || !strings.Contains(string(got.text), "\ufeffa\n") || !strings.Contains(string(got.text), "B\n") {
		t.Errorf("got %q, %v, want the mark and what is new", got.text, err)
	}
}

func TestMergeLeavesAlone(t *testing.T) {
	for name, test := range map[string]struct{ name, yours, want string }{
		"binary":    {"x.md", "a\x00b\n", "NUL bytes"},
		"git merge": {"x.md", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> branch\n", "unresolved conflict in line 2"},
		"not Go":    {"x.go", "package x\nfunc {\n", "does not parse (x.go:2:6"},
	} {
		got, err := merging{name: test.name, base: []byte("package x\n"), yours: []byte(test.yours), seed: []byte("package y\n")}.merge(context.Background())
		if err != nil || got.text != nil || !strings.Contains(got.reason, test.want) {
			t.Errorf("%s: got %+v, %v, want the reason %q", name, got, err, test.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	got, err := merging{name: "x", base: []byte("a\n"), yours: []byte("b\n"), seed: []byte("c\n")}.merge(context.Background())
	if err != nil || got.text != nil || !strings.Contains(got.reason, "git, which merges it with your edits, is not installed") {
		t.Errorf("without git: got %+v, %v", got, err)
	}
}

// TestMergeIgnoresTheRepository runs a merge as from a hook of git, in a repository with a configuration of its own.
func TestMergeIgnoresTheRepository(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config")
	if err := os.WriteFile(config, []byte("[merge]\n\tconflictStyle = nonsense\n[broken"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_DIR", filepath.Join(dir, "nowhere"))
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_TRACE", filepath.Join(dir, "trace"))
	text, clean, err := gitMerge(context.Background(), [3][]byte{[]byte("a\nb\nC\n"), []byte("a\nb\nc\n"), []byte("A\nb\nc\n")})
	if err != nil || !clean || string(text) != "A\nb\nC\n" {
		t.Errorf("got %q, %v, %v", text, clean, err)
	}
}

func TestMarks(t *testing.T) {
	for text, want := range map[string][]int{
		"a\n=======\n": nil,
		"a\n<<<<<<< yours\nb\n||||||| msgen before\n=======\n>>>>>>> msgen now\n": {2},
		"a\nb\n||||||| msgen before\n=======\n>>>>>>> msgen now\n":                {3},
		"a\r\n>>>>>>> msgen now\r\n":                                              {2},
		"<<<<<<< yours of old\n":                                                  nil,
	} {
		if diff := cmp.Diff(want, marks([]byte(text))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestMergeLosesNoEdit merges edits made at random: every line of the owner's is in the outcome, with conflicts or without
// them, and Go without conflicts parses.
func TestMergeLosesNoEdit(t *testing.T) {
	type function struct{ name, body string }
	source := func(list []function) []byte {
		var b strings.Builder
		b.WriteString("package x\n")
		for _, f := range list {
			b.WriteString("\n// " + f.name + " is one.\nfunc " + f.name + "() {\n" + f.body + "}\n")
		}
		return []byte(b.String())
	}
	rapid.Check(t, func(rt *rapid.T) {
		var base []function
		for i := range rapid.IntRange(1, 5).Draw(rt, "functions") {
			base = append(base, function{fmt.Sprintf("F%d", i), "\tone()\n\ttwo()\n\tthree()\n"})
		}
		change := func(side string) (list []function, lines []string) {
			for i, f := range base {
				at := rapid.IntRange(-2, 3).Draw(rt, fmt.Sprintf("%s %d", side, i))
				if at == -2 {
					continue // taken out
				}
				if at >= 0 {
					line := fmt.Sprintf("\t%s%d()\n", side, i)
					body := strings.SplitAfter(f.body, "\n")
					f.body = strings.Join(slices.Insert(body, at, line), "")
					lines = append(lines, line)
				}
				list = append(list, f)
			}
			if rapid.Bool().Draw(rt, side+" adds") {
				name := rapid.SampledFrom([]string{"New", side + "New"}).Draw(rt, side+" name")
				list, lines = append(list, function{name, "\t" + side + "()\n"}), append(lines, "\t"+side+"()\n")
			}
			return list, lines
		}
		yours, mine := change("yours")
		if rapid.Bool().Draw(rt, "reversed") {
			slices.Reverse(yours)
		}
		seed, _ := change("seed")
		m := merging{name: rapid.SampledFrom([]string{"x.go", "x.md"}).Draw(rt, "name"), base: source(base), yours: source(yours), seed: source(seed)}
		got, err := m.merge(context.Background())
		if err != nil {
			rt.Fatal(err)
		}
		if got.apart || got.reason != "" {
			return
		}
		for _, line := range mine {
			if !strings.Contains(string(got.text), line) {
				rt.Fatalf("%q is lost:\n%s\nof yours\n%s\nbase\n%s\nseed\n%s", line, got.text, m.yours, m.base, m.seed)
			}
		}
		if m.name == "x.go" && len(got.marks) == 0 {
			if err := parses("x.go", got.text); err != nil {
				rt.Fatalf("%v:\n%s", err, got.text)
			}
		}
	})
}
