package suite

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// known reads the cases that are not expected to pass, with the reasons: lines of "prefix of a name | reason".
func known(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open("../testdata/suite-known.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reasons := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if prefix, reason, ok := strings.Cut(lines.Text(), " | "); ok {
			reasons[prefix] = reason
		}
	}
	return reasons
}

func reasonFor(reasons map[string]string, name string) string {
	for prefix, reason := range reasons {
		if strings.HasPrefix(name, prefix) {
			return reason
		}
	}
	return ""
}

// TestSuite runs the suite of the environment variable SUITE, by default the copy in testdata. It fails for cases that
// do not pass and are not listed in testdata/suite-known.txt; with -v it names those that are, with the reason.
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
	reasons := known(t)
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
		if reason := reasonFor(reasons, c.Name); reason != "" {
			t.Logf("%s: want valid %t, got %s: %s", c.Name, c.Valid, c.Got, reason)
			continue
		}
		t.Errorf("%s: want valid %t, got %s", c.Name, c.Valid, c.Got)
	}
	for name, n := range counts {
		t.Logf("%s: %d of %d pass (%.2f %%), %d accepted wrongly", name, n.passed, n.all, 100*float64(n.passed)/float64(n.all), n.falseAccepts)
	}
}
