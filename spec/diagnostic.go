package spec

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// Severity says how bad a diagnostic is.
type Severity string

// The severities. A document with an error is not loaded.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is a fault of a contract, with its place and what to do about it. The number of the line is
// Position.Line; Line is its text.
type Diagnostic struct {
	Position
	Severity Severity
	Rule     string // kebab-case id: "duplicate-key"
	Message  string // what is wrong
	Remedy   string // what to do about it
	Pointer  string // JSON pointer of the place, "" when the file could not be parsed
	Line     string // the text of the line as it is, unescaped; a long one is cut around the column
}

// Error returns file:line:column: severity: message (rule).
func (d Diagnostic) Error() string {
	return fmt.Sprintf("%s: %s: %s (%s)", d.Position, d.Severity, d.Message, d.Rule)
}

// Diagnostics are the faults of a contract in the order of their places. As an error it holds at least one of severity
// Error; Load and Parse return it for contracts that they refuse.
type Diagnostics []Diagnostic

// Error returns one line for each diagnostic.
func (d Diagnostics) Error() string {
	lines := make([]string, len(d))
	for i := range d {
		lines[i] = d[i].Error()
	}
	return strings.Join(lines, "\n")
}

// failed reports whether one of them is an error.
func (d Diagnostics) failed() bool {
	for i := range d {
		if d[i].Severity == Error {
			return true
		}
	}
	return false
}

// sorted orders by file, line, column and message, drops repetitions, and caps the number: errors first go in.
func (d Diagnostics) sorted() Diagnostics {
	sort.SliceStable(d, func(i, j int) bool {
		a, b := &d[i], &d[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Position.Line != b.Position.Line:
			return a.Position.Line < b.Position.Line
		case a.Column != b.Column:
			return a.Column < b.Column
		case a.Rule != b.Rule:
			return a.Rule < b.Rule
		}
		return a.Message < b.Message
	})
	var errs, warnings int
	out := d[:0]
	for i := range d {
		if i > 0 && d[i] == d[i-1] {
			continue
		}
		count := &errs
		if d[i].Severity == Warning {
			count = &warnings
		}
		if *count++; *count <= maxDiagnostics {
			out = append(out, d[i])
		}
	}
	return out
}

// maxDiagnostics bounds the errors, and the warnings, that one document reports.
const maxDiagnostics = 100

// fault makes a diagnostic at a byte offset of the file.
func (f *file) fault(offset int, severity Severity, rule, message, remedy string) Diagnostic {
	p := f.position(offset)
	return Diagnostic{Position: p, Severity: severity, Rule: rule, Message: printable(message), Remedy: printable(remedy), Line: f.line(p)}
}

// printable escapes what a terminal would obey: control and formatting characters that come from the contract.
func printable(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unprintable(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }

// faultAt makes a diagnostic at a node.
func faultAt(n *Node, severity Severity, rule, message, remedy string) Diagnostic {
	f := n.file()
	if f == nil {
		return Diagnostic{Severity: severity, Rule: rule, Message: printable(message), Remedy: printable(remedy)}
	}
	d := f.fault(int(n.start), severity, rule, message, remedy)
	d.Pointer = n.Pointer()
	return d
}

// Diagnostic makes a diagnostic at the place of the node, for what other packages find wrong with a contract.
func (n *Node) Diagnostic(severity Severity, rule, message, remedy string) Diagnostic {
	return faultAt(n, severity, rule, message, remedy)
}

// KeyDiagnostic makes a diagnostic at the key under which the node stands.
func (n *Node) KeyDiagnostic(severity Severity, rule, message, remedy string) Diagnostic {
	d := faultAt(n, severity, rule, message, remedy)
	if f := n.file(); f != nil && n.Parent() != nil {
		d.Position = f.position(f.keyOffset(n))
		d.Line = f.line(d.Position)
	}
	return d
}

// Line returns the text of the line in which the node starts; a long one is cut around the node.
func (n *Node) Line() string {
	f := n.file()
	if f == nil {
		return ""
	}
	return f.line(n.Position())
}
