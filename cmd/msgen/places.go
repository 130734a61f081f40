package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/msgen/msgen/check"
)

// topFormats are read by services that know files by their path from the top of the repository.
var topFormats = []string{"github", "gitlab", "sarif"}

// relocate names the files of a report, which are seen from dir, as the reader of its format looks for them: from the
// current folder, or from the top of the repository. Revisions, URLs and what is no file here keep their names.
func relocate(ctx context.Context, report *check.Report, format, dir string) {
	top := ""
	if slices.Contains(topFormats, format) {
		top = repositoryTop(ctx, folder(dir))
	}
	for i := range report.Findings {
		for _, p := range []*check.Place{report.Findings[i].Old, report.Findings[i].New} {
			if p != nil {
				p.File = seenFrom(top, dir, p.File)
			}
		}
	}
}

// repositoryTop is the top of the repository that a folder is in, "" when it is in none.
func repositoryTop(ctx context.Context, dir string) string {
	cmd := exec.CommandContext(ctx, "git", "rev-parse", "--show-toplevel")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// seenFrom names a file, seen from dir, as it is seen from the current folder, or from top when there is one.
func seenFrom(top, dir, name string) string {
	file := filepath.FromSlash(name)
	if below := filepath.Join(dir, file); !filepath.IsAbs(file) && isFile(below) {
		file = below
	} else if !isFile(file) {
		return name
	}
	if top == "" {
		return filepath.ToSlash(file)
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	if real, err := filepath.EvalSymlinks(whole); err == nil {
		whole = real
	}
	if below, err := filepath.Rel(top, whole); err == nil && filepath.IsLocal(below) {
		return filepath.ToSlash(below)
	}
	return filepath.ToSlash(file)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
