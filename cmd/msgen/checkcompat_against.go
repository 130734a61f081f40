package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/generator"
	"github.com/msgen/msgen/spec"
)

// compareVersions compares each version of the service in the folder with itself at a git revision.
func compareVersions(ctx context.Context, t *terminal, o checkCompatOptions, today time.Time) (*check.Report, error) {
	config, err := generator.ReadConfig(o.dir)
	if err != nil {
		return nil, err
	}
	before, err := configAt(ctx, o)
	if err != nil {
		return nil, err
	}
	old, err := loadVersions(ctx, t, o, before, func(file string) string { return o.against + ":./" + path.Clean(file) })
	if err != nil {
		return nil, err
	}
	revision, err := loadVersions(ctx, t, o, config.Versions, filepath.ToSlash)
	if err != nil {
		return nil, err
	}
	report, err := interruptible(ctx, func() *check.Report {
		return compat.Versions(old, revision, compat.Options{Today: today, All: true})
	})
	if err != nil {
		return nil, err
	}
	report.Old, report.New = o.against, filepath.ToSlash(o.dir)
	return report, nil
}

// configAt lists the versions that the service had at the revision; none when it was not there yet.
func configAt(ctx context.Context, o checkCompatOptions) ([]generator.VersionConfig, error) {
	name, data, err := spec.ReadFile(ctx, o.against+":./msgen.yaml", spec.Options{Dir: folder(o.dir)})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", o.against, err)
	}
	config, err := generator.ParseConfig(name, data)
	if err != nil {
		return nil, err
	}
	return config.Versions, nil
}

// loadVersions loads the contracts of versions by name.
func loadVersions(ctx context.Context, t *terminal, o checkCompatOptions, versions []generator.VersionConfig,
	ref func(file string) string) (map[string]*spec.Document, error) {
	refs := make([]string, len(versions))
	for i, v := range versions {
		refs[i] = ref(v.Spec)
	}
	docs, err := loadAll(ctx, t, o, refs)
	if err != nil {
		return nil, err
	}
	named := map[string]*spec.Document{}
	for i, v := range versions {
		named[v.Name] = docs[i]
	}
	return named, nil
}
