package auth

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// key is one public key of an issuer with what it may be used for.
type key struct {
	id         string
	algorithms []string
	public     any
}

// keySet is one state of an issuer's keys. It never changes.
type keySet struct {
	keys       []key
	print      [sha256.Size]byte // of the usable keys, so that an unchanged set is noticed
	generation uint64
}

const (
	minRSABits = 2048
	maxRSABits = 16384
	maxSameID  = 4 // keys with one kid that are tried
)

// candidates returns the keys that may have signed a token: those with its kid, or without one the only key that fits.
func (s *keySet) candidates(h joseHeader) []key {
	var found []key
	for _, k := range s.keys {
		if (h.kid == "" || k.id == h.kid) && slices.Contains(k.algorithms, h.alg) {
			found = append(found, k)
		}
	}
	if h.kid == "" && len(found) != 1 {
		return nil
	}
	return found[:min(len(found), maxSameID)]
}

var errNoKeys = errors.New("the key set holds no key that can verify signatures")

// parseKeySet reads a JWK set (RFC 7517, section 5). Keys that can't be used are ignored, as the RFC asks; a set without
// any that can is an error.
func parseKeySet(raw []byte) (*keySet, error) {
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, errors.New("the key set is not a JSON object with keys")
	}
	s := &keySet{}
	sum := sha256.New()
	for _, raw := range doc.Keys {
		k, canonical, ok := parseKey(raw)
		if !ok {
			continue
		}
		s.keys = append(s.keys, k)
		sum.Write(canonical)
	}
	if len(s.keys) == 0 {
		return nil, errNoKeys
	}
	sum.Sum(s.print[:0])
	return s, nil
}

// parseKey reads one public key for signatures, and what its identity is made of. Certificates beside the key are not
// looked at.
func parseKey(raw json.RawMessage) (key, []byte, bool) {
	var m struct {
		Kty string   `json:"kty"`
		Crv string   `json:"crv,omitempty"`
		N   string   `json:"n,omitempty"`
		E   string   `json:"e,omitempty"`
		X   string   `json:"x,omitempty"`
		Y   string   `json:"y,omitempty"`
		Kid string   `json:"kid,omitempty"`
		Alg string   `json:"alg,omitempty"`
		Use string   `json:"use,omitempty"`
		Ops []string `json:"key_ops,omitempty"`
	}
	if json.Unmarshal(raw, &m) != nil || m.Use != "" && m.Use != "sig" || m.Ops != nil && !slices.Contains(m.Ops, "verify") {
		return key{}, nil, false
	}
	if strings.Contains(m.N+m.E+m.X+m.Y, "=") {
		return key{}, nil, false
	}
	canonical, err := json.Marshal(m)
	if err != nil || published(raw) {
		return key{}, nil, false
	}
	m.Ops = nil
	plain, err := json.Marshal(m)
	if err != nil {
		return key{}, nil, false
	}
	var jwk jose.JSONWebKey
	if jwk.UnmarshalJSON(plain) != nil {
		return key{}, nil, false
	}
	algorithms := suited(jwk.Key)
	if m.Alg != "" {
		algorithms = slices.DeleteFunc(algorithms, func(a string) bool {
			return a != m.Alg && !(a == "EdDSA" && m.Alg == "Ed25519")
		})
	}
	return key{id: m.Kid, algorithms: algorithms, public: jwk.Key}, canonical, len(algorithms) > 0
}

// published reports whether a key set shows the private part of a key, which everybody could then sign with.
func published(raw json.RawMessage) bool {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return true
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if v, ok := m[name]; ok && !bytes.Equal(v, []byte("null")) {
			return true
		}
	}
	return false
}

// suited returns the algorithms that a key can verify.
func suited(public any) []string {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits >= minRSABits && bits <= maxRSABits {
			return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
		}
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return []string{"ES256"}
		case 384:
			return []string{"ES384"}
		case 521:
			return []string{"ES512"}
		}
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return []string{"EdDSA"}
		}
	}
	return nil
}

// verifySignature checks the signature of an inspected token.
func verifySignature(token string, h joseHeader, keys []key) error {
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(h.alg)})
	if err != nil {
		return faultShape
	}
	for _, k := range keys {
		if _, err := jws.Verify(k.public); err == nil {
			return nil
		}
	}
	return faultSignature
}
