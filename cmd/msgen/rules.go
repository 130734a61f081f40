package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/check"
)

// newRulesCommand lists what check-compat and lint can find.
func newRulesCommand(t *terminal) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:     "rules",
		Short:   "List the rules of check-compat and lint",
		Example: "  msgen rules",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := t.useFormat(format); err != nil {
				return err
			}
			return runRules(t)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "`FORMAT` of the result: text or json")
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
