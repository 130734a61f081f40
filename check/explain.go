package check

import (
	"fmt"
	"strings"
)

// Explain writes a rule for a terminal.
func (r Rule) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s", r.ID, r.Severity)
	if r.Side != "" {
		fmt.Fprintf(&b, ", %s side", r.Side)
	}
	fmt.Fprintf(&b, ")\n\n  %s.\n\n  Why:     %s\n  Remedy:  %s\n\n  Example:\n", sentence(r.Summary), r.Why, r.Remedy)
	for _, line := range strings.Split(r.Example, "\n") {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	return b.String()
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Section is a part of the documentation of rules.
type Section struct {
	Title, Intro string
	Rules        []Rule
}

// Document writes the documentation of rules as Markdown (docs/rules.md).
func Document(sections []Section) string {
	var b strings.Builder
	b.WriteString("# Rules\n\nWhat `msgen check-compat` and `msgen lint` report. `msgen explain RULE` shows the same for one rule; `msgen.yaml` changes\n" +
		"severities (`compat: {rules: {RULE: error|warning|info|off}}`).\n\n<!-- Generated from the catalogues of rules by go generate; DO NOT EDIT. -->\n")
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.Title, s.Intro)
		for _, r := range s.Rules {
			fmt.Fprintf(&b, "\n### %s\n\n%s. Severity: %s", r.ID, sentence(r.Summary), r.Severity)
			if r.Side != "" {
				fmt.Fprintf(&b, "; side: %s", r.Side)
			}
			fmt.Fprintf(&b, ".\n\n%s: %s.\n\n%s.\n\n%s", whyLabel(r), r.Why, sentence(r.Remedy), codeBlock("diff", r.Example))
		}
	}
	return b.String()
}

// whyLabel introduces the reason: errors break callers, the rest does not.
func whyLabel(r Rule) string {
	if r.Severity == Error {
		return "Why it breaks"
	}
	return "Why"
}
