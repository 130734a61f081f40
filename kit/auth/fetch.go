package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	fetchTimeout = 5 * time.Second
	maxDocument  = 1 << 20
	defaultAge   = 10 * time.Minute
)

// newClient returns the client for calls to an issuer: bounded in time, without redirects.
func newClient(c Config) *http.Client {
	transport := c.Transport
	if transport == nil {
		if t, ok := http.DefaultTransport.(*http.Transport); ok {
			t = t.Clone()
			t.MaxIdleConnsPerHost, t.IdleConnTimeout = 8, 30*time.Second
			transport = t
		}
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// download returns the body of a 200 answer of at most 1 MiB.
func download(client *http.Client, req *http.Request) ([]byte, http.Header, error) {
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s answers %d", req.URL.Redacted(), resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", req.URL.Redacted(), err)
	}
	if len(body) > maxDocument {
		return nil, nil, fmt.Errorf("%s answers with more than %d bytes", req.URL.Redacted(), maxDocument)
	}
	return body, resp.Header, nil
}

// fetchFunc returns a JWK set and how long it may be kept.
type fetchFunc func(ctx context.Context) ([]byte, time.Duration, error)

// remoteKeys downloads the key set of an issuer.
type remoteKeys struct {
	config Config
	client *http.Client
	url    string // of the key set; empty until it is discovered
}

func newRemoteKeys(c Config, client *http.Client) *remoteKeys {
	return &remoteKeys{config: c, client: client, url: c.JWKSURL}
}

// fetch implements fetchFunc; keySource makes one call at a time. A discovered URL is discovered anew after a failure.
func (s *remoteKeys) fetch(ctx context.Context) ([]byte, time.Duration, error) {
	if s.url == "" {
		found, err := s.discover(ctx)
		if err != nil {
			return nil, 0, err
		}
		s.url = found
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, 0, err
	}
	body, header, err := download(s.client, req)
	if err != nil {
		s.url = s.config.JWKSURL
		return nil, 0, err
	}
	return body, maxAge(header), nil
}

// discover reads jwks_uri from the issuer's metadata (OpenID Connect Discovery 1.0, section 4).
func (s *remoteKeys) discover(ctx context.Context) (string, error) {
	place := strings.TrimSuffix(s.config.Issuer, "/") + "/.well-known/openid-configuration"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return "", err
	}
	body, _, err := download(s.client, req)
	if err != nil {
		return "", err
	}
	var metadata struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &metadata); err != nil {
		return "", fmt.Errorf("%s: %w", place, err)
	}
	if metadata.Issuer != s.config.Issuer {
		return "", fmt.Errorf("%s names the issuer %q: set AUTH_ISSUER to exactly that if it is the one you mean", place, metadata.Issuer)
	}
	if metadata.JWKSURI == "" {
		return "", fmt.Errorf("%s names no jwks_uri: set AUTH_JWKS_URL", place)
	}
	return metadata.JWKSURI, s.config.checkURL(place+": jwks_uri", metadata.JWKSURI)
}

// maxAge reads how long an answer may be kept (RFC 9111, section 5.2.2); without a word about it, 10 minutes.
func maxAge(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return 0
		case "max-age":
			if n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
				return time.Duration(n) * time.Second
			}
		}
	}
	return defaultAge
}

var (
	errUnavailable = errors.New("the credential can't be checked at the moment")
	errNotLoaded   = errors.New("the keys of the token issuer are not loaded yet")
)
