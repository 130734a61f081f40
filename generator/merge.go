package generator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/msgen/msgen/spec"
)

// The labels of the sides of a conflict, as they stand behind git's markers.
const (
	yoursLabel = "yours"
	baseLabel  = "msgen before"
	seedLabel  = "msgen now"
)

// merging is one seeded file with the three texts that a merge is made of.
type merging struct {
	name   string // path of the file
	base   []byte // the seed that the owner started from
	yours  []byte // the owner's text
	seed   []byte // the seed as it is now
	method *moved // of an operation's file: the method that it is there for
}

// merged is the outcome of a merge.
type merged struct {
	text   []byte // nil when the file is left alone
	marks  []int  // the lines of text where conflicts begin
	reason string // why the file is left alone, and the remedy
	apart  bool   // the file is left alone because hardly anything of the seed is left in it: no merge could be of use
	note   string // what the owner may want to know of a text that went together
}

// merge brings what changed between base and seed into the owner's text. What the two sides changed differently stands
// in the text twice, between git's markers. A file that can't be merged is left alone.
func (m merging) merge(ctx context.Context) (merged, error) {
	if bytes.IndexByte(m.yours, 0) >= 0 {
		return merged{reason: "msgen's text of this file changed; yours holds NUL bytes and can't be merged as text: " + byHand(m.name)}, nil
	}
	if line := foreignMark(m.yours); line > 0 {
		return merged{reason: fmt.Sprintf("msgen's text of this file changed; yours holds an unresolved conflict in line %d: resolve it, or take a side with git checkout --ours, then run msgen generate again", line)}, nil
	}
	crlf := onlyCRLF(m.yours)
	if crlf {
		m.yours = unix(m.yours)
	}
	if path.Ext(m.name) == ".go" {
		if err := parses(m.name, m.yours); err != nil {
			return merged{reason: fmt.Sprintf("msgen's text of this file changed; yours does not parse (%v): mend it, then run msgen generate again", err)}, nil
		}
	}
	if m.replaced() {
		return merged{apart: true}, nil
	}
	out, err := m.three(ctx)
	if errors.Is(err, exec.ErrNotFound) {
		return merged{reason: "msgen's text of this file changed, and git, which merges it with your edits, is not installed: install git, then run msgen generate again"}, nil
	}
	if err != nil {
		return merged{}, fmt.Errorf("%s: %w", m.name, err)
	}
	if crlf {
		out.text = bytes.ReplaceAll(out.text, []byte("\n"), []byte("\r\n"))
	}
	return out, nil
}

// byHand is the remedy for a file that msgen can't merge.
func byHand(name string) string {
	return fmt.Sprintf("take the line of %s out of %s to keep yours for good, and move the file away as well to have msgen's", name, lockFile)
}

// isGo tells whether the texts are Go.
func (m merging) isGo() bool {
	return path.Ext(m.name) == ".go" && parses(m.name, m.yours) == nil && parses(m.name, m.base) == nil && parses(m.name, m.seed) == nil
}

// replaced tells whether the owner wrote another file in the place of the seed: of the declarations of a Go file none is
// left, or of the lines of a text hardly one in ten.
func (m merging) replaced() bool {
	if m.isGo() {
		yours := parseGo(m.yours).pieces()
		base := slices.DeleteFunc(parseGo(m.base).pieces(), func(p piece) bool { return !p.named })
		there := slices.ContainsFunc(base, func(p piece) bool { _, ok := find(yours, p.key); return ok })
		return m.method == nil && len(base) > 0 && !there
	}
	wanted, there := map[string]bool{}, map[string]bool{}
	for line := range bytes.Lines(m.base) {
		if text := string(bytes.TrimSpace(line)); len(text) > 3 {
			wanted[text] = true
		}
	}
	for line := range bytes.Lines(m.yours) {
		if text := string(bytes.TrimSpace(line)); wanted[text] {
			there[text] = true
		}
	}
	return len(wanted) >= 10 && 10*len(there) < len(wanted)
}

// three merges the texts, which have Unix line ends but for those that the owner mixed.
func (m merging) three(ctx context.Context) (merged, error) {
	var out merged
	var without []string
	var clean bool
	var err error
	if m.isGo() {
		out.text, without, clean, err = m.mergeGo(ctx)
	} else {
		out.text, clean, err = gitMerge(ctx, [3][]byte{m.yours, m.base, m.seed})
	}
	if err != nil {
		return merged{}, err
	}
	if len(without) > 0 {
		out.note = "without what you took out: " + strings.Join(without, ", ")
	}
	if clean && !m.sound(out.text) {
		// Each line has its place, and yet the whole makes no sense: only the owner can tell what was meant.
		out.text, clean = m.whole(), false
	}
	if !clean {
		out.marks = marks(out.text)
	}
	return out, nil
}

// sound tells whether a merged text can be read where the owner's text can.
func (m merging) sound(text []byte) bool {
	switch path.Ext(m.name) {
	case ".go":
		return parses(m.name, text) == nil
	case ".yaml", ".yml":
		_, before := spec.ParseTree(m.name, m.yours)
		_, after := spec.ParseTree(m.name, text)
		return before != nil || after == nil
	}
	return true
}

// whole is a conflict about the whole text.
func (m merging) whole() []byte {
	var b bytes.Buffer
	for _, side := range []struct {
		mark string
		text []byte
	}{{"<<<<<<< " + yoursLabel, m.yours}, {"||||||| " + baseLabel, m.base}, {"=======", m.seed}, {">>>>>>> " + seedLabel, nil}} {
		b.WriteString(side.mark + "\n")
		b.Write(side.text)
		if len(side.text) > 0 && !bytes.HasSuffix(side.text, []byte("\n")) {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// parses tells what keeps a text from being Go.
func parses(name string, text []byte) error {
	_, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	return err
}

// gitMerge lets git merge the texts: yours, base, seed. A first attempt settles what both sides changed alike; the text
// of conflicts shows the base, too.
func gitMerge(ctx context.Context, sides [3][]byte) (text []byte, clean bool, err error) {
	dir, err := os.MkdirTemp("", "msgen-merge-*")
	if err != nil {
		return nil, false, err
	}
	defer os.RemoveAll(dir)
	for i, name := range []string{"yours", "base", "seed"} {
		if err := os.WriteFile(filepath.Join(dir, name), sides[i], 0o600); err != nil {
			return nil, false, err
		}
	}
	if text, clean, err = runGitMerge(ctx, dir); clean || err != nil {
		return text, clean, err
	}
	return runGitMerge(ctx, dir, "--diff3")
}

// runGitMerge runs git merge-file in a folder that holds the three texts. No repository and no configuration counts.
func runGitMerge(ctx context.Context, dir string, style ...string) (text []byte, clean bool, err error) {
	args := append([]string{"merge-file", "-p", "-q"}, style...)
	cmd := exec.CommandContext(ctx, "git", append(args, "-L", yoursLabel, "-L", baseLabel, "-L", seedLabel, "yours", "base", "seed")...)
	cmd.Dir = dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "LC_ALL=C")
	var problem bytes.Buffer
	cmd.Stderr = &problem
	text, err = cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return text, true, nil
	case ctx.Err() != nil:
		return nil, false, ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 128:
		return text, false, nil // so many conflicts
	case errors.As(err, &exit):
		return nil, false, fmt.Errorf("git merge-file: %s: %w", strings.TrimSpace(problem.String()), err)
	}
	return nil, false, err
}

// marks lists the lines of a text that are markers of ours: where each conflict begins, or, where its first line is
// gone, what is left of it.
func marks(text []byte) []int {
	var lines []int
	open := false
	n := 0
	for line := range bytes.Lines(text) {
		n++
		switch string(bytes.TrimRight(line, "\r\n")) {
		case "<<<<<<< " + yoursLabel:
			lines, open = append(lines, n), true
		case "||||||| " + baseLabel:
			if !open {
				lines, open = append(lines, n), true
			}
		case ">>>>>>> " + seedLabel:
			if !open {
				lines = append(lines, n)
			}
			open = false
		}
	}
	return lines
}

// foreignMark is the line where a conflict of a merge of the owner's begins, 0 for none.
func foreignMark(text []byte) int {
	start, middle, n := 0, false, 0
	for line := range bytes.Lines(text) {
		n++
		switch line := string(bytes.TrimRight(line, "\r\n")); {
		case strings.HasPrefix(line, "<<<<<<< "):
			start, middle = n, false
		case line == "=======":
			middle = start > 0
		case middle && strings.HasPrefix(line, ">>>>>>> "):
			return start
		}
	}
	return 0
}

// onlyCRLF tells whether every line of a text ends as on Windows.
func onlyCRLF(text []byte) bool {
	count := bytes.Count(text, []byte("\r\n"))
	return count > 0 && count == bytes.Count(text, []byte("\n"))
}
