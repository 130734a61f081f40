// Package generator turns contracts into Go services: NewService settles every name and type, Files renders the whole
// tree, Write brings a folder up to date with it without ever losing an edit. It leaves reading contracts to package
// spec, the meaning of schemas to package schema, and talking to the user to the command.
package generator

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/msgen/msgen/spec"
)

// Contract is the contract of one version.
type Contract struct {
	Name     string // of the version: "v1"; "" for the one that VersionName finds
	Spec     string // where the contract stands in the service; "" for api/<name>/openapi.yaml
	Document *spec.Document
}

// ServiceOptions say what service the contracts become.
type ServiceOptions struct {
	Name            string     // see ValidateName
	Module          string     // Go module path; "" for DefaultModule
	Client          bool       // publish a client beside the models
	Clients         []Contract // of the services that are called, by the name of the service
	TrustExtensions bool       // take Go names and types from x-go-* extensions
	LenientPatterns bool       // warn about patterns that RE2 can't match, instead of refusing them
	Tool            string     // version of msgen that the service's CI installs; "" for the latest
}

// DefaultModule is the module path of a service whose owner names none.
func DefaultModule(name string) string { return "example.com/" + name }

// validateModule tells whether a service can be the module of that path. The packages of the standard library are in
// the way of modules of the same name.
func validateModule(path string) error {
	if err := module.CheckImportPath(path); err != nil {
		return err
	}
	if first, _, _ := strings.Cut(path, "/"); slices.Contains(standardNames, first) {
		return fmt.Errorf("module path %q: %q belongs to the standard library", path, first)
	}
	return nil
}

// standardNames begin the import paths of the standard library and of the go command.
var standardNames = strings.Fields(`archive arena bufio builtin bytes cmd cmp compress container context crypto database
	debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path
	plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode unique unsafe
	vendor weak`)

// NewService settles everything about a service. Faults of the contracts come as spec.Diagnostics in the error, those
// of all versions; the warnings come beside a usable service.
func NewService(contracts []Contract, o ServiceOptions) (*Service, spec.Diagnostics, error) {
	if err := ValidateName(o.Name); err != nil {
		return nil, nil, err
	}
	if o.Module == "" {
		o.Module = DefaultModule(o.Name)
	}
	if err := validateModule(o.Module); err != nil {
		return nil, nil, fmt.Errorf("%w; use a path such as %q", err, DefaultModule(o.Name))
	}
	svc := &Service{
		Name: o.Name, Module: o.Module, Package: PackageName(o.Name), Client: o.Client,
		TrustExtensions: o.TrustExtensions, LenientPatterns: o.LenientPatterns, Tool: o.Tool,
	}
	var warnings, faults spec.Diagnostics
	for _, c := range contracts {
		v, diagnostics, err := newVersion(c, svc)
		if err != nil {
			return nil, nil, err
		}
		bySeverity(diagnostics, &warnings, &faults)
		if v != nil && slices.ContainsFunc(svc.Versions, func(other *Version) bool { return other.Name == v.Name }) {
			return nil, nil, fmt.Errorf("two contracts are version %s; name the versions, for example v1=FILE and v2=FILE", v.Name)
		}
		if v != nil {
			v.Spec = c.Spec
			if v.Spec == "" {
				v.Spec = contractPath(v)
			}
			svc.Versions = append(svc.Versions, v)
		}
	}
	more, broken, err := svc.addClients(o.Clients)
	if err != nil {
		return nil, nil, err
	}
	warnings, faults = append(warnings, more...), append(faults, broken...)
	if len(faults) > 0 {
		return nil, nil, append(faults, warnings...)
	}
	slices.SortStableFunc(svc.Versions, func(a, b *Version) int { return compareVersions(a.Name, b.Name) })
	if clash := routeClashes(svc); len(clash) > 0 {
		return nil, nil, clash
	}
	return svc, warnings, nil
}

// bySeverity adds diagnostics to the warnings or to the faults.
func bySeverity(diagnostics []spec.Diagnostic, warnings, faults *spec.Diagnostics) {
	for _, d := range diagnostics {
		if d.Severity == spec.Error {
			*faults = append(*faults, d)
		} else {
			*warnings = append(*warnings, d)
		}
	}
}

// newVersion settles one version of the service.
func newVersion(c Contract, svc *Service) (*Version, []spec.Diagnostic, error) {
	name := c.Name
	if name == "" {
		name = VersionName(c.Document)
	}
	options := ModelOptions{
		Name: name, ModelsImport: svc.Module + "/api/" + name, TrustExtensions: svc.TrustExtensions, Client: svc.Client,
		KitImport:     svc.Module + "/internal/kit",
		ReservedFiles: []string{svc.Name, svc.Name + "_test", svc.Package, svc.Package + "_test"},
		ReservedNames: []string{"Service"}, // embedded in every type of handlers
	}
	v, diagnostics, err := NewVersion(c.Document, options)
	if v == nil || err != nil || c.Spec != "" || c.Document.FileCount() == 1 {
		return v, diagnostics, err
	}
	// The service will hold the contract in one file: that is what its code is made from, now and by every later run.
	bundle, err := bundled(c.Document, "api/"+name+"/openapi.yaml")
	if err != nil {
		return nil, nil, err
	}
	v, _, err = NewVersion(bundle, options)
	return v, diagnostics, err
}

// bundled is a contract of several files as one.
func bundled(doc *spec.Document, name string) (*spec.Document, error) {
	data, err := doc.BundleYAML()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doc.Name, err)
	}
	bundle, err := spec.Parse(name, data, spec.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: the files can't be made one: %w", doc.Name, err)
	}
	return bundle, nil
}

// routeClashes finds operations of different versions that would be served at the same place.
func routeClashes(svc *Service) spec.Diagnostics {
	type place struct{ version, id string }
	taken := map[string]place{}
	var clashes spec.Diagnostics
	for _, v := range svc.Versions {
		for _, op := range v.Operations {
			key := op.Method + " " + op.Path
			if other, ok := taken[key]; ok && other.version != v.Name {
				clashes = append(clashes, v.Document.Source.At(op.Pointer).Diagnostic(spec.Error, "version-overlap",
					fmt.Sprintf("%s is served by version %s, too (operation %s)", key, other.version, other.id),
					fmt.Sprintf("give the versions different paths, for example servers: [{url: /%s}]", v.Name)))
				continue
			}
			taken[key] = place{v.Name, op.ID}
		}
	}
	return clashes
}

// compareVersions orders v1, v2beta1, v2, v10.
func compareVersions(a, b string) int {
	split := func(name string) (major, rest string) {
		digits := strings.TrimPrefix(name, "v")
		end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			return digits, "~" // a release comes after its previews
		}
		return digits[:end], digits[end:]
	}
	majorA, restA := split(a)
	majorB, restB := split(b)
	majorA, majorB = strings.TrimLeft(majorA, "0"), strings.TrimLeft(majorB, "0")
	if len(majorA) != len(majorB) {
		return len(majorA) - len(majorB)
	}
	if c := strings.Compare(majorA, majorB); c != 0 {
		return c
	}
	return strings.Compare(restA, restB)
}

// PackageName is the Go package of a service: its name without hyphens, told apart from Go's own words.
func PackageName(name string) string {
	pkg := strings.ReplaceAll(name, "-", "")
	if _, err := Ident(pkg); err != nil || slices.Contains(predeclared, pkg) {
		return pkg + "svc"
	}
	return pkg
}

// predeclared lists the identifiers of Go's universe that a package name would hide.
var predeclared = []string{
	"any", "append", "bool", "byte", "cap", "clear", "close", "comparable", "complex", "copy", "delete", "error", "false",
	"imag", "int", "iota", "len", "make", "max", "min", "new", "nil", "panic", "print", "println", "real", "recover", "rune",
	"string", "true", "uint",
}
