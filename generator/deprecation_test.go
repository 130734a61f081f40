package generator

import (
	"bytes"
	"strings"
	"testing"

	"github.com/msgen/msgen/spec"
)

func TestDeprecationHasItsDate(t *testing.T) {
	doc, err := spec.Parse("a.yaml", []byte(`openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /dated: {get: {deprecated: true, x-deprecated-at: "2026-01-31T10:00:00Z", x-sunset: "2027-01-31", responses: {"204": {description: ok}}}}
  /undated: {get: {deprecated: true, responses: {"204": {description: ok}}}}
  /wrong: {get: {deprecated: true, x-deprecated-at: soon, responses: {"204": {description: ok}}}}
  /living: {get: {x-deprecated-at: "2026-01-31", responses: {"204": {description: ok}}}}
`), spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	svc, warnings, err := NewService([]Contract{{Name: "v1", Document: doc}}, ServiceOptions{Name: "users"})
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 1 || warnings[0].Rule != "invalid-date" || !strings.HasPrefix(warnings[0].Message, "x-deprecated-at ") {
		t.Errorf("got the warnings %v, want one about the date that is none", warnings)
	}
	files, err := VersionFiles(svc, svc.Versions[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Path, "/routes.gen.go") {
			continue
		}
		if n := bytes.Count(f.Content, []byte("DeprecatedAt:")); n != 1 {
			t.Errorf("%d routes have a date, want 1", n)
		}
		if !bytes.Contains(f.Content, []byte(`Deprecated: true, DeprecatedAt: "2026-01-31", Sunset: "2027-01-31",`)) {
			t.Errorf("the date is not in the routes:\n%s", f.Content)
		}
	}
}
