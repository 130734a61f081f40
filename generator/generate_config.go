package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/msgen/msgen/spec"
)

// configFile is the name of the file that says what msgen generates in a folder.
const configFile = "msgen.yaml"

// Config is msgen.yaml: what to generate in the folder that it stands in.
type Config struct {
	Service         string
	Versions        []VersionConfig
	Client          bool // publish a client beside the models
	Clients         []ClientConfig
	TrustExtensions bool       // take Go names and types from x-go-* extensions
	LenientPatterns bool       // warn about patterns that RE2 can't match, instead of refusing them
	Compat          *spec.Node // what check-compat reads: it is no business of the generator
}

// VersionConfig names a version and its contract.
type VersionConfig struct {
	Name string // "v1"
	Spec string // path of the contract, relative to msgen.yaml
}

// ClientConfig names a service that is called and its contract.
type ClientConfig struct {
	Name string
	Spec string // path of the contract, relative to msgen.yaml
}

// ParseConfig reads msgen.yaml. The error is spec.Diagnostics, all of them.
func ParseConfig(name string, data []byte) (*Config, error) {
	root, err := spec.ParseTree(name, data)
	if err != nil {
		return nil, err
	}
	r := configReader{}
	c := &Config{}
	r.object(root, map[string]func(*spec.Node){
		"service":          r.text(&c.Service, ValidateName),
		"versions":         func(n *spec.Node) { c.Versions = r.versions(n) },
		"client":           r.flag(&c.Client),
		"clients":          func(n *spec.Node) { c.Clients = r.clients(n) },
		"trust-extensions": r.flag(&c.TrustExtensions),
		"lenient-patterns": r.flag(&c.LenientPatterns),
		"compat":           func(n *spec.Node) { c.Compat = n },
	})
	if c.Service == "" && len(r.faults) == 0 {
		r.fault(root, "service is missing", `name the service, for example "service: users"`)
	}
	if len(c.Versions) == 0 && len(r.faults) == 0 {
		r.fault(root, "versions is missing", "list at least one version with its name and spec")
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return c, nil
}

// ReadConfig reads the msgen.yaml of the service in dir.
func ReadConfig(dir string) (*Config, error) {
	file := filepath.Join(dir, configFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file; run msgen in the folder of a service, or start one with msgen new service", file)
	}
	if err != nil {
		return nil, err
	}
	return ParseConfig(filepath.ToSlash(file), data)
}

// ModulePath is the module path of the go.mod in dir; it is empty when there is none.
func ModulePath(dir string) (string, error) {
	file := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	path := modfile.ModulePath(data)
	if path == "" {
		return "", fmt.Errorf("%s: no module path; add a line such as %q", file, "module "+DefaultModule("users"))
	}
	return path, nil
}

// configReader reads the nodes of msgen.yaml and collects what is wrong with them.
type configReader struct{ faults spec.Diagnostics }

func (r *configReader) fault(n *spec.Node, message, remedy string) {
	r.faults = append(r.faults, n.Diagnostic(spec.Error, "config", message, remedy))
}

// object hands the members of an object to their readers; other keys are faults.
func (r *configReader) object(n *spec.Node, members map[string]func(*spec.Node)) {
	if n.Kind() != spec.Object {
		r.fault(n, fmt.Sprintf("found %s, want an object", n.Kind()), "write keys and values")
		return
	}
	for key, value := range n.All() {
		if read, ok := members[key]; ok {
			read(value)
			continue
		}
		var known []string
		for name := range members {
			known = append(known, name)
		}
		slices.Sort(known)
		r.faults = append(r.faults, value.KeyDiagnostic(spec.Error, "config", fmt.Sprintf("unknown key %q", key), "use one of "+strings.Join(known, ", ")))
	}
}

// text reads a string that valid accepts.
func (r *configReader) text(into *string, valid func(string) error) func(*spec.Node) {
	return func(n *spec.Node) {
		if n.Kind() != spec.String {
			r.fault(n, fmt.Sprintf("found %s, want a string", n.Kind()), "quote the value")
			return
		}
		if err := valid(n.Text()); err != nil {
			r.fault(n, err.Error(), "correct the value")
			return
		}
		*into = n.Text()
	}
}

// flag reads true or false.
func (r *configReader) flag(into *bool) func(*spec.Node) {
	return func(n *spec.Node) {
		if n.Kind() != spec.Bool {
			r.fault(n, fmt.Sprintf("found %s, want true or false", n.Kind()), "write true or false")
			return
		}
		*into, _ = strconv.ParseBool(n.Text())
	}
}

// versions reads the list of versions.
func (r *configReader) versions(n *spec.Node) []VersionConfig {
	return r.contracts(n, "version", ValidateVersion)
}

// clients reads the list of services that are called.
func (r *configReader) clients(n *spec.Node) []ClientConfig {
	var list []ClientConfig
	for _, c := range r.contracts(n, "client", ValidateName) {
		list = append(list, ClientConfig(c))
	}
	return list
}

// contracts reads a list of names with contracts.
func (r *configReader) contracts(n *spec.Node, what string, valid func(string) error) []VersionConfig {
	if n.Kind() != spec.Array {
		r.fault(n, fmt.Sprintf("found %s, want an array", n.Kind()), fmt.Sprintf("list the %ss, each with its name and spec", what))
		return nil
	}
	var list []VersionConfig
	for _, item := range n.Items() {
		v := VersionConfig{}
		r.object(item, map[string]func(*spec.Node){
			"name": r.text(&v.Name, valid),
			"spec": r.text(&v.Spec, validateSpecPath),
		})
		if item.Kind() == spec.Object && (item.Get("name") == nil || item.Get("spec") == nil) {
			r.fault(item, fmt.Sprintf("a %s needs a name and a spec", what), "add the missing key")
		}
		if slices.ContainsFunc(list, func(other VersionConfig) bool { return other.Name == v.Name && v.Name != "" }) {
			r.fault(item, fmt.Sprintf("%s %q stands here twice", what, v.Name), fmt.Sprintf("give each %s a name of its own", what))
		}
		list = append(list, v)
	}
	return list
}

// Names of services and versions become folders, packages, hosts and labels.
var (
	serviceName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	versionName = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)
	notSlug     = regexp.MustCompile(`[^a-z0-9]+`)
)

// reservedNames are the folders of a service, which its package can't be called like, and names that Go takes.
var reservedNames = []string{"api", "cmd", "deploy", "internal", "main", "vendor", "testdata"}

// ValidateName tells whether a service can have this name: it becomes a folder, a Go package, an image, a host and a
// label. The error names a better one.
func ValidateName(name string) error {
	switch {
	case deviceNames[name]:
		return fmt.Errorf("a service can't be called %q, which is a device on Windows; try %q", name, name+"-service")
	case slices.Contains(reservedNames, name):
		return fmt.Errorf("a service can't be called %q, which has another meaning in its folder; try %q", name, name+"-service")
	case serviceName.MatchString(name) && len(name) <= 40:
		return nil
	}
	better := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-0123456789")
	if len(better) > 40 {
		better = strings.Trim(better[:40], "-")
	}
	remedy := "try something like \"users\""
	if serviceName.MatchString(better) {
		remedy = fmt.Sprintf("try %q", better)
	}
	return fmt.Errorf("%q can't be the name of a service: use up to 40 lower-case letters, digits and inner hyphens, a letter first; %s", name, remedy)
}

// ValidateVersion tells whether a version can have this name.
func ValidateVersion(name string) error {
	if versionName.MatchString(name) && len(name) <= 20 {
		return nil
	}
	return fmt.Errorf("%q can't be the name of a version; use v1, v2 or v2beta1", name)
}

// validateSpecPath tells whether a contract may stand at the path, relative to the service.
func validateSpecPath(path string) error {
	if filepath.IsLocal(filepath.FromSlash(path)) {
		return nil
	}
	return fmt.Errorf("%q leaves the folder of the service; keep the contract in it", path)
}
