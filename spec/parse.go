package spec

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// parseFile parses one file as JSON or YAML. The root stays nil when the text can't be parsed or is empty.
func parseFile(id, name string, data []byte) (*file, Diagnostics) {
	f := &file{id: id, name: name}
	if !utf8.Valid(data) {
		return f, Diagnostics{f.invalid(string(data))}
	}
	f.data = string(data)
	if strings.TrimSpace(strings.TrimPrefix(f.data, bom)) == "" {
		return f, Diagnostics{f.fault(0, Error, "empty-document", "the file is empty", "give the path of an OpenAPI or Swagger document")}
	}
	faults := f.parse()
	if f.root == nil && !faults.failed() {
		faults = append(faults, f.fault(0, Error, "empty-document", "the file holds no document", "give the path of an OpenAPI or Swagger document"))
	}
	return f, faults
}

// parse chooses the syntax: .json is JSON, everything else is YAML, whose superset of JSON gets the fast parser when
// that accepts it.
func (f *file) parse() Diagnostics {
	if strings.EqualFold(path.Ext(f.name), ".json") {
		return parseJSON(f)
	}
	if text := strings.TrimLeft(strings.TrimPrefix(f.data, bom), " \t\r\n"); text[0] == '{' || text[0] == '[' {
		faults := parseJSON(f)
		if f.root != nil {
			return faults
		}
		if onlyJSON(f.name) {
			return faults
		}
		if deep(faults) {
			return faults
		}
	}
	return parseYAML(f)
}

// onlyJSON reports whether the name says nothing about YAML, so that text which starts like JSON is reported as such.
func onlyJSON(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return false
	}
	return true
}

func deep(faults Diagnostics) bool {
	for i := range faults {
		if faults[i].Rule == "too-deep" || faults[i].Rule == "too-large" {
			return true
		}
	}
	return false
}

// invalid finds the first byte that is not UTF-8. The file keeps the text before it, for the diagnostic's line.
func (f *file) invalid(s string) Diagnostic {
	at := 0
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	f.data = s[:at]
	remedy := "save the file as UTF-8"
	if strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") {
		remedy = "save the file as UTF-8 instead of UTF-16"
	}
	return f.fault(at, Error, "invalid-utf8", fmt.Sprintf("byte 0x%02x at offset %d is not UTF-8", s[at], at), remedy)
}

// ParseTree reads a YAML or JSON text that is no contract, such as a configuration file, with the rules for contracts:
// unique keys, valid UTF-8, bounded depth. The error is Diagnostics.
func ParseTree(name string, data []byte) (*Node, error) {
	f, faults := parseFile(name, name, data)
	if f.root == nil || faults.failed() {
		return nil, faults.sorted()
	}
	return f.root, nil
}
