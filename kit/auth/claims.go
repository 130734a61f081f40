package auth

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLifetime is how far in the future exp may lie. What is further was written in milliseconds, or is a mistake.
const maxLifetime = 10 * 365 * 24 * time.Hour

// claimRules says which claims make a token acceptable.
type claimRules struct {
	issuer   string
	audience []string
	scopes   []string // names of the claims that grant scopes
	leeway   time.Duration
	now      func() time.Time
}

// accept checks the claims of a verified token (RFC 7519, section 4.1) and returns its principal and expiry.
func (r *claimRules) accept(payload []byte) (*Principal, time.Time, error) {
	claims, err := object(payload)
	if err != nil {
		return nil, time.Time{}, faultClaims
	}
	expiry, err := r.times(claims)
	if err != nil {
		return nil, time.Time{}, err
	}
	if issuer, ok := text(claims["iss"]); !ok || issuer != r.issuer {
		return nil, time.Time{}, faultIssuer
	}
	if aud, ok := list(claims["aud"]); !ok || !overlap(aud, r.audience) {
		return nil, time.Time{}, faultAudience
	}
	p, err := r.principal(claims)
	return p, expiry, err
}

// principal reads who a token speaks for and what it grants.
func (r *claimRules) principal(claims map[string]json.RawMessage) (*Principal, error) {
	p := &Principal{Claims: claims, Issuer: r.issuer}
	for _, c := range []struct {
		name string
		to   *string
	}{{"sub", &p.Subject}, {"azp", &p.Client}, {"client_id", &p.Client}} {
		raw, present := claims[c.name]
		if !present {
			continue
		}
		value, ok := text(raw)
		if !ok || c.name == "sub" && value == "" {
			return nil, faultClaims
		}
		*c.to = value
	}
	for _, name := range r.scopes {
		scopes, ok := scopes(claims[name])
		if !ok {
			return nil, faultClaims
		}
		p.Scopes = append(p.Scopes, scopes...)
	}
	return p, nil
}

// times checks exp, nbf and iat. All are JSON numbers of seconds; exp must be there.
func (r *claimRules) times(claims map[string]json.RawMessage) (time.Time, error) {
	now := r.now()
	exp, ok := seconds(claims["exp"])
	if !ok || exp > float64(now.Add(maxLifetime).Unix()) {
		return time.Time{}, faultClaims
	}
	if exp <= float64(now.Add(-r.leeway).Unix()) {
		return time.Time{}, faultExpired
	}
	for _, name := range []string{"nbf", "iat"} {
		raw, present := claims[name]
		if !present {
			continue
		}
		at, ok := seconds(raw)
		if !ok {
			return time.Time{}, faultClaims
		}
		if at > float64(now.Add(r.leeway).Unix()) {
			return time.Time{}, faultNotYet
		}
	}
	return time.Unix(int64(exp), 0), nil
}

// seconds reads a NumericDate (RFC 7519, section 2).
func seconds(raw json.RawMessage) (float64, bool) {
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	return f, err == nil
}

// list reads a claim that is a string or an array of strings.
func list(raw json.RawMessage) ([]string, bool) {
	if s, ok := text(raw); ok {
		return []string{s}, true
	}
	return array(raw)
}

// array reads an array of strings; encoding/json would read null as an empty string.
func array(raw json.RawMessage) ([]string, bool) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil, false
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	out := make([]string, len(items))
	for i, item := range items {
		var ok bool
		if out[i], ok = text(item); !ok {
			return nil, false
		}
	}
	return out, true
}

// scopes reads a scope claim: names separated by spaces (RFC 8693, section 4.2), or an array of names. An absent claim
// grants nothing.
func scopes(raw json.RawMessage) ([]string, bool) {
	if len(raw) == 0 {
		return nil, true
	}
	if s, ok := text(raw); ok {
		return splitScopes(s), true
	}
	return array(raw)
}

// splitScopes splits at spaces only: other white space is part of a name, which then matches nothing.
func splitScopes(s string) []string {
	return slices.DeleteFunc(strings.Split(s, " "), func(name string) bool { return name == "" })
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
