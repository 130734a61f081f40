package auth_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
)

func TestServiceRefusesToStartWithoutTrust(t *testing.T) {
	key, basic := manySchemes()[1], manySchemes()[4]
	for name, c := range map[string]struct {
		config auth.Config
		scheme auth.Scheme
		want   string
	}{
		"no issuer":          {auth.Config{}, jwtScheme, "AUTH_ISSUER"},
		"no introspection":   {auth.Config{}, opaqueScheme, "AUTH_INTROSPECTION_URL"},
		"no keys":            {auth.Config{}, key, "AUTH_API_KEYS"},
		"no users":           {auth.Config{}, basic, "AUTH_BASIC_USERS"},
		"no audience":        {auth.Config{Issuer: "https://iss.test"}, jwtScheme, "AUTH_AUDIENCE"},
		"empty audience":     {auth.Config{Issuer: "https://iss.test", Audience: []string{""}}, jwtScheme, "AUTH_AUDIENCE"},
		"keys, no issuer":    {auth.Config{JWKSURL: "https://iss.test/jwks"}, jwtScheme, "AUTH_ISSUER"},
		"dev beside issuer":  {auth.Config{Dev: true, Issuer: "https://iss.test", Audience: []string{"a"}}, jwtScheme, "AUTH_DEV"},
		"dev beside keys":    {auth.Config{Dev: true, JWKSURL: "https://iss.test/jwks"}, jwtScheme, "AUTH_DEV"},
		"plain http":         {auth.Config{Issuer: "http://iss.test", Audience: []string{"a"}}, jwtScheme, "AUTH_ALLOW_HTTP"},
		"plain http keys":    {auth.Config{Issuer: "x", JWKSURL: "http://iss.test/", Audience: []string{"a"}}, jwtScheme, "AUTH_ALLOW_HTTP"},
		"issuer not a URL":   {auth.Config{Issuer: "iss", Audience: []string{"a"}}, jwtScheme, "AUTH_JWKS_URL"},
		"file":               {auth.Config{Issuer: "file:///x", Audience: []string{"a"}}, jwtScheme, "https"},
		"none":               {auth.Config{Issuer: "https://iss.test", Audience: []string{"a"}, Algorithms: []string{"none"}}, jwtScheme, "AUTH_ALGORITHMS"},
		"HS256":              {auth.Config{Issuer: "https://iss.test", Audience: []string{"a"}, Algorithms: []string{"HS256"}}, jwtScheme, "AUTH_ALGORITHMS"},
		"leeway":             {auth.Config{Issuer: "https://iss.test", Audience: []string{"a"}, Leeway: time.Hour}, jwtScheme, "AUTH_LEEWAY"},
		"client":             {auth.Config{IntrospectionURL: "https://iss.test/i"}, opaqueScheme, "AUTH_CLIENT_ID"},
		"key not hashed":     {auth.Config{APIKeys: "robot:secret"}, key, "SHA-256"},
		"key without a name": {auth.Config{APIKeys: hashed("x")}, key, "name"},
		"no file":            {auth.Config{APIKeysFile: "/nonexistent"}, key, "AUTH_API_KEYS_FILE"},
		"unknown kind":       {auth.Config{}, auth.Scheme{Name: "tls", Kind: "mtls"}, `"mtls"`},
		"key nowhere":        {auth.Config{APIKeys: "a:" + hashed("x")}, auth.Scheme{Name: "k", Kind: auth.APIKey, In: "body", Key: "k"}, `"body"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := auth.New(t.Context(), c.config, []auth.Scheme{c.scheme})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret:") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
	if _, err := auth.New(t.Context(), auth.Config{}, nil); err != nil {
		t.Errorf("a service without protected operations: %v", err)
	}
}

func TestVersionsShareKeysAndMemory(t *testing.T) {
	issuer := authtest.New(t)
	a := authenticator(t, issuer.Config())
	b, err := a.For([]auth.Scheme{jwtScheme, {Name: "login", Kind: auth.JWT}})
	if err != nil {
		t.Fatal(err)
	}
	r := bearer(issuer.Token("products:read"))
	for _, a := range []*auth.Authenticator{a, b} {
		if status, _ := answer(a, r, readScope); status != http.StatusOK {
			t.Errorf("got %d, want 200", status)
		}
	}
	if s := b.Stats(); s.KeyFetches != 1 || s.CacheHits != 1 || s.CacheMisses != 1 {
		t.Errorf("got %+v, want 1 fetch, 1 hit, 1 miss", s)
	}
	if _, err := a.For([]auth.Scheme{manySchemes()[1]}); err == nil {
		t.Error("a scheme without keys is taken")
	}
}

func TestSecretsFromFiles(t *testing.T) {
	password, err := auth.HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a := authenticator(t, auth.Config{
		APIKeysFile:    write("keys", "# robots\n\nrobot:"+hashed("k1")+":a b\r\n"),
		BasicUsersFile: write("users", "ann:"+password+":a\n"),
	}, manySchemes()[1], manySchemes()[4])
	for name, c := range map[string]struct {
		scheme string
		header []string
		want   int
	}{
		"key":            {"key", []string{"X-API-Key", "k1"}, 200},
		"other key":      {"key", []string{"X-API-Key", "k2"}, 401},
		"password":       {"basic", []string{"Authorization", basicValue("ann", "correct horse")}, 200},
		"again":          {"basic", []string{"Authorization", basicValue("ann", "correct horse")}, 200},
		"other password": {"basic", []string{"Authorization", basicValue("ann", "wrong horse")}, 401},
		"other user":     {"basic", []string{"Authorization", basicValue("bob", "correct horse")}, 401},
	} {
		if status, _ := answer(a, request(c.header...), auth.Requirements{{use(c.scheme, "a")}}); status != c.want {
			t.Errorf("%s: got %d, want %d", name, status, c.want)
		}
	}
}
