package spec

import (
	"encoding/json"
	"sort"
)

// Bundle returns the contract as one self-contained OpenAPI 3 document.
func (d *Document) Bundle() any { return d.Root.Value() }

// BundleJSON returns Bundle as JSON.
func (d *Document) BundleJSON() ([]byte, error) { return json.Marshal(d.Bundle()) }

func (d *Document) sortedFiles() []*file {
	out := []*file{d.main}
	for _, f := range d.files {
		if f != d.main && f.root != nil {
			out = append(out, f)
		}
	}
	sort.Slice(out[1:], func(i, j int) bool { return out[i+1].name < out[j+1].name })
	return out
}
