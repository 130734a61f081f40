package server_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/router"
	"github.com/msgen/msgen/kit/trace"
)

func TestFaultsOnTheWireAreProblems(t *testing.T) {
	c := config.Default()
	s := start(t, c, get{"GET /a": hello, "POST /a": body}.routes())
	const host = "Host: x\r\n"
	tests := []struct {
		name, request string
		status        int
		closed        bool
	}{
		{"both lengths", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, true},
		{"both lengths, other order", "POST /a HTTP/1.1\r\n" + host + "transfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n0\r\n\r\n", 400, true},
		{"padded length", "POST /a HTTP/1.1\r\n" + host + "Content-Length: " + strings.Repeat(" ", 9000) + "4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, true},
		{"chunks of HTTP/1.0", "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, true},
		{"two lengths", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", 400, true},
		{"signed length", "POST /a HTTP/1.1\r\n" + host + "Content-Length: +2\r\n\r\n{}", 400, true},
		{"two codings", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 501, true},
		{"chunk overflow", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 400, true},
		{"space before colon", "GET /a HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400, true},
		{"NUL", "GET /a HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n", 400, true},
		{"no host", "GET /a HTTP/1.1\r\n\r\n", 400, true},
		{"two hosts", "GET /a HTTP/1.1\r\n" + host + host + "\r\n", 400, true},
		{"bad host", "GET /a HTTP/1.1\r\nHost: a b/<x>\r\n\r\n", 400, true},
		{"host with a user", "GET /a HTTP/1.1\r\nHost: x@y\r\n\r\n", 400, true},
		{"host with a path", "GET /a HTTP/1.1\r\nHost: x/y\r\n\r\n", 400, true},
		{"host with two ports", "GET /a HTTP/1.1\r\nHost: x:1:2\r\n\r\n", 400, true},
		{"half an address", "GET /a HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, true},
		{"folded field", "GET /a HTTP/1.1\r\n" + host + "X: y\r\n z\r\n\r\n", 400, true},
		{"folded length", "POST /a HTTP/1.1\r\n" + host + "Content-Length:\r\n 2\r\n\r\n{}", 400, true},
		{"HTTP/9.9", "GET /a HTTP/9.9\r\n" + host + "\r\n", 505, true},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, true},
		{"TLS", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 400, true},
		{"no request line", "nonsense\r\n\r\n", 400, true},
		{"many fields", "GET /a HTTP/1.1\r\n" + host + strings.Repeat("X: y\r\n", 100) + "\r\n", 431, true},
		{"large field", "GET /a HTTP/1.1\r\n" + host + "X: " + strings.Repeat("y", 1<<20) + "\r\n\r\n", 431, true},
		{"large fields", "GET /a HTTP/1.1\r\n" + host + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 62) + "\r\n", 431, true},
		{"long URI", "GET /a?" + strings.Repeat("y", 40000) + " HTTP/1.1\r\n" + host + "\r\n", 414, false},
		{"longer URI", "GET /a?" + strings.Repeat("y", 100000) + " HTTP/1.1\r\n" + host + "\r\n", 414, true},
		{"unknown expectation", "POST /a HTTP/1.1\r\n" + host + "Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}", 417, true},
		{"expected too much", "POST /a HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 104857600\r\n\r\n", 413, true},
		{"declared too much", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 104857600\r\n\r\n{", 413, true},
		{"encoded", "POST /a HTTP/1.1\r\n" + host + "Content-Encoding: zzz\r\nContent-Length: 2\r\n\r\n{}", 415, false},
		{"unknown path", "GET /b HTTP/1.1\r\n" + host + "\r\n", 404, false},
		{"unknown method", "FOO /a HTTP/1.1\r\n" + host + "\r\n", 501, false},
		{"CONNECT", "CONNECT x:1 HTTP/1.1\r\n" + host + "\r\n", 404, false},
		{"HEAD of nothing", "HEAD /b HTTP/1.1\r\n" + host + "\r\n", 404, false},
	}
	for _, tt := range tests {
		a := s.raw(t, tt.request)
		a.problem(t, tt.name, tt.status)
		if a.Close != tt.closed {
			t.Errorf("%s: got Connection: close %v, want %v", tt.name, a.Close, tt.closed)
		}
	}
	if a := s.raw(t, "GET /a HTTP/1.1\r\n"+host+"\r\n"); a.StatusCode != 200 || a.body != "hello" {
		t.Errorf("got %d %q after all of that", a.StatusCode, a.body)
	}
}

func TestWhatIsAllowedPasses(t *testing.T) {
	s := start(t, config.Default(), get{"GET /a": hello, "POST /a": body}.routes())
	tests := []struct{ name, request, want string }{
		{"many fields", "GET /a HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: y\r\n", 99) + "\r\n", "200 hello"},
		{"chunks", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n", "200 5"},
		{"whole mebibyte", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + strings.Repeat("x", 1<<20), "200 1048576"},
		{"expectation", "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", "200 2"},
		{"absolute URI", "GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n", "200 hello"},
		{"HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", "200 hello"},
		{"address", "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "200 hello"},
		{"empty port", "GET /a HTTP/1.1\r\nHost: a_b.c-d:\r\n\r\n", "200 hello"},
		{"HEAD", "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", "200 "},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "204 "},
	}
	for _, tt := range tests {
		a := s.raw(t, tt.request)
		if got := fmt.Sprintf("%d %s", a.StatusCode, a.body); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A fault must be found in the request that has it, also behind others on the connection.
func TestPipelinedRequests(t *testing.T) {
	s := start(t, config.Default(), get{"GET /a": hello, "POST /a": body}.routes())
	c := s.dial(t)
	good := "GET /a HTTP/1.1\r\nHost: x\r\n\r\n" +
		"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\r\n\r\n\r\r\n0\r\n\r\n" +
		"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 25\r\n\r\nTransfer-Encoding: x\r\n\r\n\r\n"
	go func() {
		for _, b := range []byte(strings.Repeat(good, 3)) { // byte by byte: heads are put together again
			_, _ = c.Write([]byte{b})
		}
		_, _ = io.WriteString(c, good+"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+good)
	}()
	r := bufio.NewReader(c)
	for i := range 12 {
		if a := read(t, r, "GET"); a.StatusCode != 200 || a.body != []string{"hello", "5", "25"}[i%3] {
			t.Fatalf("request %d: got %d %q", i, a.StatusCode, a.body)
		}
	}
	a := read(t, r, "POST")
	a.problem(t, "the last", 400)
	if _, err := r.ReadByte(); err == nil {
		t.Error("the connection goes on after two lengths")
	}
}

func TestRequestIDsAndTraces(t *testing.T) {
	var seen *trace.Trace
	s := start(t, config.Default(), get{"GET /a": func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
		seen = trace.FromContext(r.Context())
		return hello(w, r, nil)
	}}.routes())
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	a := s.raw(t, "GET /a?token=secret HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc-1\r\nTraceparent: "+parent+"\r\nAuthorization: Bearer secret\r\n\r\n")
	if got := a.Header.Get("X-Request-Id"); got != "abc-1" || seen.RequestID != "abc-1" || seen.TraceID != parent[3:35] {
		t.Errorf("got %q and %+v", got, seen)
	}
	line := s.log.find(t, `"route":"/a"`)
	for key, want := range map[string]any{"level": "INFO", "method": "GET", "status": 200.0, "bytes": 5.0, "request_id": "abc-1", "trace_id": parent[3:35]} {
		if line[key] != want {
			t.Errorf("log: got %s %v, want %v", key, line[key], want)
		}
	}
	if strings.Contains(s.log.String(), "secret") {
		t.Errorf("a secret is logged:\n%s", s.log)
	}
	a = s.raw(t, "GET /a HTTP/1.1\r\nHost: x\r\nX-Request-Id: a b\r\n\r\n")
	if got := a.Header.Get("X-Request-Id"); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(got) {
		t.Errorf("got id %q, want a fresh one", got)
	}
}

func TestPanics(t *testing.T) {
	s := start(t, config.Default(), get{
		"GET /a":     hello,
		"GET /panic": func(http.ResponseWriter, *http.Request, *router.Params) error { panic("the secret plan failed") },
		"GET /late": func(w http.ResponseWriter, _ *http.Request, _ *router.Params) error {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic("too late")
		},
	}.routes())
	c := s.dial(t)
	r := bufio.NewReader(c)
	_, _ = io.WriteString(c, "GET /panic HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n")
	a := read(t, r, "GET")
	a.problem(t, "panic", 500)
	if regexp.MustCompile(`secret|goroutine|\.go`).MatchString(a.body) {
		t.Errorf("the answer tells too much: %s", a.body)
	}
	if a := read(t, r, "GET"); a.StatusCode != 200 {
		t.Errorf("got %d on the connection after a panic, want 200", a.StatusCode)
	}
	if line := s.log.find(t, `"panic":"the secret plan failed"`); !strings.Contains(line["stack"].(string), "wire_test.go") {
		t.Errorf("the log doesn't show where: %v", line)
	}
	c = s.dial(t)
	_, _ = io.WriteString(c, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
	got, _ := io.ReadAll(c)
	if bytes.HasSuffix(got, []byte("0\r\n\r\n")) || bytes.Count(got, []byte("HTTP/1.1")) != 1 {
		t.Errorf("got %q, want an answer that is cut off", got)
	}
	if m := s.metrics(t); !strings.Contains(m, `http_panics_total{method="GET",route="/panic"} 1`) {
		t.Errorf("the panic isn't counted:\n%s", m)
	}
}

func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	ended := make(chan error, 1)
	c := config.Default()
	c.RequestTimeout = 50 * time.Millisecond
	s := start(t, c, append(get{
		"GET /deaf": func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
			<-release
			w.Header().Set("X-Late", "yes")
			_, err := io.WriteString(w, "too late")
			ended <- err
			return err
		},
		"GET /heeds": func(_ http.ResponseWriter, r *http.Request, _ *router.Params) error {
			<-r.Context().Done()
			ended <- r.Context().Err()
			return r.Context().Err()
		},
	}.routes(), router.Route{Method: "GET", Path: "/slow", Timeout: time.Minute, Handle: func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
		time.Sleep(150 * time.Millisecond)
		return hello(w, r, nil)
	}}))
	a := s.raw(t, "GET /deaf HTTP/1.1\r\nHost: x\r\nX-Request-Id: d1\r\n\r\n") // answered while the handler waits
	a.problem(t, "deaf", 503)
	if a.Header.Get("Retry-After") == "" || !a.Close || a.Header.Get("X-Request-Id") != "d1" {
		t.Errorf("got headers %v", a.Header)
	}
	close(release)
	if err := <-ended; !errors.Is(err, http.ErrHandlerTimeout) {
		t.Errorf("writing late: got %v, want ErrHandlerTimeout", err)
	}
	s.raw(t, "GET /heeds HTTP/1.1\r\nHost: x\r\n\r\n").problem(t, "heeds", 503)
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want DeadlineExceeded", err)
	}
	if a := s.raw(t, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"); a.StatusCode != 200 {
		t.Errorf("a route with more time: got %d", a.StatusCode)
	}
}

func TestClientGoesAway(t *testing.T) {
	entered, ended := make(chan struct{}), make(chan error, 1)
	s := start(t, config.Default(), get{"POST /a": func(_ http.ResponseWriter, r *http.Request, _ *router.Params) error {
		_, _ = io.Copy(io.Discard, r.Body)
		close(entered)
		<-r.Context().Done()
		ended <- r.Context().Err()
		return r.Context().Err()
	}}.routes())
	c := s.dial(t)
	_, _ = io.WriteString(c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	<-entered
	_ = c.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
	if line := s.log.find(t, `"status":499`); line["level"] != "INFO" {
		t.Errorf("got level %v, want INFO", line["level"])
	}
}

func TestOverload(t *testing.T) {
	release := make(chan struct{})
	c := config.Default()
	c.MaxInFlight, c.MaxQueued, c.QueueWait = 2, 1, 10*time.Millisecond
	entered := make(chan struct{}, 10)
	wait := func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
		entered <- struct{}{}
		<-release
		return hello(w, r, nil)
	}
	s := start(t, c, append(get{"GET /a": wait}.routes(), router.Route{Method: "GET", Path: "/events", Stream: true, Handle: wait}))
	const request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
	var answers []chan answer
	for _, path := range []string{"/events", "/a", "/a"} { // the stream doesn't count
		done := make(chan answer, 1)
		answers = append(answers, done)
		go func() { done <- s.raw(t, strings.Replace(request, "/a", path, 1)) }()
		<-entered
	}
	for range 5 {
		a := s.raw(t, request)
		a.problem(t, "overload", 503)
		if a.Header.Get("Retry-After") != "1" || a.Close {
			t.Errorf("got headers %v", a.Header)
		}
	}
	if m := s.metrics(t); !strings.Contains(m, `http_requests_in_flight{method="GET",route="/a"} 2`) || !strings.Contains(m, "http_requests_shed_total 5") {
		t.Errorf("got metrics:\n%s", m)
	}
	close(release)
	for _, done := range answers {
		if a := <-done; a.StatusCode != 200 {
			t.Errorf("got %d, want 200", a.StatusCode)
		}
	}
	if a := s.raw(t, request); a.StatusCode != 200 {
		t.Errorf("after the overload: got %d, want 200", a.StatusCode)
	}
}

func TestStreamsHaveNoTimeout(t *testing.T) {
	c := config.Default()
	c.RequestTimeout, c.ReadTimeout, c.WriteTimeout = 20*time.Millisecond, 20*time.Millisecond, time.Minute
	s := start(t, c, []router.Route{{Method: "GET", Path: "/events", Stream: true, Handle: func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
		if _, ok := r.Context().Deadline(); ok {
			return errors.New("there is a deadline")
		}
		for i := range 5 {
			if _, err := fmt.Fprintf(w, "data: %d\n\n", i); err != nil {
				return err
			}
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
		return r.Context().Err()
	}}})
	a := s.raw(t, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
	if a.StatusCode != 200 || strings.Count(a.body, "data:") != 5 {
		t.Errorf("got %d %q", a.StatusCode, a.body)
	}
	if a := s.raw(t, "HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n"); a.StatusCode != 405 {
		t.Errorf("HEAD: got %d, want 405", a.StatusCode)
	}
}

func TestSlowBodies(t *testing.T) {
	c := config.Default()
	c.ReadTimeout = 30 * time.Millisecond
	s := start(t, c, get{"POST /a": body}.routes())
	s.raw(t, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{").problem(t, "slow body", 408)
	c.ReadTimeout, c.RequestTimeout = time.Minute, 30*time.Millisecond
	start(t, c, get{"POST /a": body}.routes()).raw(t, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{").problem(t, "slow body, short timeout", 408)
	conn := start(t, config.Default(), get{"POST /a": body}.routes()).dial(t)
	_, _ = io.WriteString(conn, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	_ = conn.(*net.TCPConn).CloseWrite()
	read(t, bufio.NewReader(conn), "POST").problem(t, "short body", 400)
}

func TestLabelsComeFromTheContract(t *testing.T) {
	s := start(t, config.Default(), []router.Route{{Method: "GET", Path: "/a/{id}", Operation: "getA", Version: "v1", Deprecated: true, Handle: hello}})
	for i := range 3 {
		s.raw(t, fmt.Sprintf("GET /a/%d HTTP/1.1\r\nHost: x\r\n\r\n", i))
		s.raw(t, fmt.Sprintf("M%d /b/%d HTTP/1.1\r\nHost: x\r\n\r\n", i, i))
	}
	eventually(t, "the last request in the log", func() bool { return strings.Count(s.log.String(), `"msg":"request"`) == 6 })
	m := s.metrics(t)
	for _, want := range []string{
		`http_requests_total{code="200",method="GET",route="/a/{id}"} 3`,
		`http_requests_total{code="404",method="OTHER",route="unmatched"} 3`,
		`http_deprecated_requests_total{method="GET",operation="getA",route="/a/{id}",version="v1"} 3`,
		`http_request_duration_seconds_count{method="GET",route="/a/{id}"} 3`,
		`http_requests_in_flight{method="GET",route="/a/{id}"} 0`,
		`go_goroutines`,
	} {
		if !strings.Contains(m, want) {
			t.Errorf("%s is missing from:\n%s", want, m)
		}
	}
	if strings.Contains(m, "/a/1") || strings.Contains(m, "M1") {
		t.Errorf("labels come from requests:\n%s", m)
	}
}

// However a stream is cut into reads, the same is found in it.
func TestScanDoesNotDependOnReads(t *testing.T) {
	s := start(t, config.Default(), get{"POST /a": body}.routes())
	const bad = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	for cut := 1; cut < len(bad); cut += 7 {
		c := s.dial(t)
		go func() {
			_, _ = io.WriteString(c, bad[:cut])
			time.Sleep(time.Millisecond) // most likely another read; any outcome must be the same
			_, _ = io.WriteString(c, bad[cut:])
		}()
		read(t, bufio.NewReader(c), "POST").problem(t, fmt.Sprintf("cut at %d", cut), 400)
	}
}
