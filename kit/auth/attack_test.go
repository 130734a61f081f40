package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
	"github.com/msgen/msgen/kit/problem"
)

var (
	jwtScheme = auth.Scheme{Name: "bearer", Kind: auth.JWT}
	readScope = auth.Requirements{{{Scheme: "bearer", Scopes: []string{"products:read"}}}}
)

// authenticator returns one that trusts the issuer, after changes to its configuration.
func authenticator(t testing.TB, c auth.Config, schemes ...auth.Scheme) *auth.Authenticator {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if len(schemes) == 0 {
		schemes = []auth.Scheme{jwtScheme}
	}
	a, err := auth.New(t.Context(), c, schemes)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// request returns a request with headers given as name, value, name, value.
func request(headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/v1/products", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// answer returns the status of a decision (200 when admitted) and its challenges, joined.
func answer(a *auth.Authenticator, r *http.Request, req auth.Requirements) (int, string) {
	_, err := a.Authenticate(r, req)
	if err == nil {
		return http.StatusOK, ""
	}
	var p *problem.Problem
	if !errors.As(err, &p) {
		return http.StatusInternalServerError, err.Error()
	}
	return p.Status, strings.Join(p.Headers().Values("Www-Authenticate"), ", ")
}

func TestTokenAttacksAreRefused(t *testing.T) {
	issuer := authtest.New(t)
	a := authenticator(t, issuer.Config())
	for name, header := range attacks(t, issuer) {
		t.Run(name, func(t *testing.T) {
			status, challenge := answer(a, request(header...), readScope)
			if status != http.StatusUnauthorized || !strings.Contains(challenge, `error="invalid_token"`) {
				t.Errorf("got %d with %q, want 401 with invalid_token", status, challenge)
			}
		})
	}
	if status, _ := answer(a, request("Authorization", "Bearer "+issuer.Token("products:read")), readScope); status != http.StatusOK {
		t.Errorf("a good token afterwards: got %d, want 200", status)
	}
	if n := issuer.Fetches(); n > 2 {
		t.Errorf("the attacks made %d fetches of the key set, want at most 2", n)
	}
}

// attacks returns the headers of requests that must be refused, by name.
func attacks(t *testing.T, issuer *authtest.Issuer) map[string][]string {
	out := map[string][]string{}
	for name, token := range merge(forged(t, issuer), misspelt(issuer), misheaded(t, issuer), misclaimed(t, issuer)) {
		out[name] = []string{"Authorization", "Bearer " + token}
	}
	good := issuer.Token("products:read")
	out["two headers"] = []string{"Authorization", "Bearer " + good, "Authorization", "Bearer " + good}
	out["two headers, one Basic"] = []string{"Authorization", "Basic dTpw", "Authorization", "Bearer " + good}
	out["two tokens in one header"] = []string{"Authorization", "Bearer " + good + ", Bearer " + good}
	out["bare scheme"] = []string{"Authorization", "Bearer"}
	out["bare scheme and space"] = []string{"Authorization", "Bearer "}
	return out
}

func merge(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// forged are tokens that the issuer did not sign.
func forged(t *testing.T, issuer *authtest.Issuer) map[string]string {
	key, id := issuer.Key()
	evil, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	payload := encode(issuer.Claims("products:read", nil))
	signed := func(header map[string]any) string {
		return authtest.SignWith(t, evil, jose.RS256, header, payload)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	jwk := jose.JSONWebKey{Key: &evil.PublicKey, KeyID: id, Algorithm: "RS256", Use: "sig"}
	good := strings.Split(issuer.Token("products:read"), ".")
	other := strings.Split(issuer.Token("products:write"), ".")
	out := map[string]string{
		"evil key":               signed(map[string]any{"kid": id}),
		"evil key without kid":   signed(nil),
		"unknown kid":            signed(map[string]any{"kid": "nobody"}),
		"kid is a path":          signed(map[string]any{"kid": "../../../../dev/null"}),
		"kid is SQL":             signed(map[string]any{"kid": "x' UNION SELECT 'key"}),
		"kid is long":            signed(map[string]any{"kid": strings.Repeat("k", 5000)}),
		"jwk":                    signed(map[string]any{"kid": id, "jwk": jwk}),
		"jku":                    signed(map[string]any{"kid": id, "jku": "http://127.0.0.1:1/jwks.json"}),
		"x5u":                    signed(map[string]any{"kid": id, "x5u": "http://127.0.0.1:1/cert.pem"}),
		"x5c":                    signed(map[string]any{"kid": id, "x5c": []string{"MIIB"}}),
		"payload of another":     good[0] + "." + other[1] + "." + good[2],
		"signature of another":   good[0] + "." + good[1] + "." + other[2],
		"empty signature":        good[0] + "." + good[1] + ".",
		"short signature":        good[0] + "." + good[1] + "." + good[2][:len(good[2])-4],
		"none":                   unsigned(`{"alg":"none","typ":"JWT"}`, payload, ""),
		"None":                   unsigned(`{"alg":"None","kid":"`+id+`"}`, payload, ""),
		"none with a signature":  unsigned(`{"alg":"none","kid":"`+id+`"}`, payload, "AAAA"),
		"no alg":                 unsigned(`{"kid":"`+id+`"}`, payload, "AAAA"),
		"ES256 with the RSA key": unsigned(`{"alg":"ES256","kid":"`+id+`"}`, payload, authtest.Encode(make([]byte, 64))),
		"EdDSA with the RSA key": unsigned(`{"alg":"EdDSA","kid":"`+id+`"}`, payload, authtest.Encode(make([]byte, 64))),
	}
	for name, secret := range map[string][]byte{
		"confusion with PEM":    pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"confusion with DER":    der,
		"confusion with N":      key.N.Bytes(),
		"confusion with no key": nil,
	} {
		input := authtest.Encode([]byte(`{"alg":"HS256","typ":"JWT","kid":"`+id+`"}`)) + "." + authtest.Encode(payload)
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(input))
		out[name] = input + "." + authtest.Encode(mac.Sum(nil))
	}
	// The right key, but RS512 where the key set says RS256.
	out["other alg than the key's"] = authtest.SignWith(t, key, jose.RS512, map[string]any{"kid": id}, payload)
	return out
}

// misspelt are good tokens in another spelling.
func misspelt(issuer *authtest.Issuer) map[string]string {
	good := issuer.Token("products:read")
	part := strings.Split(good, ".")
	last := part[2][len(part[2])-1]
	twin := strings.IndexByte(alphabet, last) ^ 1 // differs in bits that decode to nothing
	return map[string]string{
		"padding":             part[0] + "." + part[1] + "." + part[2] + "==",
		"padding inside":      part[0] + "=." + part[1] + "." + part[2],
		"newline":             part[0] + ".\n" + part[1] + "." + part[2],
		"newline at the end":  good + "\n",
		"carriage return":     part[0] + "." + part[1][:4] + "\r\n" + part[1][4:] + "." + part[2],
		"tab":                 part[0] + "." + part[1] + ".\t" + part[2],
		"NUL":                 good + "\x00",
		"standard base64":     part[0] + "." + part[1] + ".+/" + part[2][2:],
		"unused bits":         good[:len(good)-1] + string(alphabet[twin]),
		"one megabyte":        strings.Repeat("a", 1<<20),
		"fifty thousand dots": strings.Repeat(".", 50_000),
		"8 KiB and a bit":     good + "." + strings.Repeat("a", 8<<10),
		"two parts":           part[0] + "." + part[1],
		"four parts":          good + ".AAAA",
		"JWE":                 strings.Join([]string{authtest.Encode([]byte(`{"alg":"RSA-OAEP","enc":"A256GCM"}`)), "AAAA", "AAAA", "AAAA", "AAAA"}, "."),
		"JWE in three parts":  unsigned(`{"alg":"RSA-OAEP","enc":"A256GCM"}`, []byte("{}"), "AAAA"),
		"JSON serialization":  `{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`,
		"only dots":           "..",
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// misheaded are tokens that the issuer's key signs under a header that is not acceptable.
func misheaded(t *testing.T, issuer *authtest.Issuer) map[string]string {
	key, id := issuer.Key()
	payload := encode(issuer.Claims("products:read", nil))
	sign := func(header string) string { return signRaw(t, key, header, payload) }
	return map[string]string{
		"crit":                 sign(`{"alg":"RS256","kid":"` + id + `","crit":["x"],"x":1}`),
		"crit empty":           sign(`{"alg":"RS256","kid":"` + id + `","crit":[]}`),
		"b64":                  sign(`{"alg":"RS256","kid":"` + id + `","b64":false}`),
		"jku, right key":       sign(`{"alg":"RS256","kid":"` + id + `","jku":"https://evil.test/"}`),
		"typ ID token":         sign(`{"alg":"RS256","kid":"` + id + `","typ":"logout+jwt"}`),
		"typ dpop":             sign(`{"alg":"RS256","kid":"` + id + `","typ":"dpop+jwt"}`),
		"typ empty":            sign(`{"alg":"RS256","kid":"` + id + `","typ":""}`),
		"typ number":           sign(`{"alg":"RS256","kid":"` + id + `","typ":1}`),
		"cty":                  sign(`{"alg":"RS256","kid":"` + id + `","cty":"JWT"}`),
		"kid number":           sign(`{"alg":"RS256","kid":1}`),
		"kid null":             sign(`{"alg":"RS256","kid":null}`),
		"kid array":            sign(`{"alg":"RS256","kid":["` + id + `"]}`),
		"alg array":            sign(`{"alg":["RS256"],"kid":"` + id + `"}`),
		"alg twice":            sign(`{"alg":"none","alg":"RS256","kid":"` + id + `"}`),
		"alg twice, escaped":   sign(`{"alg":"none","al\u0067":"RS256","kid":"` + id + `"}`),
		"kid twice":            sign(`{"alg":"RS256","kid":"x","kid":"` + id + `"}`),
		"alg in capitals":      sign(`{"ALG":"RS256","kid":"` + id + `"}`),
		"header is an array":   sign(`["RS256"]`),
		"header and more":      sign(`{"alg":"RS256","kid":"` + id + `"}{}`),
		"header of wrong text": sign("{\"alg\":\"RS256\",\"kid\":\"" + id + "\",\"x\":\"\xff\"}"),
	}
}

// misclaimed are tokens of the issuer with claims that are not acceptable.
func misclaimed(t *testing.T, issuer *authtest.Issuer) map[string]string {
	key, id := issuer.Key()
	now := time.Now()
	with := func(name string, value any) string {
		return issuer.Sign(issuer.Claims("products:read", map[string]any{name: value}))
	}
	raw := func(claims string) string { return signRaw(t, key, `{"alg":"RS256","kid":"`+id+`"}`, []byte(claims)) }
	good := strings.TrimSuffix(string(encode(issuer.Claims("products:read", nil))), "}")
	return map[string]string{
		"exp missing":           with("exp", nil),
		"exp null":              raw(strings.Replace(good, `"exp":`, `"exp":null,"x":`, 1) + "}"),
		"exp text":              with("exp", fmt.Sprint(now.Unix()+600)),
		"exp milliseconds":      with("exp", now.UnixMilli()+600_000),
		"exp infinite":          raw(strings.Replace(good, `"exp":`, `"exp":1e999,"x":`, 1) + "}"),
		"exp past":              with("exp", now.Unix()-31),
		"exp negative":          with("exp", -1),
		"exp true":              with("exp", true),
		"nbf future":            with("nbf", now.Unix()+60),
		"nbf text":              with("nbf", "0"),
		"iat future":            with("iat", now.Unix()+60),
		"iat milliseconds":      with("iat", now.UnixMilli()),
		"iss other":             with("iss", "https://evil.test"),
		"iss missing":           with("iss", nil),
		"iss with slash":        with("iss", issuer.URL()+"/"),
		"iss array":             with("iss", []string{issuer.URL()}),
		"aud other":             with("aud", "other"),
		"aud missing":           with("aud", nil),
		"aud prefix":            with("aud", authtest.Audience+"2"),
		"aud in other case":     with("aud", strings.ToUpper(authtest.Audience)),
		"aud empty array":       with("aud", []string{}),
		"aud array of numbers":  with("aud", []any{authtest.Audience, 1}),
		"aud with null":         with("aud", []any{nil, authtest.Audience}),
		"sub number":            with("sub", 1),
		"sub empty":             with("sub", ""),
		"scope object":          with("scope", map[string]any{"products:read": true}),
		"exp twice":             raw(good + fmt.Sprintf(`,"exp":%d}`, now.Unix()+600)),
		"aud twice":             raw(good + `,"aud":"test"}`),
		"scope twice, escaped":  raw(good + `,"scop\u0065":"admin"}`),
		"nested key twice":      raw(good + `,"x":{"a":{"b":1,"b":2}}}`),
		"claims and more":       raw(good + `} {}`),
		"claims not an object":  raw(`[]`),
		"claims empty":          raw(``),
		"claims of wrong UTF-8": raw(good + ",\"x\":\"\xff\"}"),
	}
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func unsigned(header string, payload []byte, signature string) string {
	return authtest.Encode([]byte(header)) + "." + authtest.Encode(payload) + "." + signature
}

// signRaw signs with RS256 whatever the header says.
func signRaw(t testing.TB, key *rsa.PrivateKey, header string, payload []byte) string {
	input := authtest.Encode([]byte(header)) + "." + authtest.Encode(payload)
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + authtest.Encode(signature)
}

func TestGoodTokensAreAccepted(t *testing.T) {
	issuer := authtest.New(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issuer.Publish(jose.JSONWebKey{Key: &ec.PublicKey, KeyID: "ec"})
	a := authenticator(t, issuer.Config())
	key, id := issuer.Key()
	payload := encode(issuer.Claims("products:read", nil))
	now := time.Now()
	for name, value := range map[string]string{
		"typ JWT":           "Bearer " + issuer.Token("products:read"),
		"scheme in lower":   "bearer " + issuer.Token("products:read"),
		"scheme in capital": "BEARER  " + issuer.Token("products:read"),
		"no typ, no kid":    "Bearer " + signRaw(t, key, `{"alg":"RS256"}`, payload),
		"typ at+jwt":        "Bearer " + signRaw(t, key, `{"alg":"RS256","kid":"`+id+`","typ":"at+jwt"}`, payload),
		"typ in full":       "Bearer " + signRaw(t, key, `{"alg":"RS256","kid":"`+id+`","typ":"application/at+JWT"}`, payload),
		"unknown parameter": "Bearer " + signRaw(t, key, `{"alg":"RS256","kid":"`+id+`","x5t":"abc"}`, payload),
		"aud array":         "Bearer " + issuer.Sign(issuer.Claims("products:read", map[string]any{"aud": []string{"x", authtest.Audience}})),
		"scope array":       "Bearer " + issuer.Sign(issuer.Claims("", map[string]any{"scope": []string{"products:read"}})),
		"scp array":         "Bearer " + issuer.Sign(issuer.Claims("", map[string]any{"scp": []string{"products:read"}})),
		"scp text":          "Bearer " + issuer.Sign(issuer.Claims("", map[string]any{"scp": "a products:read"})),
		"expired in leeway": "Bearer " + issuer.Sign(issuer.Claims("products:read", map[string]any{"exp": now.Unix() - 20})),
		"early in leeway":   "Bearer " + issuer.Sign(issuer.Claims("products:read", map[string]any{"nbf": now.Unix() + 20})),
		"fraction in exp":   "Bearer " + issuer.Sign(issuer.Claims("products:read", map[string]any{"exp": float64(now.Unix()) + 60.5})),
		"ES256":             "Bearer " + authtest.SignWith(t, ec, jose.ES256, map[string]any{"kid": "ec"}, payload),
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time from memory
				if status, challenge := answer(a, request("Authorization", value), readScope); status != http.StatusOK {
					t.Errorf("got %d with %q, want 200", status, challenge)
				}
			}
		})
	}
}

func TestPrincipalHoldsWhatTheTokenSays(t *testing.T) {
	issuer := authtest.New(t)
	a := authenticator(t, issuer.Config())
	token := issuer.Sign(issuer.Claims("a products:read", map[string]any{"client_id": "app", "tenant": map[string]any{"id": 7}}))
	ctx, err := a.Authenticate(request("Authorization", "Bearer "+token), readScope)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := auth.FromContext(ctx)
	if !ok || p.Subject != "user-1" || p.Issuer != issuer.URL() || p.Client != "app" || p.Scheme != "bearer" || p.Kind != auth.JWT {
		t.Errorf("got %+v", p)
	}
	if !p.HasScope("a") || p.HasScope("products") {
		t.Errorf("got scopes %q", p.Scopes)
	}
	var tenant struct{ ID int }
	if !p.Claim("tenant", &tenant) || tenant.ID != 7 || p.Claim("nothing", &tenant) {
		t.Errorf("got tenant %+v", tenant)
	}
}

func TestForgedTokensDoNotFloodTheIssuer(t *testing.T) {
	issuer := authtest.New(t)
	clock := newClock()
	c := issuer.Config()
	c.Now = clock.Now
	a := authenticator(t, c)
	good := "Bearer " + issuer.Token("products:read")
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 1250 {
				header := authtest.Encode(fmt.Appendf(nil, `{"alg":"RS256","kid":"random-%d-%d"}`, w, i))
				if status, _ := answer(a, request("Authorization", "Bearer "+header+".e30.AAAA"), readScope); status == http.StatusOK {
					t.Error("a forged token is accepted")
				}
				if i%50 == 0 {
					if status, _ := answer(a, request("Authorization", good), readScope); status != http.StatusOK {
						t.Errorf("a good token among them: got %d, want 200", status)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := issuer.Fetches(); n > 2 {
		t.Errorf("got %d fetches, want at most 2", n)
	}
	// For an hour, a forged token each second: never more than two fetches in a minute.
	for minute := range 60 {
		before := issuer.Fetches()
		for second := range 60 {
			answer(a, request("Authorization", "Bearer "+unsigned(fmt.Sprintf(`{"alg":"RS256","kid":"%d-%d"}`, minute, second), []byte("{}"), "AAAA")), readScope)
			clock.Advance(time.Second)
		}
		if n := issuer.Fetches() - before; n > 2 {
			t.Fatalf("minute %d: %d fetches, want at most 2", minute, n)
		}
	}
	if n := issuer.Fetches(); n < 60 {
		t.Errorf("got %d fetches in an hour, want at least one a minute: new keys are looked for", n)
	}
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
