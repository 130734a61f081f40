package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/check/lint"
)

//go:generate sh -c "go run . rules --format markdown > ../../docs/rules.md"

// newRulesCommand lists what check-compat and lint can find.
func newRulesCommand(t *terminal) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:     "rules",
		Short:   "List the rules of check-compat and lint",
		Example: "  msgen rules",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if format == "markdown" {
				_, err := fmt.Fprint(t.out, documentRules())
				return err
			}
			if err := t.useFormat(format); err != nil {
				return fmt.Errorf("--format %q is not known here; use text, json or markdown", format)
			}
			return runRules(t)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "`FORMAT` of the result: text, json or markdown")
	return cmd
}

// runRules lists the rules, one on each line.
func runRules(t *terminal) error {
	rules := check.ByID(allRules())
	if t.json {
		t.writeJSON(map[string]any{"rules": rules})
		return nil
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, rule := range rules {
		fmt.Fprintf(w, "%s\t%s\t%s\n", rule.ID, rule.Severity, rule.Summary)
	}
	return w.Flush()
}

// documentRules writes docs/rules.md.
func documentRules() string {
	return check.Document([]check.Section{
		{
			Title: "check-compat",
			Intro: "What can break those who rely on an old contract when a new one is deployed. The request side is what clients send, the response\n" +
				"side what they receive; for callbacks and webhooks it is the other way round.",
			Rules: check.ByID(compat.Rules()),
		},
		{Title: "lint", Intro: "What a service will regret in its contract.", Rules: check.ByID(lint.Rules())},
	})
}
