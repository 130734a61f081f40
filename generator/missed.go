package generator

import (
	"bytes"

	"github.com/rogpeppe/go-internal/diff"
)

// Missed is a change of a seed that its owner's file did not get.
type Missed struct {
	Path string
	Diff string // what the seed gained, as a unified diff
}

// Missed lists the seeds that differ between before and after and whose files stay as they are: those that were there
// before msgen, those that their owner deleted, and those that can't be merged.
func (p *Plan) Missed(before, after []File) []Missed {
	was := map[string][]byte{}
	for _, f := range before {
		was[f.Path] = f.Content
	}
	is := map[string]File{}
	for _, f := range after {
		is[f.Path] = f
	}
	var missed []Missed
	for _, c := range p.with(Keep, Unmerged) {
		f := is[c.Path]
		old, ok := was[c.Path]
		if ok && f.based() && f.method == "" && !bytes.Equal(old, f.Content) && bytes.Equal(c.before, c.after) {
			missed = append(missed, Missed{c.Path, string(diff.Diff("a/"+c.Path, old, "b/"+c.Path, f.Content))})
		}
	}
	return missed
}
