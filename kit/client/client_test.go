package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/msgen/msgen/kit/client"
	"github.com/msgen/msgen/kit/problem"
)

// serve starts a service that answers with the statuses in turn, the last one for ever, and counts its calls.
func serve(t *testing.T, header http.Header, statuses ...int) (url string, calls *atomic.Int32) {
	t.Helper()
	calls = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(calls.Add(1)) - 1
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		for key, values := range header {
			w.Header()[key] = values
		}
		w.WriteHeader(statuses[min(n, len(statuses)-1)])
		io.WriteString(w, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func quick(url string) client.Config {
	return client.Config{URL: url, Backoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond}
}

func do(t *testing.T, c client.Config, method, body string, header ...string) (*http.Response, error) {
	t.Helper()
	caller, err := client.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return call(t, caller, c.URL, method, body, header...)
}

func call(t *testing.T, caller *http.Client, url, method, body string, header ...string) (*http.Response, error) {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := caller.Do(r)
	if err == nil {
		t.Cleanup(func() { response.Body.Close() })
	}
	return response, err
}

func TestRetriesWhatIsSafe(t *testing.T) {
	for _, test := range []struct {
		name, method, body string
		header             []string
		calls              int32
		status             int
	}{
		{"get", "GET", "", nil, 3, 200},
		{"put with a body", "PUT", "x", nil, 3, 200},
		{"post", "POST", "x", nil, 1, 503},
		{"post with a key", "POST", "x", []string{"Idempotency-Key", "k1"}, 3, 200},
	} {
		url, calls := serve(t, nil, 503, 502, 200)
		response, err := do(t, quick(url), test.method, test.body, test.header...)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if calls.Load() != test.calls || response.StatusCode != test.status {
			t.Errorf("%s: got %d calls and %d, want %d and %d", test.name, calls.Load(), response.StatusCode, test.calls, test.status)
		}
	}
}

func TestDoesNotRetryWhatTheCallerGotWrong(t *testing.T) {
	for _, status := range []int{400, 401, 404, 409, 422, 500, 501} {
		url, calls := serve(t, nil, status)
		if response, err := do(t, quick(url), "GET", ""); err != nil || response.StatusCode != status || calls.Load() != 1 {
			t.Errorf("%d: got %v, %v after %d calls", status, response, err, calls.Load())
		}
	}
}

func TestGivesUpWithTheLastAnswer(t *testing.T) {
	url, calls := serve(t, nil, 503)
	response, err := do(t, quick(url), "GET", "")
	if err != nil || response.StatusCode != 503 || calls.Load() != 3 {
		t.Errorf("got %v, %v after %d calls, want 503 after 3", response, err, calls.Load())
	}
}

func TestReturnsAnAnswerWhoseRetryAfterIsTooFar(t *testing.T) {
	url, calls := serve(t, http.Header{"Retry-After": {"120"}}, 503, 200)
	response, err := do(t, quick(url), "GET", "")
	if err != nil || response.StatusCode != 503 || calls.Load() != 1 {
		t.Errorf("got %v, %v after %d calls, want 503 after 1", response, err, calls.Load())
	}
}

// scripted answers with the statuses in turn, the last one for ever, on no network: time stands still meanwhile.
type scripted struct {
	header   http.Header
	statuses []int
	calls    int
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	status := s.statuses[min(s.calls, len(s.statuses)-1)]
	s.calls++
	return &http.Response{StatusCode: status, Header: s.header.Clone(), Body: http.NoBody, Request: r}, nil
}

func TestHonoursRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &scripted{header: http.Header{"Retry-After": {"1"}}, statuses: []int{503, 200}}
		c := quick("http://service.test")
		c.MaxBackoff, c.Transport = 2*time.Second, service
		started := time.Now()
		response, err := do(t, c, "GET", "")
		if err != nil || response.StatusCode != 200 || service.calls != 2 {
			t.Fatalf("got %v, %v after %d calls", response, err, service.calls)
		}
		if waited := time.Since(started); waited != time.Second {
			t.Errorf("waited %v, want the second that Retry-After asks for", waited)
		}
	})
}

func TestBreakerOpensAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &scripted{statuses: []int{500, 500, 500, 200}}
		c := quick("http://service.test")
		c.BreakerFailures, c.BreakerDelay, c.Transport = 3, time.Minute, service
		caller, err := client.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := call(t, caller, c.URL, "GET", ""); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(59 * time.Second)
		if _, err := call(t, caller, c.URL, "GET", ""); !errors.Is(err, client.ErrOpen) || service.calls != 3 {
			t.Fatalf("got %v after %d calls, want an open breaker after 3", err, service.calls)
		} else if status := problem.From(err).Status; status != 503 {
			t.Errorf("an operation that returns %v is answered with %d, want 503", err, status)
		}
		time.Sleep(2 * time.Second)
		if response, err := call(t, caller, c.URL, "GET", ""); err != nil || response.StatusCode != 200 {
			t.Errorf("got %v, %v, want the trial to pass", response, err)
		}
	})
}

func TestAttemptsAreBounded(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	c := quick(server.URL)
	c.AttemptTimeout, c.Retries = 20*time.Millisecond, 1
	if _, err := do(t, c, "GET", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
}

func TestForwardsTheCallersToken(t *testing.T) {
	url, _ := serve(t, nil, 200)
	c := quick(url)
	c.Token = client.Forwarded
	caller, err := client.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(client.Forward(context.Background(), "abc"), "GET", url, nil)
	response, err := caller.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); string(body) != "Bearer abc" {
		t.Errorf("sent %q", body)
	}
	if _, err := do(t, c, "GET", ""); !errors.Is(err, client.ErrCredentials) {
		t.Errorf("without a token: got %v", err)
	}
}

func TestClientCredentialsAreKeptUntilTheyExpire(t *testing.T) {
	var asked atomic.Int32
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		id, secret, _ := r.BasicAuth()
		if id != "payments" || secret != "s%3Acret" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "a b" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token":"t","token_type":"Bearer","expires_in":60}`)
	}))
	t.Cleanup(issuer.Close)
	now := time.Now()
	c := &client.ClientCredentials{TokenURL: issuer.URL, ID: "payments", Secret: "s:cret", Scopes: []string{"a", "b"}, Now: func() time.Time { return now }}
	for range 3 {
		if token, err := c.Token(context.Background()); err != nil || token != "t" {
			t.Fatalf("got %q, %v", token, err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times, want once", asked.Load())
	}
	now = now.Add(50 * time.Second)
	if _, err := c.Token(context.Background()); err != nil || asked.Load() != 2 {
		t.Errorf("asked %d times (%v), want again before it expires", asked.Load(), err)
	}
	bad := &client.ClientCredentials{TokenURL: issuer.URL, ID: "payments", Secret: "wrong"}
	if _, err := bad.Token(context.Background()); !errors.Is(err, client.ErrCredentials) {
		t.Errorf("got %v, want ErrCredentials", err)
	}
}

func TestCheckReadsProblems(t *testing.T) {
	body := `{"title":"Out of stock","status":200,"detail":"two left","errors":[{"pointer":"/lines/0","detail":"too many","keyword":"maximum"}]}`
	r := &http.Response{StatusCode: 409, Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: io.NopCloser(strings.NewReader(body))}
	err := client.Check(r)
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != 409 || p.Errors[0].Pointer != "/lines/0" || client.Status(err) != 409 {
		t.Fatalf("got %#v", err)
	}
	if again, _ := io.ReadAll(r.Body); string(again) != body {
		t.Errorf("the body can't be read again: %q", again)
	}
	if err := client.Decode(502, "text/html", []byte("<h1>")); client.Status(err) != 502 {
		t.Errorf("got %v", err)
	}
	for upstream, want := range map[int]int{503: 503, 429: 503, 409: 500} { // of an operation that returns what it was told
		if status := problem.From(client.Decode(upstream, "", nil)).Status; status != want {
			t.Errorf("%d becomes %d, want %d", upstream, status, want)
		}
	}
	if err := client.Decode(204, "", nil); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestInMemoryCallsTheHandler(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, r.RequestURI+" "+r.Host)
	})
	c := client.Config{URL: "http://products.test", Transport: client.InMemory{Handler: handler}, Retries: -1}
	caller, err := client.New(c)
	if err != nil {
		t.Fatal(err)
	}
	response, err := call(t, caller, "http://products.test/v1/x?y=1", "POST", "body")
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(response.Body); string(body) != "/v1/x?y=1 products.test" {
		t.Errorf("got %q", body)
	}
	if _, err := call(t, caller, "http://products.test/panic", "GET", ""); err == nil {
		t.Error("an aborted handler must be an error")
	}
}

func TestNewRefusesWhatIsNoURL(t *testing.T) {
	for _, url := range []string{"", "products", "ftp://x", "http://"} {
		if _, err := client.New(client.Config{URL: url}); err == nil {
			t.Errorf("%q was taken", url)
		}
	}
}

func TestCallerReturnsProblems(t *testing.T) {
	url, _ := serve(t, nil, 404, 200)
	caller, err := client.NewCaller(quick(url))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("GET", url+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := caller.Do(r); client.Status(err) != 404 || response != nil {
		t.Errorf("got %v, %v, want the problem alone", response, err)
	}
	response, err := caller.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

func TestForwardTokenTakesTheBearerToken(t *testing.T) {
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer  abc": "abc", "Basic YTpi": "", "": ""} {
		var got string
		handler := client.ForwardToken(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, _ = client.Forwarded(r.Context())
		}))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		handler.ServeHTTP(httptest.NewRecorder(), r)
		if got != want {
			t.Errorf("%q: forwards %q, want %q", header, got, want)
		}
	}
}
