package spec

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Columns count code points, whatever the length of the line and wherever a block of it ends.
func TestColumnsOfLongLines(t *testing.T) {
	for _, text := range []string{"", "é", strings.Repeat("a", block), strings.Repeat("aé日𝄞", 3000), "x\n" + strings.Repeat("é", 2*block) + "\ny"} {
		f := &file{data: text}
		line, column := 1, 1
		for offset, r := range text {
			p := f.position(offset)
			if p.Line != line || p.Column != column {
				t.Fatalf("offset %d: got %d:%d, want %d:%d", offset, p.Line, p.Column, line, column)
			}
			if got := f.line(p); r != '\n' && !strings.ContainsRune(got, r) || !utf8.ValidString(got) {
				t.Fatalf("offset %d: line %q has no %q", offset, got, r)
			}
			if column++; r == '\n' {
				line, column = line+1, 1
			}
		}
		if p := f.position(len(text)); p.Line != line || p.Column != column {
			t.Errorf("end: got %d:%d, want %d:%d", p.Line, p.Column, line, column)
		}
	}
}
