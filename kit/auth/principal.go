package auth

import (
	"context"
	"encoding/json"
	"slices"
)

// Principal is who a request speaks for. It is shared between requests that present the same credential: read it, don't
// change it.
type Principal struct {
	Scheme  string   // name of the security scheme in the contract
	Kind    Kind     // kind of that scheme
	Subject string   // `sub` of a token, name of an API key, user of Basic
	Issuer  string   // `iss` of a token, else empty
	Client  string   // `client_id` or `azp` of a token, else empty
	Scopes  []string // scopes granted, in the credential's order

	// Claims holds every claim of a token in its JSON form (nil for credentials that are not tokens).
	Claims map[string]json.RawMessage

	// Others are the principals of the further schemes when the satisfied alternative asks for several.
	Others []*Principal
}

// HasScope reports whether the scope was granted, compared exactly.
func (p *Principal) HasScope(scope string) bool {
	return p != nil && slices.Contains(p.Scopes, scope)
}

// Claim decodes one claim into v. It reports false when the claim is absent or of another type.
func (p *Principal) Claim(name string, v any) bool {
	if p == nil {
		return false
	}
	raw, ok := p.Claims[name]
	return ok && json.Unmarshal(raw, v) == nil
}

type principalKey struct{}

// NewContext returns a context that carries the principal.
func NewContext(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// Carrier is the context of a request that takes its principal itself, which costs less than another context.
type Carrier interface {
	// Carry makes Value return the value for the key.
	Carry(key, value any)
}

// carried is NewContext for the context of a request.
func carried(ctx context.Context, p *Principal) context.Context {
	if c, ok := ctx.(Carrier); ok {
		c.Carry(principalKey{}, p)
		return ctx
	}
	return NewContext(ctx, p)
}

// FromContext returns the principal of an authenticated request, and false for an anonymous one.
func FromContext(ctx context.Context) (*Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(*Principal)
	return p, ok
}
