package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxAuthorization is the longest Authorization header that is read.
const maxAuthorization = 8 << 10

// joseHeader is the part of a JWS header that says how to verify the token.
type joseHeader struct {
	alg string
	kid string // empty when absent
}

// fault is why a token is refused: a constant sentence that may be told to the client.
type fault string

func (f fault) Error() string { return string(f) }

const (
	faultShape     fault = "the token is not a compact JWS"
	faultEncoding  fault = "the token is not base64url without padding"
	faultHeader    fault = "the header of the token is not acceptable"
	faultAlgorithm fault = "the algorithm of the token is not accepted"
	faultType      fault = "the type of the token is not accepted"
	faultKey       fault = "the key of the token is not known"
	faultSignature fault = "the signature of the token is not valid"
	faultClaims    fault = "the claims of the token are not acceptable"
	faultExpired   fault = "the token is expired"
	faultNotYet    fault = "the token is not valid yet"
	faultIssuer    fault = "the token is from another issuer"
	faultAudience  fault = "the token is for another audience"
)

// forbidden lists header parameters that bring their own key or change what is signed. A token that carries one is
// refused, not merely read without it: no issuer of access tokens needs them (RFC 8725, 3.10).
var forbidden = [...]string{"crit", "b64", "jwk", "jku", "x5u", "x5c", "enc", "zip", "cty", "epk"}

// inspect is everything that is checked before a key is looked for: it refuses whatever is not one compact JWS with an
// accepted algorithm and type in exactly one spelling. The claims are decoded but not believed.
func inspect(token string, accepted []string) (joseHeader, []byte, error) {
	first, rest, ok := strings.Cut(token, ".")
	second, third, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || first == "" || second == "" || third == "" || len(token) > maxAuthorization || strings.Contains(third, ".") {
		return joseHeader{}, nil, faultShape
	}
	raw, err := decodeSegment(first)
	if err != nil {
		return joseHeader{}, nil, err
	}
	h, err := parseHeader(raw, accepted)
	if err != nil {
		return joseHeader{}, nil, err
	}
	payload, err := decodeSegment(second)
	if err != nil {
		return joseHeader{}, nil, err
	}
	if _, err := decodeSegment(third); err != nil {
		return joseHeader{}, nil, err
	}
	return h, payload, nil
}

// decodeSegment decodes base64url in its one canonical spelling. encoding/base64 would skip line ends.
func decodeSegment(s string) ([]byte, error) {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return nil, faultEncoding
		}
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, faultEncoding
	}
	return b, nil
}

// parseHeader reads the protected header of a JWS (RFC 7515, section 4).
func parseHeader(raw []byte, accepted []string) (joseHeader, error) {
	members, err := object(raw)
	if err != nil {
		return joseHeader{}, faultHeader
	}
	for _, name := range forbidden {
		if _, ok := members[name]; ok {
			return joseHeader{}, faultHeader
		}
	}
	var h joseHeader
	var ok bool
	if h.alg, ok = text(members["alg"]); !ok || !slices.Contains(accepted, h.alg) {
		return joseHeader{}, faultAlgorithm
	}
	if kid, present := members["kid"]; present {
		if h.kid, ok = text(kid); !ok || h.kid == "" {
			return joseHeader{}, faultHeader
		}
	}
	if typ, present := members["typ"]; present {
		name, ok := text(typ)
		name = strings.TrimPrefix(strings.ToLower(name), "application/")
		if !ok || name != "jwt" && name != "at+jwt" {
			return joseHeader{}, faultType
		}
	}
	return h, nil
}

var errObject = errors.New("not one JSON object with unique keys")

// object parses one JSON object strictly: valid UTF-8, no duplicate keys at any depth, nothing behind it.
func object(raw []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(raw) {
		return nil, errObject
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errObject
	}
	members := make(map[string]json.RawMessage)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, errObject
		}
		key, _ := t.(string)
		if _, twice := members[key]; twice {
			return nil, errObject
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil || !unique(value) {
			return nil, errObject
		}
		members[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errObject
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errObject
	}
	return members, nil
}

// unique reports whether no object inside a JSON value has the same key twice.
func unique(value json.RawMessage) bool {
	if len(value) == 0 || value[0] != '{' && value[0] != '[' {
		return true
	}
	type level struct {
		keys map[string]bool // nil for an array
		key  bool            // the next token is a key
	}
	var stack []level
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return err == io.EOF
		}
		if t == json.Delim('}') || t == json.Delim(']') {
			stack = stack[:len(stack)-1]
			continue
		}
		if n := len(stack); n > 0 && stack[n-1].keys != nil {
			top := &stack[n-1]
			if top.key {
				name, _ := t.(string)
				if top.keys[name] {
					return false
				}
				top.keys[name], top.key = true, false
				continue
			}
			top.key = true
		}
		switch t {
		case json.Delim('{'):
			stack = append(stack, level{keys: map[string]bool{}, key: true})
		case json.Delim('['):
			stack = append(stack, level{})
		}
	}
}

// text returns a JSON string's value, and false for anything else.
func text(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}
