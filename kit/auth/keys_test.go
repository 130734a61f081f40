package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
)

func bearer(token string) *http.Request { return request("Authorization", "Bearer "+token) }

func TestNewKeyIsAcceptedAfterOneFetch(t *testing.T) {
	issuer := authtest.New(t)
	a := authenticator(t, issuer.Config())
	old := issuer.Token("products:read")
	if status, _ := answer(a, bearer(old), readScope); status != http.StatusOK {
		t.Fatalf("before: got %d, want 200", status)
	}
	before := issuer.Fetches()
	issuer.Rotate()
	for range 3 {
		if status, challenge := answer(a, bearer(issuer.Token("products:read")), readScope); status != http.StatusOK {
			t.Errorf("new key: got %d with %q, want 200", status, challenge)
		}
	}
	if status, _ := answer(a, bearer(old), readScope); status != http.StatusUnauthorized {
		t.Errorf("a remembered token of the removed key: got %d, want 401", status)
	}
	if n := issuer.Fetches() - before; n != 1 {
		t.Errorf("got %d fetches, want 1", n)
	}
}

func TestNewKeyUnderAnOldNameIsAccepted(t *testing.T) {
	issuer := authtest.New(t)
	a := authenticator(t, issuer.Config())
	key, id := issuer.Key()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	payload := encode(issuer.Claims("products:read", nil))
	issuer.Answer(func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &other.PublicKey, KeyID: id}}})
	})
	header := map[string]any{"kid": id}
	if status, _ := answer(a, bearer(authtest.SignWith(t, other, jose.RS256, header, payload)), readScope); status != http.StatusOK {
		t.Errorf("the new key: got %d, want 200", status)
	}
	if status, _ := answer(a, bearer(authtest.SignWith(t, key, jose.RS256, header, payload)), readScope); status != http.StatusUnauthorized {
		t.Errorf("the old key: got %d, want 401", status)
	}
}

// pausing is a log that takes its time.
type pausing struct{ slog.Handler }

func (pausing) Enabled(context.Context, slog.Level) bool { return true }

func (pausing) Handle(context.Context, slog.Record) error {
	time.Sleep(50 * time.Millisecond)
	return nil
}

// TestNewKeysAreThereWhenTheirFetchEnds asks for new keys behind a failure, whose end is logged before the keys are taken.
func TestNewKeysAreThereWhenTheirFetchEnds(t *testing.T) {
	issuer := authtest.New(t)
	c := issuer.Config()
	var ahead atomic.Int64
	c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	c.Logger = slog.New(pausing{slog.DiscardHandler})
	a := authenticator(t, c)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	token := authtest.SignWith(t, key, jose.RS256, map[string]any{"kid": "new"}, encode(issuer.Claims("products:read", nil)))
	issuer.Answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if status, _ := answer(a, bearer(token), readScope); status != http.StatusUnauthorized {
		t.Errorf("without the key: got %d, want 401", status)
	}
	issuer.Answer(func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "new"}}})
	})
	ahead.Store(int64(3 * time.Minute))
	if status, _ := answer(a, bearer(token), readScope); status != http.StatusOK {
		t.Errorf("with the key: got %d, want 200", status)
	}
}

func TestLastGoodKeysOutliveOutages(t *testing.T) {
	for name, outage := range map[string]http.HandlerFunc{
		"empty set":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keys":[]}`) },
		"no keys":     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) },
		"not JSON":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html>`) },
		"only secret": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keys":[{"kty":"oct","k":"AAAA"}]}`) },
		"error":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/jwks.json?again", http.StatusFound)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"keys":[`)
			for range 200 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<20))); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			issuer := authtest.New(t)
			a := authenticator(t, issuer.Config())
			issuer.Answer(outage)
			// An unknown kid makes the authenticator look.
			unknown := unsigned(`{"alg":"RS256","kid":"unknown"}`, []byte("{}"), "AAAA")
			if status, _ := answer(a, bearer(unknown), readScope); status != http.StatusUnauthorized {
				t.Errorf("unknown key: got %d, want 401", status)
			}
			if s := a.Stats(); s.KeyFetches != 2 || s.KeyFetchFailures != 1 || s.Keys != 1 {
				t.Errorf("got %+v, want 2 fetches, 1 failure, 1 key", s)
			}
			if status, _ := answer(a, bearer(issuer.Token("products:read")), readScope); status != http.StatusOK {
				t.Errorf("good token: got %d, want 200", status)
			}
			if err := a.Ready(t.Context()); err != nil {
				t.Errorf("not ready: %v", err)
			}
		})
	}
}

func TestStartsWithoutKeysAndRecovers(t *testing.T) {
	issuer := authtest.New(t)
	issuer.Answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	a := authenticator(t, issuer.Config())
	if a.Ready(t.Context()) == nil {
		t.Error("ready without keys")
	}
	for name, r := range map[string]*http.Request{"token": bearer(issuer.Token("products:read")), "nothing": request()} {
		if status, _ := answer(a, r, readScope); status != http.StatusServiceUnavailable {
			t.Errorf("%s: got %d, want 503", name, status)
		}
	}
	optional := auth.Requirements{{}, readScope[0]}
	if status, _ := answer(a, request(), optional); status != http.StatusOK {
		t.Errorf("anonymous where that is allowed: got %d, want 200", status)
	}
	issuer.Answer(nil)
	for end := time.Now().Add(10 * time.Second); a.Ready(t.Context()) != nil && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if status, _ := answer(a, bearer(issuer.Token("products:read")), readScope); status != http.StatusOK {
		t.Errorf("after recovery: got %d, want 200", status)
	}
}

func TestRemovedKeysAreForgottenInTheBackground(t *testing.T) {
	first, firstSet := localKey(t, "a")
	_, secondSet := localKey(t, "b")
	synctest.Test(t, func(t *testing.T) {
		var set atomic.Pointer[[]byte]
		set.Store(&firstSet)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		a := fetching(ctx, t, func(context.Context) ([]byte, error) { return *set.Load(), nil })
		token := authtest.SignWith(t, first, jose.ES256, map[string]any{"kid": "a"}, encode(map[string]any{
			"iss": "https://iss.test", "aud": "test", "scope": "products:read", "exp": time.Now().Unix() + 7200,
		}))
		if status, challenge := answer(a, bearer(token), readScope); status != http.StatusOK {
			t.Fatalf("got %d with %q, want 200", status, challenge)
		}
		set.Store(&secondSet)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if status, _ := answer(a, bearer(token), readScope); status != http.StatusUnauthorized {
			t.Errorf("after the keys aged: got %d, want 401", status)
		}
	})
}

// localKey returns a key and the key set that publishes it.
func localKey(t *testing.T, id string) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k, encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &k.PublicKey, KeyID: id}}})
}

func TestStartTriesAgainSoon(t *testing.T) {
	_, set := localKey(t, "a")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var calls atomic.Int32
		began := time.Now()
		a := fetching(ctx, t, func(context.Context) ([]byte, error) {
			if calls.Add(1); time.Since(began) < time.Minute {
				return nil, errors.New("down")
			}
			return set, nil
		})
		time.Sleep(66 * time.Second)
		synctest.Wait()
		if err := a.Ready(ctx); err != nil {
			t.Errorf("6 s after the issuer is back: %v", err)
		}
		if n := calls.Load(); n > 20 {
			t.Errorf("got %d attempts in a minute, want them to slow down", n)
		}
	})
}

// fetching returns an authenticator whose keys come from a function.
func fetching(ctx context.Context, t *testing.T, fetch func(context.Context) ([]byte, error)) *auth.Authenticator {
	t.Helper()
	a, err := auth.New(ctx, auth.Config{
		Issuer: "https://iss.test", Audience: []string{"test"}, FetchKeys: fetch, Logger: slog.New(slog.DiscardHandler),
	}, []auth.Scheme{jwtScheme})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDiscoveryFindsTheKeySet(t *testing.T) {
	issuer := authtest.New(t)
	c := issuer.Config()
	c.JWKSURL = ""
	a := authenticator(t, c)
	if status, _ := answer(a, bearer(issuer.Token("products:read")), readScope); status != http.StatusOK {
		t.Errorf("got %d, want 200", status)
	}
}

func TestDiscoveryOfAnotherIssuerIsRefused(t *testing.T) {
	for name, metadata := range map[string]string{
		"other issuer": `{"issuer":"https://evil.test","jwks_uri":"%s/jwks.json"}`,
		"no issuer":    `{"jwks_uri":"%s/jwks.json"}`,
		"no jwks_uri":  `{"issuer":"%s"}`,
		"plain http":   `{"issuer":"%s","jwks_uri":"http://keys.test/jwks.json"}`,
		"file":         `{"issuer":"%s","jwks_uri":"file:///etc/passwd"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var server *httptest.Server
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, metadata, server.URL)
			}))
			defer server.Close()
			a := authenticator(t, auth.Config{Issuer: server.URL, Audience: []string{"test"}})
			if a.Ready(t.Context()) == nil {
				t.Error("the metadata is believed")
			}
		})
	}
}

func TestUnsuitableKeysAreIgnored(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip("the platform makes no weak keys:", err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public := func(k any, use, alg string) map[string]any {
		var m map[string]any
		if err := json.Unmarshal(encode(jose.JSONWebKey{Key: k, KeyID: "k", Use: use, Algorithm: alg}), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	with := func(m map[string]any, name string, value any) map[string]any {
		m[name] = value
		return m
	}
	for name, c := range map[string]struct {
		signer *rsa.PrivateKey
		jwk    map[string]any
		want   int
	}{
		"good":              {key, public(&key.PublicKey, "sig", "RS256"), http.StatusOK},
		"no use, no alg":    {key, public(&key.PublicKey, "", ""), http.StatusOK},
		"verify":            {key, with(public(&key.PublicKey, "", ""), "key_ops", []string{"verify"}), http.StatusOK},
		"broken x5c beside": {key, with(public(&key.PublicKey, "sig", ""), "x5c", []string{"!"}), http.StatusOK},
		"for encryption":    {key, public(&key.PublicKey, "enc", ""), http.StatusServiceUnavailable},
		"other alg":         {key, public(&key.PublicKey, "sig", "RSA-OAEP"), http.StatusServiceUnavailable},
		"to sign only":      {key, with(public(&key.PublicKey, "", ""), "key_ops", []string{"sign"}), http.StatusServiceUnavailable},
		"weak":              {weak, public(&weak.PublicKey, "sig", "RS256"), http.StatusServiceUnavailable},
		"private":           {key, public(key, "sig", "RS256"), http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			issuer := authtest.New(t)
			issuer.Answer(func(w http.ResponseWriter, _ *http.Request) {
				json.NewEncoder(w).Encode(map[string]any{"keys": []any{c.jwk, map[string]any{"kty": "new"}, 7}})
			})
			a := authenticator(t, issuer.Config())
			payload := encode(issuer.Claims("products:read", nil))
			token := signRaw(t, c.signer, `{"alg":"RS256","kid":"k"}`, payload)
			if status, challenge := answer(a, bearer(token), readScope); status != c.want {
				t.Errorf("got %d with %q, want %d", status, challenge, c.want)
			}
		})
	}
}

func TestTokenWithoutKidNeedsTheOnlyKey(t *testing.T) {
	issuer := authtest.New(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	issuer.Publish(jose.JSONWebKey{Key: &other.PublicKey, KeyID: "second"})
	a := authenticator(t, issuer.Config())
	key, _ := issuer.Key()
	token := signRaw(t, key, `{"alg":"RS256"}`, encode(issuer.Claims("products:read", nil)))
	if status, _ := answer(a, bearer(token), readScope); status != http.StatusUnauthorized {
		t.Errorf("got %d, want 401: two keys could have signed it", status)
	}
}
