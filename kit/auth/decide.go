package auth

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/msgen/msgen/kit/problem"
)

// Authenticate decides whether a request satisfies the requirements of its operation, alternative by alternative, and
// returns the request's context with its [Principal]. Otherwise the error is a *problem.Problem: 401 with a challenge for
// every scheme that would have helped, 403 when the credential is good but lacks a scope, 503 when it can't be checked.
//
// When an alternative admits anonymous requests, one without credentials passes without a principal, and so does one whose
// credential lacks a scope. A credential that is wrong is still refused: its owner believes to be known.
func (a *Authenticator) Authenticate(r *http.Request, req Requirements) (context.Context, error) {
	ctx := r.Context()
	if len(req) == 0 {
		return ctx, nil
	}
	d := decision{a: a, r: r}
	for _, alternative := range req {
		if p := d.try(alternative); p != nil {
			return carried(ctx, p), nil
		}
	}
	if d.anonymous && !d.wrong(req) {
		return ctx, nil
	}
	return nil, d.refuse(req)
}

// decision is the state of one call of Authenticate. Each scheme is verified once.
type decision struct {
	a         *Authenticator
	r         *http.Request
	anonymous bool
	known     [4]outcome
	n         int
}

type outcome struct {
	scheme string
	verdict
}

// verdict returns the verdict of a scheme.
func (d *decision) verdict(name string) verdict {
	for i := range d.n {
		if d.known[i].scheme == name {
			return d.known[i].verdict
		}
	}
	v := d.a.verify(d.r, name)
	if d.n < len(d.known) {
		d.known[d.n] = outcome{name, v}
		d.n++
	}
	return v
}

// verify judges the credential of one scheme.
func (a *Authenticator) verify(r *http.Request, name string) verdict {
	e, ok := a.schemes[name]
	if !ok {
		return verdict{state: unavailable, cause: fmt.Errorf("security scheme %q is not enforced by this authenticator", name)}
	}
	v := e.verifier.verify(r)
	if check := a.core.config.Check; check != nil && v.state == granted {
		if err := check(r.Context(), v.principal); err != nil {
			return judge(e.scheme, nil, err)
		}
	}
	return v
}

// try returns the principal of an alternative that is satisfied, or nil.
func (d *decision) try(alternative []Use) *Principal {
	if len(alternative) == 0 {
		d.anonymous = true
		return nil
	}
	var found *Principal
	for i := range alternative {
		v := d.verdict(alternative[i].Scheme)
		if v.state != granted || !grants(v.principal, alternative[i].Scopes) {
			return nil
		}
		if i == 0 {
			found = v.principal
			continue
		}
		if i == 1 { // found is shared with other requests
			first := *found
			first.Others = slices.Clip(first.Others)
			found = &first
		}
		found.Others = append(found.Others, v.principal)
	}
	return found
}

// grants reports whether a principal has every scope.
func grants(p *Principal, scopes []string) bool {
	for _, s := range scopes {
		if !slices.Contains(p.Scopes, s) {
			return false
		}
	}
	return true
}

// wrong reports whether a credential was presented that is refused or can't be checked.
func (d *decision) wrong(req Requirements) bool {
	for _, alternative := range req {
		for i := range alternative {
			if v := d.verdict(alternative[i].Scheme); v.presented && v.state != granted {
				return true
			}
		}
	}
	return false
}

// refuse words the answer to a request that satisfies no alternative.
func (d *decision) refuse(req Requirements) *problem.Problem {
	k := d.a.core
	for _, alternative := range req {
		if cause, ok := d.pending(alternative); ok {
			k.unavailable.Add(1)
			return problem.New(http.StatusServiceUnavailable, "credentials can't be checked at the moment: try again later").
				Header("Retry-After", "5").Because(cause)
		}
	}
	for _, alternative := range req {
		if p, ok := d.lacking(alternative); ok {
			k.forbidden.Add(1)
			return p
		}
	}
	k.unauthorized.Add(1)
	return d.unauthorized(req)
}

// pending reports whether an alternative may yet be satisfied: it fails only in what can't be checked.
func (d *decision) pending(alternative []Use) (cause error, ok bool) {
	for _, use := range alternative {
		switch v := d.verdict(use.Scheme); v.state {
		case unavailable:
			cause = v.cause
		case granted:
		default:
			return nil, false
		}
	}
	return cause, cause != nil
}

// lacking returns 403 if all credentials of an alternative are good, so that only scopes can be missing.
func (d *decision) lacking(alternative []Use) (*problem.Problem, bool) {
	if len(alternative) == 0 {
		return nil, false
	}
	for _, use := range alternative {
		if d.verdict(use.Scheme).state != granted {
			return nil, false
		}
	}
	p := problem.New(http.StatusForbidden, "the credential lacks a scope that the operation asks for")
	for _, use := range alternative {
		if d.a.schemes[use.Scheme].scheme.bearer() && !grants(d.verdict(use.Scheme).principal, use.Scopes) {
			p.Header("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s", error="insufficient_scope", scope="%s"`,
				d.a.core.realm, quotable(strings.Join(use.Scopes, " "))))
		}
	}
	return p, true
}

// unauthorized returns 401 with the challenges of the schemes that would help, each kind once.
func (d *decision) unauthorized(req Requirements) *problem.Problem {
	p := problem.New(http.StatusUnauthorized, "the operation asks for a credential: see WWW-Authenticate")
	var sent []string
	bearer := false // one challenge speaks for all schemes of that header
	for _, alternative := range req {
		for _, use := range alternative {
			v := d.verdict(use.Scheme)
			if v.state == granted {
				continue
			}
			if v.state == refused {
				p.Detail = v.reason
			}
			s := d.a.schemes[use.Scheme].scheme
			c := d.a.core.challenge(s, v)
			if c == "" || slices.Contains(sent, c) || bearer && s.bearer() {
				continue
			}
			bearer = bearer || s.bearer()
			sent = append(sent, c)
			p.Header("WWW-Authenticate", c)
		}
	}
	return p
}

// challenge words what a scheme asks for (RFC 9110, section 11.6.1; RFC 6750, section 3; RFC 7617). API keys have no
// registered scheme: theirs tells where the key belongs.
func (k *core) challenge(s Scheme, v verdict) string {
	switch s.Kind {
	case JWT, Opaque:
		c := `Bearer realm="` + k.realm + `"`
		if v.state == refused {
			c += `, error="invalid_token", error_description="` + quotable(v.reason) + `"`
		}
		return c
	case Basic:
		return `Basic realm="` + k.realm + `", charset="UTF-8"`
	case APIKey:
		return `ApiKey realm="` + k.realm + `", in="` + s.In + `", name="` + quotable(s.Key) + `"`
	}
	return ""
}

// quotable keeps what may stand in a quoted string without escapes.
func quotable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, s)
}
