package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Authenticator verifies the credentials of requests. It is safe for concurrent use.
type Authenticator struct {
	core    *core
	schemes map[string]enforcer
}

// enforcer is a scheme with what verifies its credentials.
type enforcer struct {
	scheme   Scheme
	verifier verifier
}

// verifier finds the credential of one scheme in a request and judges it.
type verifier interface {
	verify(r *http.Request) verdict
}

// core is what the authenticators of all versions of a service share: configuration, keys and what they remember.
type core struct {
	ctx    context.Context
	config Config
	realm  string
	client *http.Client
	rules  *claimRules
	keys   []secret
	users  *listedUsers

	mu        sync.Mutex
	source    *keySource // nil until a scheme needs it
	verifiers map[Scheme]verifier

	unauthorized, forbidden, unavailable atomic.Uint64
}

// New returns an authenticator for the schemes that a contract's operations use; schemes that none uses must not be given,
// as New refuses what the configuration can't enforce. Keys of an issuer are loaded in the background until ctx ends, and
// Ready tells whether they are there.
func New(ctx context.Context, c Config, schemes []Scheme) (*Authenticator, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	keys, err := readSecrets("AUTH_API_KEYS", c.APIKeys, c.APIKeysFile)
	if err != nil {
		return nil, err
	}
	users, err := readSecrets("AUTH_BASIC_USERS", c.BasicUsers, c.BasicUsersFile)
	if err != nil {
		return nil, err
	}
	k := &core{
		ctx: ctx, config: c, realm: quotable(c.Service), client: newClient(c), keys: keys, verifiers: map[Scheme]verifier{},
		rules: &claimRules{issuer: c.Issuer, audience: c.Audience, scopes: c.ScopeClaim, leeway: c.Leeway, now: c.Now},
	}
	if len(users) > 0 {
		k.users = newListedUsers(c, users)
	}
	return (&Authenticator{core: k}).For(schemes)
}

// For returns an authenticator for the schemes of another version of the service. It shares configuration, keys and
// remembered credentials with a.
func (a *Authenticator) For(schemes []Scheme) (*Authenticator, error) {
	b := &Authenticator{core: a.core, schemes: make(map[string]enforcer, len(schemes))}
	var faults []error
	for _, s := range schemes {
		v, err := a.core.verifier(s)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		b.schemes[s.Name] = enforcer{s, v}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return b, nil
}

// verifier returns the verifier of a scheme, the same one for the same scheme.
func (k *core) verifier(s Scheme) (verifier, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if v, ok := k.verifiers[s]; ok {
		return v, nil
	}
	v, err := k.build(s)
	if err == nil {
		k.verifiers[s] = v
	}
	return v, err
}

func (k *core) build(s Scheme) (verifier, error) {
	switch s.Kind {
	case JWT, Opaque:
		return k.buildBearer(s)
	case APIKey:
		switch {
		case k.config.APIKeyVerifier != nil:
			return newAPIKeys(s, k.config.APIKeyVerifier)
		case len(k.keys) > 0:
			return newAPIKeys(s, listedKeys(k.keys))
		case k.config.Dev:
			t, err := k.tokens(s)
			if err != nil {
				return nil, err
			}
			return newAPIKeys(s, t.developmentKey)
		}
		return nil, fmt.Errorf("security scheme %q has no keys: set AUTH_API_KEYS or AUTH_API_KEYS_FILE, or AUTH_DEV=true "+
			"while developing", s.Name)
	case Basic:
		switch {
		case k.config.BasicVerifier != nil:
			return &basic{s, k.config.BasicVerifier}, nil
		case k.users != nil:
			return &basic{s, k.users.check}, nil
		case k.config.Dev:
			t, err := k.tokens(s)
			if err != nil {
				return nil, err
			}
			return &basic{s, t.developmentPassword}, nil
		}
		return nil, fmt.Errorf("security scheme %q has no users: set AUTH_BASIC_USERS or AUTH_BASIC_USERS_FILE, or AUTH_DEV=true "+
			"while developing", s.Name)
	}
	return nil, fmt.Errorf("security scheme %q: kind %q can't be enforced", s.Name, s.Kind)
}

// buildBearer prefers what the contract names, and takes the other way when only that is configured: `bearerFormat` is no
// more than a hint.
func (k *core) buildBearer(s Scheme) (verifier, error) {
	c := &k.config
	switch {
	case c.TokenVerifier != nil:
		return &custom{s, c.TokenVerifier}, nil
	case c.IntrospectionURL != "" && (s.Kind == Opaque || c.Issuer == ""):
		return newIntrospector(s, *c, k.client, k.rules), nil
	case c.Issuer != "":
		return k.tokens(s)
	}
	return nil, fmt.Errorf("security scheme %q has no issuer: set AUTH_ISSUER and AUTH_AUDIENCE (or AUTH_INTROSPECTION_URL for "+
		"opaque tokens), or AUTH_DEV=true while developing", s.Name)
}

// tokens returns a verifier of signed tokens, and starts to load the keys if nothing did before. The caller holds mu.
func (k *core) tokens(s Scheme) (*tokens, error) {
	if k.source == nil {
		fetch, err := k.fetchKeys()
		if err != nil {
			return nil, err
		}
		k.source = &keySource{fetch: fetch, now: k.config.Now, log: k.config.Logger}
		k.source.start(k.ctx)
	}
	accepted := k.config.Algorithms
	if k.config.Dev {
		accepted = []string{devAlgorithm}
	}
	return &tokens{scheme: s, keys: k.source, rules: k.rules, algorithms: accepted, cache: newCache[signed](k.config.CacheSize)}, nil
}

// fetchKeys returns where the keys come from.
func (k *core) fetchKeys() (fetchFunc, error) {
	c := &k.config
	switch {
	case c.Dev:
		dev, err := OpenDevKey(c.DevKeyFile)
		if err != nil {
			return nil, err
		}
		c.Logger.Warn("the development issuer is on: whoever can read its key file can sign tokens; never run this in production",
			"issuer", DevIssuer, "audience", c.Audience, "key_file", dev.File(), "token", devHint(c.Service))
		set := dev.keySet()
		return func(context.Context) ([]byte, time.Duration, error) { return set, maxKeyAge, nil }, nil
	case c.FetchKeys != nil:
		return func(ctx context.Context) ([]byte, time.Duration, error) {
			set, err := c.FetchKeys(ctx)
			return set, time.Minute, err
		}, nil
	}
	if c.JWKSURL == "" {
		if err := c.checkURL("AUTH_ISSUER", c.Issuer); err != nil {
			return nil, fmt.Errorf("%w (or set AUTH_JWKS_URL)", err)
		}
	}
	return newRemoteKeys(*c, k.client).fetch, nil
}

// custom verifies bearer tokens by a function of the service.
type custom struct {
	scheme Scheme
	check  func(ctx context.Context, s Scheme, token string) (*Principal, error)
}

// verify implements verifier.
func (c *custom) verify(r *http.Request) verdict {
	token, err := authorization(r.Header, "bearer")
	if err != nil {
		return refuse(err)
	}
	if token == "" {
		return verdict{}
	}
	p, err := c.check(r.Context(), c.scheme, token)
	return judge(c.scheme, p, err)
}

// Ready returns why requests can't be authenticated yet, or nil. Once ready it stays so: known keys outlive outages.
func (a *Authenticator) Ready(context.Context) error {
	a.core.mu.Lock()
	source := a.core.source
	a.core.mu.Unlock()
	if source != nil && source.current.Load() == nil {
		return errNotLoaded
	}
	return nil
}

// Stats are counters for metrics; all but Keys only grow.
type Stats struct {
	Keys             int    // keys of the issuer that are trusted at the moment
	KeyFetches       uint64 // downloads of the key set
	KeyFetchFailures uint64 // those that failed or brought no usable key: worth an alert
	CacheHits        uint64 // signed tokens that were remembered
	CacheMisses      uint64 // signed tokens that had to be verified
	Unauthorized     uint64 // requests answered with 401
	Forbidden        uint64 // requests answered with 403
	Unavailable      uint64 // requests answered with 503
}

// Stats returns the counters of a and of every authenticator that shares its keys.
func (a *Authenticator) Stats() Stats {
	k := a.core
	s := Stats{Unauthorized: k.unauthorized.Load(), Forbidden: k.forbidden.Load(), Unavailable: k.unavailable.Load()}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.source != nil {
		s.KeyFetches, s.KeyFetchFailures = k.source.fetches.Load(), k.source.failed.Load()
		if set := k.source.current.Load(); set != nil {
			s.Keys = len(set.keys)
		}
	}
	for _, v := range k.verifiers {
		if t, ok := v.(*tokens); ok {
			s.CacheHits += t.hits.Load()
			s.CacheMisses += t.misses.Load()
		}
	}
	return s
}
