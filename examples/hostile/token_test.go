package hostile

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// draft is a token that is not signed yet.
type draft struct {
	header map[string]any
	claims map[string]any
	key    *rsa.PrivateKey
	// finish makes the token of the encoded header and claims; nil signs with key by RS256.
	finish func(header, claims string) string
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func newDraft() *draft {
	now := time.Now().Unix()
	return &draft{
		header: map[string]any{"alg": "RS256", "typ": "JWT", "kid": "k1"},
		claims: map[string]any{
			"iss": issuerName, "aud": audience, "sub": "u1", "exp": now + 600, "nbf": now - 5, "iat": now - 5,
			"scope": "orders:write products:read",
		},
		key: issuerKey(),
	}
}

// token is the finished token.
func (d *draft) token() string {
	header, claims := encode(marshal(d.header)), encode(marshal(d.claims))
	if d.finish != nil {
		return d.finish(header, claims)
	}
	return signRS256(d.key, header, claims)
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // drafts hold plain values
	}
	return b
}

func signRS256(key *rsa.PrivateKey, header, claims string) string {
	sum := sha256.Sum256([]byte(header + "." + claims))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return header + "." + claims + "." + encode(signature)
}

// signHMAC signs with a secret that is no secret: the public key of the issuer.
func signHMAC(header, claims string, secret []byte) string {
	m := hmac.New(sha256.New, secret)
	_, _ = m.Write([]byte(header + "." + claims))
	return header + "." + claims + "." + encode(m.Sum(nil))
}

// publicPEM is the issuer's public key as anybody may have it.
func publicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(&issuerKey().PublicKey)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func claim(name string, value any) func(*draft) {
	return func(d *draft) { d.claims[name] = value }
}

func header(name string, value any) func(*draft) {
	return func(d *draft) { d.header[name] = value }
}

// unsigned replaces the header and signs nothing.
func unsigned(h string) func(*draft) {
	return func(d *draft) {
		d.finish = func(_, claims string) string { return encode([]byte(h)) + "." + claims + "." }
	}
}

// spelled signs these bytes in place of the header or the claims.
func spelled(edit func(header, claims string) (string, string)) func(*draft) {
	return func(d *draft) {
		d.finish = func(_, _ string) string {
			h, c := edit(string(marshal(d.header)), string(marshal(d.claims)))
			return signRS256(d.key, encode([]byte(h)), encode([]byte(c)))
		}
	}
}

// altered signs properly and edits the result.
func altered(edit func(token string) string) func(*draft) {
	return func(d *draft) {
		d.finish = func(h, c string) string { return edit(signRS256(d.key, h, c)) }
	}
}

func all(edits ...func(*draft)) func(*draft) {
	return func(d *draft) {
		for _, edit := range edits {
			edit(d)
		}
	}
}

func evil(d *draft) { d.key = evilKey() }

// segment edits one of the three parts of a token.
func segment(i int, edit func(string) string) func(*draft) {
	return altered(func(token string) string {
		parts := strings.Split(token, ".")
		parts[i] = edit(parts[i])
		return strings.Join(parts, ".")
	})
}

// kinds are the tokens that cases name. The empty name is a token that is good.
var kinds = map[string]func(*draft){
	"": func(*draft) {},
	// the time
	"expired":   claim("exp", time.Now().Unix()-3600),
	"noexp":     func(d *draft) { delete(d.claims, "exp") },
	"nullexp":   claim("exp", nil),
	"textexp":   claim("exp", strconv.FormatInt(time.Now().Unix()+600, 10)),
	"msexp":     claim("exp", time.Now().UnixMilli()+600_000),
	"negexp":    claim("exp", -1),
	"hugeexp":   claim("exp", json.Number("1e400")),
	"arrayexp":  claim("exp", []int64{time.Now().Unix() + 600}),
	"nbf":       claim("nbf", time.Now().Unix()+3600),
	"textnbf":   claim("nbf", "0"),
	"iatfuture": claim("iat", time.Now().Unix()+3600),
	// for whom and from whom
	"aud":      claim("aud", "other"),
	"noaud":    func(d *draft) { delete(d.claims, "aud") },
	"audlist":  claim("aud", []string{"other", audience}),
	"audempty": claim("aud", []string{}),
	"audcase":  claim("aud", "Shop"),
	"audmixed": claim("aud", []any{1, audience}),
	"iss":      claim("iss", "https://evil.test"),
	"issslash": claim("iss", issuerName+"/"),
	"isslist":  claim("iss", []string{issuerName}),
	"noiss":    func(d *draft) { delete(d.claims, "iss") },
	// what it grants
	"noscope":     claim("scope", "other:thing"),
	"nullscope":   claim("scope", nil),
	"scopeprefix": claim("scope", "products:readonly orders:writeX"),
	"scopearray":  claim("scope", []string{"products:read"}),
	"scopestar":   claim("scope", "*"),
	"scopecase":   claim("scope", "PRODUCTS:READ"),
	"scopecomma":  claim("scope", "orders:write,products:read"),
	"scopenest":   claim("scope", []any{[]string{"products:read"}}),
	"readonly":    claim("scope", "products:read"),
	// who signed it
	"evil":     evil,
	"jwk":      all(evil, header("jwk", json.RawMessage(jwk("k1", evilKey())))),
	"jku":      all(evil, header("jku", "http://127.0.0.1:1/jwks.json")),
	"x5u":      all(evil, header("x5u", "http://127.0.0.1:1/cert.pem")),
	"x5c":      all(evil, header("x5c", []string{"MIIB"})),
	"kidpath":  all(evil, header("kid", "../../../../dev/null")),
	"kidsql":   all(evil, header("kid", "k1' OR '1'='1")),
	"kidurl":   all(evil, header("kid", "http://127.0.0.1:1/k1")),
	"kidlist":  header("kid", []string{"k1"}),
	"kidempty": header("kid", ""),
	// how it is signed
	"none-alg":  unsigned(`{"alg":"none"}`),
	"nonecase":  unsigned(`{"alg":"NoNe","kid":"k1"}`),
	"noalg":     unsigned(`{"kid":"k1"}`),
	"nullalg":   unsigned(`{"alg":null,"kid":"k1"}`),
	"hsconf":    func(d *draft) { d.finish = confused(publicPEM()) },
	"hsmodulus": func(d *draft) { d.finish = confused(issuerKey().N.Bytes()) },
	"hsempty":   func(d *draft) { d.finish = confused(nil) },
	"wrongalg":  header("alg", "RS512"),
	"algcase":   header("alg", "rs256"),
	"alglist":   header("alg", []string{"RS256"}),
	"nosig":     segment(2, func(string) string { return "" }),
	"cutsig":    segment(2, func(s string) string { return s[:len(s)-8] }),
	"zerosig":   segment(2, func(string) string { return encode(make([]byte, 256)) }),
	// the header
	"crit":      all(header("crit", []string{"x"}), header("x", 1)),
	"critempty": header("crit", []string{}),
	"b64":       all(header("b64", false), header("crit", []string{"b64"})),
	"zip":       header("zip", "DEF"),
	"typ":       header("typ", "id+jwt"),
	"typlogout": header("typ", "logout+jwt"),
	"typat":     header("typ", "at+jwt"),
	"typlist":   header("typ", []string{"JWT"}),
	// how it is spelled
	"dupalg": spelled(func(h, c string) (string, string) { return `{"alg":"none",` + h[1:], c }),
	"dupexp": spelled(func(h, c string) (string, string) { return h, `{"exp":1,` + c[1:] }),
	"dupesc": spelled(func(h, c string) (string, string) { return h, `{"\u0065xp":1,` + c[1:] }),
	"dupiss": spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] + `,"iss":"https://evil.test"}` }),
	"tail":   spelled(func(h, c string) (string, string) { return h, c + `{}` }),
	"list":   spelled(func(h, c string) (string, string) { return h, `[` + c + `]` }),
	"nul":    spelled(func(h, c string) (string, string) { return h, c + "\x00" }),
	"utf8":   spelled(func(h, c string) (string, string) { return h, c[:len(c)-1] + ",\"x\":\"\xff\"}" }),
	"deep": spelled(func(h, c string) (string, string) {
		return h, c[:len(c)-1] + `,"x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`
	}),
	"padded":  segment(1, func(s string) string { return s + strings.Repeat("=", 4-len(s)%4) }),
	"stdb64":  segment(2, func(s string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(s) + "+" }),
	"newline": segment(2, func(s string) string { return s[:4] + "%0A" + s[4:] }),
	"two":     altered(func(s string) string { return s + "." + s }),
	"four":    altered(func(s string) string { return s + ".x" }),
	"dotted":  altered(func(s string) string { return s + "." }),
	"quoted":  altered(func(s string) string { return `"` + s + `"` }),
	"json":    altered(jsonSerialized),
	"jwe": func(d *draft) {
		d.finish = func(_, c string) string { return encode([]byte(`{"alg":"dir","enc":"A256GCM"}`)) + "..x." + c + ".x" }
	},
	"big": claim("x", strings.Repeat("a", 9000)),
}

// confused signs by HS256 with the secret.
func confused(secret []byte) func(string, string) string {
	return func(_, claims string) string {
		return signHMAC(encode([]byte(`{"alg":"HS256","kid":"k1"}`)), claims, secret)
	}
}

// jsonSerialized is a token in the JSON serialization of RFC 7515.
func jsonSerialized(token string) string {
	parts := strings.Split(token, ".")
	return `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`
}

// token makes a token of the kind.
func token(kind string) string {
	edit := kindOf(kind)
	if edit == nil {
		panic("there is no token of the kind " + kind)
	}
	d := newDraft()
	edit(d)
	return d.token()
}

// TestTokens sends a token of every kind to the service.
func TestTokens(t *testing.T) {
	s := start(t, newIssuer(t))
	want := wanted()
	for _, kind := range slices.Sorted(maps.Keys(want)) {
		t.Run("kind="+kind, func(t *testing.T) {
			status := want[kind]
			a := s.get(t, "/v1/products", token(kind))
			if a.status != status {
				t.Errorf("got %d %s, want %d", a.status, a.body, status)
			}
			challenge := a.header.Get("WWW-Authenticate")
			if status == http.StatusUnauthorized && !strings.Contains(challenge, `error="invalid_token"`) {
				t.Errorf("got the challenge %q, want invalid_token", challenge)
			}
			if status == http.StatusForbidden && !strings.Contains(challenge, `error="insufficient_scope"`) {
				t.Errorf("got the challenge %q, want insufficient_scope", challenge)
			}
			if status != 200 && strings.Contains(string(a.body), "eyJ") {
				t.Errorf("the answer shows the token: %s", a.body)
			}
		})
	}
	if strings.Contains(s.log.String(), "eyJ") {
		t.Error("the log shows a token")
	}
}
