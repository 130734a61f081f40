package generator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readme is a service of one seeded file.
func readme(text string) []File { return []File{textFile("README.md", text, Seeded)} }

// The seeds of the README before and now.
const (
	seedBefore = "# Users\n\nRun it.\n\nTest it.\n"
	seedNow    = "# Users\n\nRun it with make.\n\nTest it.\n"
)

// TestSeedsAreMerged holds what becomes of a seeded file whose seed changed, and of the base.
func TestSeedsAreMerged(t *testing.T) {
	changed := strings.Replace(seedBefore, "Test it", "Test it twice", 1)
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir string)
		action  Action
		want    string // text of the file
		based   string // the base after
	}{
		{"as it was", nothing, Update, seedNow, seedNow},
		{"edited", edited("README.md", changed), Merge, strings.Replace(seedNow, "Test it", "Test it twice", 1), seedNow},
		{"with what is new already", edited("README.md", seedNow), Merge, seedNow, seedNow},
		{"conflict", edited("README.md", strings.Replace(seedBefore, "Run", "Start", 1)), Unmerged,
			"# Users\n\n<<<<<<< yours\nStart it.\n||||||| msgen before\nRun it.\n=======\nRun it with make.\n>>>>>>> msgen now\n\nTest it.\n", seedNow},
		{"windows line ends", edited("README.md", strings.ReplaceAll(seedBefore, "\n", "\r\n")), Update, strings.ReplaceAll(seedNow, "\n", "\r\n"), seedNow},
		{"base with windows line ends", both(edited("README.md", changed), edited(".msgen/base/README.md", strings.ReplaceAll(seedBefore, "\n", "\r\n"))),
			Merge, strings.Replace(seedNow, "Test it", "Test it twice", 1), seedNow},
		{"binary", edited("README.md", "a\x00b"), Unmerged, "a\x00b", seedBefore},
		{"emptied", edited("README.md", ""), Unmerged, "<<<<<<< yours\n||||||| msgen before\n" + seedBefore + "=======\n" + seedNow + ">>>>>>> msgen now\n", seedNow},
		{"deleted", remove("README.md"), Keep, "", seedBefore},
		{"base lost, as it was", remove(".msgen/base/README.md"), Update, seedNow, seedNow},
		{"base lost, edited", both(edited("README.md", changed), remove(".msgen/base/README.md")), Unmerged, changed, ""},
		// A change of all files of the tree, msgen's included: the edit must not pass for msgen's own text.
		{"base edited alike", both(edited("README.md", changed), edited(".msgen/base/README.md", changed)), Unmerged, changed, changed},
		{"base of another branch", both(edited("README.md", changed), edited(".msgen/base/README.md", seedNow)), Keep, changed, seedNow},
		{"there before msgen", both(edited("README.md", changed), edited(lockFile, lockHeader)), Keep, changed, seedBefore},
		{"link", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "OTHER.md"), changed)
			remove("README.md")(t, dir)
			if err := os.Symlink("OTHER.md", filepath.Join(dir, "README.md")); err != nil {
				t.Skip(err)
			}
		}, Keep, changed, seedBefore},
		{"executable", func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, "README.md"), 0o775); err != nil {
				t.Fatal(err)
			}
		}, Update, seedNow, seedNow},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "svc")
			write(t, dir, readme(seedBefore))
			test.prepare(t, dir)
			info, _ := os.Stat(filepath.Join(dir, "README.md"))
			before := tree(t, dir)
			planned, err := Write(context.Background(), dir, readme(seedNow), WriteOptions{DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("a plan changed the tree:\n%s", diff)
			}
			w := write(t, dir, readme(seedNow))
			if got, plan := w.Plan.Changes[0], planned.Plan.Changes[0]; got.Action != test.action || plan.Action != test.action || len(w.Plan.Changes) != 1 {
				t.Errorf("got %q (%s), planned %q, want %q", got.Action, got.Reason, plan.Action, test.action)
			}
			if drift := len(planned.Plan.Drift()) > 0; drift != (test.action != Keep) {
				t.Errorf("drift %v for %q", drift, test.action)
			}
			got := tree(t, dir)
			if got["README.md"] != test.want || got[".msgen/base/README.md"] != test.based {
				t.Errorf("got\n%q and the base\n%q, want\n%q and\n%q", got["README.md"], got[".msgen/base/README.md"], test.want, test.based)
			}
			if after, _ := os.Stat(filepath.Join(dir, "README.md")); info != nil && after.Mode() != info.Mode() {
				t.Errorf("mode %v, was %v", after.Mode(), info.Mode())
			}
			again := write(t, dir, readme(seedNow))
			if len(again.Plan.Drift()) > 0 != (test.action == Unmerged) {
				t.Errorf("writing again drifts: %v", actions(again.Plan))
			}
			if diff := cmp.Diff(got, tree(t, dir)); diff != "" {
				t.Errorf("writing again changed the tree:\n%s", diff)
			}
		})
	}
}

func nothing(*testing.T, string) {}

// edited writes a file of the service.
func edited(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { put(t, filepath.Join(dir, name), text) }
}

// remove deletes a file of the service.
func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func both(a, b func(*testing.T, string)) func(*testing.T, string) {
	return func(t *testing.T, dir string) { a(t, dir); b(t, dir) }
}

// TestSeedsWithoutBaseFromTheStart keeps files that were there before msgen as they are, however their seeds change.
func TestSeedsWithoutBaseFromTheStart(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "README.md"), seedBefore)
	for _, seed := range []string{seedBefore, seedNow} {
		if w := write(t, dir, readme(seed)); w.Plan.Changes[0].Action != Keep {
			t.Errorf("got %v", actions(w.Plan))
		}
	}
	if got := tree(t, dir)["README.md"]; got != seedBefore {
		t.Errorf("got %q", got)
	}
}

// operation is the seed of an operation.
func operation(path, name, route, id string) File {
	text := "package svc\n\nimport (\n\t\"svc/internal/kit/problem\"\n\tserverv1 \"svc/internal/server/v1\"\n)\n\n// " + name + " answers " + route +
		"\nfunc (v V1) " + name + "(req serverv1." + name + "Request) error {\n\treturn problem.NotImplemented(\"" + id + "\")\n}\n"
	return File{Path: path, Owner: Seeded, method: "V1." + name, route: route, Content: []byte(text)}
}

// server is a generated package that declares the request of an operation.
func server(name string) File {
	return textFile("internal/server/v1/x.go", "package v1\n\ntype "+name+"Request struct{}\n\ntype "+name+"OK struct{}\n", Generated)
}

// place writes files without the check of their Go code, whose imports are not there.
func place(t *testing.T, dir string, files []File) *Written {
	t.Helper()
	sortFiles(files)
	w, err := writeFiles(context.Background(), dir, files, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const writtenGreet = `package svc

import (
	"errors"

	serverv1 "svc/internal/server/v1"
)

// Greet answers GET /greetings
func (v V1) Greet(req serverv1.GreetRequest) error {
	if ok := (serverv1.GreetOK{}); ok == (serverv1.GreetOK{}) {
		return helper(serverv1.GreeterStays{})
	}
	return errors.New("Greet")
}

func helper(any) error { return nil }
`

func TestRenamedOperationKeepsItsBehaviour(t *testing.T) {
	before := []File{operation("greet.go", "Greet", "GET /greetings", "greet"), server("Greet")}
	salute := operation("salute.go", "Salute", "GET /greetings", "salute")
	after := []File{salute, server("Salute")}
	tests := []struct {
		name    string
		prepare func(*testing.T, string)
		want    []string
		text    string
	}{
		{"unwritten", nothing, []string{"delete greet.go", "create salute.go"}, string(salute.Content)},
		{"written", edited("greet.go", writtenGreet), []string{"delete greet.go", "merge salute.go"},
			strings.NewReplacer("V1) Greet", "V1) Salute", "Greet answers", "Salute answers", "GreetRequest", "SaluteRequest", "GreetOK", "SaluteOK").Replace(writtenGreet)},
		{"does not parse", edited("greet.go", writtenGreet+"}"), []string{"orphan greet.go", "create salute.go"}, string(salute.Content)},
		{"new name is taken", both(edited("greet.go", writtenGreet), edited("salute.go", "package svc\n")), []string{"orphan greet.go", "keep salute.go"}, "package svc\n"},
		{"in another file", func(t *testing.T, dir string) {
			remove("greet.go")(t, dir)
			put(t, filepath.Join(dir, "all.go"), writtenGreet)
		}, []string{"orphan all.go", "create salute.go"}, string(salute.Content)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "svc")
			place(t, dir, before)
			test.prepare(t, dir)
			w := place(t, dir, after)
			got := without(actions(w.Plan), "update internal/server/v1/x.go")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			files := tree(t, dir)
			if diff := cmp.Diff(test.text, files["salute.go"]); diff != "" {
				t.Errorf("salute.go (-want +got):\n%s", diff)
			}
			if test.name == "written" && (files["greet.go"] != "" || files[".msgen/base/greet.go"] != "" || files[".msgen/base/salute.go"] != string(salute.Content)) {
				t.Errorf("left behind: %q, base %q", files["greet.go"], files[".msgen/base/greet.go"])
			}
			again := place(t, dir, after)
			if len(again.Plan.Drift()) > 0 {
				t.Errorf("writing again drifts: %v", actions(again.Plan))
			}
		})
	}
}

// without drops one of the texts.
func without(list []string, gone string) []string {
	var rest []string
	for _, text := range list {
		if text != gone {
			rest = append(rest, text)
		}
	}
	return rest
}

// TestRenamedOperationOfTheSameFile renames an operation so that its file keeps its name.
func TestRenamedOperationOfTheSameFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "svc")
	place(t, dir, []File{operation("greet.go", "Greet", "GET /greetings", "greet"), server("Greet")})
	put(t, filepath.Join(dir, "greet.go"), writtenGreet)
	place(t, dir, []File{operation("greet.go", "GREET", "GET /greetings", "GREET"), server("GREET")})
	want := strings.NewReplacer("V1) Greet", "V1) GREET", "Greet answers", "GREET answers", "GreetRequest", "GREETRequest", "GreetOK", "GREETOK").Replace(writtenGreet)
	if diff := cmp.Diff(want, tree(t, dir)["greet.go"]); diff != "" {
		t.Errorf("greet.go (-want +got):\n%s", diff)
	}
}

// TestRenamedServiceKeepsItsBehaviour gives a service another name.
func TestRenamedServiceKeepsItsBehaviour(t *testing.T) {
	seeds := func(name string) []File {
		return []File{
			textFile("cmd/"+name+"/main.go", "package main\n\nfunc main() { println(\""+name+"\") }\n", Seeded),
			textFile(name+".go", "package "+name+"\n\nfunc New() {}\n\nconst Name = \""+name+"\"\n", Seeded),
			textFile("Makefile", "# "+name+"\n", Seeded),
		}
	}
	dir := filepath.Join(t.TempDir(), "svc")
	write(t, dir, seeds("users"))
	put(t, filepath.Join(dir, "users.go"), "package users\n\nfunc New() { work() }\n\nfunc work() {}\n\nconst Name = \"users\"\n")
	w := write(t, dir, seeds("people"))
	want := []string{"update Makefile", "create cmd/people/main.go", "delete cmd/users/main.go", "merge people.go", "delete users.go"}
	if diff := cmp.Diff(want, actions(w.Plan)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	text := "package people\n\nfunc New() { work() }\n\nfunc work() {}\n\nconst Name = \"people\"\n"
	if diff := cmp.Diff(text, tree(t, dir)["people.go"]); diff != "" {
		t.Errorf("people.go (-want +got):\n%s", diff)
	}
	if again := write(t, dir, seeds("people")); len(again.Plan.Drift()) > 0 {
		t.Errorf("writing again drifts: %v", actions(again.Plan))
	}
}

// TestSeedsThatAreNoMore holds what becomes of a seeded file that nothing generates any more.
func TestSeedsThatAreNoMore(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*testing.T, string)
		want    string
	}{
		"as it was": {nothing, "delete README.md"},
		"edited":    {edited("README.md", "mine\n"), "orphan README.md"},
	} {
		dir := filepath.Join(t.TempDir(), "svc")
		write(t, dir, readme(seedBefore))
		test.prepare(t, dir)
		if got := actions(write(t, dir, nil).Plan); len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
		if _, err := os.Stat(filepath.Join(dir, ".msgen/base/README.md")); err == nil {
			t.Errorf("%s: the base is still there", name)
		}
		if got := actions(write(t, dir, nil).Plan); len(got) > 0 {
			t.Errorf("%s: told twice: %v", name, got)
		}
	}
}

// TestMergeIsAllOrNothing lets every operation of a commit with a merge fail in turn: file, base and lock go together.
func TestMergeIsAllOrNothing(t *testing.T) {
	template := filepath.Join(t.TempDir(), "svc")
	write(t, template, readme(seedBefore))
	put(t, filepath.Join(template, "README.md"), seedBefore+"\nMine.\n")
	oldTree := tree(t, template)
	var newTree map[string]string
	for after := 1000; ; after-- { // the first time nothing fails
		if after == 999 {
			after = 25
		}
		if after == 0 {
			break
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan(context.Background(), root, readme(seedNow))
		if err != nil {
			t.Fatal(err)
		}
		oldLock, _ := root.ReadFile(lockFile)
		_ = commit(&failing{Root: root, after: after}, p.steps(oldLock))
		if _, err := recoverCommit(root); err != nil {
			t.Errorf("operation %d: recovery: %v", after, err)
		}
		got := tree(t, dir)
		if newTree == nil {
			newTree = got
		}
		if cmp.Diff(oldTree, got) != "" && cmp.Diff(newTree, got) != "" {
			t.Errorf("operation %d failed: tree is neither old nor new:\n%s", after, cmp.Diff(oldTree, got))
		}
		root.Close()
	}
}

// TestNoContractMakesMarkers seeds a service from a contract whose texts are markers of conflicts.
func TestNoContractMakesMarkers(t *testing.T) {
	for _, text := range []string{"<<<<<<< yours", "||||||| msgen before", ">>>>>>> msgen now"} {
		files, ok := hostileService(t, hostileContract(func(string) string { return "\n" + text + "\n\n" + text + "\n=======\n" }))
		if !ok {
			continue
		}
		for _, f := range files {
			if f.Owner == Seeded && f.based() && len(marks(f.Content)) > 0 {
				t.Errorf("%s:%d has a marker", f.Path, marks(f.Content)[0])
			}
		}
	}
}

// TestVerifyRefusesConflictsInGo leaves the tree alone when go vet would have to read conflicts.
func TestVerifyRefusesConflictsInGo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "svc")
	seed := func(n string) []File {
		return []File{textFile("x.go", "package x\n\nfunc F() int { return "+n+" }\n", Seeded)}
	}
	write(t, dir, seed("1"))
	put(t, filepath.Join(dir, "x.go"), "package x\n\nfunc F() int { return 2 }\n")
	before := tree(t, dir)
	w, err := Write(context.Background(), dir, seed("3"), WriteOptions{Verify: true})
	if err != nil || !w.Unvetted || w.Applied {
		t.Errorf("got %+v, %v", w, err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("the tree changed:\n%s", diff)
	}
}
