package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// TokenSource returns the bearer token for a call; "" sends none. Errors should wrap ErrCredentials unless another
// attempt may succeed.
type TokenSource func(ctx context.Context) (string, error)

// ErrCredentials is in the errors of calls that have no credentials to send.
var ErrCredentials = errors.New("no credentials")

// Static always returns the same token.
func Static(token string) TokenSource {
	return func(context.Context) (string, error) { return token, nil }
}

type forwarded struct{}

// Forward returns a context whose calls carry the caller's own token, when the source is Forwarded.
func Forward(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, forwarded{}, token)
}

// Forwarded sends the token that Forward put into the context: the caller's own rights are used, none are added.
func Forwarded(ctx context.Context) (string, error) {
	token, _ := ctx.Value(forwarded{}).(string)
	if token == "" {
		return "", fmt.Errorf("%w: no token to forward in the context; use client.Forward", ErrCredentials)
	}
	return token, nil
}

// ClientCredentials gets tokens from an OAuth 2.0 token endpoint (RFC 6749 section 4.4) and keeps each until shortly
// before it expires. Concurrent calls share one request.
type ClientCredentials struct {
	TokenURL         string
	ID, Secret       string
	Scopes           []string
	Audience         string       // sent as audience, which many issuers want; "" sends none
	HTTP             *http.Client // nil: one with a timeout of 5 s
	Now              func() time.Time
	mu               sync.Mutex
	token            string
	expires, retryAt time.Time
	failure          error
}

// Token is a TokenSource.
func (c *ClientCredentials) Token(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	if c.token != "" && now().Before(c.expires) {
		return c.token, nil
	}
	if c.failure != nil && now().Before(c.retryAt) {
		return "", c.failure
	}
	token, lifetime, err := c.request(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.failure, c.retryAt = err, now().Add(time.Second)
		}
		return "", err
	}
	c.failure, c.token, c.expires = nil, token, now().Add(lifetime-min(lifetime/5, 30*time.Second))
	return token, nil
}

// Forget drops the token, so that the next call asks for another one: for a service that refused it.
func (c *ClientCredentials) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = ""
}

func (c *ClientCredentials) request(ctx context.Context) (string, time.Duration, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(c.Scopes) > 0 {
		form.Set("scope", strings.Join(c.Scopes, " "))
	}
	if c.Audience != "" {
		form.Set("audience", c.Audience)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrCredentials, err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: 5 * time.Second}
	}
	response, err := client.Do(r)
	if err != nil {
		return "", 0, fmt.Errorf("token endpoint: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return "", 0, fmt.Errorf("token endpoint: %w", err)
	}
	if response.StatusCode >= 500 {
		return "", 0, fmt.Errorf("token endpoint answered %s", response.Status)
	}
	if response.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("%w: the token endpoint answered %s; check the client id, its secret and its scopes", ErrCredentials, response.Status)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return "", 0, fmt.Errorf("%w: the token endpoint answered no access_token", ErrCredentials)
	}
	if answer.ExpiresIn <= 0 {
		answer.ExpiresIn = 60
	}
	return answer.AccessToken, time.Duration(min(answer.ExpiresIn, 86400)) * time.Second, nil
}

// ForwardToken is a handler that lets next forward the bearer token of its request; see Forward. Put it around a service
// that authenticates its callers.
func ForwardToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") && token != "" {
			r = r.WithContext(Forward(r.Context(), strings.TrimSpace(token)))
		}
		next.ServeHTTP(w, r)
	})
}
