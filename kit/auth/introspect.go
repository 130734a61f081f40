package auth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	maxAsking   = 64               // calls to the introspection endpoint at a time
	refusalKept = 10 * time.Second // how long an inactive token is remembered
)

// introspector asks an RFC 7662 endpoint about opaque tokens. Answers are remembered for a short while; the same token is
// asked about once at a time.
type introspector struct {
	scheme Scheme
	config Config
	client *http.Client
	rules  *claimRules
	good   *cache[digest]
	bad    *cache[digest] // apart, so that a flood of bad tokens does not push the good ones out
	slots  chan struct{}

	mu      sync.Mutex
	flights map[digest]*introspection
}

// introspection is a call under way.
type introspection struct {
	done    chan struct{}
	verdict verdict
}

func newIntrospector(s Scheme, c Config, client *http.Client, rules *claimRules) *introspector {
	return &introspector{
		scheme: s, config: c, client: client, rules: rules,
		good: newCache[digest](c.CacheSize), bad: newCache[digest](min(c.CacheSize, 1024)),
		slots: make(chan struct{}, maxAsking), flights: map[digest]*introspection{},
	}
}

// verify implements verifier.
func (i *introspector) verify(r *http.Request) verdict {
	token, err := authorization(r.Header, "bearer")
	if err != nil {
		return refuse(err)
	}
	if token == "" {
		return verdict{}
	}
	if !token68(token) {
		return refuse(faultMissing)
	}
	now := i.config.Now()
	sum := digestOf(token)
	if e := i.good.find(sum, 0, now); e != nil {
		return grant(e.principal)
	}
	if i.bad.find(sum, 0, now) != nil {
		return refuse(faultInactive)
	}
	return i.once(r.Context(), token, sum)
}

const faultInactive fault = "the token is not active"

// token68 reports whether a token has the syntax of RFC 6750, section 2.1.
func token68(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		c := body[i]
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~+/", c) >= 0) {
			return false
		}
	}
	return body != ""
}

// once joins the call about a token that is under way, or makes it.
func (i *introspector) once(ctx context.Context, token string, sum digest) verdict {
	i.mu.Lock()
	f, joined := i.flights[sum]
	if !joined {
		select {
		case i.slots <- struct{}{}:
		default:
			i.mu.Unlock()
			return blocked(errors.New("too many tokens wait for the introspection endpoint"))
		}
		f = &introspection{done: make(chan struct{})}
		i.flights[sum] = f
		go i.call(context.WithoutCancel(ctx), token, sum, f)
	}
	i.mu.Unlock()
	select {
	case <-f.done:
		return f.verdict
	case <-ctx.Done():
		return blocked(ctx.Err())
	}
}

// call asks the endpoint and remembers the answer.
func (i *introspector) call(ctx context.Context, token string, sum digest, f *introspection) {
	defer func() {
		i.mu.Lock()
		delete(i.flights, sum)
		i.mu.Unlock()
		<-i.slots
		close(f.done)
	}()
	body, err := i.ask(ctx, token)
	if err != nil {
		f.verdict = blocked(err)
		return
	}
	p, until, err := i.read(body)
	now := i.config.Now()
	if err != nil {
		var inactive fault
		if !errors.As(err, &inactive) {
			f.verdict = blocked(err)
			return
		}
		i.bad.remember(sum, 0, nil, now, now.Add(refusalKept))
		f.verdict = refuse(err)
		return
	}
	i.good.remember(sum, 0, p, now, until)
	f.verdict = grant(p)
}

// ask posts the token (RFC 7662, section 2.1) with the service's own credentials (RFC 6749, section 2.3.1).
func (i *introspector) ask(ctx context.Context, token string) ([]byte, error) {
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, i.config.IntrospectionURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(i.config.ClientID), url.QueryEscape(i.config.ClientSecret))
	body, _, err := download(i.client, req)
	return body, err
}

// read judges an answer (RFC 7662, section 2.2). Only what the answer holds is checked, as every member but active is
// optional; the endpoint itself vouches for the token.
func (i *introspector) read(body []byte) (*Principal, time.Time, error) {
	claims, err := object(body)
	if err != nil {
		return nil, time.Time{}, errors.New("the introspection endpoint does not answer with a JSON object")
	}
	if string(claims["active"]) != "true" {
		return nil, time.Time{}, faultInactive
	}
	now := i.config.Now()
	until := now.Add(i.config.IntrospectionTTL)
	if _, ok := claims["exp"]; ok {
		expiry, err := i.rules.times(claims)
		if err != nil {
			return nil, time.Time{}, err
		}
		if expiry.Before(until) {
			until = expiry
		}
	}
	if err := i.origin(claims); err != nil {
		return nil, time.Time{}, err
	}
	p, err := i.rules.principal(claims)
	if err != nil {
		return nil, time.Time{}, err
	}
	p.Scheme, p.Kind = i.scheme.Name, i.scheme.Kind
	p.Issuer, _ = text(claims["iss"])
	return p, until, nil
}

// origin checks issuer, audience and type where the answer names them.
func (i *introspector) origin(claims map[string]json.RawMessage) error {
	if raw, ok := claims["iss"]; ok && i.config.Issuer != "" {
		if iss, ok := text(raw); !ok || iss != i.config.Issuer {
			return faultIssuer
		}
	}
	if raw, ok := claims["aud"]; ok && len(i.config.Audience) > 0 {
		if aud, ok := list(raw); !ok || !overlap(aud, i.config.Audience) {
			return faultAudience
		}
	}
	if raw, ok := claims["token_type"]; ok {
		typ, _ := text(raw)
		if !strings.EqualFold(typ, "bearer") && typ != "access_token" {
			return faultType
		}
	}
	return nil
}
