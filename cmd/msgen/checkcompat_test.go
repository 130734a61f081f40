package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/msgen/msgen/check"
)

// contracts writes a contract before and after a field is narrowed.
func contracts(t *testing.T) (old, revision string) {
	t.Helper()
	dir := t.TempDir()
	names := []string{filepath.Join(dir, "old.yaml"), filepath.Join(dir, "new.yaml")}
	for i, length := range []int{20, 10} {
		text := fmt.Appendf(nil, `openapi: 3.1.0
info: {title: t, version: 1.0.0}
servers: [{url: /v1}]
paths:
  /x:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string, maxLength: %d}}}}}}
      responses: {'200': {description: ok}}
`, length)
		if err := os.WriteFile(names[i], text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return names[0], names[1]
}

func runMsgen(t *testing.T, args ...string) (code int, out, problem string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = execute(context.Background(), args, newTerminal(strings.NewReader(""), &stdout, &stderr, func(string) string { return "" }))
	return code, stdout.String(), stderr.String()
}

// TestReplayAsksTheRunningService: the witness is sent with the token, and the answer is shown without what could drive
// a terminal.
func TestReplayAsksTheRunningService(t *testing.T) {
	var got []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")+" "+r.Header.Get("Authorization")+" "+string(body))
		w.Header().Set("Location", "http://localhost:1/elsewhere")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, "{\"title\":\"too long \x1b[31m\"}", strings.Repeat("x", 10000))
	}))
	defer service.Close()
	old, revision := contracts(t)
	code, out, problem := runMsgen(t, "check-compat", old, revision, "--replay", service.URL, "--token", "secret")
	if code != exitFound {
		t.Fatalf("exit code %d: %s", code, problem)
	}
	if len(got) != 1 || !strings.HasPrefix(got[0], `POST /v1/x application/json Bearer secret {"name":"`) {
		t.Errorf("the service was asked %q", got)
	}
	if !strings.Contains(out, `answer   422 Unprocessable Entity {"title":"too long \u001b[31m"}`) || strings.Contains(out, "\x1b") || len(out) > 2000 {
		t.Errorf("got %s", out)
	}
	if strings.Contains(out+problem, "secret") {
		t.Error("the token is shown")
	}
}

func TestReplayWithoutAService(t *testing.T) {
	old, revision := contracts(t)
	code, out, problem := runMsgen(t, "check-compat", old, revision, "--replay", "http://127.0.0.1:1")
	if code != exitError || out != "" || !strings.Contains(problem, "replay") {
		t.Errorf("exit code %d, %s%s", code, out, problem)
	}
}

// TestNothingIsSentUnasked: without --replay no request leaves, whatever the contract names.
func TestNothingIsSentUnasked(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	defer service.Close()
	old, revision := contracts(t)
	if code, _, _ := runMsgen(t, "check-compat", old, revision, "--witness", "curl", "--base-url", service.URL); code != exitFound {
		t.Errorf("exit code %d", code)
	}
}

// A comparison is work without a context: the command must end all the same when it is told to.
func TestComparisonIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	never := make(chan struct{})
	defer close(never)
	report, err := interruptible(ctx, func() *check.Report {
		cancel()
		<-never
		return nil
	})
	if report != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v; want the end of the context", report, err)
	}
}
