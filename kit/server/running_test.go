package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/router"
	"github.com/msgen/msgen/kit/server"
)

// lines is a log that tests read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// find is the first line with the text, decoded.
func (l *lines) find(t *testing.T, text string) map[string]any {
	t.Helper()
	var found map[string]any
	eventually(t, "a line with "+text, func() bool {
		for line := range strings.SplitSeq(l.String(), "\n") {
			if strings.Contains(line, text) {
				return json.Unmarshal([]byte(line), &found) == nil
			}
		}
		return false
	})
	return found
}

// eventually waits for something that takes its time, and fails only when it never comes.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s never came", what)
}

// running is a server on a loopback port.
type running struct {
	addr string
	log  *lines
	h    *server.Handler
}

// get says what a route of the tests does.
type get map[string]router.Handler

func (g get) routes() []router.Route {
	var all []router.Route
	for path, handle := range g {
		method, path, _ := strings.Cut(path, " ")
		all = append(all, router.Route{Method: method, Path: path, Operation: path, Handle: handle})
	}
	return all
}

func start(t testing.TB, c config.Config, all []router.Route) *running {
	t.Helper()
	rt, err := router.New(all, router.Options{MaxBody: c.MaxBodyBytes})
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h, err := server.NewHandler(rt, c, logger)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, cancel := server.NewServer(h, logger)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Serve(h.Listener(l)); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		_ = s.Close()
		<-done
	})
	return &running{addr: l.Addr().String(), log: log, h: h}
}

// dial opens a connection that no test waits on forever.
func (s *running) dial(t testing.TB) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

// answer is an answer with its body.
type answer struct {
	*http.Response
	body string
}

func read(t testing.TB, r *bufio.Reader, method string) answer {
	t.Helper()
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("reading an answer: %v", err)
		}
		if resp.StatusCode == http.StatusContinue {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatalf("reading a body after %d: %v", resp.StatusCode, err)
		}
		return answer{resp, string(body)}
	}
}

// raw sends bytes and reads one answer.
func (s *running) raw(t testing.TB, request string) answer {
	t.Helper()
	c := s.dial(t)
	go func() { _, _ = io.WriteString(c, request) }()
	method, _, _ := strings.Cut(request, " ")
	return read(t, bufio.NewReader(c), method)
}

func (a answer) problem(t testing.TB, name string, status int) {
	t.Helper()
	var p struct {
		Status    int
		RequestID string
	}
	if a.StatusCode != status || a.Header.Get("Content-Type") != problem.ContentType {
		t.Errorf("%s: got %d %s %s, want a problem with %d", name, a.StatusCode, a.Header.Get("Content-Type"), a.body, status)
		return
	}
	if a.Request.Method == http.MethodHead {
		return
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Status != status || p.RequestID == "" || len(a.body) > problem.MaxBytes {
		t.Errorf("%s: got %s, error %v", name, a.body, err)
	}
	if a.Header.Get("X-Request-Id") != p.RequestID || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s: got headers %v", name, a.Header)
	}
}

func body(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d", len(b))
	return err
}

func hello(w http.ResponseWriter, _ *http.Request, _ *router.Params) error {
	_, err := io.WriteString(w, "hello")
	return err
}

// metrics is what /metrics shows.
func (s *running) metrics(t testing.TB) string {
	t.Helper()
	w := &recorder{header: http.Header{}}
	r, err := http.NewRequestWithContext(context.Background(), "GET", "/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.h.Admin(nil).ServeHTTP(w, r)
	return w.body.String()
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *recorder) WriteHeader(status int)      { r.status = status }
