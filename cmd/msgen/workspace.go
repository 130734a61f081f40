package main

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
)

// joinWorkspace is the command that makes a new module known to the Go workspace that its folder is in, without which
// the go command refuses to build it there; "" when there is no workspace, or it knows the module.
func joinWorkspace(ctx context.Context, dir string) string {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for at := filepath.Dir(whole); ; at = filepath.Dir(at) {
		file := filepath.Join(at, "go.work")
		if isFile(file) {
			if uses(ctx, file, whole) {
				return ""
			}
			return "go work use " + shellWord(filepath.ToSlash(dir))
		}
		if at == filepath.Dir(at) {
			return ""
		}
	}
}

// uses tells whether a workspace lists the module in the folder.
func uses(ctx context.Context, file, dir string) bool {
	out, err := exec.CommandContext(ctx, "go", "work", "edit", "-json", file).Output()
	if err != nil {
		return false
	}
	var workspace struct{ Use []struct{ DiskPath string } }
	if json.Unmarshal(out, &workspace) != nil {
		return false
	}
	for _, use := range workspace.Use {
		used := filepath.FromSlash(use.DiskPath)
		if !filepath.IsAbs(used) {
			used = filepath.Join(filepath.Dir(file), used)
		}
		if used == dir {
			return true
		}
	}
	return false
}
