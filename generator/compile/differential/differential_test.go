package differential

import (
	"os"
	"strconv"
	"testing"
)

func number(t *testing.T, name string, standard int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestCompiledAgreesWithJSONSchema compares SCHEMAS schemas (200) with VALUES values each (200), made from SEED (1).
func TestCompiledAgreesWithJSONSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	report, err := Run(Options{
		Schemas: number(t, "SCHEMAS", 200), Values: number(t, "VALUES", 200), Seed: uint64(number(t, "SEED", 1)),
		Kit: "../../../kit", Scratch: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pairs, %d valid", report.Pairs, report.Valid)
	for _, d := range report.Disagreements {
		t.Errorf("schema %s\nvalue %s\nwant valid %t, got verdict %d", d.Schema, d.Value, d.Want, d.Got)
	}
}
