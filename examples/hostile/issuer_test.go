package hostile

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// What the service under test trusts.
const (
	issuerName = "https://iss.test"
	audience   = "shop"
)

// newKey makes a key of an issuer.
func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the machine has no randomness
	}
	return key
}

// The keys of the tests: that of the issuer, one that it moves on to, and one that nobody trusts.
var (
	issuerKey = sync.OnceValue(newKey)
	secondKey = sync.OnceValue(newKey)
	evilKey   = sync.OnceValue(newKey)
)

// jwk is the public part of a key as a member of a key set.
func jwk(kid string, key *rsa.PrivateKey) string {
	return fmt.Sprintf(`{"kty":"RSA","use":"sig","alg":"RS256","kid":%q,"n":%q,"e":"AQAB"}`, kid,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()))
}

// issuer serves a key set, as well as it is told to.
type issuer struct {
	url     string
	fetches atomic.Int64
	answer  atomic.Pointer[http.HandlerFunc]
}

// newIssuer serves the key k1.
func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{}
	i.serve(jwk("k1", issuerKey()))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.fetches.Add(1)
		(*i.answer.Load())(w, r)
	}))
	t.Cleanup(server.Close)
	i.url = server.URL + "/jwks.json"
	return i
}

// serve makes the issuer publish these keys; they may be kept for maxAge seconds.
func (i *issuer) serve(keys string) {
	i.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"keys":[`+keys+`]}`)
	})
}

func (i *issuer) answers(h http.HandlerFunc) { i.answer.Store(&h) }
