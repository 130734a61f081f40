package generator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/spec"
)

// TestCorpusVersions makes a Version of a sample of the contracts under CORPUS_DIR, which checks that the models
// compile. CORPUS_N is the size of the sample (200), CORPUS_SEED chooses it, CORPUS_MATCH filters the paths.
func TestCorpusVersions(t *testing.T) {
	dir := os.Getenv("CORPUS_DIR")
	if dir == "" {
		t.Skip("CORPUS_DIR is not set")
	}
	files := corpusSample(t, dir)
	made, refused := 0, 0
	slowest, slow := time.Duration(0), ""
	for _, file := range files {
		doc, err := spec.Load(context.Background(), file, spec.Options{})
		if err != nil {
			t.Logf("not loaded: %s: %.300s", file, err)
			continue
		}
		start := time.Now()
		version, faults, err := corpusVersion(doc)
		if took := time.Since(start); took > slowest {
			slowest, slow = took, file
		}
		switch {
		case err != nil:
			t.Errorf("%s: %.600s", file, err)
		case version == nil:
			refused++
			t.Logf("refused: %s: %.300s", file, firstError(faults))
		default:
			made++
			keepModels(t, len(files)-made, version)
		}
	}
	t.Logf("%d contracts: %d made, %d refused, %d not loaded; slowest %s (%s)", len(files), made, refused,
		len(files)-made-refused, slowest.Round(time.Millisecond), slow)
}

// keepModels writes the models under CORPUS_OUT, for go vet to read.
func keepModels(t *testing.T, number int, v *Version) {
	out := os.Getenv("CORPUS_OUT")
	if out == "" {
		return
	}
	dir := filepath.Join(out, strconv.Itoa(number))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "models.gen.go"), v.Models.Source, 0o644); err != nil {
		t.Fatal(err)
	}
	if v.Models.Client == nil {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "client.gen.go"), v.Models.Client, 0o644); err != nil {
		t.Fatal(err)
	}
}

func corpusVersion(doc *spec.Document) (v *Version, faults []spec.Diagnostic, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			if os.Getenv("CORPUS_PANIC") != "" {
				panic(p)
			}
		}
	}()
	return NewVersion(doc, ModelOptions{ModelsImport: "example.com/svc/api/v1", Client: os.Getenv("CORPUS_CLIENT") != ""})
}

func firstError(faults []spec.Diagnostic) string {
	for _, fault := range faults {
		if fault.Severity == spec.Error {
			return fault.Error()
		}
	}
	return ""
}

func corpusSample(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, os.Getenv("CORPUS_MATCH")) &&
			slices.Contains([]string{".json", ".yaml", ".yml"}, filepath.Ext(path)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(os.Getenv("CORPUS_N"))
	if err != nil {
		n = 200
	}
	seed, _ := strconv.ParseUint(os.Getenv("CORPUS_SEED"), 10, 64)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	return files[:min(n, len(files))]
}
