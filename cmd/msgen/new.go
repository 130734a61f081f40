package main

import "github.com/spf13/cobra"

// newNewCommand groups the commands that start something.
func newNewCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Start a service, a version of it, or a client of another one",
		Args:  noArguments,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(newNewServiceCommand(t), newNewVersionCommand(t), newNewClientCommand(t))
	return cmd
}
