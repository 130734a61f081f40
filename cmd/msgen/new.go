package main

import "github.com/spf13/cobra"

// newNewCommand groups the commands that start something.
func newNewCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Start a service",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(newNewServiceCommand(t))
	return cmd
}
