package compat_test

import (
	"strings"
	"testing"

	"github.com/msgen/msgen/check"
)

// TestMessagesShowWhatBreaks: the witness of a finding outside schemas is a whole message, without what is to be missed.
func TestMessagesShowWhatBreaks(t *testing.T) {
	for fixture, want := range map[string]string{
		"param-became-required":               `{"method":"GET","path":"/x",`,
		"param-explode-off":                   `{"method":"GET","path":"/x","query":{"q":["x","x"]},`,
		"180-media-form-encoding-explode":     `"body":"l=x&l=x",`,
		"202-security-alternative-removed":    `{"method":"GET","path":"/x","headers":{"Authorization":"Bearer $MSGEN_TOKEN"},`,
		"209-security-apikey-moved-to-query":  `{"method":"GET","path":"/x","headers":{"X-Key":"key"},`,
		"217-path-operation-server-override":  `"headers":{"Host":"h.example"},`,
		"184-response-200-to-2xx":             `{"status":201,`,
		"189-response-body-dropped":           `{"status":200,"differs"`,
		"195-response-header-became-optional": `{"status":200,"differs"`,
		"178-media-response-json-to-wildcard": `{"status":200,"headers":{"Content-Type":"text/csv"},`,
		"219-path-removed":                    `{"method":"GET","path":"/a","differs":`,
	} {
		base, revision, _ := load(t, "testdata/pairs/"+fixture+".txtar")
		shown := ""
		for _, f := range check1(base, revision).Findings {
			if f.Severity == check.Error {
				shown += string(f.Witness) + "\n"
			}
		}
		if !strings.Contains(shown, want) {
			t.Errorf("%s: got %s, want %s", fixture, shown, want)
		}
	}
}
