package spec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// git reads files of one commit; ids are paths from the top of the repository.
type git struct {
	dir      string
	revision string // as the user wrote it
	commit   string // full object name
}

// gitSource finds the commit of a revision and the contract in it.
func gitSource(ctx context.Context, revision, name string, o Options) (source, string, error) {
	g := &git{dir: o.Dir, revision: revision}
	if strings.HasPrefix(revision, "-") || strings.ContainsAny(revision, "\x00\n") {
		return nil, "", fmt.Errorf("%q is no revision: a revision does not begin with a dash", clip(revision))
	}
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, "", fmt.Errorf("%s:%s: git is not installed: give a file instead", revision, name)
		}
		return nil, "", fmt.Errorf("%s:%s: neither a file nor a path in a git revision here: check the names, or fetch the revision", revision, name)
	}
	g.commit = strings.TrimSpace(string(out))
	id, err := g.locate(ctx, name)
	if err != nil {
		return nil, "", err
	}
	if kind, err := g.run(ctx, "cat-file", "-t", g.object(id)); err == nil && strings.TrimSpace(string(kind)) == "tree" {
		return g.folder(ctx, id)
	}
	return g, id, nil
}

// locate makes a path that starts with ./ or ../ relative to the top of the repository.
func (g *git) locate(ctx context.Context, name string) (string, error) {
	prefix := ""
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		out, err := g.run(ctx, "rev-parse", "--show-prefix")
		if err != nil {
			return "", fmt.Errorf("%s:%s: %w", g.revision, name, err)
		}
		prefix = strings.TrimSpace(string(out))
	}
	id := path.Join(prefix, name)
	if strings.HasPrefix(id, "..") || path.IsAbs(id) || strings.ContainsRune(id, 0) {
		return "", fmt.Errorf("%s:%s: outside the repository: give a path from its top", g.revision, name)
	}
	return id, nil
}

func (g *git) folder(ctx context.Context, folder string) (source, string, error) {
	for _, name := range contractNames {
		id := path.Join(folder, name)
		if kind, err := g.run(ctx, "cat-file", "-t", g.object(id)); err == nil && strings.TrimSpace(string(kind)) == "blob" {
			return g, id, nil
		}
	}
	return nil, "", fmt.Errorf("%s: the folder has no %s: name the contract's file", g.name(folder), strings.Join(contractNames[:3], ", "))
}

func (g *git) object(id string) string {
	if id == "." {
		id = ""
	}
	return g.commit + ":" + id
}

func (g *git) name(id string) string { return g.revision + ":" + id }

func (g *git) join(base, ref string) (string, error) { return joinPath(base, ref) }

func (g *git) read(ctx context.Context, id string) ([]byte, error) {
	entry, err := g.run(ctx, "--literal-pathspecs", "ls-tree", "-z", "--full-tree", "-l", g.commit, "--", id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.name(id), err)
	}
	fields := strings.Fields(string(entry)) // mode, type, object, size, path
	switch {
	case len(fields) < 5:
		return nil, missing(g.name(id) + ": no such file in that revision: check the path from the top of the repository")
	case fields[1] != "blob" || fields[0] == "120000":
		return nil, fmt.Errorf("%s: not a regular file: name the file itself", g.name(id))
	}
	if size, err := strconv.ParseInt(fields[3], 10, 64); err != nil || size > maxFile {
		return nil, tooBig(g.name(id))
	}
	data, err := g.run(ctx, "cat-file", "blob", fields[2])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.name(id), err)
	}
	return data, nil
}

// run runs git without prompts, pagers or fetches, and bounds what it prints.
func (g *git) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	var out, problem bytes.Buffer
	cmd.Stdout = &limited{w: &out, left: maxFile + 1}
	cmd.Stderr = &limited{w: &problem, left: 4096}
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(problem.String()); text != "" {
			return nil, fmt.Errorf("git: %s", clip(text))
		}
		return nil, fmt.Errorf("git: %w", err)
	}
	return out.Bytes(), nil
}

// missing is the error for a file that a revision does not have.
type missing string

func (m missing) Error() string { return string(m) }

func (m missing) Is(target error) bool { return target == fs.ErrNotExist }

// limited passes on so many bytes and swallows the rest.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if _, err := l.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
