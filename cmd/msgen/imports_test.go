package main

import (
	"os/exec"
	"sort"
	"strings"
	"testing"
)

const module = "github.com/msgen/msgen/"

// mayImport is the house: which package of msgen imports which, and which modules of others.
var mayImport = map[string]struct{ ours, theirs []string }{
	"spec":                    {nil, []string{"github.com/getkin/kin-openapi", "gopkg.in/yaml.v3"}},
	"schema":                  {nil, []string{"github.com/santhosh-tekuri/jsonschema/v6"}},
	"check":                   {[]string{"spec"}, nil},
	"check/compat":            {[]string{"check", "spec", "schema"}, nil},
	"check/lint":              {[]string{"check", "spec", "schema"}, nil},
	"templates":               {nil, nil},
	"kit":                     {nil, nil},
	"generator/compile":       {[]string{"schema"}, nil},
	"generator/compile/batch": {[]string{"generator/compile"}, nil},
	"generator/compile/differential": {
		[]string{"generator/compile", "generator/compile/batch", "schema"}, []string{"github.com/santhosh-tekuri/jsonschema/v6"},
	},
	"generator/compile/suite": {[]string{"generator/compile", "generator/compile/batch", "schema"}, nil},
	// What the compiler wrote, kept to be read and compiled.
	"generator/compile/golden":        {nil, nil},
	"generator/compile/golden/apiv1":  {nil, modelModules},
	"generator/compile/golden/server": {[]string{"generator/compile/golden/apiv1", "kit/codec", "kit/schema"}, modelModules},
	"generator/corpus":                {nil, []string{"github.com/getkin/kin-openapi"}},
	"generator": {[]string{"spec", "schema", "templates", "kit", "generator/compile"}, []string{
		"github.com/Masterminds/sprig/v3", "github.com/oapi-codegen/oapi-codegen/v2", "github.com/getkin/kin-openapi", "golang.org/x/mod",
		"github.com/rogpeppe/go-internal", // unified diffs, and locks between processes
	}},
	"examples/demo":    {nil, nil},
	"examples/hostile": {nil, nil},
	"cmd/msgen":        {[]string{"spec", "schema", "check", "check/compat", "check/lint", "generator", "templates"}, []string{"github.com/spf13/cobra"}},
}

// modelModules are what the models of oapi-codegen import.
var modelModules = []string{"github.com/google/uuid", "github.com/oapi-codegen/nullable", "github.com/oapi-codegen/runtime"}

// kitMayImport lists the modules that generated services need at run time.
var kitMayImport = []string{
	"github.com/go-jose/go-jose/v4", "github.com/prometheus/client_golang", "github.com/prometheus/client_model",
	"github.com/tinylib/msgp", "github.com/failsafe-go/failsafe-go",
}

func TestImportTable(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], module)
		ours, theirs := mayImport[name].ours, mayImport[name].theirs
		if strings.HasPrefix(name, "kit/") {
			ours, theirs = kitPackages(fields[1:]), kitMayImport
		} else if _, ok := mayImport[name]; !ok {
			t.Errorf("package %s is not in the import table: add a row and an ADR", name)
			continue
		}
		for _, imported := range fields[1:] {
			if inner, ok := strings.CutPrefix(imported, module); ok {
				if !listed(inner, ours, false) {
					t.Errorf("%s imports %s, which the import table does not allow", name, inner)
				}
			} else if strings.Contains(strings.Split(imported, "/")[0], ".") && !listed(imported, theirs, true) {
				t.Errorf("%s imports %s, which the import table does not allow", name, imported)
			}
		}
	}
}

// kitPackages returns the packages below kit among imports: they may import each other, and nothing else of msgen.
func kitPackages(imports []string) []string {
	var packages []string
	for _, imported := range imports {
		if inner, ok := strings.CutPrefix(imported, module); ok && strings.HasPrefix(inner, "kit/") {
			packages = append(packages, inner)
		}
	}
	sort.Strings(packages)
	return packages
}

func listed(name string, list []string, prefix bool) bool {
	for _, entry := range list {
		if name == entry || prefix && strings.HasPrefix(name, entry+"/") {
			return true
		}
	}
	return false
}
