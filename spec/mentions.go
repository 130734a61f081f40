package spec

import "strings"

// Mentions reports whether the text stands anywhere in the files of the document, as a cheap test before a search.
func (d *Document) Mentions(text string) bool {
	for _, f := range d.files {
		if strings.Contains(f.data, text) {
			return true
		}
	}
	return false
}
