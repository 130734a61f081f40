// Package spec reads API contracts: Swagger 2.0, OpenAPI 3.0, 3.1 and 3.2, JSON or YAML, one file or many, from disk,
// standard input, a git revision or a permitted host. It gives one tree of Nodes in the shape of OpenAPI 3, each of
// which knows its place in the file it came from, resolves references, and reports what is wrong as diagnostics with
// file, line, column and remedy.
//
// What schemas mean is left to package schema, what contracts should look like to check/lint.
package spec

import (
	"context"
	"io"
	"sync"
)

// Version is the edition of the specification that a contract is written in.
type Version uint8

// The editions that are understood.
const (
	Swagger20 Version = iota + 1
	OpenAPI30
	OpenAPI31
	OpenAPI32
)

// String returns the edition in words: "Swagger 2.0", "OpenAPI 3.1".
func (v Version) String() string {
	switch v {
	case Swagger20:
		return "Swagger 2.0"
	case OpenAPI30:
		return "OpenAPI 3.0"
	case OpenAPI31:
		return "OpenAPI 3.1"
	case OpenAPI32:
		return "OpenAPI 3.2"
	}
	return "unknown version"
}

// JSONSchema202012 reports whether the schemas of the edition are JSON Schema 2020-12, unless jsonSchemaDialect says
// otherwise.
func (v Version) JSONSchema202012() bool { return v >= OpenAPI31 }

// Options say where contracts may come from and how strictly they are read. The zero value reads local files, git
// revisions and nothing from the network.
type Options struct {
	// AllowRemote lists the hosts ("api.example.com", "localhost:8080") that contracts and references may be read from.
	AllowRemote []string
	// AllowPrivate permits hosts of AllowRemote whose addresses are private or local.
	AllowPrivate bool
	// Stdin is what the name "-" reads; nil makes it an error.
	Stdin io.Reader
	// Dir is the folder that relative names and git revisions are seen from; "" is the working directory.
	Dir string
	// Root is the folder that references may reach; "" is the folder of the contract. For Parse and standard input "" means
	// that no other file may be read.
	Root string
	// Lenient skips the checks of structure and references: what is wrong shows when it is used.
	Lenient bool
}

// Document is a loaded contract. It is safe for concurrent use.
type Document struct {
	// Name is the contract's name as it was given.
	Name string
	// Version is the edition that the contract is written in, also after conversion.
	Version Version
	// Root is the document in the shape of OpenAPI 3. For Swagger 2.0 it is a conversion whose schemas are the original
	// nodes, and so still the schemas of Swagger 2.0.
	Root *Node
	// Source is the document as it is written.
	Source *Node
	// Warnings are the faults that did not keep the document from loading.
	Warnings Diagnostics

	source     source
	files      map[string]*file // by id
	main       *file
	uris       map[string]*Node // schemas by absolute $id
	selves     map[string]*file // by absolute $self
	converted  map[*Node]*Node  // Swagger 2.0: original parameter, response, header, scheme or path item to its OpenAPI 3 form
	operations once[[]*Operation]
	webhooks   once[[]*Operation]
}

// once is a value that is computed at its first use.
type once[T any] struct {
	once  sync.Once
	value T
}

func (o *once[T]) get(f func() T) T {
	o.once.Do(func() { o.value = f() })
	return o.value
}

// Parse reads a contract from memory. References to other files are followed only when o.Root is set. The error is
// Diagnostics when the contract is at fault.
func Parse(name string, data []byte, o Options) (*Document, error) {
	src, id, err := memorySource(name, o)
	if err != nil {
		return nil, err
	}
	defer release(src)
	return open(context.Background(), mix(src, o), id, name, data, o)
}

// Load reads a contract from a file, a folder that holds openapi.yaml or the like, "-" for standard input, a URL on a
// permitted host, or REVISION:PATH in the git repository around o.Dir. A name that is an existing file is that file.
// The error is Diagnostics when the contract is at fault, otherwise the world is.
func Load(ctx context.Context, ref string, o Options) (*Document, error) {
	src, id, err := sourceOf(ctx, ref, o)
	if err != nil {
		return nil, err
	}
	defer release(src)
	data, err := src.read(ctx, id)
	if err != nil {
		return nil, err
	}
	return open(ctx, src, id, ref, data, o)
}

// open parses the main file, loads what it refers to, and checks the whole.
func open(ctx context.Context, src source, id, name string, data []byte, o Options) (*Document, error) {
	f, faults := parseFile(id, src.name(id), data)
	if f.root == nil {
		return nil, faults.sorted()
	}
	version, fault := versionOf(f.root)
	if fault != nil {
		return nil, append(faults, *fault).sorted()
	}
	d := &Document{
		Name: name, Version: version, Root: f.root, Source: f.root,
		source: src, files: map[string]*file{id: f}, main: f,
	}
	faults = append(faults, d.loadReferences(ctx)...)
	if version != Swagger20 {
		d.expand()
	}
	if !o.Lenient {
		faults = append(faults, d.check()...)
	}
	if faults.failed() {
		return nil, faults.sorted()
	}
	if version == Swagger20 {
		faults = append(faults, d.convert()...)
	}
	d.Warnings = faults.sorted()
	return d, nil
}

// Text returns the main file of the document as it was read.
func (d *Document) Text() []byte { return []byte(d.main.data) }

// FileCount returns the number of files that the document is made of.
func (d *Document) FileCount() int { return len(d.files) }

// ReadFile reads the file that ref names, as Load would, without parsing it; name is what diagnostics call it. The error
// is fs.ErrNotExist for a file that a git revision does not have.
func ReadFile(ctx context.Context, ref string, o Options) (name string, data []byte, err error) {
	src, id, err := sourceOf(ctx, ref, o)
	if err != nil {
		return "", nil, err
	}
	defer release(src)
	data, err = src.read(ctx, id)
	return src.name(id), data, err
}
