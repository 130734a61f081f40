package spec

import (
	"sync"
	"testing"
)

func TestDocumentIsSafeForConcurrentUse(t *testing.T) {
	d, err := Parse("a.yaml", []byte(manyPaths(500)), Options{Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, op := range d.Operations() {
				op.Node.Value()
				op.Node.Position()
			}
			d.Root.Hash()
			d.Bundle()
		})
	}
	wg.Wait()
}
