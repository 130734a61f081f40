package generator

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// ModelOptions say how a contract becomes a Version.
type ModelOptions struct {
	Name            string // of the version: "v1"; "" takes VersionName
	ModelsImport    string // import path of the models package, as it stands in Type.Imports; "" for "<name>"
	KitImport       string // import path of the kit of the service, for clients; "" for kit.Import
	TrustExtensions bool   // follow the x-go-name extensions of the contract
	Client          bool   // make a client, too
	Package         string // of the models; "" for "api" + Name
	// Consumer makes the client that a caller keeps for itself: its paths begin with the base path of the contract, and
	// answers that are problems have no types, since they are errors.
	Consumer bool
	// ReservedFiles are base names of files, without ".go", that no operation's file may have.
	ReservedFiles []string
	// ReservedNames are Go names that no operation may have.
	ReservedNames []string
}

// VersionName names the version of a contract: after the path of its first server ("/api/v2"), after the major number
// of info.version ("2.1.0"), or "v1".
func VersionName(doc *spec.Document) string {
	for _, server := range doc.Servers() {
		for _, segment := range strings.Split(server.BasePath(), "/") {
			if versionSegment.MatchString(segment) {
				return segment
			}
		}
	}
	version := strings.TrimLeft(doc.Root.Get("info").Get("version").Text(), "vV")
	major, _, _ := strings.Cut(version, ".")
	if versionSegment.MatchString("v"+major) && major != "0" {
		return "v" + major
	}
	return "v1"
}

var versionSegment = regexp.MustCompile(`^v[0-9]{1,3}$`)

// NewVersion settles everything about one version of a service: the Go names, the types, and the models' source. The
// diagnostics are what is wrong with the contract as the origin of a service: those of severity Error are all that
// there are, and come with a nil Version; warnings come with a usable one. The error is for the rest.
func NewVersion(doc *spec.Document, o ModelOptions) (*Version, []spec.Diagnostic, error) {
	if o.Name == "" {
		o.Name = VersionName(doc)
	}
	b := &versionBuilder{
		modeler: newModeler(doc, o),
		options: o,
		version: &Version{
			Name:        o.Name,
			Title:       doc.Root.Get("info").Str("title"),
			Contract:    doc.Root.Get("info").Get("version").Text(),
			Description: doc.Root.Get("info").Str("description"),
			Document:    doc,
			Schemas:     schema.NewSet(NewResolver(doc)),
		},
		routes: map[string]*spec.Operation{},
	}
	b.addOperations()
	b.addSchemes()
	if slices.ContainsFunc(b.faults, func(d spec.Diagnostic) bool { return d.Severity == spec.Error }) {
		return nil, b.faults, nil
	}
	source, err := b.source(b.modelsPackage())
	if err != nil {
		return nil, b.faults, err
	}
	b.version.Models = &Models{Package: b.modelsPackage(), Source: source, Names: b.settledNames()}
	if o.Client {
		if b.version.Models.Client, err = b.client(); err != nil {
			return nil, b.faults, err
		}
	}
	return b.version, b.faults, nil
}

// versionBuilder collects a Version from its contract.
type versionBuilder struct {
	*modeler
	options ModelOptions
	version *Version
	faults  []spec.Diagnostic
	routes  map[string]*spec.Operation
}

func (b *versionBuilder) modelsPackage() string {
	if b.options.Package != "" {
		return b.options.Package
	}
	return "api" + b.options.Name
}

// fault reports what is wrong at a node.
func (b *versionBuilder) fault(severity spec.Severity, at *spec.Node, rule, remedy, format string, args ...any) {
	b.faults = append(b.faults, at.Diagnostic(severity, rule, fmt.Sprintf(format, args...), remedy))
}

// goType is the type as the server package writes it. A null at the top is a pointer.
func (b *versionBuilder) goType(t typeExpr, s *schema.Schema) *Type {
	imports := slices.Compact(slices.Sorted(slices.Values(t.imports(b.options.ModelsImport))))
	return &Type{Go: t.Go(b.modelsPackage()), Imports: imports, Schema: s}
}

// schemaOf parses a schema of the contract.
func (b *versionBuilder) schemaOf(node *spec.Node) *schema.Schema {
	if node == nil {
		return nil
	}
	s, err := b.version.Schemas.Parse(source(node, b.doc))
	if err != nil {
		at, message := node, err.Error()
		if fault := (*schema.ParseError)(nil); errors.As(err, &fault) {
			message = fault.Keyword + ": " + fault.Message
			if place := b.doc.NodeAt(fault.Location); place != nil {
				at = place
			}
		}
		b.fault(spec.Error, at, "invalid-schema", "correct the schema", "%s", message)
	}
	return s
}

// NewResolver returns the resolver of the document's schemas.
func NewResolver(doc *spec.Document) schema.Resolver {
	r := &resolver{doc}
	if doc.HasDynamicRefs() {
		return dynamicResolver{r}
	}
	return r
}

// resolver resolves the references between the schemas of a document.
type resolver struct {
	doc *spec.Document
}

// ResolveSchema implements schema.Resolver.
func (r *resolver) ResolveSchema(base, ref string) (schema.Source, error) {
	node, err := r.doc.ResolveSchemaRef(base, ref)
	if err != nil {
		return schema.Source{}, err
	}
	return source(node, r.doc), nil
}

// dynamicResolver resolves dynamic references, too.
type dynamicResolver struct{ *resolver }

// Resource implements schema.DynamicResolver.
func (r dynamicResolver) Resource(location string) string { return r.doc.SchemaResource(location) }

// DynamicAnchors implements schema.DynamicResolver.
func (r dynamicResolver) DynamicAnchors(resource string) map[string]schema.Source {
	sources := map[string]schema.Source{}
	for name, node := range r.doc.DynamicAnchors(resource) {
		sources[name] = source(node, r.doc)
	}
	return sources
}

// source hands a node to package schema.
func source(node *spec.Node, doc *spec.Document) schema.Source {
	dialect := schema.Draft202012
	switch doc.Version {
	case spec.Swagger20:
		dialect = schema.Swagger20
	case spec.OpenAPI30:
		dialect = schema.OpenAPI30
	}
	return schema.Source{Tree: node.Value(), Location: node.Location(), Dialect: dialect}
}
