package generator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree reads every file below dir that is part of the service.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if rel = filepath.ToSlash(rel); rel == ".msgen/mutex" {
			return nil
		}
		data, err := os.ReadFile(path)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// textFile is a file that needs no check of its Go code.
func textFile(path, content string, owner Owner) File {
	return File{Path: path, Content: []byte(content), Owner: owner}
}

// first and second are two generations of a small service.
func first() []File {
	return []File{
		textFile("internal/a.txt", "a1\n", Generated), textFile("internal/b/b.txt", "b1\n", Generated),
		textFile("internal/same.txt", "same\n", Generated), textFile("README.md", "seed1\n\nend\n", Seeded),
	}
}

func second() []File {
	return []File{
		textFile("internal/a.txt", "a2\n", Generated), textFile("internal/c/c.txt", "c2\n", Generated),
		textFile("internal/same.txt", "same\n", Generated), textFile("README.md", "seed2\n\nend\n", Seeded),
		textFile("NEW.md", "new2\n", Seeded),
	}
}

// write writes and fails the test on an error.
func write(t *testing.T, dir string, files []File) *Written {
	t.Helper()
	w, err := Write(context.Background(), dir, files, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// actions renders a plan as one "action path" for each change.
func actions(p *Plan) []string {
	var list []string
	for _, c := range p.Changes {
		list = append(list, string(c.Action)+" "+c.Path)
	}
	return list
}

func TestWriteMakesTreeAndUpdatesIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "svc")
	w := write(t, dir, first())
	want := []string{"create README.md", "create internal/a.txt", "create internal/b/b.txt", "create internal/same.txt"}
	if diff := cmp.Diff(want, actions(w.Plan)); diff != "" {
		t.Errorf("first write (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("seed1\n\nend\nmine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w = write(t, dir, second())
	want = []string{
		"create NEW.md", "merge README.md", "update internal/a.txt", "delete internal/b/b.txt", "create internal/c/c.txt",
		"unchanged internal/same.txt",
	}
	if diff := cmp.Diff(want, actions(w.Plan)); diff != "" {
		t.Errorf("second write (-want +got):\n%s", diff)
	}
	got := tree(t, dir)
	delete(got, lockFile)
	wantTree := map[string]string{
		".msgen/base/NEW.md": "new2\n", ".msgen/base/README.md": "seed2\n\nend\n", "NEW.md": "new2\n", "README.md": "seed2\n\nend\nmine\n",
		"internal/a.txt": "a2\n", "internal/c/c.txt": "c2\n", "internal/same.txt": "same\n",
	}
	if diff := cmp.Diff(wantTree, got); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(dir, "internal/b")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the emptied folder internal/b is still there: %v", err)
	}
	before := tree(t, dir)
	if w = write(t, dir, second()); len(w.Plan.Drift()) > 0 {
		t.Errorf("writing again drifts: %v", w.Plan.Drift())
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("writing again changed the tree:\n%s", diff)
	}
}

func TestWriteRefusesWhatItDoesNotOwn(t *testing.T) {
	outside := t.TempDir()
	link := func(target string) func(t *testing.T, file string) {
		return func(t *testing.T, file string) {
			if err := os.Symlink(target, file); err != nil {
				t.Skip(err)
			}
		}
	}
	tests := []struct {
		name, path, want string
		prepare          func(t *testing.T, file string)
	}{
		{"foreign file", "internal/c/c.txt", "did not write", func(t *testing.T, file string) { put(t, file, "foreign") }},
		{"edited file", "internal/a.txt", "edited", func(t *testing.T, file string) { put(t, file, "edited") }},
		{"edited file that goes", "internal/b/b.txt", "edited", func(t *testing.T, file string) { put(t, file, "edited") }},
		{"folder in the way", "internal/c/c.txt", "a folder", func(t *testing.T, file string) { put(t, file+"/x", "x") }},
		{"file in the way", "internal/c", "in the place of its folder", func(t *testing.T, file string) { put(t, file, "x") }},
		{"link out", "internal/c", "leaves the folder", link(outside)},
		{"link at the end", "internal/c/c.txt", "symbolic link", link("../a.txt")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "svc")
			write(t, dir, first())
			file := filepath.Join(dir, filepath.FromSlash(test.path))
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			test.prepare(t, file)
			before := fmt.Sprint(os.ReadDir(outside))
			w, err := Write(context.Background(), dir, second(), WriteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			conflicts := w.Plan.Conflicts()
			if len(conflicts) != 1 || w.Applied || !strings.Contains(conflicts[0].Reason, test.want) {
				t.Errorf("conflicts %+v, applied %v, want one that says %q", conflicts, w.Applied, test.want)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, "NEW.md")); got != nil {
				t.Error("the write went half way")
			}
			if after := fmt.Sprint(os.ReadDir(outside)); after != before {
				t.Errorf("outside the folder: %s, was %s", after, before)
			}
		})
	}
}

// put writes a file and its folders.
func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// failing is a disk on which the operations from number after on fail; with recovers, only that one fails.
type failing struct {
	*os.Root
	after    int
	recovers bool
	n        int
}

var errInjected = errors.New("no space left on device")

func (f *failing) fails() bool {
	f.n++
	return f.n == f.after || f.n > f.after && !f.recovers
}

func (f *failing) MkdirAll(name string, mode fs.FileMode) error {
	if f.fails() {
		return errInjected
	}
	return f.Root.MkdirAll(name, mode)
}

func (f *failing) WriteFile(name string, data []byte, mode fs.FileMode) error {
	if f.fails() {
		_ = f.Root.WriteFile(name, data[:len(data)/2], mode) // a full disk takes half of it
		return errInjected
	}
	return f.Root.WriteFile(name, data, mode)
}

func (f *failing) Chmod(name string, mode fs.FileMode) error {
	if f.fails() {
		return errInjected
	}
	return f.Root.Chmod(name, mode)
}

func (f *failing) Rename(from, to string) error {
	if f.fails() {
		return errInjected
	}
	return f.Root.Rename(from, to)
}

func (f *failing) Remove(name string) error {
	if f.fails() {
		return errInjected
	}
	return f.Root.Remove(name)
}

func (f *failing) RemoveAll(name string) error {
	if f.fails() {
		return errInjected
	}
	return f.Root.RemoveAll(name)
}

// TestCommitIsAllOrNothing lets every operation of a commit fail in turn, once and for good, and wants the old tree or,
// after the next run, the new one.
func TestCommitIsAllOrNothing(t *testing.T) {
	template := filepath.Join(t.TempDir(), "svc")
	write(t, template, first())
	oldTree := tree(t, template)
	reference := filepath.Join(t.TempDir(), "svc")
	write(t, reference, first())
	write(t, reference, second())
	newTree := tree(t, reference)
	for _, recovers := range []bool{true, false} {
		for after := 1; ; after++ {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
				t.Fatal(err)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			p, err := plan(context.Background(), root, second())
			if err != nil {
				t.Fatal(err)
			}
			oldLock, _ := root.ReadFile(lockFile)
			d := &failing{Root: root, after: after, recovers: recovers}
			err = commit(d, p.steps(oldLock))
			if d.n < after {
				root.Close()
				break // every operation had its turn
			}
			if recovers { // an error that passes: nothing is left to do for the next run
				got := tree(t, dir)
				for path := range got {
					if strings.HasPrefix(path, commitDir) {
						delete(got, path)
					}
				}
				if cmp.Diff(oldTree, got) != "" && cmp.Diff(newTree, got) != "" {
					t.Errorf("operation %d failed once: tree is neither old nor new:\n%s", after, cmp.Diff(oldTree, got))
				}
			}
			if _, err := recoverCommit(root); err != nil {
				t.Errorf("operation %d: recovery: %v", after, err)
			}
			got := tree(t, dir)
			if cmp.Diff(oldTree, got) != "" && cmp.Diff(newTree, got) != "" {
				t.Errorf("operation %d failed (once: %v): tree is neither old nor new:\n%s", after, recovers, cmp.Diff(oldTree, got))
			}
			root.Close()
		}
	}
}

func TestRecoverLeavesLaterEditsAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "svc")
	write(t, dir, first())
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p, err := plan(context.Background(), root, second())
	if err != nil {
		t.Fatal(err)
	}
	if err := stage(root, p.steps(nil)); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "internal/a.txt"), "edited meanwhile\n")
	if _, err := recoverCommit(root); err == nil || !strings.Contains(err.Error(), "internal/a.txt: changed since") {
		t.Errorf("recovery over an edit: %v", err)
	}
	if got, _ := root.ReadFile("internal/a.txt"); string(got) != "edited meanwhile\n" {
		t.Errorf("the edit is now %q", got)
	}
}

func TestDeletedSeedStaysDeleted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "svc")
	write(t, dir, first())
	if err := os.Remove(filepath.Join(dir, "README.md")); err != nil {
		t.Fatal(err)
	}
	if w := write(t, dir, first()); len(w.Plan.Drift()) > 0 {
		t.Errorf("drift %v", w.Plan.Drift())
	}
	if _, err := os.Stat(filepath.Join(dir, "README.md")); err == nil {
		t.Error("the seed came back")
	}
}

func TestOperationSeedFollowsItsMethod(t *testing.T) {
	seed := File{Path: "op.go", Owner: Seeded, method: "V1.Op", Content: []byte("package svc\n\nfunc (v V1) Op() {}\n")}
	dir := filepath.Join(t.TempDir(), "svc")
	write(t, dir, []File{seed})
	if err := os.Rename(filepath.Join(dir, "op.go"), filepath.Join(dir, "all.go")); err != nil {
		t.Fatal(err)
	}
	if w := write(t, dir, []File{seed}); len(w.Plan.Drift()) > 0 {
		t.Errorf("a method that moved is seeded again: %v", w.Plan.Drift())
	}
	put(t, filepath.Join(dir, "all.go"), "package svc\n")
	if diff := cmp.Diff([]string{"create op.go"}, actions(write(t, dir, []File{seed}).Plan)); diff != "" {
		t.Errorf("a method that is gone (-want +got):\n%s", diff)
	}
	put(t, filepath.Join(dir, "op.go"), "package svc\n\nfunc (v V1) Op() { work() }\n")
	w := write(t, dir, nil)
	if diff := cmp.Diff([]string{"orphan op.go"}, actions(w.Plan)); diff != "" {
		t.Errorf("an operation that is gone (-want +got):\n%s", diff)
	}
}

func TestConcurrentWritesTakeTurns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "svc")
	write(t, dir, first())
	done := make(chan error)
	for i := range 8 {
		go func() {
			files := first()
			if i%2 == 0 {
				files = second()
			}
			_, err := Write(context.Background(), dir, files, WriteOptions{})
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if w := write(t, dir, second()); len(w.Plan.Conflicts()) > 0 {
		t.Errorf("conflicts %v", w.Plan.Conflicts())
	}
}

func TestLockRefusesPathsOutside(t *testing.T) {
	for _, path := range []string{"../x", "/etc/passwd", ""} {
		if _, err := ParseLock([]byte(lockHeader + "msgen sha256:00 " + path + "\n")); err == nil {
			t.Errorf("a lock with the path %q is accepted", path)
		}
	}
}
