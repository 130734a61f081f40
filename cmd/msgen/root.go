package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// commands lists the constructors of the commands: a command is a file and a line here.
var commands = []func(*terminal) *cobra.Command{
	newNewCommand,
	newGenerateCommand,
	newCheckCompatCommand,
	newLintCommand,
	newRulesCommand,
	newExplainCommand,
	newVersionCommand,
	newCompletionCommand,
}

// The exit codes, as diff and grep have them.
const (
	exitFine  = 0
	exitFound = 1 // the check found something: drift, an edit in the way, a merge conflict
	exitError = 2 // it could not be done: usage, an unreadable or invalid contract, input and output
)

// newRootCommand builds the command line.
func newRootCommand(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "msgen",
		Short: "Turn API contracts into Go microservices and keep the two together",
		Long: `msgen turns an API contract (Swagger 2.0, OpenAPI 3.0, 3.1, 3.2) into a Go microservice, keeps it up to date with the
contract without losing an edit, and finds incompatible changes of the contract.

Exit codes: 0 fine, 1 the check found something, 2 it could not be done.`,
		Example:           "  msgen new service users --spec users.yaml\n  msgen generate\n  msgen check-compat --against origin/main",
		Version:           thisBuild().Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              noArguments,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	for _, construct := range commands {
		root.AddCommand(construct(t))
	}
	root.SetHelpCommand(newHelpCommand())
	root.SetVersionTemplate(thisBuild().line())
	root.SetIn(t.in)
	root.SetOut(t.out)
	root.SetErr(t.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
	})
	return root
}

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, args []string, t *terminal) int {
	root := newRootCommand(t)
	root.SetArgs(args)
	return t.report(root.ExecuteContext(ctx))
}
