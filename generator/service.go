package generator

import (
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// Service is what a contract becomes before a line of Go is written: every Go name is settled, unique and legal, every
// type is known. Templates read it and decide nothing.
type Service struct {
	Name     string // as the user gave it: "users"
	Module   string // Go module path
	Package  string // Go package name of the module's root
	Versions []*Version
	Client   bool      // publish a client beside the models
	Clients  []*Client // of the services that it calls

	TrustExtensions bool             // Go names and types come from x-go-* extensions of the contract
	LenientPatterns bool             // patterns that RE2 can't match are warned about, not refused
	Warnings        spec.Diagnostics // what rendering found that did not keep it from going on
	Tool            string           // version of msgen that the service's CI installs; "" for the latest
}

// Version is one major version of the contract, served beside the others.
type Version struct {
	Name        string // "v1"; names the folders api/v1 and internal/server/v1
	Title       string
	Contract    string // info.version
	Description string
	Document    *spec.Document
	Spec        string       // path of the contract in the service: "api/v1/openapi.yaml"
	Operations  []*Operation // in the order of the contract
	Schemes     []*Scheme    // the schemes that some operation uses, sorted by name
	Models      *Models
	Schemas     *schema.Set
}

// Operation is one operation of a version.
type Operation struct {
	ID           string // operationId, or METHOD path when the contract has none
	Name         string // exported Go name, unique in the version
	File         string // snake-case base name of the seeded file, without ".go", unique and safe as a Go file name
	Method       string // upper case
	Path         string // base path of the first server + path template, as matched by the router
	Template     string // the path template alone, as the contract has it
	Summary      string
	Description  string
	Tags         []string
	Deprecated   bool
	DeprecatedAt string // x-deprecated-at of a deprecated operation as an RFC 3339 date, or ""
	Sunset       string // x-sunset as an RFC 3339 date, or ""
	Parameters   []*Parameter
	Body         *Body // nil when the operation takes none
	Responses    []*Response
	Security     []Requirement // OR of ANDs; empty means that no authentication is needed
	Pointer      string        // JSON pointer of the operation in the contract
}

// Parameter is a path, query, header or cookie parameter.
type Parameter struct {
	Name      string // on the wire
	In        string // path, query, header or cookie (querystring in OpenAPI 3.2)
	Field     string // Go field in the request struct
	Type      *Type  // never a pointer: optional ones without a default get one in the request struct
	Required  bool
	Style     string // simple, label, matrix, form, spaceDelimited, pipeDelimited, deepObject; never ""
	Explode   bool
	Reserved  bool   // allowReserved
	MediaType string // of a content parameter, else ""
	Empty     bool   // allowEmptyValue
	Default   any    // nil for none; a value of json.Unmarshal with UseNumber
	Schema    *schema.Schema
	Comment   string
}

// Type is a Go type as it is written in the server package, with its meaning.
type Type struct {
	Go      string   // "apiv1.Order", "[]string", "int64", "json.RawMessage", "uuid.UUID"
	Imports []string // import paths that Go needs; ImportName says under which name each is imported
	Schema  *schema.Schema
}

// ContentKind says how a body is read and written.
type ContentKind uint8

// The kinds of content.
const (
	JSON        ContentKind = iota // application/json and +json: validated, decoded
	Form                           // application/x-www-form-urlencoded: fields become one JSON object
	Multipart                      // multipart/*: fields become one JSON object, files are streamed
	Text                           // text/* other than event streams: a string
	Binary                         // everything else: an io.Reader
	EventStream                    // text/event-stream: an iterator of events
)

// Body is a request body.
type Body struct {
	Required bool
	Contents []*Content
}

// Content is one media type of a body or response.
type Content struct {
	MediaType string // as in the contract, possibly a range such as "image/*"
	Kind      ContentKind
	Suffix    string // "" for the first content, else a part that tells the Go fields apart: "Form", "Text"
	Type      *Type  // the Go type of the decoded value; nil for Binary and EventStream
	Schema    *schema.Schema
	Parts     []*Part // the members of a form or multipart body
}

// Part is a member of a form or of a multipart body, with the encoding object applied.
type Part struct {
	Name        string
	File        bool     // a binary part: streamed
	Array       bool     // may repeat
	ContentType []string // what the encoding object allows, empty for the default
	Style       string   // form bodies: style and explode of the encoding object
	Explode     bool
	Required    bool
	Schema      *schema.Schema // of one value (of the items, when Array)
}

// Response is one entry of an operation's responses.
type Response struct {
	Status      string // "200", "2XX" or "default"
	Name        string // Go type name, unique in the version: CreateOrder201
	Description string
	Headers     []*Header
	Contents    []*Content
}

// Header is a declared response header.
type Header struct {
	Name      string
	Field     string
	Type      *Type
	Required  bool
	Explode   bool
	MediaType string
	Schema    *schema.Schema
	Comment   string
}

// Requirement is one alternative of a security requirement: all of its uses must be satisfied. An empty one admits
// anonymous callers.
type Requirement []SchemeUse

// SchemeUse names a security scheme and the scopes that it must grant.
type SchemeUse struct {
	Scheme string
	Scopes []string
}

// Scheme is a security scheme in the form in which kit/auth enforces it.
type Scheme struct {
	Name         string
	Kind         string // "jwt", "opaque", "apikey", "basic", "mtls" is refused by Model
	In           string // apikey: header, query, cookie
	Key          string // apikey: name of the header, query parameter or cookie
	Issuer       string // openIdConnect: issuer of the discovery URL; a hint only, configuration wins
	DiscoveryURL string
	BearerFormat string
}

// Models is the Go source of a version's types, written by oapi-codegen.
type Models struct {
	Package string          // "apiv1"
	Source  []byte          // gofmt'd, without the ownership header
	Names   map[string]bool // every type and constant that Source may declare
	Client  []byte          // the same for the client, nil when it was not asked for
}
