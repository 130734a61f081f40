package generator

import (
	"errors"
	"testing"

	"github.com/msgen/msgen/spec"
)

// TestOverlappingVersionsOfSwaggerHaveTheirPlace holds the place of a fault in a converted contract: the operation as it
// is written, not as it is converted.
func TestOverlappingVersionsOfSwaggerHaveTheirPlace(t *testing.T) {
	contract := func(name string) Contract {
		text := "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      responses: {'200': {description: ok}}\n"
		doc, err := spec.Parse(name+".yaml", []byte(text), spec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return Contract{Name: name, Document: doc}
	}
	_, _, err := NewService([]Contract{contract("v1"), contract("v2")}, ServiceOptions{Name: "users"})
	var faults spec.Diagnostics
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("got %v, want a diagnostic", err)
	}
	if got := faults[0]; got.Rule != "version-overlap" || got.Position.File != "v2.yaml" || got.Position.Line != 6 {
		t.Errorf("got %s at %s, want version-overlap at v2.yaml:6", got.Rule, got.Position)
	}
}
