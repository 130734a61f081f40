package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/msgen/msgen/spec"
)

// terminal is what a command sees of the world: results go to out, messages to err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	color    bool // err is a terminal that shows colour
	json     bool // results, diagnostics included, are JSON: the command was run with --format json
}

// newTerminal looks at the streams and the environment.
func newTerminal(in io.Reader, out, err io.Writer, getenv func(string) string) *terminal {
	t := &terminal{in: in, out: out, err: err}
	if file, ok := err.(*os.File); ok && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" {
		info, statErr := file.Stat()
		t.color = statErr == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return t
}

// found is the error of a check that found something: exit code 1. The message tells what to do about it.
type found struct{ message string }

func (f found) Error() string { return f.message }

// report tells the user about an error and returns the exit code.
func (t *terminal) report(err error) int {
	if err == nil {
		return exitFine
	}
	var faults spec.Diagnostics
	if errors.As(err, &faults) {
		t.diagnostics(faults)
		if t.json {
			t.writeJSON(map[string]any{"diagnostics": diagnosticsJSON(faults)})
		}
		return exitError
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; nothing was written")
	}
	t.say("%s%s", t.paint(red, "msgen: "), strings.TrimRight(err.Error(), "\n"))
	if errors.As(err, &found{}) {
		return exitFound
	}
	return exitError
}

// say writes a line of messages.
func (t *terminal) say(format string, args ...any) { fmt.Fprintf(t.err, format+"\n", args...) }

// The colours of diagnostics.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
)

// paint colours text for terminals that show colour.
func (t *terminal) paint(color, text string) string {
	if !t.color {
		return text
	}
	return color + text + plain
}

// diagnostics writes each diagnostic with its line, the place in it, and the remedy, and then how many there are.
func (t *terminal) diagnostics(list spec.Diagnostics) {
	counts := map[spec.Severity]int{}
	for _, d := range list {
		counts[d.Severity]++
		color := yellow
		if d.Severity == spec.Error {
			color = red
		}
		t.say("%s: %s: %s %s", d.Position, t.paint(color, string(d.Severity)), visible(d.Message), t.paint(dim, "("+d.Rule+")"))
		if strings.TrimSpace(d.Line) != "" {
			t.say("    %s", visible(d.Line))
			if caret := caretLine(d); caret != "" {
				t.say("    %s", t.paint(color, caret))
			}
		}
		if d.Remedy != "" {
			t.say("    remedy: %s", visible(d.Remedy))
		}
	}
	var summary []string
	for _, s := range []spec.Severity{spec.Error, spec.Warning} {
		if n := counts[s]; n > 0 {
			summary = append(summary, plural(n, string(s)))
		}
	}
	t.say("%s", strings.Join(summary, ", "))
}

// caretLine points at the column of a diagnostic; it is empty for lines that were cut.
func caretLine(d spec.Diagnostic) string {
	line := []rune(d.Line)
	if d.Column < 1 || d.Column > len(line) || len(line) > 160 {
		return ""
	}
	var b strings.Builder
	for _, r := range line[:d.Column-1] {
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String() + "^"
}

// visible is text of a contract without what could drive a terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, text)
}

// plural is "1 error", "2 errors".
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// diagnosticJSON is a diagnostic as machines read it.
type diagnosticJSON struct {
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	Pointer  string        `json:"pointer,omitempty"`
	Severity spec.Severity `json:"severity"`
	Rule     string        `json:"rule"`
	Message  string        `json:"message"`
	Remedy   string        `json:"remedy,omitempty"`
}

// diagnosticsJSON converts diagnostics for machines.
func diagnosticsJSON(list spec.Diagnostics) []diagnosticJSON {
	converted := make([]diagnosticJSON, 0, len(list))
	for _, d := range list {
		converted = append(converted, diagnosticJSON{
			d.File, d.Position.Line, d.Column, d.Pointer, d.Severity, d.Rule, d.Message, d.Remedy,
		})
	}
	return converted
}

// writeJSON writes a result as indented JSON.
func (t *terminal) writeJSON(v any) {
	enc := json.NewEncoder(t.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.say("msgen: %v", err)
	}
}

// useFormat checks the value of --format for a command whose results are text or JSON.
func (t *terminal) useFormat(format string) error {
	switch format {
	case "text":
	case "json":
		t.json = true
	default:
		return fmt.Errorf("--format %q is not known here; use text or json", format)
	}
	return nil
}
