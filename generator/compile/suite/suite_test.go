package suite

import (
	"os"
	"testing"
)

// TestSuite runs the suite of the environment variable SUITE, by default the copy in testdata. With -v it lists what
// does not pass.
func TestSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program from the suite")
	}
	root := os.Getenv("SUITE")
	if root == "" {
		root = "../testdata/json-schema-test-suite"
	}
	cases, err := Run(root, "../testdata/metaschemas", "../../../kit", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	type count struct{ passed, all, falseAccepts int }
	counts := map[string]*count{}
	for _, c := range cases {
		n := counts[c.Draft+" "+c.Area]
		if n == nil {
			n = &count{}
			counts[c.Draft+" "+c.Area] = n
		}
		n.all++
		if c.Passed {
			n.passed++
			continue
		}
		if c.Got == "valid" {
			n.falseAccepts++
		}
		t.Logf("%s: want valid %t, got %s", c.Name, c.Valid, c.Got)
	}
	for name, n := range counts {
		t.Logf("%s: %d of %d pass (%.2f %%), %d accepted wrongly", name, n.passed, n.all, 100*float64(n.passed)/float64(n.all), n.falseAccepts)
	}
}
