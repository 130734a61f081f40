package server_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/router"
)

// Without room in the queue the first request of a connection is refused before it is served, like any other.
func TestShedBeforeServing(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{}, 1)
	c := config.Default()
	c.MaxInFlight, c.MaxQueued = 1, 0
	wait := func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
		entered <- struct{}{}
		<-release
		return hello(w, r, nil)
	}
	s := start(t, c, get{"GET /a": wait, "POST /b": body}.routes())
	const request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
	held := make(chan answer, 1)
	go func() { held <- s.raw(t, request) }()
	<-entered
	ids := map[string]bool{}
	for _, request := range []string{
		request, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /nope HTTP/1.0\r\n\r\n",
		"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
		"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	} {
		a := s.raw(t, request)
		a.problem(t, request, 503)
		if a.Header.Get("Retry-After") != "1" || !a.Close || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Date") == "" {
			t.Errorf("%q: got headers %v", request, a.Header)
		}
		if strings.HasPrefix(request, "HEAD") != (a.body == "") {
			t.Errorf("%q: got the body %q", request, a.body)
		}
		ids[a.Header.Get("X-Request-Id")] = true
	}
	if len(ids) != 5 {
		t.Errorf("got the ids %v, want one for each request", ids)
	}
	// What can't be told from its first bytes is served, and refused by that.
	for _, request := range []string{
		"POST /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", strings.Repeat(request, 2),
	} {
		c := s.dial(t)
		_, _ = io.WriteString(c, request)
		read(t, bufio.NewReader(c), "GET").problem(t, request, 503)
	}
	for _, want := range []string{"http_requests_shed_total 8", `http_requests_refused_total{code="503"} 5`} {
		eventually(t, want, func() bool { return strings.Contains(s.metrics(t), want) })
	}
	close(release)
	if a := <-held; a.StatusCode != 200 || a.body != "hello" {
		t.Errorf("the one that was served: got %d %q", a.StatusCode, a.body)
	}
	if a := s.raw(t, "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"); a.StatusCode != 200 {
		t.Errorf("behind the overload: got %d", a.StatusCode)
	}
}
