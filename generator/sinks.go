package generator

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A sink is a place in an output file with a syntax of its own: a Go comment, a Go string literal, a YAML scalar. The
// text of a contract is untrusted, and so the templates hand every value to the sink that it lands in; checkSinks
// refuses a template with an action that names none. A sink either returns text that can't leave its place or an error.
var sinks = map[string]any{
	"comment":    Comment,
	"inline":     oneLine,
	"goString":   GoString,
	"goExpr":     GoExpr,
	"goType":     GoType,
	"ident":      Ident,
	"importPath": ImportPath,
	"yaml":       YAML,
	"label":      DockerLabel,
	"makeText":   MakeText,
	"markdown":   Markdown,
	"code":       MarkdownCode,
	"shell":      Shell,
	"slug":       Slug,
	"bool":       strconv.FormatBool,
	"int":        strconv.Itoa,
	"version":    ToolVersion,
}

// Comment makes a Go comment of text: each line becomes "// line". Empty text gives no line. Control and bidirectional
// formatting characters are dropped, and no line reads as a directive, a build constraint or the mark of generated code.
func Comment(text string) string {
	var b strings.Builder
	for _, line := range commentLines(text) {
		b.WriteString(strings.TrimRight("// "+line, " \t"))
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// commentLines cleans text and splits it into lines, without empty ones at either end.
func commentLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(text)
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRightFunc(printable(line), unicode.IsSpace)
		if reads := strings.TrimSpace(line); strings.HasPrefix(reads, "+build") || strings.HasPrefix(reads, "Code generated ") ||
			strings.HasPrefix(reads, "go:") {
			line = "| " + reads
		}
		lines = append(lines, line)
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// printable drops the characters of text that don't print: controls other than the tab, formatting characters (which
// can reorder what a reader sees) and invalid UTF-8.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r != utf8.RuneError && unicode.IsPrint(r) {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return -1
	}, text)
}

// oneLine is printable text with every run of white space as one space.
func oneLine(text string) string {
	return strings.Join(strings.Fields(printable(strings.ToValidUTF8(spaced(text), ""))), " ")
}

// spaced turns every kind of white space into a space.
func spaced(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, text)
}

// GoString makes an interpreted Go string literal of text.
func GoString(text string) string { return strconv.Quote(text) }

// Ident returns name when it is a Go identifier and no keyword.
func Ident(name string) (string, error) {
	if !token.IsIdentifier(name) {
		return "", fmt.Errorf("%q is no Go identifier", name)
	}
	return name, nil
}

// ImportPath returns path when it can be the path of a Go import without quoting.
func ImportPath(path string) (string, error) {
	if err := module.CheckImportPath(path); err != nil {
		return "", err
	}
	return path, nil
}

// YAML makes a double-quoted YAML scalar of text, in ASCII.
func YAML(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r >= 0x20 && r < 0x7f:
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// DockerLabel makes a double-quoted value of a Dockerfile's LABEL or ENV instruction of text, as one line in which
// nothing is expanded.
func DockerLabel(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(oneLine(text)) + `"`
}

// MakeText makes text that a Makefile may hold outside of recipes, on one line and without expansion or comment.
func MakeText(text string) string {
	return strings.NewReplacer("$", "$$", "#", `\#`, `\`, `\\`).Replace(oneLine(text))
}

// Markdown makes inline Markdown of text that shows as the text, on one line.
func Markdown(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_[]>#|~!{}$", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// MarkdownCode makes an inline code span of text, on one line and safe in a table.
func MarkdownCode(text string) string {
	text = oneLine(strings.ReplaceAll(text, "|", "∣"))
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || text == "" {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// Shell makes one word of a POSIX shell of text.
func Shell(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Slug returns text when it is made of lower-case letters, digits and inner hyphens, as Kubernetes, images and hosts
// name things, and an error otherwise. Such text needs no quoting in any of the files that a service has.
func Slug(text string) (string, error) {
	for i, r := range text {
		letter := r >= 'a' && r <= 'z'
		inner := i > 0 && i < len(text)-1
		if !letter && !(r >= '0' && r <= '9' && i > 0) && !(r == '-' && inner) {
			return "", fmt.Errorf("%q is no slug: use lower-case letters, digits and inner hyphens", text)
		}
	}
	if text == "" || len(text) > 63 {
		return "", fmt.Errorf("%q is no slug: use 1 to 63 characters", text)
	}
	return text, nil
}

// ToolVersion returns a version that the go command can install: version when it is a released one or a revision, and
// otherwise "latest".
func ToolVersion(version string) string {
	if semver.IsValid(version) && !strings.Contains(version, "+") {
		return version
	}
	return "latest"
}
