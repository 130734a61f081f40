package spec

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestCorpusBundles has kin-openapi load the bundle of every thirteenth contract that it loads in the original.
func TestCorpusBundles(t *testing.T) {
	files := corpus(t)
	checked := 0
	for i := 5; i < len(files); i += 13 {
		if _, err := openapi3.NewLoader().LoadFromFile(files[i]); err != nil {
			continue
		}
		d, err := Load(context.Background(), files[i], Options{})
		if err != nil {
			continue
		}
		checked++
		sameAsYAML(t, files[i], d)
		data, err := d.BundleJSON()
		if err != nil {
			t.Fatal(err)
		}
		bundle := filepath.Join(t.TempDir(), "openapi.json")
		if err := os.WriteFile(bundle, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openapi3.NewLoader().LoadFromFile(bundle); err != nil {
			t.Errorf("%s: %v", files[i], err)
		}
		again, err := Parse("bundle.json", data, Options{})
		if err != nil {
			t.Errorf("%s: %v", files[i], err)
			continue
		}
		if twice, err := again.BundleJSON(); err != nil || string(twice) != string(data) {
			t.Errorf("%s: the bundle of the bundle differs: %v", files[i], err)
		}
		if !d.Root.Get("paths").Equal(again.Root.Get("paths")) {
			t.Errorf("%s: the bundle of one file is not the file", files[i])
		}
		if len(d.Operations()) != len(again.Operations()) {
			t.Errorf("%s: got %d operations, want %d", files[i], len(again.Operations()), len(d.Operations()))
		}
	}
	t.Logf("%d bundles loaded", checked)
}
