package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/check"
)

// reportOptions are the flags of the commands that report findings.
type reportOptions struct {
	format, output, failOn string
	write                  check.WriteOptions
}

func (o *reportOptions) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the report: "+strings.Join(check.Formats(), ", "))
	f.StringVarP(&o.output, "output", "o", "", "write the report to `FILE` instead of standard output")
}

func (o *reportOptions) validate(t *terminal) error {
	known := false
	for _, name := range check.Formats() {
		known = known || name == o.format
	}
	if !known {
		return fmt.Errorf("--format %q is not known here; use one of %s", o.format, strings.Join(check.Formats(), ", "))
	}
	t.json = o.format == "json"
	if o.failOn == "" {
		return nil
	}
	if err := check.ValidateFailOn(o.failOn); err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	return nil
}

// conclude writes the report, whose files are seen from dir, and tells by its error whether the findings reach the
// threshold.
func (o *reportOptions) conclude(ctx context.Context, t *terminal, report *check.Report, policy check.Policy, dir string) error {
	relocate(ctx, report, o.format, dir)
	build := thisBuild()
	o.write.Tool = build.Version
	if err := o.put(t, report); err != nil {
		return err
	}
	failOn := o.failOn
	if failOn == "" {
		failOn = policy.FailOn
	}
	if !report.Fails(failOn) {
		return nil
	}
	return found{fmt.Sprintf("%s, %s; msgen explain RULE tells more", plural(report.Count(check.Error), "error"),
		plural(report.Count(check.Warning), "warning"))}
}

// put writes the report to where it belongs.
func (o *reportOptions) put(t *terminal, report *check.Report) error {
	if o.output == "" {
		o.write.Color = t.outColor()
		return check.Write(t.out, o.format, report, o.write)
	}
	var b bytes.Buffer
	if err := check.Write(&b, o.format, report, o.write); err != nil {
		return err
	}
	return os.WriteFile(o.output, b.Bytes(), 0o644)
}

// outColor tells whether results go to a terminal that shows colour.
func (t *terminal) outColor() bool {
	file, ok := t.out.(*os.File)
	if !ok || !t.color {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
