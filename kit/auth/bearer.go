package auth

import (
	"errors"
	"net/http"
	"strings"
)

// state says what became of a credential.
type state uint8

const (
	absent      state = iota // none was presented
	refused                  // it is wrong
	unavailable              // it can't be checked at the moment
	granted
)

// verdict is the outcome for one scheme of a request.
type verdict struct {
	state     state
	presented bool       // a credential was there
	principal *Principal // when granted
	reason    string     // when refused: a constant sentence for the client
	cause     error      // when unavailable: for the log
}

func refuse(err error) verdict {
	var f fault
	if errors.As(err, &f) {
		return verdict{state: refused, presented: true, reason: string(f)}
	}
	return verdict{state: refused, presented: true, reason: "the credential is not valid"}
}

func grant(p *Principal) verdict { return verdict{state: granted, presented: true, principal: p} }

func blocked(cause error) verdict { return verdict{state: unavailable, presented: true, cause: cause} }

const (
	faultTwice   fault = "the request carries more than one credential of a kind"
	faultLong    fault = "the credential is too long"
	faultMissing fault = "the credential is empty or not well formed"
)

// authorization returns the credential of the request's Authorization header if it is of the given scheme (RFC 9110,
// section 11.4; the scheme's name in lower case). An empty credential without an error means that there is none.
func authorization(h http.Header, scheme string) (string, error) {
	values := h["Authorization"]
	switch {
	case len(values) == 0:
		return "", nil
	case len(values) > 1:
		return "", faultTwice
	case len(values[0]) > maxAuthorization:
		return "", faultLong
	}
	v := values[0]
	if len(v) < len(scheme) || !equalFold(v[:len(scheme)], scheme) {
		return "", nil
	}
	rest := v[len(scheme):]
	if rest != "" && rest[0] != ' ' {
		return "", nil
	}
	rest = strings.TrimLeft(rest, " ")
	// Three searches for one byte are faster than one for any of three.
	if rest == "" || strings.IndexByte(rest, ',') >= 0 || strings.IndexByte(rest, ' ') >= 0 || strings.IndexByte(rest, '\t') >= 0 {
		return "", faultMissing
	}
	return rest, nil
}

// equalFold compares ASCII only: strings.EqualFold would take the Kelvin sign for a k.
func equalFold(s, lower string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return len(s) == len(lower)
}
