package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArguments wants no argument; in a group of commands it takes one for a command that is not there.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return fmt.Errorf("found %q, want no arguments; see %s --help", args[0], cmd.CommandPath())
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q; did you mean %s", args[0], cmd.CommandPath()+" "+strings.Join(near, " or "))
	}
	return fmt.Errorf("unknown command %q; see %s --help", args[0], cmd.CommandPath())
}

// newHelpCommand shows the help of a command.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if err := noArguments(target, rest); err != nil {
				return err
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

// oneArgument wants exactly one argument and says which.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("found %s, want %s; see %s --help", plural(len(args), "argument"), what, cmd.CommandPath())
	}
}

// exclusive refuses more than one of the flags.
func exclusive(cmd *cobra.Command, flags ...string) error {
	var set []string
	for _, name := range flags {
		if cmd.Flags().Changed(name) {
			set = append(set, "--"+name)
		}
	}
	if len(set) < 2 {
		return nil
	}
	return fmt.Errorf("%s exclude one another; use one of them", strings.Join(set, " and "))
}

// wordsOf are the words of a rule's name, or of what somebody took for one.
func wordsOf(rule string) map[string]bool {
	words := map[string]bool{}
	for word := range strings.SplitSeq(rule, "-") {
		words[word] = true
	}
	return words
}

// nearRules lists the rules that share the most words with what was asked for, when these are more than half of it.
func nearRules(asked string, known []string) []string {
	best, near := 0, []string(nil)
	wanted := wordsOf(asked)
	for _, id := range known {
		shared := 0
		for word := range wordsOf(id) {
			if wanted[word] {
				shared++
			}
		}
		switch {
		case shared > best:
			best, near = shared, []string{id}
		case shared == best:
			near = append(near, id)
		}
	}
	if 2*best < len(wanted) || best == 0 || len(near) > 16 {
		return nil
	}
	return near
}
