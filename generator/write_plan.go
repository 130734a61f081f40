package generator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Action says what becomes of a file.
type Action string

// The actions of a plan.
const (
	Create    Action = "create"
	Update    Action = "update"
	Delete    Action = "delete"
	Unchanged Action = "unchanged"
	Keep      Action = "keep"     // a seeded file to which nothing is new, that its owner deleted, or that msgen did not write
	Merge     Action = "merge"    // a seeded file that was edited, and whose seed changed: it gets both
	Unmerged  Action = "unmerged" // the same, and the two do not go together: exit code 1, and the other files are written
	Orphan    Action = "orphan"   // a seeded file that was edited and that nothing generates any more; it stays
	Conflict  Action = "conflict" // msgen would have to overwrite or delete what it does not own: nothing is written
)

// Change is what a plan does to one file.
type Change struct {
	Path   string `json:"path"`
	Owner  Owner  `json:"owner"`
	Action Action `json:"action"`
	Reason string `json:"reason,omitempty"` // what is wrong and the remedy, or what is left to do
	From   string `json:"from,omitempty"`   // the file whose text goes on here, because its operation was renamed
	Lines  []int  `json:"lines,omitempty"`  // of a file that is unmerged: where its conflicts begin, in the text after the write

	before, after []byte      // nil when there is none
	mode          fs.FileMode // of the file that is there, 0 when there is none
}

// Writes tells whether the change gives the file another text, or none.
func (c Change) Writes() bool {
	switch c.Action {
	case Create, Delete:
		return true
	case Update, Merge, Unmerged:
		return !bytes.Equal(c.before, c.after)
	}
	return false
}

// Diff shows the change as a unified diff from the text on disk to the one that msgen would write; it is empty when
// the two are the same.
func (c Change) Diff() string {
	return string(diff.Diff("a/"+c.Path, unix(c.before), "b/"+c.Path, c.after))
}

// Plan is the difference between the tree on disk and the one that msgen would write.
type Plan struct {
	Changes []Change // sorted by path
	lock    Lock     // as it will be
	base    []Change // the seeds as they are written now, for later merges
}

// Conflicts lists the changes that keep the plan from being carried out.
func (p *Plan) Conflicts() []Change { return p.with(Conflict) }

// Drift lists the changes that the tree on disk lacks, conflicts included.
func (p *Plan) Drift() []Change { return p.with(Create, Update, Merge, Unmerged, Delete, Conflict) }

// Unmerged lists the files of the user's that could not take what is new in their seeds.
func (p *Plan) Unmerged() []Change { return p.with(Unmerged) }

// unmergedGo tells whether Go files will hold conflicts.
func (p *Plan) unmergedGo() bool {
	return slices.ContainsFunc(p.Unmerged(), func(c Change) bool { return path.Ext(c.Path) == ".go" && len(c.Lines) > 0 })
}

// writes lists the changes to be carried out.
func (p *Plan) writes() []Change {
	found := []Change{}
	for _, c := range p.Changes {
		if c.Writes() {
			found = append(found, c)
		}
	}
	return found
}

// with lists the changes with one of the actions.
func (p *Plan) with(actions ...Action) []Change {
	found := []Change{}
	for _, c := range p.Changes {
		if slices.Contains(actions, c.Action) {
			found = append(found, c)
		}
	}
	return found
}

// planner compares the files with a tree.
type planner struct {
	*Plan
	root    *os.Root
	old     Lock
	methods map[string]string // the file of each method at the root of the service: "V1.CreateOrder"
	files   []File
}

// plan compares the files with the tree below root.
func plan(ctx context.Context, root *os.Root, files []File) (*Plan, error) {
	p := &planner{Plan: &Plan{lock: Lock{}}, root: root, files: files}
	var err error
	if p.old, err = readLock(root); err != nil {
		return nil, err
	}
	if p.methods, err = declaredMethods(root); err != nil {
		return nil, err
	}
	for _, f := range files {
		if _, twice := p.lock[f.Path]; twice {
			panic(fmt.Sprintf("generator: file %q is generated twice", f.Path))
		}
		p.lock[f.Path] = LockEntry{Owner: f.Owner, Hash: hash(f.Content)}
	}
	renamed, err := p.planRenamed(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if renamed[f.Path] {
			continue
		}
		before, err := readRegular(root, f.Path)
		if f.Owner == Generated {
			p.Changes = append(p.Changes, planGenerated(f, before, err, p.old))
			continue
		}
		change, err := p.planSeeded(ctx, f, before, err)
		if err != nil {
			return nil, err
		}
		p.Changes = append(p.Changes, change)
	}
	for _, name := range slices.Sorted(maps.Keys(p.old)) {
		if _, still := p.lock[name]; !still && !renamed[name] {
			p.planGone(name, p.old[name])
		}
	}
	for i, c := range p.Changes {
		if info, err := root.Lstat(c.Path); err == nil && info.Mode().IsRegular() {
			p.Changes[i].mode = info.Mode().Perm()
		}
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return p.Plan, nil
}

// planGenerated decides about a file that msgen owns.
func planGenerated(f File, before []byte, err error, old Lock) Change {
	c := Change{Path: f.Path, Owner: f.Owner, before: before, after: f.Content}
	entry, known := old[f.Path]
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Action = Create
	case err != nil:
		c.Action, c.Reason, c.after = Conflict, err.Error(), nil // there is no text to compare
	case bytes.Equal(unix(before), f.Content):
		c.Action = Unchanged
	case !known:
		c.Action = Conflict
		c.Reason = "msgen did not write this file; move it away, then run msgen again"
	case entry.Hash != hash(before):
		c.Action = Conflict
		c.Reason = "edited since msgen wrote it; move the edit into a file of yours, delete this one, then run msgen again"
	default:
		c.Action = Update
	}
	return c
}

// errNotRegular says that something other than a regular file is in the way.
var errNotRegular = errors.New("not a regular file")

// readRegular reads a regular file below root. Links are not followed at the end of the path, and those on the way must
// not leave the root.
func readRegular(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		if escapes(err) {
			return nil, fmt.Errorf("%w: a symbolic link on the way leaves the folder of the service; remove the link, then run msgen again", errNotRegular)
		}
		if isNotDirectory(root, name) {
			return nil, fmt.Errorf("%w: a file is in the place of its folder; move it away, then run msgen again", errNotRegular)
		}
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w (%s); move it away, then run msgen again", errNotRegular, modeName(info.Mode()))
	}
	return root.ReadFile(name)
}

// escapes tells whether os.Root refused a path because it leads out.
func escapes(err error) bool {
	var pathErr *fs.PathError
	return errors.As(err, &pathErr) && strings.Contains(pathErr.Err.Error(), "escapes")
}

// isNotDirectory tells whether something on the way to name is there and not a folder.
func isNotDirectory(root *os.Root, name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := root.Stat(dir); err == nil {
			return !info.IsDir()
		}
	}
	return false
}

// modeName names the kind of a file that is not regular.
func modeName(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "a special file"
}

// readLock reads the lock of the service below root; without a file it is empty.
func readLock(root *os.Root) (Lock, error) {
	data, err := readRegular(root, lockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Lock{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", lockFile, err)
	}
	lock, err := ParseLock(data)
	lock.settle(root)
	return lock, err
}
