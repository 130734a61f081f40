package generator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
)

// disk is what a commit needs of the tree that it changes; *os.Root is one, which keeps every path inside.
type disk interface {
	MkdirAll(name string, mode fs.FileMode) error
	WriteFile(name string, data []byte, mode fs.FileMode) error
	ReadFile(name string) ([]byte, error)
	Chmod(name string, mode fs.FileMode) error
	Rename(from, to string) error
	Remove(name string) error
	RemoveAll(name string) error
}

// The places of a commit that is under way.
const (
	commitDir   = ".msgen/write"
	journalFile = commitDir + "/journal.json"
)

// step is one renaming of a commit. A commit writes all new texts, and copies of all old ones, below commitDir, then the
// journal, and only then renames. So a full disk shows before anything changed, an error on the way is undone with the
// copies, and what a kill interrupts is finished by the next run, which finds the journal.
type step struct {
	Path    string `json:"path"`
	Staged  string `json:"staged,omitempty"` // the new text; empty to delete
	Saved   string `json:"saved,omitempty"`  // the old text; empty when there was none
	OldHash string `json:"oldHash,omitempty"`
	NewHash string `json:"newHash,omitempty"`

	old, new []byte
	mode     fs.FileMode // of the old file and the new one, 0 for the usual
}

// steps turns a plan into the renamings that carry it out; the lock comes last.
func (p *Plan) steps(oldLock []byte) []step {
	var steps []step
	add := func(path string, old, text []byte, mode fs.FileMode) {
		s := step{Path: path, old: old, new: text, mode: mode}
		n := len(steps)
		if old != nil {
			s.Saved, s.OldHash = fmt.Sprintf("%s/old/%05d", commitDir, n), hash(old)
		}
		if text != nil {
			s.Staged, s.NewHash = fmt.Sprintf("%s/new/%05d", commitDir, n), hash(text)
		}
		steps = append(steps, s)
	}
	for _, c := range p.base {
		add(c.Path, c.before, c.after, 0)
	}
	for _, c := range p.writes() {
		if c.after == nil && c.Action != Delete {
			c.after = []byte{}
		}
		add(c.Path, c.before, c.after, c.mode)
	}
	if lock := p.lock.Bytes(); string(lock) != string(oldLock) {
		add(lockFile, oldLock, lock, 0)
	}
	return steps
}

// commit carries out the steps, all or none.
func commit(d disk, steps []step) (err error) {
	if len(steps) == 0 {
		return nil
	}
	if err := stage(d, steps); err != nil {
		return errors.Join(err, d.RemoveAll(commitDir))
	}
	for i, s := range steps {
		if err := s.apply(d); err != nil {
			return rollback(d, steps[:i+1], err)
		}
	}
	return finish(d, steps)
}

// stage writes everything that the steps need, and then the journal.
func stage(d disk, steps []step) error {
	if err := d.RemoveAll(commitDir); err != nil {
		return err
	}
	for _, dir := range []string{commitDir + "/new", commitDir + "/old"} {
		if err := d.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	for _, s := range steps {
		if s.Saved != "" {
			if err := s.write(d, s.Saved, s.old); err != nil {
				return err
			}
		}
		if s.Staged == "" {
			continue
		}
		if err := s.write(d, s.Staged, s.new); err != nil {
			return err
		}
		if err := d.MkdirAll(path.Dir(s.Path), 0o777); err != nil {
			return err
		}
	}
	journal, err := json.Marshal(steps)
	if err != nil {
		panic(err) // a step holds strings only
	}
	if err := d.WriteFile(journalFile+".new", journal, 0o666); err != nil {
		return err
	}
	return d.Rename(journalFile+".new", journalFile)
}

// write writes a text beside the tree, with the mode of the file that it is of.
func (s step) write(d disk, name string, text []byte) error {
	if err := d.WriteFile(name, text, 0o666); err != nil || s.mode == 0 {
		return err
	}
	return d.Chmod(name, s.mode)
}

// apply carries out one step.
func (s step) apply(d disk) error {
	if s.Staged != "" {
		return d.Rename(s.Staged, s.Path)
	}
	return d.Remove(s.Path)
}

// rollback puts the old texts back after an error.
func rollback(d disk, steps []step, cause error) error {
	for _, s := range slices.Backward(steps) {
		var err error
		if s.Saved != "" {
			err = d.Rename(s.Saved, s.Path)
		} else {
			err = d.Remove(s.Path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w; putting the old files back met %w: run msgen again to finish the write", cause, err)
		}
	}
	return errors.Join(cause, d.RemoveAll(commitDir))
}

// finish removes what a commit needed, and the folders that it emptied.
func finish(d disk, steps []step) error {
	emptied := map[string]bool{}
	for _, s := range steps {
		if s.Staged == "" {
			for dir := path.Dir(s.Path); dir != "."; dir = path.Dir(dir) {
				emptied[dir] = true
			}
		}
	}
	if err := d.RemoveAll(commitDir); err != nil {
		return err
	}
	for _, dir := range slices.Backward(slices.Sorted(maps.Keys(emptied))) {
		_ = d.Remove(dir) // a folder that still holds something stays
	}
	return nil
}

// recoverCommit finishes the write that an earlier run began, and tells whether there was one. Without a journal
// nothing had changed yet, and what lies there is thrown away.
func recoverCommit(d disk) (bool, error) {
	journal, err := d.ReadFile(journalFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, d.RemoveAll(commitDir)
	}
	if err != nil {
		return false, err
	}
	var steps []step
	if err := json.Unmarshal(journal, &steps); err != nil {
		return false, fmt.Errorf("%s: %w; restore the tree from version control and delete %s", journalFile, err, commitDir)
	}
	for _, s := range steps {
		if err := s.resume(d); err != nil {
			return false, err
		}
	}
	return true, finish(d, steps)
}

// resume carries out a step of an earlier run, unless it was done already.
func (s step) resume(d disk) error {
	now, err := d.ReadFile(s.Path)
	exists := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch done := exists && s.Staged != "" && hash(now) == s.NewHash || !exists && s.Staged == ""; {
	case done:
		return nil
	case exists && (s.Saved == "" || hash(now) != s.OldHash):
		return fmt.Errorf("%s: changed since msgen was interrupted while it wrote the service; move the file away, then run msgen again", s.Path)
	case s.Staged != "":
		if err := d.MkdirAll(path.Dir(s.Path), 0o777); err != nil {
			return err
		}
	}
	return s.apply(d)
}

var _ disk = (*os.Root)(nil)
