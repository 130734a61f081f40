package generator

import (
	"bytes"
	"go/format"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Missed is a change of a seeded file that its owner's edits stand in the way of.
type Missed struct {
	Path string
	Diff string // what the seed gained, as a unified diff
}

// FollowSeeds makes the owner's files follow a change of what they were seeded from: the lines by which the seeds before
// and after differ are changed in the owner's text where what surrounds them is still there. The function that it
// returns lists, after a Write, the files that could not follow.
func FollowSeeds(before, after []File) (missed func() []Missed) {
	var failed []Missed
	for i := range after {
		f := &after[i]
		at := slices.IndexFunc(before, func(old File) bool { return old.Path == f.Path })
		if f.Owner != Seeded || f.merge != nil || f.input || f.method != "" || at < 0 || bytes.Equal(before[at].Content, f.Content) {
			continue
		}
		base, next, name := before[at].Content, f.Content, f.Path
		f.merge = func(old []byte) ([]byte, error) {
			text, ok := follow(name, string(unix(old)), string(base), string(next))
			if !ok {
				failed = append(failed, Missed{name, string(diff.Diff("a/"+name, base, "b/"+name, next))})
				return old, nil
			}
			return []byte(text), nil
		}
	}
	return func() []Missed { return failed }
}

// follow applies to text what changed between two texts that it resembles.
func follow(name, text, base, next string) (string, bool) {
	if text == base {
		return next, true
	}
	lines := strings.Split(text, "\n")
	for _, h := range hunks(strings.Split(base, "\n"), strings.Split(next, "\n")) {
		if find(lines, h.new()) >= 0 {
			continue // it is there
		}
		at := -1
		for context := 3; context > 0 && at < 0; context-- {
			if trimmed := h.trim(context); len(trimmed.old()) > 0 {
				if at = find(lines, trimmed.old()); at >= 0 {
					lines = slices.Replace(lines, at, at+len(trimmed.old()), trimmed.new()...)
				}
			}
		}
		if at < 0 {
			return "", false
		}
	}
	text = strings.Join(lines, "\n")
	if path.Ext(name) == ".go" {
		if _, err := format.Source([]byte(text)); err != nil {
			return "", false
		}
	}
	return text, true
}

// hunk is a change with the lines around it.
type hunk struct{ lead, gone, come, tail []string }

func (h hunk) old() []string { return slices.Concat(h.lead, h.gone, h.tail) }
func (h hunk) new() []string { return slices.Concat(h.lead, h.come, h.tail) }

// trim keeps at most so many lines around the change.
func (h hunk) trim(context int) hunk {
	h.lead = h.lead[max(0, len(h.lead)-context):]
	h.tail = h.tail[:min(context, len(h.tail))]
	return h
}

// hunks finds what changed from one list of lines to another, each change with up to three lines around it.
func hunks(from, to []string) []hunk {
	lengths := common(from, to)
	var list []hunk
	i, j := 0, 0
	for i < len(from) || j < len(to) {
		if i < len(from) && j < len(to) && from[i] == to[j] {
			i, j = i+1, j+1
			continue
		}
		startI, startJ := i, j
		for i < len(from) || j < len(to) {
			if i < len(from) && j < len(to) && from[i] == to[j] {
				break
			}
			if j == len(to) || i < len(from) && lengths[i+1][j] >= lengths[i][j+1] {
				i++
			} else {
				j++
			}
		}
		list = append(list, hunk{from[max(0, startI-3):startI], from[startI:i], to[startJ:j], from[i:min(len(from), i+3)]})
	}
	return list
}

// common holds the length of the longest common subsequence of from[i:] and to[j:].
func common(from, to []string) [][]int {
	lengths := make([][]int, len(from)+1)
	for i := range lengths {
		lengths[i] = make([]int, len(to)+1)
	}
	for i := len(from) - 1; i >= 0; i-- {
		for j := len(to) - 1; j >= 0; j-- {
			if from[i] == to[j] {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	return lengths
}

// find returns where the wanted lines stand, -1 when they do not or more than once.
func find(lines, wanted []string) int {
	found := -1
	for i := 0; i+len(wanted) <= len(lines); i++ {
		if slices.Equal(lines[i:i+len(wanted)], wanted) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}
