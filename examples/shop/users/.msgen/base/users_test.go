package users

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/server"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// caller calls the whole service over HTTP, with a token that grants every scope.
type caller struct {
	*httptest.Server
	token string // of the development issuer; "" calls without one
}

// startService starts the service as cmd/users does. Answers that break the contract become 500.
func startService(t *testing.T) *caller {
	t.Helper()
	environment := map[string]string{
		"AUTH_DEV": "true", "AUTH_DEV_KEY_FILE": filepath.Join(t.TempDir(), "dev.key"),
		// and what your own settings need
	}
	var c Config
	settings := config.NewSet(Name)
	c.Register(settings)
	if _, err := settings.Parse(nil, func(name string) (string, bool) { v, ok := environment[name]; return v, ok }); err != nil {
		t.Fatal(err)
	}
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
	var token bytes.Buffer
	tokens := app.TokenCommand(Name, c.Base(), serverv1.Scopes())
	if err := tokens.Run(t.Context(), nil, &token); err != nil {
		t.Fatal(err)
	}
	return &caller{ts, strings.TrimSpace(token.String())}
}

// call sends a request, with a JSON body when there is one, and returns the answer and its body.
func (c *caller) call(t *testing.T, method, path, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func TestUnknownPathIsAProblem(t *testing.T) {
	res, body := startService(t).call(t, "GET", "/no-such-path", "")
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusNotFound || got != "application/problem+json" {
		t.Errorf("got %d with %q, want 404 with application/problem+json: %s", res.StatusCode, got, body)
	}
}
