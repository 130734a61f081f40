package check

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode"
	"unicode/utf16"
)

// WriteOptions change how a report looks, not what it says.
type WriteOptions struct {
	Color   bool   // text: ANSI colours
	Witness string // "json" (default) or "curl": how a witness is printed
	BaseURL string // of the service in curl commands; "http://localhost:8080" when empty
	Summary bool   // only the verdict, the counts and the version bump
	Tool    string // version of msgen, for SARIF
}

// Formats returns the names that Write knows.
func Formats() []string {
	names := make([]string, 0, len(writers))
	for name := range writers {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

var writers = map[string]func(io.Writer, *Report, WriteOptions) error{
	"text": writeText, "json": writeJSON, "sarif": writeSARIF, "junit": writeJUnit, "github": writeGitHub,
	"gitlab": writeGitLab, "markdown": writeMarkdown, "html": writeHTML,
}

// Write writes the report in the format. Texts from contracts are escaped for it: no control character reaches a
// terminal, no markup a page.
func Write(w io.Writer, format string, r *Report, o WriteOptions) error {
	write, ok := writers[format]
	if !ok {
		return fmt.Errorf("%q is not a format; use one of %s", format, strings.Join(Formats(), ", "))
	}
	return write(w, r, o)
}

// Bump is the semantic version bump (semver.org section 8 to 6) that the findings ask for: major, minor or patch.
func (r *Report) Bump() string {
	if r.bump != "" {
		return r.bump
	}
	bump := "patch"
	for _, f := range r.Findings {
		switch {
		case f.Severity == Error:
			return "major"
		case f.Rule != "documentation-changed":
			bump = "minor"
		}
	}
	return bump
}

// unsafeForTerminal tells whether a character can drive a terminal, or hide or reorder text.
func unsafeForTerminal(r rune) bool {
	return r == '\ufffd' || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// printable makes text safe for a terminal: control characters and those that reorder or hide text are escaped.
func printable(text string) string {
	if strings.IndexFunc(text, unsafeForTerminal) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unsafeForTerminal(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shorten cuts a long text in the middle of nowhere, with an ellipsis.
func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// operations names the first operations and counts the rest.
func operations(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

type jsonReport struct {
	Version  int            `json:"version"`
	Verdict  Verdict        `json:"verdict"`
	Bump     string         `json:"bump"`
	Old      string         `json:"old,omitempty"`
	New      string         `json:"new"`
	Summary  map[string]int `json:"summary"`
	Findings []Diagnostic   `json:"findings"`
}

// writeJSON writes the documented, versioned form (docs/check-compat.schema.json).
func writeJSON(w io.Writer, r *Report, o WriteOptions) error {
	findings := make([]Diagnostic, len(r.Findings))
	for i, f := range r.Findings {
		if f.Operations == nil {
			f.Operations = []string{}
		}
		findings[i] = f
	}
	if o.Summary {
		findings = []Diagnostic{}
	}
	return encodeJSON(w, jsonReport{
		Version: 1, Verdict: r.Verdict(), Bump: r.Bump(), Old: r.Old, New: r.New, Findings: findings,
		Summary: map[string]int{"error": r.Count(Error), "warning": r.Count(Warning), "info": r.Count(Info)},
	})
}

// encodeJSON writes a value as indented JSON in which no character can drive a terminal: those are escaped as JSON has it.
func encodeJSON(w io.Writer, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, r := range string(raw) {
		if !unsafeForTerminal(r) || r == '\n' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	b.WriteByte('\n')
	_, err = io.WriteString(w, b.String())
	return err
}
