// Package authtest is a token issuer for tests: a real HTTP server with discovery, key set and introspection, whose keys can
// be rotated and which can be taken down. It is for tests of services that authenticate with package auth.
package authtest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/auth"

	"github.com/go-jose/go-jose/v4"
)

// Audience is the audience of the tokens that an Issuer signs.
const Audience = "test"

// Issuer issues tokens. Its methods may be called at any time from any goroutine.
type Issuer struct {
	tb     testing.TB
	server *httptest.Server

	mu      sync.Mutex
	key     *rsa.PrivateKey
	id      string
	extra   []jose.JSONWebKey
	answer  http.HandlerFunc // replaces the key set
	opaque  map[string]map[string]any
	rotated int
	fetches int
	asked   int
}

// New starts an issuer that ends with the test.
func New(tb testing.TB) *Issuer {
	tb.Helper()
	i := &Issuer{tb: tb, opaque: map[string]map[string]any{}}
	i.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /jwks.json", i.keySet)
	mux.HandleFunc("POST /introspect", i.introspect)
	i.server = httptest.NewServer(mux)
	tb.Cleanup(i.server.Close)
	return i
}

// URL is the issuer's name and address.
func (i *Issuer) URL() string { return i.server.URL }

// Config returns a configuration that trusts the issuer.
func (i *Issuer) Config() auth.Config {
	return auth.Config{
		Service: "test", Issuer: i.URL(), Audience: []string{Audience}, JWKSURL: i.URL() + "/jwks.json",
	}
}

// Rotate replaces the key and returns its kid. Tokens of the old one are no longer signed.
func (i *Issuer) Rotate() string {
	i.tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		i.tb.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rotated++
	i.key, i.id = key, fmt.Sprintf("k%d", i.rotated)
	return i.id
}

// Key returns the private key and its kid.
func (i *Issuer) Key() (*rsa.PrivateKey, string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key, i.id
}

// Publish adds public keys to the key set.
func (i *Issuer) Publish(keys ...jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.extra = append(i.extra, keys...)
}

// Answer replaces the key set by a handler of the test's own; nil brings the key set back.
func (i *Issuer) Answer(h http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = h
}

// Fetches returns how often the key set was asked for.
func (i *Issuer) Fetches() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// Introspections returns how often the introspection endpoint was asked.
func (i *Issuer) Introspections() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Opaque makes the introspection endpoint (URL + "/introspect", client "service", secret "secret") answer for a token.
func (i *Issuer) Opaque(token string, answer map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.opaque[token] = answer
}

// Claims returns acceptable claims with the given scopes, changed by the given ones; a nil value removes a claim.
func (i *Issuer) Claims(scope string, changes map[string]any) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{
		"iss": i.URL(), "aud": Audience, "sub": "user-1", "scope": scope, "iat": now, "nbf": now, "exp": now + 600,
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// Token returns a signed token with the scopes, separated by spaces.
func (i *Issuer) Token(scope string) string { return i.Sign(i.Claims(scope, nil)) }

// Sign returns a token with the claims.
func (i *Issuer) Sign(claims map[string]any) string {
	i.tb.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		i.tb.Fatal(err)
	}
	key, id := i.Key()
	return SignWith(i.tb, key, jose.RS256, map[string]any{"kid": id, "typ": "JWT"}, payload)
}

// SignWith signs any payload with any key and header.
func SignWith(tb testing.TB, key any, alg jose.SignatureAlgorithm, header map[string]any, payload []byte) string {
	tb.Helper()
	o := &jose.SignerOptions{}
	for name, value := range header {
		o.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, o)
	if err != nil {
		tb.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		tb.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]string{"issuer": i.URL(), "jwks_uri": i.URL() + "/jwks.json"})
}

func (i *Issuer) keySet(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetches++
	own := jose.JSONWebKey{Key: &i.key.PublicKey, KeyID: i.id, Algorithm: "RS256", Use: "sig"}
	set := jose.JSONWebKeySet{Keys: append([]jose.JSONWebKey{own}, i.extra...)}
	replaced := i.answer
	i.mu.Unlock()
	if replaced != nil {
		replaced(w, r)
		return
	}
	answer(w, set)
}

func (i *Issuer) introspect(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	if user, password, _ := r.BasicAuth(); user != "service" || password != "secret" {
		http.Error(w, "client", http.StatusUnauthorized)
		return
	}
	if found, ok := i.opaque[r.PostFormValue("token")]; ok {
		answer(w, found)
		return
	}
	answer(w, map[string]any{"active": false})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// Encode spells bytes as a segment of a token, for tests that build tokens by hand.
func Encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
