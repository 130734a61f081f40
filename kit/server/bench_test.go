package server_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/router"
	"github.com/msgen/msgen/kit/server"
)

// nothing is a response writer that costs nothing.
type nothing struct{ h http.Header }

func (n nothing) Header() http.Header         { return n.h }
func (n nothing) Write(p []byte) (int, error) { return len(p), nil }
func (n nothing) WriteHeader(int)             {}

// BenchmarkHandler measures what the server adds to a request, without net/http.
func BenchmarkHandler(b *testing.B) {
	rt, err := router.New([]router.Route{{Method: "GET", Path: "/v1/orders/{id}", Operation: "getOrder",
		Handle: func(w http.ResponseWriter, _ *http.Request, _ *router.Params) error {
			w.WriteHeader(http.StatusOK)
			return nil
		}}}, router.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, access := range []string{"all", "off"} {
		b.Run("log="+access, func(b *testing.B) {
			c := config.Default()
			c.AccessLog = access
			logger, _ := server.NewLogger(io.Discard, "info")
			h, err := server.NewHandler(rt, c, logger)
			if err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/v1/orders/17", nil)
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			r = r.WithContext(ctx)
			r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			w := nothing{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
