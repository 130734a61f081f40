package generator

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// moduleTable holds what `go mod tidy` makes of a service, for every set of the optional modules. TestModuleTable
// keeps it up to date with msgen's own go.mod and with what kit imports; run with -update it writes the file.
//
//go:embed modules.txt
var moduleTable string

// goMinor is the minor version of Go 1 that the image of a service is built with.
const goMinor = 26

// optionalModules lists the packages of other modules that a service needs or not, as its contract goes; the bit of a
// set is the index. Everything else comes with the runtime.
var optionalModules = []string{
	"github.com/google/uuid",
	"github.com/oapi-codegen/nullable",
	"github.com/oapi-codegen/runtime",
	"github.com/oapi-codegen/runtime/types",
	"github.com/failsafe-go/failsafe-go",
}

// moduleLine is a line of go.mod or go.sum with the sets of optional modules that it belongs to.
type moduleLine struct {
	file string // "go", "mod" or "sum"
	sets uint64 // bit i stands for the set whose bits are i
	text string
}

// parseModuleTable reads the table: on each line the file, the sets in hexadecimal and the text.
func parseModuleTable(table string) []moduleLine {
	var lines []moduleLine
	for line := range strings.SplitSeq(table, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.SplitN(line, " ", 3)
		sets, err := strconv.ParseUint(fields[1], 16, 64)
		if err != nil {
			panic(err) // a test reads the table
		}
		lines = append(lines, moduleLine{fields[0], sets, fields[2]})
	}
	return lines
}

// moduleFiles are the go.mod and go.sum of a service with these files.
func moduleFiles(svc *Service, files []File) []File {
	set := moduleSet(files)
	var mod, sum bytes.Buffer
	var direct, indirect []string
	fmt.Fprintf(&mod, "module %s\n", svc.Module)
	for _, line := range parseModuleTable(moduleTable) {
		switch {
		case line.sets>>set&1 == 0:
		case line.file == "go":
			fmt.Fprintf(&mod, "\ngo %s\n", line.text)
		case line.file == "sum":
			fmt.Fprintln(&sum, line.text)
		case strings.HasSuffix(line.text, "// indirect"):
			indirect = append(indirect, line.text)
		default:
			direct = append(direct, line.text)
		}
	}
	for _, block := range [][]string{direct, indirect} {
		if len(block) > 0 {
			fmt.Fprintf(&mod, "\nrequire (\n\t%s\n)\n", strings.Join(block, "\n\t"))
		}
	}
	modText, sumText := mod.Bytes(), sum.Bytes()
	return []File{
		{Path: "go.mod", Content: modText, Owner: Seeded, merge: func(old []byte) ([]byte, error) { return mergeMod(old, modText) }},
		{Path: "go.sum", Content: sumText, Owner: Seeded, merge: func(old []byte) ([]byte, error) { return mergeSum(old, sumText), nil }},
	}
}

// moduleSet is the set of the optional modules that Go files import.
func moduleSet(files []File) uint {
	var set uint
	for _, f := range files {
		if path.Ext(f.Path) != ".go" {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ImportsOnly)
		if err != nil {
			continue // verify reports it
		}
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			for i, optional := range optionalModules {
				if imported == optional || i == len(optionalModules)-1 && strings.HasPrefix(imported, optional+"/") {
					set |= 1 << i
				}
			}
		}
	}
	return set
}

// mergeMod adds what a service needs to the go.mod of its owner: modules that are missing, and newer versions.
func mergeMod(old, wanted []byte) ([]byte, error) {
	mod, err := modfile.Parse("go.mod", old, nil)
	if err != nil {
		return nil, err
	}
	want, err := modfile.Parse("go.mod", wanted, nil)
	if err != nil {
		return nil, err
	}
	changed := false
	for _, r := range want.Require {
		i := slices.IndexFunc(mod.Require, func(have *modfile.Require) bool { return have.Mod.Path == r.Mod.Path })
		switch {
		case i < 0:
			mod.AddNewRequire(r.Mod.Path, r.Mod.Version, r.Indirect)
		case semver.Compare(mod.Require[i].Mod.Version, r.Mod.Version) < 0:
			if err := mod.AddRequire(r.Mod.Path, r.Mod.Version); err != nil {
				return nil, err
			}
		default:
			continue
		}
		changed = true
	}
	if mod.Go == nil || semver.Compare("v"+mod.Go.Version, "v"+want.Go.Version) < 0 {
		if err := mod.AddGoStmt(want.Go.Version); err != nil {
			return nil, err
		}
		changed = true
	}
	if !changed {
		return old, nil
	}
	mod.SetRequireSeparateIndirect(mod.Require)
	mod.Cleanup()
	return mod.Format()
}

// mergeSum adds the sums that a service needs to the go.sum of its owner.
func mergeSum(old, wanted []byte) []byte {
	have := map[string]bool{}
	lines := strings.Split(strings.TrimSuffix(string(unix(old)), "\n"), "\n")
	for _, line := range lines {
		have[line] = true
	}
	missing := false
	for line := range strings.SplitSeq(strings.TrimSuffix(string(wanted), "\n"), "\n") {
		if !have[line] {
			lines = append(lines, line)
			missing = true
		}
	}
	if !missing {
		return old
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	slices.SortStableFunc(lines, compareSums)
	return []byte(strings.Join(lines, "\n") + "\n")
}

// compareSums orders the lines of go.sum as the go command does: by module, then by version, the module's go.mod last.
func compareSums(a, b string) int {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != 3 || len(y) != 3 {
		return strings.Compare(a, b)
	}
	if c := strings.Compare(x[0], y[0]); c != 0 {
		return c
	}
	vx, fx, _ := strings.Cut(x[1], "/")
	vy, fy, _ := strings.Cut(y[1], "/")
	if c := semver.Compare(vx, vy); c != 0 {
		return c
	}
	return strings.Compare(fx, fy)
}
