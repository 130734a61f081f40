package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/generator"
	"github.com/msgen/msgen/spec"
)

// generateOptions are the flags of msgen generate.
type generateOptions struct {
	dir, format                 string
	check, diff, dryRun, verify bool
	allowRemote                 []string
}

// newGenerateCommand brings a service up to date with its contracts.
func newGenerateCommand(t *terminal) *cobra.Command {
	var o generateOptions
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Bring a service up to date with its contract",
		Long: `Bring the service in this folder up to date with its contract and this msgen. Files of msgen's are written again; one that
was edited is never overwritten: the difference is shown, nothing is written, exit code 1. A new operation gets a file of
its own, and what you wrote for an operation goes on under its new name when it is renamed. Your files start from a text
of msgen's: when that text changes, they get what is new, merged with your edits by git. Where both changed the same
lines, both stand in your file between git's markers, exit code 1.`,
		Example: "  msgen generate\n  msgen generate --check",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := exclusive(cmd, "check", "diff", "dry-run"); err != nil {
				return err
			}
			return runGenerate(cmd.Context(), t, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", ".", "`FOLDER` of the service")
	f.BoolVar(&o.check, "check", false, "write nothing, exit 1 when a file is not up to date (for CI)")
	f.BoolVar(&o.diff, "diff", false, "write nothing, print what would change as a unified diff")
	f.BoolVar(&o.dryRun, "dry-run", false, "write nothing, list the files with what would become of them and their owner")
	f.BoolVar(&o.verify, "verify", false, "run go vet on the service before the files are put in place")
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` that references of the contract may be fetched from (repeatable)")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the result: text or json")
	return cmd
}

// runGenerate brings the service up to date.
func runGenerate(ctx context.Context, t *terminal, o generateOptions) error {
	if err := t.useFormat(o.format); err != nil {
		return err
	}
	files, warnings, err := serviceFiles(ctx, o)
	if err != nil {
		return err
	}
	planOnly := o.check || o.diff || o.dryRun
	w, err := generator.Write(ctx, o.dir, files, generator.WriteOptions{DryRun: planOnly, Verify: o.verify})
	if err != nil {
		return err
	}
	r := &result{dir: o.dir, written: w, warnings: warnings, dryRun: o.dryRun}
	switch {
	case o.check:
		return r.check(t)
	case o.diff:
		return r.diff(t)
	}
	return r.report(t)
}

// serviceFiles renders the files of the service that msgen.yaml describes.
func serviceFiles(ctx context.Context, o generateOptions) ([]generator.File, spec.Diagnostics, error) {
	p, err := loadProject(ctx, o.dir, o.allowRemote)
	if err != nil {
		return nil, nil, err
	}
	return p.files()
}

// project is the service in a folder with its contracts.
type project struct {
	dir      string
	config   *generator.Config
	module   string
	versions []generator.Contract
	clients  []generator.Contract // of the services that it calls
	warnings spec.Diagnostics
}

// loadProject reads the service in a folder. Faults of all contracts come as spec.Diagnostics in the error.
func loadProject(ctx context.Context, dir string, allowRemote []string) (*project, error) {
	p := &project{dir: dir}
	var err error
	if p.config, err = generator.ReadConfig(dir); err != nil {
		return nil, err
	}
	if p.module, err = generator.ModulePath(dir); err != nil {
		return nil, err
	}
	if p.module == "" {
		return nil, fmt.Errorf("%s: no go.mod; run msgen in the folder of a service, or restore the file", dir)
	}
	var faults spec.Diagnostics
	load := func(name, path string, into *[]generator.Contract) error {
		doc, err := spec.Load(ctx, filepath.Join(dir, filepath.FromSlash(path)), spec.Options{AllowRemote: allowRemote, Root: dir})
		var diagnostics spec.Diagnostics
		if errors.As(err, &diagnostics) {
			faults = append(faults, diagnostics...)
			return nil
		}
		if err != nil {
			return err
		}
		p.warnings = append(p.warnings, doc.Warnings...)
		*into = append(*into, generator.Contract{Name: name, Spec: path, Document: doc})
		return nil
	}
	for _, v := range p.config.Versions {
		if err := load(v.Name, v.Spec, &p.versions); err != nil {
			return nil, err
		}
	}
	for _, c := range p.config.Clients {
		if err := load(c.Name, c.Spec, &p.clients); err != nil {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return p, nil
}

// files renders the files of the service.
func (p *project) files() ([]generator.File, spec.Diagnostics, error) {
	svc, warnings, err := generator.NewService(p.versions, generator.ServiceOptions{
		Name: p.config.Service, Module: p.module, Client: p.config.Client, Clients: p.clients,
		TrustExtensions: p.config.TrustExtensions, LenientPatterns: p.config.LenientPatterns, Tool: thisBuild().Version,
	})
	if err != nil {
		return nil, nil, err
	}
	files, err := generator.Files(svc)
	return files, append(append(p.warnings, warnings...), svc.Warnings...), err
}

// check reports whether the service is up to date.
func (r *result) check(t *terminal) error {
	diagnostics := r.diagnostics(t)
	drift := r.written.Plan.Drift()
	if t.json {
		t.writeJSON(resultJSON{r.dir, false, drift, diagnosticsJSON(diagnostics), nil})
	}
	if len(drift) == 0 {
		if !t.json {
			fmt.Fprintln(t.out, "up to date")
		}
		return nil
	}
	for _, c := range drift {
		if !t.json {
			fmt.Fprintf(t.out, "%-9s  %-5s  %s\n", c.Action, c.Owner, c.Path)
		}
		if c.Action == generator.Conflict {
			t.say("%s: %s", c.Path, c.Reason)
		}
	}
	if conflicts := r.written.Plan.Conflicts(); len(conflicts) > 0 {
		return found{fmt.Sprintf("%s in the way of msgen generate", plural(len(conflicts), "file"))}
	}
	return found{fmt.Sprintf("%s not up to date with the contract; run msgen generate and commit the result", plural(len(drift), "file"))}
}

// diff prints what would change.
func (r *result) diff(t *terminal) error {
	diagnostics := r.diagnostics(t)
	drift := r.written.Plan.Drift()
	if t.json {
		type changeJSON struct {
			generator.Change
			Diff string `json:"diff"`
		}
		list := []changeJSON{}
		for _, c := range drift {
			list = append(list, changeJSON{c, c.Diff()})
		}
		t.writeJSON(map[string]any{"dir": r.dir, "files": list, "diagnostics": diagnosticsJSON(diagnostics)})
	} else {
		for _, c := range drift {
			fmt.Fprint(t.out, c.Diff())
		}
	}
	if len(drift) > 0 {
		return found{fmt.Sprintf("%s would change", plural(len(drift), "file"))}
	}
	return nil
}
