package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// class is what became of a contract.
type class string

const (
	compiles class = "compiles"
	refused  class = "refused"
	failed   class = "failed"
)

type outcome struct {
	file, kind, why string
	class           class
	kinLoads        bool
	took            time.Duration
}

// attempt makes a service of a contract and vets it. All services have one module path, so that what they share is
// compiled once.
func attempt(ctx context.Context, o options, dir, file string) outcome {
	started := time.Now()
	out := outcome{file: file}
	out.kind, out.kinLoads = judge(file)
	out.class, out.why = service(ctx, o, dir, file)
	out.took = time.Since(started)
	if out.class != failed || !o.keep {
		os.RemoveAll(dir)
	}
	return out
}

func service(ctx context.Context, o options, dir, file string) (class, string) {
	var stderr bytes.Buffer
	generate := exec.CommandContext(ctx, o.msgen, "new", "service", "service", "--spec", file, "--dir", dir, "--module", "corpus.test/service")
	generate.Stderr = &stderr
	err := generate.Run()
	if ctx.Err() != nil {
		return failed, "msgen took too long"
	}
	if err != nil {
		return refusal(generate.ProcessState.ExitCode(), stderr.String())
	}
	vet := exec.CommandContext(ctx, "go", "vet", "-trimpath", "./...")
	vet.Dir, vet.Env = dir, append(os.Environ(), "GOFLAGS=-mod=readonly -buildvcs=false", "GOWORK=off")
	if output, err := vet.CombinedOutput(); err != nil {
		return failed, "go vet: " + first(string(output), 400)
	}
	return compiles, ""
}

var placed = regexp.MustCompile(`(?m)^(.+:\d+:\d+: error: .+)$`)

// refusal judges the diagnostics of a refused contract: an exit code of 2, a place, and a remedy.
func refusal(code int, stderr string) (class, string) {
	place := placed.FindString(stderr)
	switch {
	case strings.Contains(stderr, "panic:") || strings.Contains(stderr, "goroutine "):
		return failed, "panic: " + first(stderr, 400)
	case code != 2:
		return failed, fmt.Sprintf("exit code %d: %s", code, first(stderr, 300))
	case place == "":
		return failed, "refused without a place: " + first(stderr, 300)
	case !strings.Contains(stderr, "remedy: "):
		return failed, "refused without a remedy: " + first(stderr, 300)
	}
	return refused, first(strings.TrimPrefix(place, filepath.Dir(place)+"/"), 200)
}

func first(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// judge tells the kind of a contract, and whether kin-openapi loads it: a contract that it does not load is no loss.
func judge(file string) (kind string, loads bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", false
	}
	var head struct{ OpenAPI, Swagger string }
	json.Unmarshal(data, &head) //nolint:errcheck // of another kind then
	switch {
	case head.Swagger != "":
		kind = "Swagger 2.0"
	case strings.HasPrefix(head.OpenAPI, "3.0"):
		kind = "OpenAPI 3.0"
	default:
		kind = "OpenAPI 3.1"
	}
	done := make(chan bool, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- false
			}
		}()
		done <- kinLoads(data, head.Swagger != "")
	}()
	select {
	case loads = <-done:
	case <-time.After(time.Minute):
	}
	return kind, loads
}

func kinLoads(data []byte, swagger bool) bool {
	if swagger {
		var doc openapi2.T
		if json.Unmarshal(data, &doc) != nil {
			return false
		}
		_, err := openapi2conv.ToV3(&doc)
		return err == nil
	}
	_, err := openapi3.NewLoader().LoadFromData(data)
	return err == nil
}
