package generator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
)

// baseDir keeps the seeds as they were written, so that a later seed can be merged with the user's edits.
const baseDir = ".msgen/base"

// based tells whether the seed of a file is kept for merges: it is not for what msgen reads, nor for what msgen merges
// with a sense of its own.
func (f File) based() bool { return f.Owner == Seeded && !f.input && f.merge == nil }

// setBase makes text the seed that the next merge of a file starts from; nil forgets it.
func (p *planner) setBase(name string, text []byte) {
	c := Change{Path: path.Join(baseDir, name), after: text}
	if before, err := readRegular(p.root, c.Path); err == nil {
		c.before = before
	}
	if (c.before == nil) != (text == nil) || !bytes.Equal(unix(c.before), text) {
		p.base = append(p.base, c)
	}
}

// planSeeded decides about a file that is the user's. readErr is that of reading it.
func (p *planner) planSeeded(ctx context.Context, f File, before []byte, readErr error) (Change, error) {
	c := Change{Path: f.Path, Owner: f.Owner, Action: Keep, before: before, after: before}
	entry, known := p.old[f.Path]
	if known {
		p.lock[f.Path] = entry
	}
	switch {
	case errors.Is(readErr, fs.ErrNotExist):
		return p.planMissing(f, c, known), nil
	case errors.Is(readErr, errNotRegular): // the user's own arrangement, such as a link
		if !known {
			delete(p.lock, f.Path)
		}
		return c, nil
	case readErr != nil:
		return c, readErr
	case !known:
		delete(p.lock, f.Path) // there before msgen: nothing to merge with, now or later
	}
	switch {
	case f.merge != nil:
		text, err := f.merge(before)
		if err != nil {
			return c, fmt.Errorf("%s: %w", f.Path, err)
		}
		if !bytes.Equal(text, before) {
			c.Action, c.after = Update, text
		}
	case known && f.based():
		return p.planMerge(ctx, f, c, entry)
	}
	return c, nil
}

// planMissing decides about a seeded file that is not there. What the user deleted stays deleted, but for what the
// service is nothing without.
func (p *planner) planMissing(f File, c Change, known bool) Change {
	if known && f.method == "" && f.based() {
		return c
	}
	if _, elsewhere := p.methods[f.method]; elsewhere {
		if !known {
			delete(p.lock, f.Path)
		}
		return c
	}
	p.lock[f.Path] = LockEntry{Owner: f.Owner, Hash: hash(f.Content)}
	c.Action, c.after = Create, f.Content
	if f.method != "" {
		c.Reason = "answers 501 until you write its behaviour"
	}
	if f.based() {
		p.setBase(f.Path, f.Content)
	}
	return c
}

// planMerge decides about a seeded file that is there: when its seed changed since it was written, the user's text gets
// what is new.
func (p *planner) planMerge(ctx context.Context, f File, c Change, entry LockEntry) (Change, error) {
	if lines := marks(c.before); len(lines) > 0 {
		c.Action, c.Lines = Unmerged, lines
		c.Reason = "conflicts of an earlier merge are not resolved"
		return c, nil
	}
	base, known := p.baseOf(f.Path, c.before, entry)
	switch {
	case p.unedited(ctx, f.Path, c.before, entry):
		c.Action, c.after, c.Reason = Update, f.Content, "git left conflicts in what msgen wrote on two branches"
		p.adopt(f, f.Path)
		return c, nil
	case hash(f.Content) == entry.Hash, known && bytes.Equal(base, f.Content):
		p.adopt(f, f.Path)
		return c, nil
	case bytes.Equal(unix(c.before), f.Content):
		c.Action, c.Reason = Merge, "your file has what is new already"
		p.adopt(f, f.Path)
		return c, nil
	case !known || hash(base) != entry.Hash:
		c.Action = Unmerged
		c.Reason = fmt.Sprintf("msgen's text of this file changed, and %s/%s is not what msgen.lock says that it wrote: restore both from one commit of version control, "+
			"or take the line of %s out of msgen.lock to keep yours for good", baseDir, f.Path, f.Path)
		return c, nil
	case bytes.Equal(unix(c.before), base):
		c.Action, c.after = Update, f.Content
		if onlyCRLF(c.before) {
			c.after = bytes.ReplaceAll(f.Content, []byte("\n"), []byte("\r\n"))
		}
		p.adopt(f, f.Path)
		return c, nil
	}
	m := merging{name: f.Path, base: base, yours: c.before, seed: f.Content}
	if f.method != "" {
		m.method = &moved{f.method, f.method}
		if was, place := operationOf(base); was != f.method && place == f.place() { // a name that makes the same file
			m.method.from = was
			m = p.renameTypes(m, f)
		}
	}
	out, err := m.merge(ctx)
	if err != nil {
		return c, err
	}
	p.take(f, &c, out)
	return c, nil
}

// take makes the outcome of a merge the change of a file.
func (p *planner) take(f File, c *Change, out merged) {
	if out.apart {
		c.Action, c.Reason = Keep, "hardly a line of msgen's is left in it"
		return
	}
	c.Action, c.Lines, c.Reason = Merge, out.marks, out.note
	if out.reason != "" || len(out.marks) > 0 {
		c.Action, c.Reason = Unmerged, out.reason
	}
	if out.reason == "" {
		if bytes.Equal(out.text, c.before) && c.Reason == "" {
			c.Reason = "your file has what is new already"
		}
		c.after = out.text
		p.adopt(f, f.Path)
	}
}

// adopt makes the seed what later seeds are compared with.
func (p *planner) adopt(f File, name string) {
	p.lock[name] = LockEntry{Owner: f.Owner, Hash: hash(f.Content)}
	p.setBase(name, f.Content)
}

// baseOf is the seed that a file was written as: what is kept of it, or the file itself when nobody edited it.
func (p *planner) baseOf(name string, text []byte, entry LockEntry) ([]byte, bool) {
	base, err := readRegular(p.root, path.Join(baseDir, name))
	if err == nil && (hash(base) == entry.Hash || hash(text) != entry.Hash) {
		return unix(base), true
	}
	if hash(text) == entry.Hash {
		return unix(text), true
	}
	return nil, false
}

// declaredMethods lists the methods, as "V1.CreateOrder", that the Go files at the root of the service declare, each with
// its file. Files that don't parse count for nothing: the compiler tells the user more.
func declaredMethods(root *os.Root) (map[string]string, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	methods := map[string]string{}
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
				methods[receiver(f)+"."+f.Name.Name] = entry.Name()
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
func (p *planner) planGone(name string, entry LockEntry) {
	before, err := readRegular(p.root, name)
	if errors.Is(err, fs.ErrNotExist) {
		p.goneMethod(name, entry)
		return
	}
	c := Change{Path: name, Owner: entry.Owner, Action: Delete, before: before}
	base, baseErr := readRegular(p.root, path.Join(baseDir, name))
	operation := path.Ext(name) == ".go" && !strings.Contains(name, "/") && bytes.Contains(base, []byte("problem.NotImplemented("))
	switch {
	case entry.Owner == Seeded && err == nil && baseErr == nil && entry.Hash == hash(before):
		c.Reason = "msgen seeds it no longer, and nobody had edited it"
		if operation {
			c.Reason = "its operation is gone from the contract, and nobody had written it"
		}
		p.setBase(name, nil)
	case entry.Owner == Seeded:
		c.Action, c.after = Orphan, before
		if operation {
			c.Reason = "its operation is gone from the contract, or has another name there and a file of that name; this one is yours and compiles no longer: move what you need, then delete it"
			p.lock[name] = entry
			break
		}
		c.Reason = "msgen generates nothing of that name any more; the file is yours: keep it, or delete it"
		p.setBase(name, nil)
	case err != nil:
		c.Action, c.Reason = Conflict, err.Error()
	case entry.Hash != hash(before):
		c.Action = Conflict
		c.Reason = "no longer generated, and edited since msgen wrote it; move the edit into a file of yours, delete this one, then run msgen again"
	}
	p.Changes = append(p.Changes, c)
}
