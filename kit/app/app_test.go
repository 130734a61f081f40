package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/msgen/msgen/kit/app"
	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/router"
)

// version is a version of an API with one protected operation.
func version(name, scheme string) app.Version {
	return app.Version{
		Name: name, Schemes: []auth.Scheme{{Name: scheme, Kind: auth.JWT}}, Contract: []byte("{}"),
		Routes: []router.Route{{
			Method: http.MethodGet, Path: "/" + name + "/x", Operation: "x", Version: name,
			Security: auth.Requirements{{{Scheme: scheme, Scopes: []string{name + ":read"}}}},
			Handle: func(w http.ResponseWriter, _ *http.Request, _ *router.Params) error {
				w.WriteHeader(http.StatusNoContent)
				return nil
			},
		}},
	}
}

func TestVersionsHaveTheirOwnSchemes(t *testing.T) {
	c := config.Default()
	c.Auth.Dev, c.Auth.DevKeyFile = true, filepath.Join(t.TempDir(), "key")
	s := app.Service{Name: "svc", Config: c, Log: slog.New(slog.DiscardHandler), Versions: []app.Version{version("v1", "a"), version("v2", "b")}}
	built, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range built.Ready {
		for check.Ready(t.Context()) != nil { // the keys come in the background
		}
	}
	var out bytes.Buffer
	command := app.TokenCommand("svc", &c, app.Scopes(s.Versions[0].Routes), []string{"v2:read"})
	if err := command.Run(t.Context(), nil, &out); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path, token string
		want        int
	}{
		{"/v1/x", "", 401}, {"/v2/x", "", 401}, {"/v1/x", out.String(), 204}, {"/v2/x", out.String(), 204}, {"/v3/x", "", 404},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodGet, tt.path, nil)
		if tt.token != "" {
			r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(tt.token))
		}
		w := httptest.NewRecorder()
		built.Handler.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s with token %v: got %d, want %d: %s", tt.path, tt.token != "", w.Code, tt.want, w.Body)
		}
	}
}

func TestProtectedServiceWithoutIssuerIsRefused(t *testing.T) {
	s := app.Service{Name: "svc", Config: config.Default(), Log: slog.New(slog.DiscardHandler), Versions: []app.Version{version("v1", "a")}}
	if _, err := app.New(context.Background(), s); err == nil || !strings.Contains(err.Error(), "AUTH_ISSUER") {
		t.Errorf("got %v, want an error that names AUTH_ISSUER", err)
	}
	s.Versions[0].Schemes, s.Versions[0].Routes = nil, nil
	if _, err := app.New(context.Background(), s); err != nil {
		t.Errorf("a service without protected operations: %v", err)
	}
}
