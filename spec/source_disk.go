package spec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// disk reads files below one folder; ids are slash-separated paths in it. Links that leave the folder are refused.
type disk struct {
	root  *os.Root
	shown string // the folder as the user wrote it
	main  string // id of the contract, which may be a link to anywhere because the user named it
	full  string // and its path
}

func newDisk(folder, shown string) (*disk, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &disk{root: root, shown: shown}, nil
}

// diskSource opens a file, or the contract in a folder.
func diskSource(ref, full string, o Options) (source, string, error) {
	info, err := os.Stat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("%s: %w: check the path; a file of a git revision is REVISION:PATH", ref, syscall.ENOENT)
	}
	if err != nil {
		return nil, "", err
	}
	if info.IsDir() {
		name, err := contractIn(full)
		if err != nil {
			return nil, "", err
		}
		ref, full = filepath.Join(ref, name), filepath.Join(full, name)
	}
	folder, shown := filepath.Dir(full), filepath.Dir(ref)
	id := filepath.Base(full)
	if o.Root != "" {
		folder, shown = inDir(o.Dir, o.Root), o.Root
		if id, err = filepath.Rel(folder, full); err != nil || strings.HasPrefix(id, "..") {
			return nil, "", fmt.Errorf("%s: not inside the folder %s: give a folder that holds the contract", ref, o.Root)
		}
		id = filepath.ToSlash(id)
	}
	d, err := newDisk(folder, shown)
	if err != nil {
		return nil, "", err
	}
	d.main, d.full = id, full
	return d, id, nil
}

func contractIn(folder string) (string, error) {
	for _, name := range contractNames {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && !info.IsDir() {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: the folder has no %s: name the contract's file", folder, strings.Join(contractNames[:3], ", "))
}

func (d *disk) name(id string) string {
	if d.shown == "." || d.shown == "" {
		return id
	}
	return filepath.ToSlash(filepath.Join(d.shown, filepath.FromSlash(id)))
}

// join resolves a relative reference; %20 and the like are decoded.
func (d *disk) join(base, ref string) (string, error) {
	return joinPath(base, ref)
}

func joinPath(base, ref string) (string, error) {
	if isURL(ref) || strings.Contains(ref, "://") {
		return "", fmt.Errorf("%q is on the network, and remote references are not allowed: copy it beside the contract", clip(ref))
	}
	if s, err := url.PathUnescape(ref); err == nil {
		ref = s
	}
	ref = strings.ReplaceAll(ref, `\`, "/")
	if path.IsAbs(ref) || strings.ContainsRune(ref, 0) {
		return "", fmt.Errorf("%q is an absolute path: refer to files relative to this one", clip(ref))
	}
	id := path.Join(path.Dir(base), ref)
	if id == ".." || strings.HasPrefix(id, "../") {
		return "", fmt.Errorf("%q is outside the contract's folder: move it inside, or allow a wider folder", clip(ref))
	}
	return id, nil
}

func (d *disk) read(_ context.Context, id string) ([]byte, error) {
	name := d.name(id)
	open := func() (*os.File, error) {
		// O_NONBLOCK keeps a FIFO from blocking before it is seen to be one.
		return d.root.OpenFile(filepath.FromSlash(id), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	}
	if id == d.main {
		open = func() (*os.File, error) { return os.OpenFile(d.full, os.O_RDONLY|syscall.O_NONBLOCK, 0) }
	}
	f, err := open()
	if err != nil {
		if strings.Contains(err.Error(), "escapes") {
			return nil, fmt.Errorf("%s: the link leaves the contract's folder: copy the file into it", name)
		}
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file: copy its content into one, or pipe it to -", name)
	}
	if info.Size() > maxFile {
		return nil, tooBig(name)
	}
	return readLimited(f, name)
}

// cause strips the operation and path of a file error, which the message has already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
