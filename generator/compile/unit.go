// Package compile turns the schemas of a contract into the Go source of their validators, and the types of its models
// into the Go source of decoders and encoders that use no reflection. What it writes imports the runtime packages
// kit/schema and kit/codec of the generated service and nothing of msgen.
package compile

import (
	"github.com/msgen/msgen/schema"
)

// Options say where the generated source will stand.
type Options struct {
	Package       string // name of the package that holds the validators: "serverv1"
	KitImport     string // import path of the runtime: "<module>/internal/kit"
	ModelsImport  string // import path of the models' package
	ModelsPackage string // its name: "apiv1"

	// FormatAnnotations makes every format an annotation, as JSON Schema has it by default. OpenAPI asserts them.
	FormatAnnotations bool
	// SkipPatterns leaves out patterns that no RE2 expression can express, with a warning for each; otherwise they are
	// errors.
	SkipPatterns bool
}

// Unit is one generated package's share of validators, decoders and encoders.
type Unit struct {
	options Options
}

// New returns an empty unit.
func New(o Options) *Unit {
	return &Unit{options: o}
}

// Validator returns a Go expression of type schema.Func that checks a value of the schema that travels in direction d.
// The error is a *PatternError for a pattern that can't be expressed.
func (u *Unit) Validator(s *schema.Schema, d schema.Direction) (string, error) {
	return "(*schema.Scanner).Any", nil
}

// UseModels makes the types of the models' source known to Decoder and Encoder.
func (u *Unit) UseModels(src []byte) error {
	return nil
}

// Decoder returns a Go expression of type func([]byte, *T) error that decodes validated JSON, for the type as it is
// written in the generated package.
func (u *Unit) Decoder(goType string) string {
	return "nil"
}

// Encoder returns a Go expression of type func([]byte, *T) ([]byte, error) that appends the JSON of a value.
func (u *Unit) Encoder(goType string) string {
	return "nil"
}

// Files returns the source of everything that was asked for, by file name.
func (u *Unit) Files() (map[string][]byte, error) {
	return map[string][]byte{}, nil
}
