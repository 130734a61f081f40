package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"bench.test/shop/internal/jx"
	"bench.test/shop/internal/kit/auth"
	"bench.test/shop/internal/kit/auth/authtest"
	"bench.test/shop/internal/kit/content"
	"bench.test/shop/internal/kit/router"
	"bench.test/shop/internal/oapi"
	serverv1 "bench.test/shop/internal/server/v1"
)

// orderBody is a valid order with n items.
func orderBody(n int) string {
	var b strings.Builder
	b.WriteString(`{"customer":{"name":"Ada Lovelace","email":"ada@example.com","phone":null,"address":{"street":"Main Street 12","city":"Berlin",` +
		`"zip":"10115","country":"DE"}},"payment":{"kind":"card","token":"tok_123456"},"note":"Please ring twice","labels":{"channel":"web"},"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"ABC-%d","quantity":%d,"price":%d.5,"gift":%t}`, 10000+i, i%100+1, i, i%2 == 0)
	}
	b.WriteString("]}")
	return b.String()
}

// sized is a valid order of about the size: long notes where items are too many.
func sized(bytes int) string {
	n := max(1, min(100, (bytes-len(orderBody(0)))/58))
	body := orderBody(n)
	for i := 0; len(body)+110 < bytes && i < 19; i++ {
		body = strings.Replace(body, `"labels":{`, fmt.Sprintf(`"labels":{"l%d":%q,`, i, strings.Repeat("x", 100)), 1)
	}
	if len(body) < bytes { // white space, as people send it who indent
		body = strings.ReplaceAll(body, `,"`, ",\n"+strings.Repeat(" ", (bytes-len(body))/strings.Count(body, `,"`))+`"`)
	}
	return body
}

type request struct {
	name, method, target, body string
	status                     int
	refused                    bool // any 4xx: the servers choose differently
}

var requests = []request{
	{name: "post-0.3KB", method: "POST", target: "/v1/orders", body: orderBody(1), status: 201},
	{name: "post-2KB", method: "POST", target: "/v1/orders", body: sized(2048), status: 201},
	{name: "post-16KB", method: "POST", target: "/v1/orders", body: sized(16384), status: 201},
	{name: "post-2KB-invalid", method: "POST", target: "/v1/orders", body: strings.Replace(sized(2048), `"quantity":20,`, `"quantity":2000,`, 1), refused: true},
	{name: "get-one", method: "GET", target: "/v1/products/00000000-0000-0000-0000-000000000007", status: 200},
	{name: "list-50", method: "GET", target: "/v1/products?limit=50&tag=home&tag=sale", status: 200},
}

// sink is a response writer that keeps nothing but the status.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header  { return s.header }
func (s *sink) WriteHeader(code int) { s.status = code }
func (s *sink) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = 200
	}
	return len(b), nil
}

type body struct{ *bytes.Reader }

func (body) Close() error { return nil }

func servers(tb testing.TB) (map[string]http.Handler, string) {
	issuer := authtest.New(tb)
	a, err := auth.New(tb.Context(), issuer.Config(), serverv1.Schemes())
	if err != nil {
		tb.Fatal(err)
	}
	for a.Ready(tb.Context()) != nil {
	}
	routes, err := router.New(serverv1.Routes(V1{}, serverv1.Options{Log: slog.New(slog.DiscardHandler), Responses: content.Off}), router.Options{Authenticator: a})
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]http.Handler{"msgen": routes, "oapi-codegen": oapi.New(a), "jx-by-hand": jx.New(a)},
		"Bearer " + issuer.Token("products.read orders.write")
}

func BenchmarkRequest(b *testing.B) {
	all, token := servers(b)
	for _, q := range requests {
		for _, name := range []string{"msgen", "jx-by-hand", "oapi-codegen"} {
			b.Run(q.name+"/"+name, func(b *testing.B) { measure(b, all[name], q, token) })
		}
	}
}

func measure(b *testing.B, h http.Handler, q request, token string) {
	r, err := http.NewRequest(q.method, "http://shop.test"+q.target, strings.NewReader(q.body))
	if err != nil {
		b.Fatal(err)
	}
	r.RequestURI = q.target
	r.Header.Set("Authorization", token)
	if q.body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	payload := body{bytes.NewReader([]byte(q.body))}
	w := &sink{header: http.Header{}}
	b.SetBytes(int64(len(q.body)))
	b.ReportAllocs()
	start := spent()
	defer func() { b.ReportMetric(float64(spent()-start)/float64(b.N), "cpu-ns/op") }()
	for b.Loop() {
		clear(w.header)
		w.status = 0
		if q.body != "" {
			payload.Seek(0, io.SeekStart)
			r.Body = payload
		}
		h.ServeHTTP(w, r)
		if w.status != q.status && (!q.refused || w.status < 400 || w.status > 499) {
			b.Fatalf("got %d", w.status)
		}
	}
}

// spent is the CPU time of the process, that of the garbage collector included. Unlike the time on the clock it does
// not grow because other processes run.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEncodingJSON is what encoding/json takes for the list of 50 alone.
func BenchmarkEncodingJSON(b *testing.B) {
	b.Run("list-50/encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		start := spent()
		defer func() { b.ReportMetric(float64(spent()-start)/float64(b.N), "cpu-ns/op") }()
		for b.Loop() {
			if _, err := json.Marshal(Catalogue[:50]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestServersAgree(t *testing.T) {
	all, token := servers(t)
	for _, q := range requests {
		for name, h := range all {
			r, _ := http.NewRequest(q.method, "http://shop.test"+q.target, strings.NewReader(q.body))
			r.RequestURI = q.target
			r.Header.Set("Authorization", token)
			if q.body != "" {
				r.Header.Set("Content-Type", "application/json")
			} else {
				r.Body, r.ContentLength = http.NoBody, 0
			}
			w := &sink{header: http.Header{}}
			h.ServeHTTP(w, r)
			if w.status != q.status && (!q.refused || w.status < 400 || w.status > 499) {
				t.Errorf("%s %s: got %d", q.name, name, w.status)
			}
		}
	}
	t.Logf("bodies of %d, %d and %d bytes", len(requests[0].body), len(requests[1].body), len(requests[2].body))
}
