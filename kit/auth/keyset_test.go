package auth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
)

// member writes a member of a key set.
func member(fields ...any) string {
	m := map[string]any{}
	for i := 0; i < len(fields); i += 2 {
		m[fields[i].(string)] = fields[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // the tests write plain values
	}
	return string(b)
}

func number(n *big.Int, size int) string { return authtest.Encode(n.FillBytes(make([]byte, size))) }

func rsaMember(k *rsa.PublicKey, fields ...any) string {
	return member(append([]any{"kty", "RSA", "kid", "k", "n", number(k.N, k.Size()), "e", authtest.Encode(big.NewInt(int64(k.E)).Bytes())}, fields...)...)
}

// coordinates are those of a point on a curve whose numbers have size bytes.
func coordinates(t *testing.T, k *ecdsa.PublicKey) (x, y []byte) {
	t.Helper()
	b, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	size := len(b) / 2
	return b[1 : 1+size], b[1+size:]
}

func ecMember(t *testing.T, k *ecdsa.PublicKey, fields ...any) string {
	x, y := coordinates(t, k)
	return member(append([]any{"kty", "EC", "kid", "k", "crv", k.Curve.Params().Name, "x", authtest.Encode(x), "y", authtest.Encode(y)}, fields...)...)
}

// tokenBy makes a token whose signature is what sign makes of the SHA-256 of its beginning.
func tokenBy(alg, kid string, sign func(signed string, sum []byte) []byte) string {
	header := map[string]any{"alg": alg, "typ": "JWT"}
	if kid != "" {
		header["kid"] = kid
	}
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(map[string]any{"iss": "https://iss.test", "aud": "a", "sub": "u", "scope": "products:read", "exp": time.Now().Add(time.Hour).Unix()})
	signed := authtest.Encode(h) + "." + authtest.Encode(c)
	sum := sha256.Sum256([]byte(signed))
	return signed + "." + authtest.Encode(sign(signed, sum[:]))
}

func byRSA(k *rsa.PrivateKey) func(string, []byte) []byte {
	return func(_ string, sum []byte) []byte {
		s, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum)
		if err != nil {
			panic(err)
		}
		return s
	}
}

func byPSS(k *rsa.PrivateKey, salt int) func(string, []byte) []byte {
	return func(_ string, sum []byte) []byte {
		s, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, sum, &rsa.PSSOptions{SaltLength: salt})
		if err != nil {
			panic(err)
		}
		return s
	}
}

// encoded is what a signature by the exponent 1 would be: the padded sum itself.
func encoded(size int) func(string, []byte) []byte {
	return func(_ string, sum []byte) []byte {
		prefix := []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}
		b := append([]byte{0, 1}, make([]byte, size-3-len(prefix)-len(sum))...)
		for i := 2; i < len(b); i++ {
			b[i] = 0xff
		}
		return append(append(append(b, 0), prefix...), sum...)
	}
}

// byECDSA signs, and edits r and s.
func byECDSA(k *ecdsa.PrivateKey, edit func(r, s *big.Int)) func(string, []byte) []byte {
	return func(_ string, sum []byte) []byte {
		r, s, err := ecdsa.Sign(rand.Reader, k, sum)
		if err != nil {
			panic(err)
		}
		if edit != nil {
			edit(r, s)
		}
		size := (k.Curve.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
}

func byHMAC(secret []byte) func(string, []byte) []byte {
	return func(signed string, _ []byte) []byte {
		m := hmac.New(sha256.New, secret)
		_, _ = m.Write([]byte(signed))
		return m.Sum(nil)
	}
}

func raw(signature []byte) func(string, []byte) []byte {
	return func(string, []byte) []byte { return signature }
}

// keySetCase is a key set, a token, and what becomes of it.
type keySetCase struct {
	set, token string
	want       int
}

// keySets are sets that an issuer could publish by mistake or malice, and tokens that take advantage of them.
func keySets(t *testing.T) map[string]keySetCase {
	newRSA := func(bits int) *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	newEC := func(c elliptic.Curve) *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	good, evil := newRSA(2048), newRSA(2048)
	p256, p384, other := newEC(elliptic.P256()), newEC(elliptic.P384()), newEC(elliptic.P256())
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edMember := member("kty", "OKP", "kid", "k", "crv", "Ed25519", "x", authtest.Encode(public))
	order := elliptic.P256().Params().N
	one := &rsa.PublicKey{N: good.N, E: 1}
	set := func(members ...string) string { return `{"keys":[` + strings.Join(members, ",") + `]}` }
	goodKey, goodToken := rsaMember(&good.PublicKey), tokenBy("RS256", "k", byRSA(good))
	x, y := coordinates(t, &p256.PublicKey)
	secret := []byte("a secret that was published once")
	half := func(r, s *big.Int) { s.Sub(order, s) }
	return map[string]keySetCase{
		"plain":                   {set(goodKey), goodToken, 200},
		"twice the same":          {set(goodKey, goodKey), goodToken, 200},
		"one kid, two keys":       {set(rsaMember(&evil.PublicKey), goodKey), goodToken, 200},
		"one kid, two kinds":      {set(ecMember(t, &p256.PublicKey), goodKey), goodToken, 200},
		"kid of another key":      {set(goodKey, rsaMember(&evil.PublicKey, "kid", "e")), tokenBy("RS256", "k", byRSA(evil)), 401},
		"no kid, two keys":        {set(goodKey, rsaMember(&evil.PublicKey, "kid", "e")), tokenBy("RS256", "", byRSA(good)), 401},
		"no kid, two kinds":       {set(goodKey, edMember), tokenBy("RS256", "", byRSA(good)), 200},
		"key without kid":         {set(member("kty", "RSA", "n", number(good.N, 256), "e", "AQAB")), goodToken, 401},
		"odd members":             {set("null", "1", `"k"`, "[]", "{}", `{"kty":"PQC","kid":"k"}`, goodKey), goodToken, 200},
		"odd fields":              {set(member("kty", "RSA", "kid", 7, "n", "AQAB", "e", "AQAB"), goodKey), goodToken, 200},
		"unknown fields":          {set(rsaMember(&good.PublicKey, "x5c", []string{"junk"}, "x5t", "!", "x5u", "http://evil.test", "exp", 1)), goodToken, 200},
		"secret beside":           {set(member("kty", "oct", "kid", "k", "alg", "HS256", "k", authtest.Encode(secret)), goodKey), tokenBy("HS256", "k", byHMAC(secret)), 401},
		"secret only":             {set(member("kty", "oct", "kid", "k", "k", authtest.Encode(secret))), tokenBy("HS256", "k", byHMAC(secret)), 503},
		"modulus as secret":       {set(goodKey), tokenBy("HS256", "k", byHMAC(good.N.Bytes())), 401},
		"key set as secret":       {set(goodKey), tokenBy("HS256", "k", byHMAC([]byte(set(goodKey)))), 401},
		"private key published":   {set(rsaMember(&good.PublicKey, "d", number(good.D, 256))), goodToken, 503},
		"for encryption":          {set(rsaMember(&good.PublicKey, "use", "enc"), edMember), goodToken, 401},
		"to sign with":            {set(rsaMember(&good.PublicKey, "key_ops", []string{"sign"}), edMember), goodToken, 401},
		"to wrap with":            {set(rsaMember(&good.PublicKey, "key_ops", []string{"wrapKey", "encrypt"}), edMember), goodToken, 401},
		"to verify with":          {set(rsaMember(&good.PublicKey, "key_ops", []string{"verify"})), goodToken, 200},
		"for PS256, RS256 used":   {set(rsaMember(&good.PublicKey, "alg", "PS256")), goodToken, 401},
		"for RS256, PS256 used":   {set(rsaMember(&good.PublicKey, "alg", "RS256")), tokenBy("PS256", "k", byPSS(good, 32)), 401},
		"for any, PS256 used":     {set(goodKey), tokenBy("PS256", "k", byPSS(good, 32)), 200},
		"for HS256":               {set(rsaMember(&good.PublicKey, "alg", "HS256"), edMember), tokenBy("HS256", "k", byHMAC(good.N.Bytes())), 401},
		"for none":                {set(rsaMember(&good.PublicKey, "alg", "none"), edMember), tokenBy("none", "k", raw(nil)), 401},
		"PKCS as PSS":             {set(goodKey), tokenBy("PS256", "k", byRSA(good)), 401},
		"PSS as PKCS":             {set(goodKey), tokenBy("RS256", "k", byPSS(good, 32)), 401},
		"1024 bits":               {set(rsaMember(&newRSA(1024).PublicKey), edMember), goodToken, 401},
		"exponent 1":              {set(rsaMember(one), edMember), tokenBy("RS256", "k", encoded(256)), 401},
		"exponent 1 alone":        {set(rsaMember(one)), tokenBy("RS256", "k", encoded(256)), 503},
		"exponent 0":              {set(rsaMember(&good.PublicKey, "e", "AA"), edMember), goodToken, 401},
		"exponent 2":              {set(rsaMember(&good.PublicKey, "e", "Ag"), edMember), goodToken, 401},
		"exponent empty":          {set(rsaMember(&good.PublicKey, "e", ""), edMember), goodToken, 401},
		"exponent huge":           {set(rsaMember(&good.PublicKey, "e", strings.Repeat("_", 400)), edMember), goodToken, 401},
		"exponent wraps":          {set(rsaMember(&good.PublicKey, "e", authtest.Encode(new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(65537)).Bytes())), edMember), goodToken, 401},
		"exponent padded":         {set(rsaMember(&good.PublicKey, "e", "AAABAAE")), goodToken, 200},
		"modulus empty":           {set(rsaMember(&good.PublicKey, "n", ""), edMember), goodToken, 401},
		"modulus even":            {set(rsaMember(&rsa.PublicKey{N: new(big.Int).Lsh(good.N, 1), E: 65537}), edMember), goodToken, 401},
		"modulus of 200,000 bits": {set(rsaMember(&good.PublicKey, "n", strings.Repeat("_", 33000)), edMember), goodToken, 401},
		"modulus padded":          {set(rsaMember(&good.PublicKey, "n", number(good.N, 256)+"=="), edMember), goodToken, 401},
		"curve":                   {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", byECDSA(p256, nil)), 200},
		"curve, the other half":   {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", byECDSA(p256, half)), 200},
		"curve of another name":   {set(ecMember(t, &p384.PublicKey, "crv", "P-256"), edMember), tokenBy("ES256", "k", byECDSA(p384, nil)), 401},
		"curve of another size":   {set(ecMember(t, &p384.PublicKey)), tokenBy("ES256", "k", byECDSA(p384, nil)), 401},
		"curve of bitcoin":        {set(ecMember(t, &p256.PublicKey, "crv", "secp256k1"), edMember), tokenBy("ES256K", "k", byECDSA(p256, nil)), 401},
		"point off the curve":     {set(member("kty", "EC", "kid", "k", "crv", "P-256", "x", authtest.Encode(x), "y", authtest.Encode(x)), edMember), tokenBy("ES256", "k", byECDSA(p256, nil)), 401},
		"point at zero":           {set(member("kty", "EC", "kid", "k", "crv", "P-256", "x", number(big.NewInt(0), 32), "y", number(big.NewInt(0), 32)), edMember), tokenBy("ES256", "k", raw(make([]byte, 64))), 401},
		"point too long":          {set(member("kty", "EC", "kid", "k", "crv", "P-256", "x", "AA"+authtest.Encode(x), "y", authtest.Encode(y)), edMember), tokenBy("ES256", "k", byECDSA(p256, nil)), 401},
		"signature of zeros":      {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", raw(make([]byte, 64))), 401},
		"r is zero":               {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", byECDSA(p256, func(r, _ *big.Int) { r.SetInt64(0) })), 401},
		"s is zero":               {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", byECDSA(p256, func(_, s *big.Int) { s.SetInt64(0) })), 401},
		"r and s are the order":   {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", byECDSA(p256, func(r, s *big.Int) { r.Set(order); s.Set(order) })), 401},
		"signature in DER": {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", func(_ string, sum []byte) []byte {
			der, err := ecdsa.SignASN1(rand.Reader, p256, sum)
			if err != nil {
				panic(err)
			}
			return der
		}), 401},
		"signature too short":     {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", raw(make([]byte, 63))), 401},
		"signature too long":      {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", raw(make([]byte, 65))), 401},
		"signature of another":    {set(ecMember(t, &p256.PublicKey)), tokenBy("ES256", "k", byECDSA(other, nil)), 401},
		"Edwards":                 {set(edMember), tokenBy("EdDSA", "k", func(signed string, _ []byte) []byte { return ed25519.Sign(private, []byte(signed)) }), 200},
		"Edwards of another name": {set(member("kty", "OKP", "kid", "k", "crv", "X25519", "x", authtest.Encode(public)), goodKey), tokenBy("EdDSA", "k", func(signed string, _ []byte) []byte { return ed25519.Sign(private, []byte(signed)) }), 401},
		"Edwards cut":             {set(member("kty", "OKP", "kid", "k", "crv", "Ed25519", "x", "AAAA"), goodKey), tokenBy("EdDSA", "k", raw(make([]byte, 64))), 401},
		"Edwards zero":            {set(member("kty", "OKP", "kid", "k", "crv", "Ed25519", "x", number(big.NewInt(0), 32)), goodKey), tokenBy("EdDSA", "k", raw(make([]byte, 64))), 401},
		"kty in lower case":       {set(rsaMember(&good.PublicKey, "kty", "rsa"), edMember), goodToken, 401},
		"kinds mixed":             {set(ecMember(t, &p256.PublicKey, "kty", "RSA"), edMember), tokenBy("ES256", "k", byECDSA(p256, nil)), 401},
		"behind others":           {set(strings.Repeat(rsaMember(&evil.PublicKey, "kid", "x")+",", 500) + goodKey), goodToken, 200},
		"empty":                   {set(), goodToken, 503},
		"no list":                 {`{"keys":{"k":` + goodKey + `}}`, goodToken, 503},
		"null":                    {`{"keys":null}`, goodToken, 503},
		"a list":                  {`[` + goodKey + `]`, goodToken, 503},
		"a key":                   {goodKey, goodToken, 503},
		"with more behind":        {set(goodKey) + `{}`, goodToken, 503},
		"byte order mark":         {"\ufeff" + set(goodKey), goodToken, 503},
		"deep":                    {`{"keys":` + strings.Repeat("[", 500_000), goodToken, 503},
		"nothing":                 {"", goodToken, 503},
	}
}

func TestKeySetsOfAllKinds(t *testing.T) {
	for name, c := range keySets(t) {
		t.Run(name, func(t *testing.T) {
			a := authenticator(t, auth.Config{
				Issuer: "https://iss.test", Audience: []string{"a"},
				FetchKeys: func(context.Context) ([]byte, error) { return []byte(c.set), nil },
			})
			for c.want != http.StatusServiceUnavailable && a.Ready(t.Context()) != nil {
				time.Sleep(10 * time.Millisecond) // reading them takes its time on a busy machine
			}
			status, challenge := answer(a, request("Authorization", "Bearer "+c.token), readScope)
			if status != c.want {
				t.Errorf("got %d %s, want %d", status, challenge, c.want)
			}
			if ready := a.Ready(t.Context()); (ready == nil) != (c.want != http.StatusServiceUnavailable) {
				t.Errorf("got %v for the readiness with a set that is answered with %d", ready, c.want)
			}
		})
	}
}

// TestKeySetOfManyKeysIsNoBurden looks for a key among those that fill the largest set.
func TestKeySetOfManyKeysIsNoBurden(t *testing.T) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var members []string
	for i := range 2500 {
		members = append(members, rsaMember(&k.PublicKey, "kid", fmt.Sprint("x", i%7)))
	}
	a := authenticator(t, auth.Config{
		Issuer: "https://iss.test", Audience: []string{"a"},
		FetchKeys: func(context.Context) ([]byte, error) {
			return []byte(`{"keys":[` + strings.Join(members, ",") + `]}`), nil
		},
	})
	for a.Ready(t.Context()) != nil {
		time.Sleep(10 * time.Millisecond) // reading them takes its time on a busy machine
	}
	for range 50 { // each names 357 keys, of which few are tried; the first asks for newer ones, which take their time, too
		status, _ := answer(a, request("Authorization", "Bearer "+tokenBy("RS256", "x1", raw(make([]byte, 256)))), readScope)
		if status != http.StatusUnauthorized && status != http.StatusServiceUnavailable {
			t.Errorf("got %d, want 401, or 503 while the keys are read again", status)
		}
	}
}
