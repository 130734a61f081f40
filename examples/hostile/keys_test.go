package hostile

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	fetchFailures = "auth_key_fetch_failures_total"
	knownKeys     = "auth_keys"
)

// strange is a token that names a key which nobody has.
func strange(n int) string {
	h := encode(fmt.Appendf(nil, `{"alg":"RS256","kid":"k-%d"}`, n))
	return h + "." + encode(marshal(newDraft().claims)) + "." + encode(make([]byte, 256))
}

func TestKeysComeLate(t *testing.T) {
	i := newIssuer(t)
	i.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	s := launch(t, i)
	for range 3 {
		if got := s.ask("/readyz"); got != 503 {
			t.Errorf("/readyz without keys: got %d, want 503", got)
		}
		a := s.get(t, "/v1/products", token(""))
		if a.status != 503 || a.header.Get("Retry-After") == "" {
			t.Errorf("got %d with Retry-After %q; want 503 with one", a.status, a.header.Get("Retry-After"))
		}
		judgeProblem(t, a)
	}
	if got := s.ask("/livez"); got != 200 {
		t.Errorf("/livez without keys: got %d, want 200", got)
	}
	i.serve(jwk("k1", issuerKey()))
	s.eventually(t, "200 with the keys there", func() bool { return s.get(t, "/v1/products", token("")).status == 200 })
	if got := s.ask("/readyz"); got != 200 {
		t.Errorf("/readyz: got %d, want 200", got)
	}
}

func TestKeysRotate(t *testing.T) {
	i := newIssuer(t)
	s := start(t, i)
	old := token("")
	if got := s.get(t, "/v1/products", old).status; got != 200 {
		t.Fatalf("got %d, want 200", got)
	}
	before := i.fetches.Load()
	i.serve(jwk("k2", secondKey()))
	d := newDraft()
	d.header["kid"], d.key = "k2", secondKey()
	if got := s.get(t, "/v1/products", d.token()).status; got != 200 {
		t.Errorf("a token of the new key: got %d, want 200", got)
	}
	if got := i.fetches.Load() - before; got != 1 {
		t.Errorf("got %d fetches for the new key, want 1", got)
	}
	if got := s.get(t, "/v1/products", old).status; got != 401 {
		t.Errorf("a token of the key that was removed: got %d, want 401", got)
	}
}

// TestKeysUnderForgery sends 10,000 tokens with keys that nobody has, and good ones between them.
func TestKeysUnderForgery(t *testing.T) {
	i := newIssuer(t)
	s := start(t, i, "ACCESS_LOG=off")
	good := listing("")
	quiet := s.times(t, good, 300)
	const clients, each = 20, 500
	var group sync.WaitGroup
	var refused atomic.Int64
	for n := range clients {
		c := s.dial(t)
		group.Go(func() {
			for m := range each {
				request := "GET /v1/products HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer " + strange(n*each+m) + "\r\n\r\n"
				_, _ = io.WriteString(c, request)
				if a, err := c.read("GET"); err == nil && a.status == 401 || a.status == 503 {
					refused.Add(1)
				}
			}
		})
	}
	busy := s.times(t, good, 300)
	group.Wait()
	if refused.Load() != clients*each {
		t.Errorf("%d of %d forged tokens were refused", refused.Load(), clients*each)
	}
	if got := i.fetches.Load(); got > 2 {
		t.Errorf("the keys were fetched %d times, want at most 2", got)
	}
	t.Logf("%d fetches; p99 of good tokens %v before, %v meanwhile", i.fetches.Load(), quantile(quiet, .99), quantile(busy, .99))
}

// times sends a request that must be answered with 200 several times on one connection.
func (s *service) times(t *testing.T, request string, n int) []time.Duration {
	t.Helper()
	c := s.dial(t)
	var all []time.Duration
	for range n {
		begin := time.Now()
		_, _ = io.WriteString(c, request)
		if a, err := c.read("GET"); err != nil || a.status != 200 {
			t.Fatalf("a good token: got %d (%v), want 200", a.status, err)
		}
		all = append(all, time.Since(begin))
	}
	return all
}

// TestKeysOutlastTheirIssuer asks an issuer for new keys that has gone bad.
func TestKeysOutlastTheirIssuer(t *testing.T) {
	var sent atomic.Int64
	t.Cleanup(func() {
		if got := sent.Load(); got > 32<<20 {
			t.Errorf("%d bytes of an endless key set were taken", got)
		}
	})
	bad := map[string]http.HandlerFunc{
		"empty": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[]}`) },
		"none":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) },
		"page":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `<html>maintenance</html>`) },
		"error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/jwks.json", http.StatusFound)
		},
		"cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"secret": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[{"kty":"oct","kid":"k1","alg":"HS256","k":"c2VjcmV0"}]}`)
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"dripping": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(100 * time.Millisecond)
			}
		},
		"zipped": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped(`{"keys":[`, `]}`, 200))
		},
		"text": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[`+jwk("k1", evilKey())+`]}{}`)
		},
		"200 MB": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[`)
			block := bytes.Repeat([]byte(" "), 1<<20)
			for range 200 {
				n, err := w.Write(block)
				sent.Add(int64(n))
				if err != nil {
					return
				}
			}
		},
	}
	for name, answer := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // some take as long as a fetch may
			i := newIssuer(t)
			s := start(t, i)
			good := token("")
			if got := s.get(t, "/v1/products", good).status; got != 200 {
				t.Fatalf("got %d, want 200", got)
			}
			i.answers(answer)
			if got := s.get(t, "/v1/products", strange(1)).status; got != 401 && got != 503 {
				t.Errorf("a token of no key: got %d, want 401 or 503", got)
			}
			s.eventually(t, "the failure in the metrics", func() bool { return s.metric(t, fetchFailures) == 1 })
			for _, kept := range []string{good, token("audlist")} { // one that is remembered, one that is new
				if got := s.get(t, "/v1/products", kept).status; got != 200 {
					t.Errorf("a good token: got %d, want 200", got)
				}
			}
			if s.ask("/readyz") != 200 || s.metric(t, knownKeys) != 1 {
				t.Errorf("readiness %d with %v keys; want 200 with 1", s.ask("/readyz"), s.metric(t, knownKeys))
			}
		})
	}
}

// TestKeysNeedTheirIssuer starts the service without anybody to trust.
func TestKeysNeedTheirIssuer(t *testing.T) {
	for name, env := range map[string][]string{
		"nobody":      {"AUTH_ISSUER=", "AUTH_AUDIENCE=", "AUTH_JWKS_URL="},
		"no audience": {"AUTH_AUDIENCE="},
		"both":        {"AUTH_DEV=true"},
	} {
		cmd := command(t, newIssuer(t), env...)
		limit := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		out, err := cmd.CombinedOutput()
		limit.Stop()
		if err == nil || !strings.Contains(string(out), "AUTH_") {
			t.Errorf("%s: got %v and %s; want an exit that names the settings", name, err, out)
		}
	}
}
