package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/generator"
	"github.com/msgen/msgen/spec"
)

// newVersionOptions are the flags of msgen new version.
type newVersionOptions struct {
	name, spec, dir, format string
	allowRemote             []string
	verify, dryRun          bool
}

// newNewVersionCommand adds a version to a service.
func newNewVersionCommand(t *terminal) *cobra.Command {
	var o newVersionOptions
	cmd := &cobra.Command{
		Use:   "version VERSION --spec SOURCE",
		Short: "Add a version of the API, served beside the others",
		Long: `Add a version to the service in this folder, served beside the others. Its contract is copied to
api/VERSION/openapi.yaml. The files that the service's own code starts from get the lines that the version needs, merged
with your edits as msgen generate does it.`,
		Example: "  msgen new version v2 --spec products-v2.yaml",
		Args:    oneArgument("the name of the VERSION, for example: msgen new version v2 --spec products-v2.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runNewVersion(cmd.Context(), t, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.spec, "spec", "", "contract of the version: `SOURCE` is a file, a URL, GITREF:PATH or - (required)")
	f.StringVar(&o.dir, "dir", ".", "`FOLDER` of the service")
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` that contracts may be fetched from (repeatable)")
	f.BoolVar(&o.verify, "verify", false, "run go vet on the service before the files are put in place")
	f.BoolVar(&o.dryRun, "dry-run", false, "list the files with their owner, write nothing")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the result: text or json")
	return cmd
}

// runNewVersion adds the version.
func runNewVersion(ctx context.Context, t *terminal, o newVersionOptions) error {
	if err := t.useFormat(o.format); err != nil {
		return err
	}
	if err := generator.ValidateVersion(o.name); err != nil {
		return err
	}
	if o.spec == "" {
		return fmt.Errorf("--spec is missing: name the contract of %s, for example --spec %s.yaml", o.name, o.name)
	}
	p, err := loadProject(ctx, o.dir, nil)
	if err != nil {
		return err
	}
	for _, v := range p.config.Versions {
		if v.Name == o.name {
			return fmt.Errorf("the service has a version %s already; change %s and run msgen generate", o.name, v.Spec)
		}
	}
	before, _, err := p.files()
	if err != nil {
		return err
	}
	doc, err := spec.Load(ctx, o.spec, spec.Options{AllowRemote: o.allowRemote, Stdin: t.in})
	if err != nil {
		return err
	}
	p.versions = append(p.versions, generator.Contract{Name: o.name, Document: doc})
	p.warnings = append(p.warnings, doc.Warnings...)
	files, warnings, err := p.files()
	if err != nil {
		return err
	}
	generator.AddVersion(files, o.name)
	w, err := generator.Write(ctx, o.dir, files, generator.WriteOptions{DryRun: o.dryRun, Verify: o.verify})
	if err != nil {
		return err
	}
	err = (&result{dir: o.dir, written: w, warnings: warnings, dryRun: o.dryRun}).report(t)
	for _, m := range w.Plan.Missed(before, files) {
		t.say("%s: stays as it is, and the version has to be added; add these lines:\n%s", m.Path, m.Diff)
	}
	return err
}
