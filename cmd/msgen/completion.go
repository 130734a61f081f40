package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newCompletionCommand writes the script that completes msgen's command line in a shell.
func newCompletionCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print a script that completes msgen's command line in a shell",
		Example:   "  source <(msgen completion bash)",
		Args:      oneArgument("the shell: bash, zsh, fish or powershell"),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(t.out, true)
			case "zsh":
				return root.GenZshCompletion(t.out)
			case "fish":
				return root.GenFishCompletion(t.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(t.out)
			}
			return fmt.Errorf("shell %q is not known; use bash, zsh, fish or powershell", args[0])
		},
	}
}
