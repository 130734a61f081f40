package auth

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
)

// tokens verifies signed tokens by the keys of one issuer.
type tokens struct {
	scheme       Scheme
	keys         *keySource
	rules        *claimRules
	algorithms   []string
	cache        *cache[signed]
	hits, misses atomic.Uint64
}

// verify implements verifier. While no key was ever loaded nothing can be said about any request.
func (t *tokens) verify(r *http.Request) verdict {
	token, err := authorization(r.Header, "bearer")
	keys := t.keys.current.Load()
	switch {
	case keys == nil:
		return verdict{state: unavailable, presented: token != "" || err != nil, cause: errNotLoaded}
	case err != nil:
		return refuse(err)
	case token == "":
		return verdict{}
	}
	return t.token(r.Context(), token, keys)
}

// token verifies one token, or remembers that it was.
func (t *tokens) token(ctx context.Context, token string, keys *keySet) verdict {
	now := t.rules.now()
	name := signedBy(token)
	if e := t.cache.find(name, keys.generation, now); e != nil {
		t.hits.Add(1)
		return grant(e.principal)
	}
	t.misses.Add(1)
	h, payload, err := inspect(token, t.algorithms)
	if err != nil {
		return refuse(err)
	}
	keys, err = t.signed(ctx, token, h, keys)
	if errors.Is(err, errUnavailable) {
		return blocked(err)
	}
	if err != nil {
		return refuse(err)
	}
	p, expiry, err := t.rules.accept(payload)
	if err != nil {
		return refuse(err)
	}
	p.Scheme, p.Kind = t.scheme.Name, t.scheme.Kind
	t.cache.remember(name.kept(), keys.generation, p, now, expiry)
	return grant(p)
}

// signed checks the signature, with newer keys if the ones at hand don't verify it: a new kid, or an old one that names a
// new key. It returns the set that verified it.
func (t *tokens) signed(ctx context.Context, token string, h joseHeader, keys *keySet) (*keySet, error) {
	for again := false; ; again = true {
		err := error(faultKey)
		if found := keys.candidates(h); len(found) > 0 {
			err = verifySignature(token, h, found)
		}
		if err == nil || again {
			return keys, err
		}
		newer, unavailable := t.keys.refresh(ctx, keys)
		if unavailable != nil {
			return nil, unavailable
		}
		if newer == nil {
			return nil, err
		}
		keys = newer
	}
}
