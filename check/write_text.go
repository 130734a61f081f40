package check

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

var colors = map[Severity]string{Error: "\x1b[31m", Warning: "\x1b[33m", Info: "\x1b[36m"}

// writeText writes for a terminal: each finding as a compiler would, with the lines, the witness and the remedy.
func writeText(w io.Writer, r *Report, o WriteOptions) error {
	b := bufio.NewWriter(w)
	if !o.Summary {
		for i := range r.Findings {
			writeTextFinding(b, &r.Findings[i], o)
		}
	}
	if r.Old != "" {
		fmt.Fprintf(b, "%s: ", r.Verdict())
	}
	fmt.Fprintf(b, "%s, %s, %s", plural(r.Count(Error), "error"), plural(r.Count(Warning), "warning"),
		plural(r.Count(Info), "note"))
	if r.Old != "" {
		fmt.Fprintf(b, "; version bump: %s", r.Bump())
	}
	fmt.Fprintln(b)
	return b.Flush()
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func writeTextFinding(w io.Writer, f *Diagnostic, o WriteOptions) {
	color, reset := "", ""
	if o.Color {
		color, reset = colors[f.Severity], "\x1b[0m"
	}
	if p := f.place(); p.File != "" {
		fmt.Fprintf(w, "%s:%d:%d: ", printable(p.File), p.Line, p.Column)
	}
	fmt.Fprintf(w, "%s%s%s: %s (%s)\n", color, f.Severity, reset, printable(f.Message), f.Rule)
	if len(f.Operations) > 0 {
		side := ""
		if f.Side != "" {
			side = " (" + f.Side + ")"
		}
		fmt.Fprintf(w, "    reaches  %s%s\n", printable(operations(f.Operations, 5)), side)
	}
	if f.Old == nil {
		writeTextLine(w, " ", f.New)
	} else {
		writeTextLine(w, "-", f.Old)
		writeTextLine(w, "+", f.New)
	}
	if text := witness(f, o); text != "" {
		fmt.Fprintf(w, "    witness  %s  [%s]\n", strings.ReplaceAll(text, "\n", "\n             "), f.Proof)
	}
	if f.Answer != "" {
		fmt.Fprintf(w, "    answer   %s\n", printable(f.Answer))
	}
	if f.Reason != "" {
		fmt.Fprintf(w, "    unknown  %s\n", printable(f.Reason))
	}
	fmt.Fprintf(w, "    remedy   %s\n\n", printable(f.Remedy))
}

func writeTextLine(w io.Writer, sign string, p *Place) {
	if p != nil && p.Text != "" {
		fmt.Fprintf(w, "    %s %s:%d  %s\n", sign, printable(p.File), p.Line, printable(shorten(strings.TrimSpace(p.Text), 120)))
	}
}

// witness prints the witness of a finding as JSON, or the request that carries it as a curl command.
func witness(f *Diagnostic, o WriteOptions) string {
	if o.Witness == "curl" && f.Exchange != nil {
		return f.Exchange.Curl(o.BaseURL)
	}
	if len(f.Witness) == 0 {
		return ""
	}
	return printable(shorten(string(f.Witness), 2000))
}

// Curl returns the exchange as a shell command; every text is quoted for POSIX shells. A token is taken from the
// variable MSGEN_TOKEN.
func (e *Exchange) Curl(base string) string {
	if base == "" {
		base = "http://localhost:8080"
	}
	var b strings.Builder
	b.WriteString("curl -i")
	if e.Method != "GET" {
		b.WriteString(" -X " + quoteShell(e.Method))
	}
	if e.Token {
		b.WriteString(` -H "Authorization: Bearer $MSGEN_TOKEN"`)
	}
	for _, h := range e.Header {
		b.WriteString(" -H " + quoteShell(h[0]+": "+h[1]))
	}
	if e.Body != "" {
		b.WriteString(" --data-binary " + quoteShell(e.Body))
	}
	b.WriteString(" " + quoteShell(strings.TrimSuffix(base, "/")+e.Path))
	return b.String()
}

// quoteShell quotes for a POSIX shell; control characters are written in the $'...' form, which every shell that curl
// users have (bash, zsh, ksh, dash 0.5.11 and later) reads.
func quoteShell(text string) string {
	if printable(text) == text {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for _, c := range []byte(text) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, "\\x%02x", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString("'")
	return b.String()
}
