package problem_test

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/kit/problem"
)

func TestWrite(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "id-1")
	w.Header().Set("Etag", `"1"`)
	w.Header().Set("Cache-Control", "public")
	p := problem.New(422, "the body doesn't match the contract").Header("X-More", "1").
		With(problem.FieldError{Pointer: "/items/0/sku", Detail: "must be a string", Keyword: "type"})
	problem.Write(w, httptest.NewRequest("POST", "/", nil), fmt.Errorf("wrapped: %w", p))
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"type": "about:blank", "title": "Unprocessable Entity", "status": 422.0, "detail": "the body doesn't match the contract",
		"requestId": "id-1",
		"errors":    []any{map[string]any{"pointer": "/items/0/sku", "detail": "must be a string", "keyword": "type"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	header := http.Header{"X-Request-Id": {"id-1"}, "Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"},
		"X-More": {"1"}, "Content-Length": {fmt.Sprint(w.Body.Len())}}
	if diff := cmp.Diff(header, w.Header()); diff != "" {
		t.Error(diff)
	}
	if p.RequestID != "" {
		t.Error("the problem was changed; it may be shared")
	}
}

func TestWriteForHeadHasNoBody(t *testing.T) {
	w := httptest.NewRecorder()
	problem.Write(w, httptest.NewRequest("HEAD", "/", nil), problem.New(404, ""))
	if w.Code != 404 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("got %d, %q, %v", w.Code, w.Body, w.Header())
	}
}

func TestErrorsBecomeProblems(t *testing.T) {
	tests := []struct {
		err    error
		status int
	}{
		{errors.New("database at 10.0.0.1 is down"), 500},
		{&problem.Problem{Status: 200}, 500},
		{(*problem.Problem)(nil), 500},
		{&http.MaxBytesError{Limit: 3}, 413},
		{problem.SlowBody(os.ErrDeadlineExceeded), 408},
		{problem.ShortBody(io.ErrUnexpectedEOF), 400},
		{context.DeadlineExceeded, 503},
		{context.Canceled, 503},
		{fmt.Errorf("query: %w", io.ErrUnexpectedEOF), 503}, // of a connection that was cut
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, 503},
		{fmt.Errorf("query: %w", driver.ErrBadConn), 503},
		{&net.DNSError{Name: "10.0.0.1"}, 503},
		{fmt.Errorf("insert: %w", sqlError("57P03")), 503}, // the database starts
		{sqlError("40001"), 503},
		{sqlError("23505"), 500},
		{verdict(true), 503},
		{verdict(false), 500},
		{problem.Unavailable(errors.New("10.0.0.1 is locked")), 503},
		{problem.NotImplemented("getA"), 501},
	}
	for _, tt := range tests {
		w := httptest.NewRecorder()
		problem.Write(w, nil, tt.err)
		if w.Code != tt.status || strings.Contains(w.Body.String(), "10.0.0.1") {
			t.Errorf("%v: got %d %s, want %d", tt.err, w.Code, w.Body, tt.status)
		}
		if again := w.Header().Get("Retry-After") != ""; again != (w.Code == 503 && !errors.Is(tt.err, context.Canceled)) {
			t.Errorf("%v: got %d with Retry-After: %v", tt.err, w.Code, again)
		}
	}
}

// sqlError is an error as drivers of databases have it.
type sqlError string

func (e sqlError) Error() string    { return string(e) }
func (e sqlError) SQLState() string { return string(e) }

// verdict is an error that says itself what it is.
type verdict bool

func (verdict) Error() string       { return "10.0.0.1" }
func (v verdict) Unavailable() bool { return bool(v) }

// started is a writer that has begun.
type started struct {
	http.ResponseWriter
	recorded error
}

func (*started) Started() bool           { return true }
func (s *started) RecordError(err error) { s.recorded = err }

type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestWriteNeverSendsASecondStatus(t *testing.T) {
	w := httptest.NewRecorder()
	s := &started{ResponseWriter: w}
	fault := errors.New("late")
	problem.Write(wrapped{s}, nil, fault)
	if w.Body.Len() != 0 || !errors.Is(s.recorded, fault) {
		t.Errorf("got %q, recorded %v", w.Body, s.recorded)
	}
}

func TestCauseIsForTheLogOnly(t *testing.T) {
	p := problem.New(503, "try again").Because(io.EOF)
	if !errors.Is(p, io.EOF) || !strings.Contains(p.Error(), "EOF") || strings.Contains(string(p.JSON()), "EOF") {
		t.Errorf("got error %v and body %s", p, p.JSON())
	}
}

// Whatever a problem holds, its body is small, valid and says how much was left out.
func TestBodiesAreBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		pieces := []string{"a", "é", "😀", "\x00", "\xff", `"`, "<", "\u2028", "~1"}
		return strings.Repeat(pieces[random.IntN(len(pieces))], random.IntN(1+random.IntN(3000)))
	}
	for range 500 {
		p := &problem.Problem{Status: random.IntN(700), Type: text(), Title: text(), Detail: text(), Instance: text(), RequestID: text()}
		n := random.IntN(200)
		one := problem.FieldError{Pointer: text(), Detail: text(), Keyword: text()}
		for range n {
			p.With(one)
		}
		body := p.JSON()
		var got struct {
			Errors  []problem.FieldError
			Omitted int
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if len(body) > problem.MaxBytes || !utf8.Valid(body) {
			t.Errorf("got %d bytes", len(body))
		}
		if len(got.Errors)+got.Omitted != n {
			t.Errorf("got %d errors and %d omitted of %d", len(got.Errors), got.Omitted, n)
		}
	}
}
