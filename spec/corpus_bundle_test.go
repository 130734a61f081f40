package spec

import (
	"context"
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
		data, err := d.BundleJSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openapi3.NewLoader().LoadFromData(data); err != nil {
			t.Errorf("%s: %v", files[i], err)
		}
		again, err := Parse("bundle.json", data, Options{})
		if err != nil {
			t.Errorf("%s: %v", files[i], err)
			continue
		}
		if !d.Root.Get("paths").Equal(again.Root.Get("paths")) {
			t.Errorf("%s: the bundle of one file is not the file", files[i])
		}
	}
	t.Logf("%d bundles loaded", checked)
}
