package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// apiKeys verifies API keys of one scheme.
type apiKeys struct {
	scheme Scheme
	header string // canonical name, for keys in a header
	check  func(ctx context.Context, s Scheme, key string) (*Principal, error)
}

func newAPIKeys(s Scheme, check func(context.Context, Scheme, string) (*Principal, error)) (*apiKeys, error) {
	switch {
	case s.Key == "":
		return nil, fmt.Errorf("security scheme %q: no name of the header, query parameter or cookie", s.Name)
	case s.In != "header" && s.In != "query" && s.In != "cookie":
		return nil, fmt.Errorf("security scheme %q: an API key in %q is not supported: use header, query or cookie", s.Name, s.In)
	}
	return &apiKeys{scheme: s, header: textproto.CanonicalMIMEHeaderKey(s.Key), check: check}, nil
}

// verify implements verifier.
func (k *apiKeys) verify(r *http.Request) verdict {
	value, n := k.find(r)
	switch {
	case n == 0:
		return verdict{}
	case n > 1:
		return refuse(faultTwice)
	case len(value) > maxAuthorization:
		return refuse(faultLong)
	case value == "":
		return refuse(faultMissing)
	}
	p, err := k.check(r.Context(), k.scheme, value)
	return judge(k.scheme, p, err)
}

// judge reads the answer of a pluggable verifier.
func judge(s Scheme, p *Principal, err error) verdict {
	var f fault
	switch {
	case errors.As(err, &f):
		return refuse(f)
	case errors.Is(err, ErrRefused) || err == nil && p == nil:
		return refuse(ErrRefused)
	case err != nil:
		return blocked(err)
	case p.Scheme == "":
		named := *p
		named.Scheme, named.Kind = s.Name, s.Kind
		return grant(&named)
	}
	return grant(p)
}

// find returns the key and how many a request carries.
func (k *apiKeys) find(r *http.Request) (string, int) {
	switch k.scheme.In {
	case "header":
		if values := r.Header[k.header]; len(values) > 0 {
			return values[0], len(values)
		}
		return "", 0
	case "query":
		return queryValue(r.URL.RawQuery, k.scheme.Key)
	}
	cookies := r.CookiesNamed(k.scheme.Key)
	if len(cookies) == 0 {
		return "", 0
	}
	return cookies[0].Value, len(cookies)
}

// queryValue returns the first value of a query parameter and how many there are.
func queryValue(query, name string) (string, int) {
	value, n := "", 0
	for pair := range strings.SplitSeq(query, "&") {
		k, v, _ := strings.Cut(pair, "=")
		if k != name {
			unescaped, err := url.QueryUnescape(k)
			if err != nil || unescaped != name {
				continue
			}
		}
		if n++; n > 1 {
			break
		}
		unescaped, err := url.QueryUnescape(v)
		if err != nil {
			return "", 1
		}
		value = unescaped
	}
	return value, n
}

// listedKeys returns a verifier for the keys of a list.
func listedKeys(secrets []secret) func(context.Context, Scheme, string) (*Principal, error) {
	return func(_ context.Context, scheme Scheme, key string) (*Principal, error) {
		var found *secret
		for i := range secrets { // all of them, so that the time tells nothing
			s := &secrets[i]
			if s.matches(key) && (s.scheme == "" || s.scheme == scheme.Name) {
				found = s
			}
		}
		if found == nil {
			return nil, ErrRefused
		}
		return found.principal(scheme), nil
	}
}
