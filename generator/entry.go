package generator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/msgen/msgen/spec"
)

// AddClient makes the files add a client to msgen.yaml, whose other text stays as it is.
func AddClient(files []File, name string) {
	addEntry(files, "clients", "# services that this one calls", name, ClientPath(name), func(c *Config) bool {
		return slices.Contains(c.Clients, ClientConfig{name, ClientPath(name)})
	})
}

// AddVersion makes the files add a version to msgen.yaml, whose other text stays as it is.
func AddVersion(files []File, name string) {
	path := "api/" + name + "/openapi.yaml"
	addEntry(files, "versions", "", name, path, func(c *Config) bool {
		return slices.Contains(c.Versions, VersionConfig{name, path})
	})
}

// addEntry merges an entry into a list of msgen.yaml. The result must read as the old text with the entry.
func addEntry(files []File, key, comment, name, path string, present func(*Config) bool) {
	for i := range files {
		if files[i].Path != configFile {
			continue
		}
		files[i].merge = func(old []byte) ([]byte, error) {
			text, err := insertEntry(old, key, comment, fmt.Sprintf("name: %s", YAML(name)), fmt.Sprintf("spec: %s", YAML(path)))
			if err == nil {
				var c *Config
				if c, err = ParseConfig(configFile, text); err == nil && !present(c) {
					err = fmt.Errorf("the entry is not where it belongs")
				}
			}
			if err != nil {
				return nil, fmt.Errorf("can't be added to by msgen as it is written; write yourself under %s: {name: %s, spec: %s}: %w", key, name, path, err)
			}
			return text, nil
		}
	}
}

// emptyList is a list without items in the flow style, with the comment behind it.
var emptyList = regexp.MustCompile(`^(\s*[A-Za-z"']+:)\s*\[\s*\](.*)$`)

// insertEntry adds an item to a list at the top of a YAML document, in the style of its last item.
func insertEntry(old []byte, key, comment string, fields ...string) ([]byte, error) {
	root, err := spec.ParseTree(configFile, old)
	if err != nil {
		return nil, err
	}
	end := "\n"
	if strings.Contains(string(old), "\r\n") {
		end = "\r\n"
	}
	lines := strings.Split(string(unix(old)), "\n")
	list := root.Get(key)
	items := list.Items()
	at, indent := len(lines), "  "
	switch {
	case list == nil:
		for at > 0 && strings.TrimSpace(lines[at-1]) == "" {
			at--
		}
		lines = append(lines[:at], strings.TrimSpace(key+": "+comment))
		at++
	case len(items) == 0:
		at = list.Position().Line
		parts := emptyList.FindStringSubmatch(lines[at-1])
		if parts == nil {
			return nil, fmt.Errorf("%s is no list of lines", key)
		}
		lines[at-1] = parts[1] + parts[2]
	default:
		last := items[len(items)-1]
		at = last.Position().Line
		line := lines[at-1]
		dash := strings.Index(line, "-")
		if dash < 0 || strings.TrimSpace(line[:dash]) != "" {
			return nil, fmt.Errorf("%s is no list of lines", key)
		}
		indent = line[:dash]
		for _, value := range last.All() {
			at = max(at, value.Position().Line)
		}
	}
	item := []string{indent + "- " + fields[0]}
	for _, field := range fields[1:] {
		item = append(item, indent+"  "+field)
	}
	lines = slices.Insert(lines, at, item...)
	text := strings.Join(lines, end)
	if !strings.HasSuffix(text, end) {
		text += end
	}
	return []byte(text), nil
}
