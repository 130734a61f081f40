package payments

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/server"
)

// startService starts the whole service, with a development issuer of tokens.
func startService(t *testing.T) *httptest.Server {
	t.Helper()
	c := Config{Config: config.Default()}
	c.Auth.Dev, c.Auth.DevKeyFile = true, filepath.Join(t.TempDir(), "dev.key")
	s, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	a, err := s.App(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	h, err := server.NewHandler(a.Handler, c.Config, log, a.Metrics...)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(h)
	t.Cleanup(func() {
		ts.Close()
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return ts
}

func TestUnknownPathIsAProblem(t *testing.T) {
	ts := startService(t)
	res, err := ts.Client().Get(ts.URL + "/no-such-path")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusNotFound || got != "application/problem+json" {
		t.Errorf("got %d with %q, want 404 with application/problem+json", res.StatusCode, got)
	}
}
