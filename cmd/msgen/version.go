package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// newVersionCommand tells which msgen this is.
func newVersionCommand(t *terminal) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of msgen",
		Example: "  msgen version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := t.useFormat(format); err != nil {
				return err
			}
			return printVersion(t)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "`FORMAT` of the result: text or json")
	return cmd
}

// build is what the Go toolchain recorded of this binary.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// thisBuild reads the build info of the binary.
func thisBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

// printVersion writes the build as text or JSON.
func printVersion(t *terminal) error {
	b := thisBuild()
	if t.json {
		t.writeJSON(b)
		return nil
	}
	fmt.Fprint(t.out, b.line())
	return nil
}

// line is the build on a line of text.
func (b build) line() string {
	line := "msgen " + b.Version
	if b.Revision != "" {
		line += " (" + b.Revision
		if b.Modified {
			line += ", modified"
		}
		line += ")"
	}
	return fmt.Sprintf("%s %s %s\n", line, b.Go, b.Platform)
}
