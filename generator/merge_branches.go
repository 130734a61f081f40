package generator

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
)

// unedited tells whether a file in which git left conflicts holds nothing but what msgen wrote on two branches: both sides
// of the merge that is under way are seeds that the lock knows, and every line that is there is from one of them.
func (p *planner) unedited(ctx context.Context, name string, text []byte, entry LockEntry) bool {
	if foreignMark(text) == 0 || len(entry.others) == 0 {
		return false
	}
	written := map[string]bool{}
	for _, stage := range []string{":2:./", ":3:./"} {
		side, err := gitShow(ctx, p.root.Name(), stage+name)
		if err != nil || !slices.Contains(append(entry.others, entry.Hash), hash(side)) {
			return false
		}
		for line := range bytes.Lines(unix(side)) {
			written[string(bytes.TrimRight(line, "\n"))] = true
		}
	}
	for line := range bytes.Lines(unix(text)) {
		if line := string(bytes.TrimRight(line, "\n")); !written[line] && !mergeMarker(line) {
			return false
		}
	}
	return true
}

// gitShow reads a blob of the repository that a folder is in.
func gitShow(ctx context.Context, dir, object string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", "cat-file", "blob", object)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	return cmd.Output()
}
