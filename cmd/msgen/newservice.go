package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/generator"
	"github.com/msgen/msgen/spec"
	"github.com/msgen/msgen/templates"
)

// newServiceOptions are the flags of msgen new service.
type newServiceOptions struct {
	name, dir, module, format        string
	specs, allowRemote               []string
	trustExtensions, client, lenient bool
	verify, dryRun                   bool
}

// newNewServiceCommand starts a service from its contracts.
func newNewServiceCommand(t *terminal) *cobra.Command {
	var o newServiceOptions
	cmd := &cobra.Command{
		Use:   "service NAME",
		Short: "Start a service from its contract",
		Long: `Start a service: a Go module that compiles, checks tokens, validates every byte and answers 501 until you write the
behaviour. The contract is a file, a folder, a URL (with --allow-remote), GITREF:PATH, or - for standard input. Without
one the service starts from a small contract to change. Several versions live side by side: --spec v1=FILE --spec v2=FILE.`,
		Example: "  msgen new service users --spec users.yaml\n  msgen new service users --spec v1=users.yaml --spec v2=users-v2.yaml",
		Args:    oneArgument("the NAME of the service, for example: msgen new service users --spec users.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runNewService(cmd.Context(), t, o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.specs, "spec", nil, "the contract: `FILE`, URL, GITREF:PATH or -; v2=FILE names its version (repeatable)")
	f.StringVar(&o.dir, "dir", "", "`FOLDER` to write to (default: NAME)")
	f.StringVar(&o.module, "module", "", "`PATH` of the Go module (default: example.com/NAME)")
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` that contracts may be fetched from (repeatable)")
	f.BoolVar(&o.trustExtensions, "trust-extensions", false, "take Go names and types from x-go-* extensions of the contract")
	f.BoolVar(&o.lenient, "lenient-patterns", false, "warn about patterns that Go can't match, instead of refusing them")
	f.BoolVar(&o.client, "client", false, "publish a Go client beside the models")
	f.BoolVar(&o.verify, "verify", false, "run go vet on the service before it is put in place")
	f.BoolVar(&o.dryRun, "dry-run", false, "list the files with their owner, write nothing")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the result: text or json")
	return cmd
}

// runNewService starts the service.
func runNewService(ctx context.Context, t *terminal, o newServiceOptions) error {
	if err := t.useFormat(o.format); err != nil {
		return err
	}
	if err := generator.ValidateName(o.name); err != nil {
		return err
	}
	if o.dir == "" {
		o.dir = o.name
	}
	if info, err := os.Stat(o.dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s: a file is in the place of the folder; choose another one with --dir", o.dir)
	}
	contracts, err := loadContracts(ctx, t, o)
	if err != nil {
		return err
	}
	module, err := moduleOf(o)
	if err != nil {
		return err
	}
	svc, warnings, err := generator.NewService(contracts, generator.ServiceOptions{
		Name: o.name, Module: module, Client: o.client, TrustExtensions: o.trustExtensions, LenientPatterns: o.lenient,
		Tool: thisBuild().Version,
	})
	if err != nil {
		return err
	}
	files, err := generator.Files(svc)
	if err != nil {
		return err
	}
	w, err := generator.Write(ctx, o.dir, files, generator.WriteOptions{DryRun: o.dryRun, Verify: o.verify, Fresh: true})
	if err != nil {
		return err
	}
	for _, c := range contracts {
		warnings = append(warnings, c.Document.Warnings...)
	}
	result := &result{dir: o.dir, written: w, warnings: append(warnings, svc.Warnings...), dryRun: o.dryRun}
	result.fresh, result.next = true, nextCommands(ctx, o)
	return result.report(t)
}

// versioned is a value of --spec that names its version.
var versioned = regexp.MustCompile(`^([vV]?[0-9][A-Za-z0-9]*)=(.*)$`)

// loadContracts loads the contract of every --spec, or the one to start from.
func loadContracts(ctx context.Context, t *terminal, o newServiceOptions) ([]generator.Contract, error) {
	if len(o.specs) == 0 {
		doc, err := spec.Parse("starter.yaml", templates.Starter, spec.Options{})
		if err != nil {
			return nil, err
		}
		return []generator.Contract{{Name: "v1", Document: doc}}, nil
	}
	var contracts []generator.Contract
	var faults spec.Diagnostics
	stdin := t.in
	for _, ref := range o.specs {
		version := ""
		if m := versioned.FindStringSubmatch(ref); m != nil {
			version, ref = m[1], m[2]
			if err := generator.ValidateVersion(version); err != nil {
				return nil, err
			}
		}
		if version == "" && len(o.specs) > 1 {
			return nil, fmt.Errorf("--spec %s: name the version of each contract when there are several, for example --spec v1=%s", ref, ref)
		}
		doc, err := spec.Load(ctx, ref, spec.Options{AllowRemote: o.allowRemote, Stdin: stdin})
		var diagnostics spec.Diagnostics
		if errors.As(err, &diagnostics) {
			faults = append(faults, diagnostics...)
			continue
		}
		if err != nil {
			return nil, err
		}
		if ref == "-" {
			stdin = nil // it is read
		}
		contracts = append(contracts, generator.Contract{Name: version, Document: doc})
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return contracts, nil
}

// moduleOf is the module path of the new service: --module, that of the go.mod that is in the folder already, or "".
func moduleOf(o newServiceOptions) (string, error) {
	existing, err := generator.ModulePath(o.dir)
	if err != nil {
		return "", err
	}
	if existing != "" && o.module != "" && o.module != existing {
		return "", fmt.Errorf("%s is module %s already; leave --module out", filepath.Join(o.dir, "go.mod"), existing)
	}
	if existing != "" {
		return existing, nil
	}
	return o.module, nil
}

// nextCommands are the commands that the user goes on with.
func nextCommands(ctx context.Context, o newServiceOptions) []string {
	test, run := "go test ./...", "make run"
	if dir := filepath.Clean(o.dir); dir != "." {
		test = "cd " + shellWord(dir) + " && " + test
	}
	if join := joinWorkspace(ctx, o.dir); join != "" {
		return []string{join, test, run}
	}
	return []string{test, run}
}

// shellWord quotes a path for a shell when it needs it.
func shellWord(path string) string {
	if strings.IndexFunc(path, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/", r)
	}) < 0 {
		return path
	}
	return generator.Shell(path)
}
