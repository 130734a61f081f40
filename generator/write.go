package generator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// WriteOptions say how Write treats the tree on disk.
type WriteOptions struct {
	DryRun bool // only plan
	Verify bool // run go vet on the staged tree first
	Fresh  bool // refuse a folder that holds a service already
}

// Written is the result of a Write.
type Written struct {
	Plan      *Plan
	Applied   bool // the plan was carried out
	Unvetted  bool // nothing was written: Go files would hold conflicts, which go vet can't read
	Recovered bool // a write that an earlier run had begun was finished first
}

// Write brings the service in dir up to date with the files: all of it or nothing. It checks the files first (see
// verify). A plan with conflicts is returned and not carried out; what is unmerged is no such conflict. A dir that does not
// exist is staged beside its place and renamed into it.
func Write(ctx context.Context, dir string, files []File, o WriteOptions) (*Written, error) {
	sortFiles(files)
	if err := verify(files); err != nil {
		return nil, err
	}
	w, err := writeFiles(ctx, dir, files, o)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w: msgen has to write to %s; check whose folder that is", err, dir)
	}
	return w, err
}

// writeFiles is Write for files that are checked.
func writeFiles(ctx context.Context, dir string, files []File, o WriteOptions) (*Written, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return writeFresh(ctx, dir, files, o)
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return writeInto(ctx, root, files, o)
}

// writeFresh writes a service into a folder that does not exist yet.
func writeFresh(ctx context.Context, dir string, files []File, o WriteOptions) (*Written, error) {
	p := &Plan{lock: Lock{}}
	for _, f := range files {
		p.Changes = append(p.Changes, Change{Path: f.Path, Owner: f.Owner, Action: Create, after: f.Content})
		p.lock[f.Path] = LockEntry{Owner: f.Owner, Hash: hash(f.Content)}
		if f.based() {
			p.base = append(p.base, Change{Path: path.Join(baseDir, f.Path), after: f.Content})
		}
	}
	if o.DryRun {
		return &Written{Plan: p}, nil
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return nil, err
	}
	stage, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".msgen-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(stage)
	if err := writeStage(ctx, stage, p, o); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := os.Rename(stage, dir); err != nil {
		return nil, fmt.Errorf("%s: another run made the folder meanwhile: %w", dir, err)
	}
	return &Written{Plan: p, Applied: true}, nil
}

// writeStage fills the folder stage with everything that the plan creates.
func writeStage(ctx context.Context, stage string, p *Plan, o WriteOptions) error {
	root, err := os.OpenRoot(stage)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(".msgen", 0o777); err != nil {
		return err
	}
	for _, s := range p.steps(nil) {
		if err := root.MkdirAll(filepath.Dir(s.Path), 0o777); err != nil {
			return err
		}
		if err := root.WriteFile(s.Path, s.new, 0o666); err != nil {
			return err
		}
	}
	if o.Verify {
		if err := vet(ctx, stage, ""); err != nil {
			return err
		}
	}
	mask, err := folderMode(root)
	if err != nil {
		return err
	}
	return os.Chmod(stage, mask)
}

// folderMode is the mode that a new folder below root gets from the user's umask; os.MkdirTemp makes private ones.
func folderMode(root *os.Root) (fs.FileMode, error) {
	info, err := root.Stat(".msgen")
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

// writeInto brings an existing folder up to date.
func writeInto(ctx context.Context, root *os.Root, files []File, o WriteOptions) (*Written, error) {
	if o.Fresh {
		if _, err := root.Lstat(configFile); err == nil {
			return nil, fmt.Errorf("%s: holds a service already; run msgen generate in it, or choose another folder with --dir", root.Name())
		}
	}
	w := &Written{}
	if interrupted(root) || !o.DryRun {
		unlock, err := lockTree(root)
		if err != nil {
			return nil, err
		}
		defer unlock()
		if w.Recovered, err = recoverCommit(root); err != nil {
			return nil, err
		}
	}
	var err error
	if w.Plan, err = plan(ctx, root, files); err != nil {
		return nil, err
	}
	if o.DryRun || len(w.Plan.Conflicts()) > 0 {
		return w, nil
	}
	oldLock, err := root.ReadFile(lockFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if o.Verify {
		if w.Unvetted = w.Plan.unmergedGo(); w.Unvetted {
			return w, nil
		}
		if err := vetPlan(ctx, root, w.Plan); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := commit(root, w.Plan.steps(oldLock)); err != nil {
		return nil, err
	}
	w.Applied = true
	return w, nil
}

// interrupted tells whether an earlier run was stopped in the middle of its write.
func interrupted(root *os.Root) bool {
	_, err := root.Lstat(journalFile)
	return err == nil
}

// lockTree keeps other runs out of the tree until unlock is called; it waits for the ones that are under way.
func lockTree(root *os.Root) (unlock func(), err error) {
	if err := root.Mkdir(".msgen", 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for _, name := range []string{".msgen", ".msgen/mutex"} {
		if info, err := root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("%s is a symbolic link; remove it, then run msgen again", name)
		}
	}
	return lockedfile.MutexAt(filepath.Join(root.Name(), ".msgen", "mutex")).Lock()
}
