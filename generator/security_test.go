package generator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/spec"
)

func securityContract(schemes, security string) []byte {
	return []byte(`{"openapi": "3.1.0", "info": {"title": "s", "version": "1"}, "security": ` + security + `,
		"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "ok"}}}}},
		"components": {"securitySchemes": {` + schemes + `}}}`)
}

func TestSecurityIsEnforcedOrRefused(t *testing.T) {
	const (
		jwt    = `"jwt": {"type": "http", "scheme": "Bearer", "bearerFormat": "JWT"}`
		opaque = `"opaque": {"type": "http", "scheme": "bearer", "bearerFormat": "opaque"}`
		mtls   = `"mtls": {"type": "mutualTLS"}`
		digest = `"digest": {"type": "http", "scheme": "digest"}`
		key    = `"key": {"type": "apiKey", "in": "header", "name": "X Key"}`
	)
	for name, c := range map[string]struct {
		schemes, security string
		want              []Requirement
		fault             string
	}{
		"unused schemes don't matter":  {schemes: jwt + "," + mtls, security: `[{"jwt": ["a"]}]`, want: []Requirement{{{"jwt", []string{"a"}}}}},
		"all of an alternative counts": {schemes: jwt + "," + opaque, security: `[{"jwt": [], "opaque": []}]`, want: []Requirement{{{"jwt", nil}, {"opaque", nil}}}},
		"the rest remains":             {schemes: jwt + "," + mtls, security: `[{"mtls": []}, {"jwt": []}]`, want: []Requirement{{{"jwt", nil}}}, fault: "warning"},
		"half an alternative is none":  {schemes: jwt + "," + mtls, security: `[{"mtls": [], "jwt": []}]`, fault: "error"},
		"anonymous remains":            {schemes: digest, security: `[{"digest": []}, {}]`, want: []Requirement{nil}, fault: "warning"},
		"digest alone":                 {schemes: digest, security: `[{"digest": []}]`, fault: "error"},
		"a key that HTTP can't hold":   {schemes: key, security: `[{"key": []}]`, fault: "error"},
		"nothing is required":          {schemes: jwt, security: `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := spec.Parse("openapi.json", securityContract(c.schemes, c.security), spec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			v, faults, err := NewVersion(doc, ModelOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(faultText(faults)), c.fault); !got || c.fault == "" && len(faults) > 0 {
				t.Errorf("faults %s, want %q", faultText(faults), c.fault)
			}
			if c.fault == "error" {
				if v != nil {
					t.Error("a contract that can't be enforced became a service")
				}
				return
			}
			if diff := cmp.Diff(c.want, v.Operations[0].Security); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestVersionName(t *testing.T) {
	for want, info := range map[string]string{
		"v3": `"servers": [{"url": "https://a.example/api/v3/"}], "info": {"title": "t", "version": "9"}`,
		"v2": `"info": {"title": "t", "version": "2.1.0"}`,
		"v4": `"info": {"title": "t", "version": "v4"}`,
		"v1": `"info": {"title": "t", "version": "2024-01-01"}`,
	} {
		doc, err := spec.Parse("openapi.json", []byte(`{"openapi": "3.0.3", `+info+`, "paths": {}}`), spec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := VersionName(doc); got != want {
			t.Errorf("VersionName of %s = %q, want %q", info, got, want)
		}
	}
}
