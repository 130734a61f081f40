package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/spec"
)

// checkCompatOptions are the flags of msgen check-compat.
type checkCompatOptions struct {
	against, dir, today string
	replay, token       string
	all                 bool
	allowRemote         []string
	reportOptions
}

// newCheckCompatCommand finds what breaks when a new contract is deployed.
func newCheckCompatCommand(t *terminal) *cobra.Command {
	var o checkCompatOptions
	cmd := &cobra.Command{
		Use:   "check-compat OLD NEW",
		Short: "Find what breaks when a new contract is deployed",
		Long: `Compare two contracts and report whatever can break those who rely on the old one, each root cause once, with a payload that
shows it. A contract is a file, a folder, a URL (with --allow-remote), GITREF:PATH, or - for standard input.

In the folder of a service, --against GITREF compares every version with itself at that revision.

Severities and suppressions stand in the part "compat" of msgen.yaml. msgen rules lists the rules, msgen explain RULE
explains one.

Exit codes: 0 nothing breaks, 1 something does (see --fail-on), 2 the contracts could not be compared.`,
		Example: "  msgen check-compat old.yaml new.yaml\n  msgen check-compat origin/main:api/v1/openapi.yaml api/v1/openapi.yaml\n" +
			"  msgen check-compat --against origin/main --format markdown --output report.md",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheckCompat(cmd.Context(), t, o, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.against, "against", "", "compare each version of the service in --dir with itself at this git `REVISION`")
	f.StringVar(&o.dir, "dir", ".", "`FOLDER` that contracts are seen from and msgen.yaml stands in")
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` that contracts may be fetched from (repeatable)")
	f.BoolVar(&o.all, "all", false, "report compatible changes too")
	f.StringVar(&o.replay, "replay", "", "send each request that fails now to the service at `URL` and say what it answers")
	f.StringVar(&o.token, "token", "", "bearer `TOKEN` for --replay (default: $MSGEN_TOKEN)")
	f.StringVar(&o.today, "today", "", "`DATE` that sunsets and suppressions are judged by, such as 2027-01-31 (default: today)")
	o.reportOptions.bind(cmd)
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 from this `THRESHOLD` on: breaking, warning or none (default: msgen.yaml's, or breaking)")
	f.BoolVar(&o.write.Summary, "summary", false, "only the verdict, the counts and the version bump")
	f.StringVar(&o.write.Witness, "witness", "json", "`FORM` of witnesses: json, or curl for commands that send them, with the token in $MSGEN_TOKEN")
	f.StringVar(&o.write.BaseURL, "base-url", "", "`URL` of the service in curl commands (default: http://localhost:8080)")
	return cmd
}

// gcPercent trades memory, of which a comparison of large contracts holds little garbage, for time.
const gcPercent = 200

// runCheckCompat compares the contracts.
func runCheckCompat(ctx context.Context, t *terminal, o checkCompatOptions, args []string) error {
	if err := o.validate(t, args); err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent)
	today, err := o.date()
	if err != nil {
		return err
	}
	policy, err := readPolicy(o.dir)
	if err != nil {
		return err
	}
	var report *check.Report
	if o.against != "" {
		report, err = compareVersions(ctx, t, o, today)
	} else {
		report, err = compareContracts(ctx, t, o, args, today)
	}
	if err != nil {
		return err
	}
	report.Apply(policy, compat.Rules(), today)
	if !o.all {
		report.Hide(check.Warning)
	}
	if o.replay != "" {
		if err := replay(ctx, report, o.replay, o.token); err != nil {
			return err
		}
	}
	return o.conclude(ctx, t, report, policy, o.dir)
}

// validate checks what can be checked without reading anything.
func (o *checkCompatOptions) validate(t *terminal, args []string) error {
	if err := o.reportOptions.validate(t); err != nil {
		return err
	}
	switch {
	case o.against != "" && len(args) > 0:
		return fmt.Errorf("--against finds the contracts by itself; leave %s out", strings.Join(args, " and "))
	case o.against == "" && len(args) != 2:
		return fmt.Errorf("found %s, want the OLD and the NEW contract, or --against REVISION in the folder of a service; see msgen check-compat --help",
			plural(len(args), "argument"))
	case len(args) == 2 && args[0] == "-" && args[1] == "-":
		return errors.New("only one of the contracts can come from standard input")
	case o.write.Witness != "json" && o.write.Witness != "curl":
		return fmt.Errorf("--witness %q is not known; use json or curl", o.write.Witness)
	}
	return nil
}

// date is the day that sunsets and suppressions are judged by.
func (o *checkCompatOptions) date() (time.Time, error) {
	if o.today == "" {
		return time.Now().UTC(), nil
	}
	date, err := time.Parse(time.DateOnly, o.today)
	if err != nil {
		return time.Time{}, fmt.Errorf("--today %q is not a date; write it as 2027-01-31", o.today)
	}
	return date, nil
}

// readPolicy reads the part "compat" of the msgen.yaml in dir, when there is one.
func readPolicy(dir string) (check.Policy, error) {
	file := filepath.Join(dir, "msgen.yaml")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return check.Policy{}, nil
	}
	if err != nil {
		return check.Policy{}, err
	}
	root, err := spec.ParseTree(filepath.ToSlash(file), data)
	if err != nil {
		return check.Policy{}, err
	}
	return check.ParsePolicy(root.Get("compat"), compat.Rules())
}

// compareContracts loads both contracts side by side and compares them.
func compareContracts(ctx context.Context, t *terminal, o checkCompatOptions, args []string, today time.Time) (*check.Report, error) {
	docs, err := loadAll(ctx, t, o, args)
	if err != nil {
		return nil, err
	}
	return interruptible(ctx, func() *check.Report { return compat.Check(docs[0], docs[1], compat.Options{Today: today, All: true}) })
}

// interruptible waits for a comparison, which does not look at the context, or for the end of the context.
func interruptible(ctx context.Context, compare func() *check.Report) (*check.Report, error) {
	done := make(chan *check.Report, 1)
	go func() { done <- compare() }()
	select {
	case report := <-done:
		return report, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// loadAll loads contracts at the same time; the faults of all of them are reported.
func loadAll(ctx context.Context, t *terminal, o checkCompatOptions, refs []string) ([]*spec.Document, error) {
	docs, errs := make([]*spec.Document, len(refs)), make([]error, len(refs))
	done := make(chan struct{})
	for i, ref := range refs {
		go func() {
			docs[i], errs[i] = spec.Load(ctx, ref, spec.Options{AllowRemote: o.allowRemote, Stdin: t.in, Dir: folder(o.dir)})
			done <- struct{}{}
		}()
	}
	for range refs {
		<-done
	}
	var faults spec.Diagnostics
	for _, err := range errs {
		var diagnostics spec.Diagnostics
		if errors.As(err, &diagnostics) {
			faults = append(faults, diagnostics...)
		} else if err != nil {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return docs, nil
}

// folder is a folder for spec.Options, whose zero value is the working directory.
func folder(dir string) string {
	if dir == "." {
		return ""
	}
	return dir
}
