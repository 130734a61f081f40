package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/check/compat"
	"github.com/msgen/msgen/check/lint"
)

// allRules are the rules of every check.
func allRules() []check.Rule { return append(compat.Rules(), lint.Rules()...) }

// newExplainCommand explains a rule.
func newExplainCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		Short:   "Explain a rule of check-compat or lint",
		Example: "  msgen explain operation-removed",
		Args:    oneArgument("the RULE, for example: msgen explain operation-removed"),
		RunE: func(_ *cobra.Command, args []string) error {
			return runExplain(t, args[0])
		},
	}
}

// runExplain prints what a rule finds, why, and what to do.
func runExplain(t *terminal, id string) error {
	var known []string
	for _, rule := range check.ByID(allRules()) {
		if rule.ID == id {
			fmt.Fprint(t.out, rule.Explain())
			return nil
		}
		known = append(known, rule.ID)
	}
	if near := nearRules(id, known); len(near) > 0 {
		return fmt.Errorf("there is no rule %q; did you mean %s", id, strings.Join(near, ", "))
	}
	return fmt.Errorf("there is no rule %q; msgen rules lists them", id)
}
