package spec

import (
	"net/url"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// Position is a place in a file. Line and Column count from 1; a column is a character, not a byte. The zero Position
// is no place.
type Position struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:column.
func (p Position) String() string {
	return p.File + ":" + itoa(p.Line) + ":" + itoa(p.Column)
}

// file is one loaded file of a document.
type file struct {
	id   string // identity in the document's source; how references name it once they are resolved
	name string // for people, and in locations
	data string
	yaml bool // line breaks as YAML has them
	root *Node

	once  sync.Once
	lines []uint32 // offset of every line
	runes []uint32 // code points before every block

	refs      []*Node                    // members named $ref, with a string that leaves the file
	resources []*Node                    // schemas with an $id of their own
	anchors   map[*Node]map[string]*Node // by the schema resource that they are unique in, and name
	self      *url.URL                   // the URI that the document gives itself, or nil
	dynamic   bool                       // a schema has a $dynamicRef
	err       error                      // why the root is nil, in a file that is referred to
}

func (f *file) position(offset int) Position {
	f.once.Do(f.index)
	i := sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > offset }) - 1
	if i < 0 {
		return Position{File: f.name, Line: 1, Column: 1}
	}
	return Position{File: f.name, Line: i + 1, Column: f.runesBetween(int(f.lines[i]), min(offset, len(f.data))) + 1}
}

// block is how many bytes are counted at once for a column: contracts of many megabytes stand in one line.
const block = 256

func (f *file) runesBetween(start, end int) int {
	if end-start <= block {
		return utf8.RuneCountInString(f.data[start:max(start, end)])
	}
	return f.runesBefore(end) - f.runesBefore(start)
}

// runesBefore counts the code points before an offset.
func (f *file) runesBefore(offset int) int {
	k := offset / block
	n := int(f.runes[k])
	for i := k * block; i < offset; i++ {
		if utf8.RuneStart(f.data[i]) {
			n++
		}
	}
	return n
}

// offset finds the code point that n others stand before.
func (f *file) offset(n int) int {
	k := sort.Search(len(f.runes), func(k int) bool { return int(f.runes[k]) > n }) - 1
	before := int(f.runes[k])
	for i := k * block; i < len(f.data); i++ {
		if !utf8.RuneStart(f.data[i]) {
			continue
		}
		if before == n {
			return i
		}
		before++
	}
	return len(f.data)
}

// maxLine is how much of a line a diagnostic shows, in bytes.
const maxLine = 240

// line returns the text of a line for a diagnostic; a long one is cut around the column.
func (f *file) line(p Position) string {
	f.once.Do(f.index)
	if p.Line < 1 || p.Line > len(f.lines) {
		return ""
	}
	start, end := int(f.lines[p.Line-1]), len(f.data)
	if p.Line < len(f.lines) {
		end = int(f.lines[p.Line])
	}
	text := strings.TrimRight(f.data[start:end], "\r\n\u0085\u2028\u2029")
	if len(text) <= maxLine {
		return text
	}
	at := min(f.offset(f.runesBefore(start)+p.Column-1)-start, len(text))
	from := max(0, at-maxLine/4)
	to := min(len(text), from+maxLine)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return text[from:to]
}

func (f *file) index() {
	runes := make([]uint32, 0, len(f.data)/block+1)
	count := uint32(0)
	for i := 0; i < len(f.data); i++ {
		if i%block == 0 {
			runes = append(runes, count)
		}
		if utf8.RuneStart(f.data[i]) {
			count++
		}
	}
	if f.lines, f.runes = f.breaks(), runes; len(f.data)%block == 0 {
		f.runes = append(f.runes, count)
	}
}

// breaks returns the offset of every line.
func (f *file) breaks() []uint32 {
	lines := make([]uint32, 1, 64)
	if strings.HasPrefix(f.data, bom) {
		lines[0] = uint32(len(bom))
	}
	for i := 0; i < len(f.data); i++ {
		switch c := f.data[i]; {
		case c == '\n':
			lines = append(lines, uint32(i+1))
		case !f.yaml || (c != '\r' && c < 0x80):
		case c == '\r':
			if i+1 < len(f.data) && f.data[i+1] == '\n' {
				i++
			}
			lines = append(lines, uint32(i+1))
		case strings.HasPrefix(f.data[i:], "\u0085"):
			lines = append(lines, uint32(i+2))
		case strings.HasPrefix(f.data[i:], "\u2028"), strings.HasPrefix(f.data[i:], "\u2029"):
			lines = append(lines, uint32(i+3))
		}
	}
	return lines
}

const bom = "\ufeff"
