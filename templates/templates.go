// Package templates holds the trees of text templates that the generator fills: each folder mirrors the tree that it
// becomes. It leaves parsing and filling to package generator.
package templates

import "embed"

// Service mirrors the root of a generated service. In its paths, NAME stands for the name of the service, OPERATION for
// the file of an operation; the suffix ".tmpl" is dropped.
//
//go:embed all:service
var Service embed.FS

// Starter is the contract that a service without one starts from.
//
//go:embed starter.yaml
var Starter []byte

// Version mirrors internal/server/vN, which is rendered for each version of the contract.
//
//go:embed all:version
var Version embed.FS

// Client mirrors internal/clients/NAME, which is rendered for each service that the service calls.
//
//go:embed all:client
var Client embed.FS
