package schema

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// document is a schema beside the components that it refers to.
type document struct {
	Version    string
	Schema     any
	Components any
}

func (d document) parse(t testing.TB, uri string) *Schema {
	t.Helper()
	dialect := Draft202012
	switch {
	case strings.HasPrefix(d.Version, "2."):
		dialect = Swagger20
	case strings.HasPrefix(d.Version, "3.0"):
		dialect = OpenAPI30
	}
	tree := map[string]any{"schema": d.Schema, "components": d.Components}
	var docs Documents
	docs.Add(uri, tree, dialect)
	s, err := NewSet(&docs).Parse(Source{Tree: d.Schema, Location: uri + "#/schema", Dialect: dialect})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type pair struct {
	Name     string
	Side     string
	Breaking bool
	Old, New document
}

func loadPairs(t testing.TB) []pair {
	t.Helper()
	f, err := os.Open("testdata/pairs.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.UseNumber()
	var pairs []pair
	if err := d.Decode(&pairs); err != nil {
		t.Fatal(err)
	}
	return pairs
}

func TestSubsetDecidesTheWorkedPairs(t *testing.T) {
	for _, c := range loadPairs(t) {
		t.Run(c.Name, func(t *testing.T) {
			before, after := c.Old.parse(t, "http://contract.test/old"), c.New.parse(t, "http://contract.test/new")
			sender, receiver, direction := before, after, Request
			if c.Side == "response" {
				sender, receiver, direction = after, before, Response
			}
			got := Subset(sender, receiver, SubsetOptions{Direction: direction, SenderClosed: true})
			want := Yes
			if c.Breaking {
				want = No
			}
			if got.Answer != want {
				t.Errorf("got %s, want %s; witness %v, reason %q", got.Answer, want, canonicalText(got.Witness), got.Reason)
			}
			if testing.Verbose() && got.Answer == No {
				t.Logf("witness %s", canonicalText(got.Witness))
			}
		})
	}
}

func TestComparisonsMayRunSideBySide(t *testing.T) {
	pairs := loadPairs(t)
	for i := range 4 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			for _, c := range pairs {
				before, after := c.Old.parse(t, "http://contract.test/old"), c.New.parse(t, "http://contract.test/new")
				Subset(before, after, SubsetOptions{SenderClosed: true})
				Sample(before, SampleOptions{Count: 2})
			}
		})
	}
}
