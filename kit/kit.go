// Package kit is the runtime of generated services. Its packages are ordinary Go, compiled and tested here; the
// generator copies them, tests included, into each service below internal/kit and rewrites how they import each other.
package kit

import "embed"

// FS holds the packages of the runtime.
//
//go:embed */*
var FS embed.FS
