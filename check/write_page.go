package check

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// escapeMarkdown makes text safe inside Markdown prose, GitHub's mentions and HTML included.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range printable(text) {
		switch {
		case strings.ContainsRune("\\`*_{}[]()#+-.!|~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("&#64;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// codeSpan puts text into a code span whose fence is longer than any run of backticks in it (CommonMark section 6.1).
func codeSpan(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(printable(text), "\n", " "), "|", "&#124;")
	if !strings.Contains(text, "`") && !strings.Contains(text, "&#124;") {
		return "`" + text + "`"
	}
	return "<code>" + escapeMarkdown(strings.ReplaceAll(text, "&#124;", "|")) + "</code>"
}

// codeBlock puts text into a fenced block that it can't close.
func codeBlock(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + text + "\n" + fence + "\n"
}

// writeMarkdown writes a comment for a pull request.
func writeMarkdown(w io.Writer, r *Report, o WriteOptions) error {
	b := bufio.NewWriter(w)
	heading := map[Verdict]string{
		Compatible: "Contract: compatible", Breaking: "Contract: breaking change", NotDecidable: "Contract: not decided",
	}
	fmt.Fprintf(b, "### %s\n\n", heading[r.Verdict()])
	fmt.Fprintf(b, "%s, %s, %s. Version bump: **%s**.\n", plural(r.Count(Error), "error"), plural(r.Count(Warning), "warning"),
		plural(r.Count(Info), "note"), r.Bump())
	if o.Summary {
		return b.Flush()
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		p := f.place()
		fmt.Fprintf(b, "\n#### %s: %s\n\n", f.Severity, escapeMarkdown(f.Message))
		if p.File != "" {
			fmt.Fprintf(b, "%s · ", codeSpan(fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)))
		}
		fmt.Fprintf(b, "%s · %s\n", codeSpan(f.Rule), string(f.Proof))
		if len(f.Operations) > 0 {
			fmt.Fprintf(b, "\nReaches %s", escapeMarkdown(operations(f.Operations, 5)))
			if f.Side != "" {
				fmt.Fprintf(b, " (%s)", f.Side)
			}
			fmt.Fprintln(b)
		}
		if diff := diffLines(f); diff != "" {
			fmt.Fprintf(b, "\n%s", codeBlock("diff", diff))
		}
		if text := witness(f, o); text != "" {
			fmt.Fprintf(b, "\nWitness, %s:\n\n%s", witnessLabel(f), codeBlock("", text))
		}
		if f.Answer != "" {
			fmt.Fprintf(b, "\nThe running service answered:\n\n%s", codeBlock("", printable(f.Answer)))
		}
		if f.Reason != "" {
			fmt.Fprintf(b, "\nNot decided: %s\n", escapeMarkdown(f.Reason))
		}
		fmt.Fprintf(b, "\nRemedy: %s\n", escapeMarkdown(f.Remedy))
	}
	return b.Flush()
}

// witnessLabel says what a witness shows on its side.
func witnessLabel(f *Diagnostic) string {
	if f.Side == "response" {
		return "which may come now and was not announced"
	}
	return "accepted before and refused now"
}

// diffLines shows the lines of both contracts as a diff does.
func diffLines(f *Diagnostic) string {
	var lines []string
	if f.Old != nil && f.Old.Text != "" {
		lines = append(lines, "- "+printable(shorten(strings.TrimSpace(f.Old.Text), 160)))
	}
	if f.New != nil && f.New.Text != "" {
		lines = append(lines, "+ "+printable(shorten(strings.TrimSpace(f.New.Text), 160)))
	}
	return strings.Join(lines, "\n")
}

//go:embed report.html
var page string

type pageFinding struct {
	Diagnostic
	Where, Reaches, Diff, Payload, Shows, Why, Said string
}

// writeHTML writes one page that needs nothing else: no script, no request.
func writeHTML(w io.Writer, r *Report, o WriteOptions) error {
	parsed, err := template.New("report").Parse(page)
	if err != nil {
		return err
	}
	findings := make([]pageFinding, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		p := f.place()
		item := pageFinding{Diagnostic: *f, Reaches: printable(strings.Join(f.Operations, "\n")), Why: r.Rules[f.Rule].Why, Said: printable(f.Answer), Shows: witnessLabel(f)}
		if p.File != "" {
			item.Where = fmt.Sprintf("%s:%d:%d", printable(p.File), p.Line, p.Column)
		}
		item.Diff, item.Payload, item.Message = diffLines(f), witness(f, o), printable(f.Message)
		item.Reason, item.Remedy, item.Why = printable(f.Reason), printable(f.Remedy), printable(item.Why)
		findings = append(findings, item)
	}
	if o.Summary {
		findings = nil
	}
	return parsed.Execute(w, map[string]any{
		"Old": printable(r.Old), "New": printable(r.New), "Verdict": r.Verdict(), "Bump": r.Bump(), "Findings": findings,
		"Errors": plural(r.Count(Error), "error"), "Warnings": plural(r.Count(Warning), "warning"), "Notes": plural(r.Count(Info), "note"),
	})
}
