package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/lint"
	"github.com/msgen/msgen/spec"
)

// lintOptions are the flags of msgen lint.
type lintOptions struct {
	all         bool
	allowRemote []string
	reportOptions
}

// newLintCommand checks one contract.
func newLintCommand(t *terminal) *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:   "lint SPEC...",
		Short: "Find what a service will regret in its contract",
		Long: `Check a contract for what makes a service hard to use, to protect or to evolve. The contract is a file, a folder, a URL
(with --allow-remote), GITREF:PATH, or - for standard input.`,
		Example: "  msgen lint api/v1/openapi.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("found no contract, for example: msgen lint api/v1/openapi.yaml; see msgen lint --help")
			}
			return runLint(cmd.Context(), t, o, args)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` that the contract may be fetched from (repeatable)")
	f.BoolVar(&o.all, "all", false, "report information too, such as strings without a bound")
	o.reportOptions.bind(cmd)
	f.StringVar(&o.failOn, "fail-on", "breaking", "exit 1 from this `THRESHOLD` on: breaking (errors), warning or none")
	f.BoolVar(&o.write.Summary, "summary", false, "only the counts")
	return cmd
}

// runLint checks the contracts, and reports on all of them at once.
func runLint(ctx context.Context, t *terminal, o lintOptions, refs []string) error {
	if err := o.validate(t); err != nil {
		return err
	}
	report := &check.Report{New: strings.Join(refs, " "), Rules: map[string]check.Rule{}}
	for _, ref := range refs {
		doc, err := spec.Load(ctx, ref, spec.Options{AllowRemote: o.allowRemote, Stdin: t.in})
		if err != nil {
			return err
		}
		one := lint.Check(doc)
		report.Rules = one.Rules
		report.Findings = append(report.Findings, one.Findings...)
	}
	report.Sort()
	if !o.all {
		report.Hide(check.Warning)
	}
	return o.conclude(ctx, t, report, check.Policy{}, ".")
}
