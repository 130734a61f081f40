package generator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
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
	Keep      Action = "keep"     // a seeded file that is there already, or that its owner deleted
	Orphan    Action = "orphan"   // a seeded file that was edited and whose operation is gone; it stays
	Conflict  Action = "conflict" // msgen would have to overwrite or delete what it does not own
)

// Change is what a plan does to one file.
type Change struct {
	Path   string `json:"path"`
	Owner  Owner  `json:"owner"`
	Action Action `json:"action"`
	Reason string `json:"reason,omitempty"` // what is wrong and the remedy, or what is left to do

	before, after []byte
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
func (p *Plan) Drift() []Change { return p.with(Create, Update, Delete, Conflict) }

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

// baseDir keeps the seeds as they were written, so that a later seed can be merged with the user's edits.
const baseDir = ".msgen/base"

// plan compares the files with the tree below root.
func plan(root *os.Root, files []File) (*Plan, error) {
	old, err := readLock(root)
	if err != nil {
		return nil, err
	}
	methods, err := declaredMethods(root)
	if err != nil {
		return nil, err
	}
	p := &Plan{lock: Lock{}}
	for _, f := range files {
		if _, twice := p.lock[f.Path]; twice {
			panic(fmt.Sprintf("generator: file %q is generated twice", f.Path))
		}
		p.lock[f.Path] = LockEntry{Owner: f.Owner, Hash: hash(f.Content)}
		before, err := readRegular(root, f.Path)
		var change Change
		if f.Owner == Generated {
			change = planGenerated(f, before, err, old)
		} else if change, err = p.planSeeded(f, before, err, old); err != nil {
			return nil, err
		} else if change.Action == Create && methods[f.method] {
			change.Action, change.after = Keep, nil // the user has the method in another file
		} else if change.Action == Create && f.method != "" {
			change.Reason = "answers 501 until you write its behaviour"
		}
		p.Changes = append(p.Changes, change)
	}
	for i, c := range p.base {
		if before, err := readRegular(root, c.Path); err == nil {
			p.base[i].before = before
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if _, still := p.lock[name]; !still {
			p.planGone(root, name, old[name])
		}
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return p, nil
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

// planSeeded decides about a file that is the user's.
func (p *Plan) planSeeded(f File, before []byte, err error, old Lock) (Change, error) {
	c := Change{Path: f.Path, Owner: f.Owner, Action: Keep, before: before, after: before}
	entry, known := old[f.Path]
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing && (!known || f.method != "" || f.merge != nil || f.input):
		c.Action, c.after = Create, f.Content
		if !f.input && f.merge == nil {
			p.base = append(p.base, Change{Path: path.Join(baseDir, f.Path), after: f.Content})
		}
		return c, nil
	case err != nil && !missing:
		if errors.Is(err, errNotRegular) { // the user's own arrangement, such as a link
			delete(p.lock, f.Path)
			return c, nil
		}
		return c, err
	case known:
		p.lock[f.Path] = entry
	default:
		delete(p.lock, f.Path) // there before msgen: nothing to merge with later
	}
	if f.merge != nil && !missing {
		merged, err := f.merge(before)
		if err != nil {
			return c, fmt.Errorf("%s: %w", f.Path, err)
		}
		if !bytes.Equal(merged, before) {
			c.Action, c.after = Update, merged
		}
	}
	return c, nil
}

// declaredMethods lists the methods, as "V1.CreateOrder", that the Go files at the root of the service declare. Files
// that don't parse count for nothing: the compiler tells the user more.
func declaredMethods(root *os.Root) (map[string]bool, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	methods := map[string]bool{}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || path.Ext(entry.Name()) != ".go" {
			continue
		}
		source, err := root.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), source, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				methods[receiver(f)+"."+f.Name.Name] = true
			}
		}
	}
	return methods, nil
}

// receiver names the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// planGone decides about a file that the lock knows and that is generated no longer.
func (p *Plan) planGone(root *os.Root, name string, entry LockEntry) {
	before, err := readRegular(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	c := Change{Path: name, Owner: entry.Owner, Action: Delete, before: before}
	switch {
	case entry.Owner == Seeded && err == nil && entry.Hash == hash(before) && unwritten(name, before):
		c.Reason = "its operation is gone from the contract, and nobody had written it"
	case entry.Owner == Seeded:
		c.Action, c.after = Orphan, before
		c.Reason = "its operation is gone from the contract, or has another name there and a file of that name; this one is yours and compiles no longer: move what you need, then delete it"
		p.lock[name] = entry
	case err != nil:
		c.Action, c.Reason = Conflict, err.Error()
	case entry.Hash != hash(before):
		c.Action = Conflict
		c.Reason = "no longer generated, and edited since msgen wrote it; move the edit into a file of yours, delete this one, then run msgen again"
	}
	p.Changes = append(p.Changes, c)
}

// unwritten tells whether a file at the root of a service is the seed of an operation, as msgen wrote it.
func unwritten(name string, content []byte) bool {
	return path.Ext(name) == ".go" && !strings.Contains(name, "/") && bytes.Contains(content, []byte("problem.NotImplemented("))
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
	return ParseLock(data)
}
