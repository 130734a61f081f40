package e2e

import (
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// TestTokensOutOfTime presents tokens that have expired or are not valid yet, signed with the issuer's own key.
func TestTokensOutOfTime(t *testing.T) {
	onEach(t, func(s *system) {
		shelf, ada := s.introduce("Plate", 3), s.register("")
		good := ada.token
		for name, change := range map[string]time.Duration{"expired": -time.Hour, "from the future": time.Hour} {
			ada.token = s.shifted(good, change)
			for _, url := range []string{ada.checkoutURL(), s.payments.url + "/v1/quotes"} {
				got := ada.want(401, "POST", url, shelf.order(1), "Idempotency-Key", random(16))
				if !strings.Contains(got.header.Get("WWW-Authenticate"), "invalid_token") {
					s.Errorf("%s: challenged with %q", name, got.header.Get("WWW-Authenticate"))
				}
			}
			ada.want(401, "GET", s.products.url+"/v2/products", nil)
			ada.want(401, "GET", s.users.url+"/v1/profile", nil)
		}
		ada.token = good
		ada.checkout(shelf, random(16), 201)
		ada.token = ""
		ada.token = ada.want(200, "POST", s.users.url+"/v1/tokens/rotate", object{"refreshToken": ada.refresh}).body["accessToken"].(string)
		ada.checkout(shelf, random(16), 201)
		shelf.balance(2, 2, 2)
	})
}

// shifted signs a token again with every time moved.
func (s *system) shifted(token string, by time.Duration) string {
	s.Helper()
	parts := strings.Split(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		s.Fatal(err)
	}
	claims := object{}
	if err := json.Unmarshal(raw, &claims); err != nil {
		s.Fatal(err)
	}
	for _, name := range []string{"iat", "exp"} {
		claims[name] = int64(claims[name].(float64)) + int64(by/time.Second)
	}
	claims["nbf"] = claims["iat"]
	if raw, err = json.Marshal(claims); err != nil {
		s.Fatal(err)
	}
	id, key := s.signingKey()
	options := (&jose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		s.Fatal(err)
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		s.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		s.Fatal(err)
	}
	return text
}

// signingKey reads the key that users signs with: the test is an issuer whose clock is wrong.
func (s *system) signingKey() (id string, key any) {
	s.Helper()
	driver, source := "pgx", s.stores["users"]
	if file, ok := strings.CutPrefix(source, "sqlite:"); ok {
		driver, source = "sqlite", file
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	var text string
	if err := db.QueryRow("SELECT kid, private FROM signing_keys ORDER BY created_at LIMIT 1").Scan(&id, &text); err != nil {
		s.Fatal(err)
	}
	block, _ := pem.Decode([]byte(text))
	if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		s.Fatal(err)
	}
	return id, key
}

// TestKeyRotated rotates the key of the issuer while a customer goes on buying with fresh tokens: none is refused.
func TestKeyRotated(t *testing.T) {
	onEach(t, func(s *system) {
		shelf, ada := s.introduce("Glass", 1000), s.register("")
		old := keyID(ada.token)
		rotate := exec.Command(filepath.Join(binaries, "users"), "rotate-key")
		rotate.Env = s.users.env
		if out, err := rotate.CombinedOutput(); err != nil {
			s.Fatalf("%v: %s", err, out)
		}
		paid := 0
		for end := time.Now().Add(80 * time.Second); keyID(ada.token) == old; paid++ {
			if time.Now().After(end) {
				s.Fatal("the new key does not sign")
			}
			ada.signIn()
			ada.checkout(shelf, random(16), 201)
			time.Sleep(500 * time.Millisecond)
		}
		for range 3 {
			ada.signIn()
			ada.checkout(shelf, random(16), 201)
			paid++
		}
		shelf.balance(paid, paid, paid)
	}, "KEY_PUBLISH=45s") // the others look for new keys every 30 s
}

// keyID is the kid of a token.
func keyID(token string) string {
	header, _, _ := strings.Cut(token, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(header)
	var h struct{ Kid string }
	json.Unmarshal(raw, &h) //nolint:errcheck // "" for what is no token
	return h.Kid
}
