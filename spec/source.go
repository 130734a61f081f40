package spec

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxFile is the size of the largest file that is read.
const maxFile = 32 << 20

// source is where the files of a contract come from. Its ids are what its files are told apart by.
type source interface {
	name(id string) string // for people
	read(ctx context.Context, id string) ([]byte, error)
	join(base, ref string) (string, error) // the id of the file that ref, without fragment, names in the file base
}

// contractNames are what a folder's contract is looked for under.
var contractNames = []string{
	"openapi.yaml", "openapi.yml", "openapi.json", "swagger.yaml", "swagger.yml", "swagger.json",
}

// sourceOf tells what kind of name ref is.
func sourceOf(ctx context.Context, ref string, o Options) (source, string, error) {
	if isURL(ref) {
		return urlSource(ref, o)
	}
	src, id, err := localSource(ctx, ref, o)
	return mix(src, o), id, err
}

func localSource(ctx context.Context, ref string, o Options) (source, string, error) {
	switch {
	case ref == "":
		return nil, "", fmt.Errorf("no contract is named: give a file, a folder, a URL, REVISION:PATH or - for standard input")
	case ref == "-":
		return stdinSource(o)
	}
	full := inDir(o.Dir, ref)
	if _, err := os.Stat(full); err != nil {
		if revision, name, ok := strings.Cut(ref, ":"); ok && revision != "" {
			return gitSource(ctx, revision, name, o)
		}
	}
	return diskSource(ref, full, o)
}

// mixed is a local source whose references may also name permitted hosts.
type mixed struct {
	source
	remote *remote
}

// mix adds the permitted hosts to a local source.
func mix(src source, o Options) source {
	if src == nil || len(o.AllowRemote) == 0 {
		return src
	}
	return &mixed{source: src, remote: newRemote(o)}
}

func (m *mixed) name(id string) string {
	if isURL(id) {
		return id
	}
	return m.source.name(id)
}

func (m *mixed) read(ctx context.Context, id string) ([]byte, error) {
	if isURL(id) {
		return m.remote.read(ctx, id)
	}
	return m.source.read(ctx, id)
}

func (m *mixed) join(base, ref string) (string, error) {
	switch {
	case isURL(base):
		return m.remote.join(base, ref)
	case isURL(ref):
		return m.remote.join(ref, "")
	}
	return m.source.join(base, ref)
}

func isURL(ref string) bool {
	lower := strings.ToLower(ref)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

func inDir(dir, name string) string {
	if dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// memory is a source of one text that is already read, beside files on disk when a root is given.
type memory struct {
	id    string
	shown string
	data  []byte
	disk  *disk
}

func memorySource(name string, o Options) (source, string, error) {
	if o.Root == "" {
		return &memory{id: name, shown: name}, name, nil
	}
	d, err := newDisk(inDir(o.Dir, o.Root), o.Root)
	if err != nil {
		return nil, "", err
	}
	id := path.Clean(filepath.ToSlash(name))
	if rel, err := filepath.Rel(o.Root, name); err == nil && !strings.HasPrefix(rel, "..") {
		id = filepath.ToSlash(rel)
	}
	return &memory{id: id, shown: name, disk: d}, id, nil
}

func stdinSource(o Options) (source, string, error) {
	if o.Stdin == nil {
		return nil, "", fmt.Errorf("there is no standard input to read the contract from: give a file instead of -")
	}
	data, err := readLimited(o.Stdin, "standard input")
	if err != nil {
		return nil, "", err
	}
	src, id, err := memorySource("stdin", o)
	if err != nil {
		return nil, "", err
	}
	src.(*memory).data = data
	return src, id, nil
}

func (m *memory) name(id string) string {
	if id == m.id {
		return m.shown
	}
	return m.disk.name(id)
}

func (m *memory) read(ctx context.Context, id string) ([]byte, error) {
	if id == m.id {
		return m.data, nil
	}
	return m.disk.read(ctx, id)
}

func (m *memory) join(base, ref string) (string, error) {
	if m.disk == nil {
		return "", fmt.Errorf("file %q can't be read: the contract did not come from a folder; give it as a file, or bundle it", clip(ref))
	}
	return m.disk.join(base, ref)
}

// readLimited reads all of r, up to the limit for one file.
func readLimited(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxFile {
		return nil, tooBig(name)
	}
	return data, nil
}

func tooBig(name string) error {
	return Diagnostics{{
		Position: Position{File: name, Line: 1, Column: 1}, Severity: Error, Rule: "too-large",
		Message: fmt.Sprintf("the file is larger than %d MiB", maxFile>>20), Remedy: "split the contract into several files",
	}}
}

// release closes the folder that a source holds open.
func release(src source) {
	switch s := src.(type) {
	case *mixed:
		release(s.source)
	case *memory:
		if s.disk != nil {
			release(s.disk)
		}
	case *disk:
		_ = s.root.Close()
	}
}
