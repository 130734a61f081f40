package users

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/auth"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/server"
)

// client calls a service that runs on a real store.
type client struct {
	*testing.T
	url, database string
	service       *Service
	token         string
	header        http.Header // of the last answer
}

// databases are the stores that every test runs on: SQLite, and PostgreSQL where TEST_DATABASE_URL names one.
func databases(t *testing.T) map[string]string {
	all := map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "users.db")}
	if postgres := os.Getenv("TEST_DATABASE_URL"); postgres != "" {
		all["postgres"] = postgres
	}
	return all
}

func start(t *testing.T, database string) *client {
	t.Helper()
	c := Config{}
	settings := config.NewSet(Name)
	c.Register(settings)
	hash, err := auth.HashPassword("payments-secret")
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"DATABASE_URL": database, "AUTH_ISSUER": "http://users.test", "KEY_PUBLISH": "0s", "MAINTAINERS": "boss@example.com",
		"AUTH_BASIC_USERS": "payments:" + hash + ":products.read products.reserve", "RESPONSE_VALIDATION": "enforce",
	}
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
	h, err := server.NewHandler(a.Handler, s.config.Config, log, a.Metrics...)
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
	for _, check := range a.Ready {
		for end := time.Now().Add(time.Minute); check.Ready(t.Context()) != nil; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s is not ready: %v", check.Name, check.Ready(t.Context()))
			}
		}
	}
	return &client{T: t, url: ts.URL, database: database, service: s}
}

// call sends a JSON body, wants the status, and decodes the answer.
func (c *client) call(method, path string, body any, want int) map[string]any {
	c.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.Fatal(err)
	}
	r, err := http.NewRequest(method, c.url+path, bytes.NewReader(raw))
	if err != nil {
		c.Fatal(err)
	}
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.do(r, want)
}

func (c *client) do(r *http.Request, want int) map[string]any {
	c.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.Fatal(err)
	}
	c.header = response.Header
	if response.StatusCode != want {
		c.Fatalf("%s %s: got %d, want %d: %s", r.Method, r.URL.Path, response.StatusCode, want, raw)
	}
	if want >= 400 && response.Header.Get("Content-Type") != "application/problem+json" {
		c.Errorf("%s %s: %d is no problem: %s", r.Method, r.URL.Path, want, raw)
	}
	answer := map[string]any{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &answer); err != nil {
			c.Fatalf("%s: %v", raw, err)
		}
	}
	return answer
}

func unique(t *testing.T) string {
	return strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())) + time.Now().Format("150405.000000") + "@example.com"
}

// register registers and signs in, and returns the refresh token.
func (c *client) register(email string) string {
	c.Helper()
	c.call("POST", "/v1/registrations", map[string]any{"email": email, "password": "correct horse battery", "name": "Ada"}, 201)
	return c.signIn(email, "correct horse battery")
}

func (c *client) signIn(email, password string) string {
	c.Helper()
	tokens := c.call("POST", "/v1/sign-in", map[string]any{"email": email, "password": password}, 200)
	c.token = tokens["accessToken"].(string)
	return tokens["refreshToken"].(string)
}

func onEach(t *testing.T, story func(*client)) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) { story(start(t, database)) })
	}
}

func TestRegisterSignInAndChangeTheProfile(t *testing.T) {
	onEach(t, func(c *client) {
		email := unique(c.T)
		c.call("GET", "/v1/profile", nil, 401)
		c.register(email)
		if got := c.call("GET", "/v1/profile", nil, 200); got["email"] != email || got["name"] != "Ada" {
			c.Errorf("got %v", got)
		}
		c.call("PATCH", "/v1/profile", map[string]any{}, 422)
		if got := c.call("PATCH", "/v1/profile", map[string]any{"name": "Ada L."}, 200); got["name"] != "Ada L." {
			c.Errorf("got %v", got)
		}
		c.call("POST", "/v1/registrations", map[string]any{"email": strings.ToUpper(email), "password": "another long password", "name": "x"}, 409)
		c.call("POST", "/v1/registrations", map[string]any{"email": "short@example.com", "password": "short", "name": "x"}, 422)
	})
}

func TestSignInRefusesAndThrottlesGuesses(t *testing.T) {
	onEach(t, func(c *client) {
		email := unique(c.T)
		c.register(email)
		c.call("POST", "/v1/sign-in", map[string]any{"email": "nobody@example.com", "password": "correct horse battery"}, 401)
		for range guesses {
			c.call("POST", "/v1/sign-in", map[string]any{"email": email, "password": "wrong"}, 401)
		}
		c.call("POST", "/v1/sign-in", map[string]any{"email": email, "password": "correct horse battery"}, 429)
		c.service.now = func() time.Time { return time.Now().Add(guessWindow + time.Second) }
		c.signIn(email, "correct horse battery")
	})
}

func TestAUsedRefreshTokenEndsItsSession(t *testing.T) {
	onEach(t, func(c *client) {
		first := c.register(unique(c.T))
		second := c.call("POST", "/v1/tokens/rotate", map[string]any{"refreshToken": first}, 200)["refreshToken"]
		c.call("GET", "/v1/profile", nil, 200)
		c.call("POST", "/v1/tokens/rotate", map[string]any{"refreshToken": first}, 401)
		c.call("POST", "/v1/tokens/rotate", map[string]any{"refreshToken": second}, 401)
		c.call("GET", "/v1/profile", nil, 401)
	})
}

func TestRevokingEndsTheSession(t *testing.T) {
	onEach(t, func(c *client) {
		refresh := c.register(unique(c.T))
		c.call("POST", "/v1/tokens/revoke", map[string]any{"refreshToken": refresh}, 204)
		c.call("POST", "/v1/tokens/revoke", map[string]any{"refreshToken": refresh}, 204)
		c.call("POST", "/v1/tokens/rotate", map[string]any{"refreshToken": refresh}, 401)
		c.call("GET", "/v1/profile", nil, 401)
	})
}

func TestANewPasswordEndsEverySession(t *testing.T) {
	onEach(t, func(c *client) {
		email := unique(c.T)
		other := c.register(email)
		c.call("POST", "/v1/profile/change-password", map[string]any{"current": "wrong", "next": "a new long password"}, 403)
		c.call("POST", "/v1/profile/change-password", map[string]any{"current": "correct horse battery", "next": "a new long password"}, 204)
		c.call("POST", "/v1/tokens/rotate", map[string]any{"refreshToken": other}, 401)
		c.signIn(email, "a new long password")
	})
}

func TestServicesGetTokensWithTheirScopesAlone(t *testing.T) {
	onEach(t, func(c *client) {
		ask := func(secret, scope string, want int) map[string]any {
			form := url.Values{"grant_type": {"client_credentials"}, "scope": {scope}, "audience": {"products"}}
			r, err := http.NewRequest("POST", c.url+"/v1/tokens/client", strings.NewReader(form.Encode()))
			if err != nil {
				c.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth("payments", secret)
			return c.do(r, want)
		}
		if got := ask("payments-secret", "products.reserve", 200); got["scope"] != "products.reserve" {
			c.Errorf("got %v", got)
		}
		ask("payments-secret", "products.maintain", 403)
		ask("wrong", "products.reserve", 401)
	})
}

func TestTokensSurviveTheRotationOfTheKey(t *testing.T) {
	onEach(t, func(c *client) {
		email := unique(c.T)
		c.register(email)
		if err := c.service.RotateKey(t.Context()); err != nil {
			c.Fatal(err)
		}
		c.call("GET", "/v1/profile", nil, 200)
		keys := c.call("GET", "/.well-known/jwks.json", nil, 200)["keys"].([]any)
		if len(keys) < 2 {
			c.Errorf("%d keys are published, want the old one beside the new one", len(keys))
		}
		for _, key := range keys {
			if _, private := key.(map[string]any)["d"]; private {
				c.Error("a private key is published")
			}
		}
		c.call("GET", "/.well-known/openid-configuration", nil, 200)
	})
}

func TestUnknownPathIsAProblem(t *testing.T) {
	start(t, "").call("GET", "/no-such-path", nil, 404)
}
