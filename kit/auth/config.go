package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Config says whom a service trusts. The comment of a field names the environment variable that fills it.
type Config struct {
	Service string // name of the service: realm of challenges and audience of development tokens

	Issuer     string        // AUTH_ISSUER: exact `iss` of tokens
	Audience   []string      // AUTH_AUDIENCE: a token is accepted when its `aud` holds one of them
	JWKSURL    string        // AUTH_JWKS_URL: key set; empty: discovered from the issuer (OpenID Connect Discovery 1.0)
	Algorithms []string      // AUTH_ALGORITHMS: accepted `alg`; empty: RS, PS and ES 256/384/512, and EdDSA
	Leeway     time.Duration // AUTH_LEEWAY: clock difference tolerated in exp, nbf and iat; 0: 30 s; at most 5 min
	ScopeClaim []string      // AUTH_SCOPE_CLAIMS: claims that grant scopes; empty: scope and scp
	AllowHTTP  bool          // AUTH_ALLOW_HTTP: http URLs of hosts other than loopback (never over a network you don't own)

	IntrospectionURL string        // AUTH_INTROSPECTION_URL: RFC 7662 endpoint for opaque tokens
	ClientID         string        // AUTH_CLIENT_ID: the service's name at the introspection endpoint
	ClientSecret     string        // AUTH_CLIENT_SECRET
	IntrospectionTTL time.Duration // AUTH_INTROSPECTION_TTL: how long an answer is believed; 0: 1 min; at most 5 min

	APIKeys        string // AUTH_API_KEYS: [scheme/]name:sha256-of-key[:scope scope…], separated by commas or lines
	APIKeysFile    string // AUTH_API_KEYS_FILE: the same, one on each line, # starts a comment
	BasicUsers     string // AUTH_BASIC_USERS: name:hash[:scope scope…]; see HashPassword
	BasicUsersFile string // AUTH_BASIC_USERS_FILE

	Dev        bool   // AUTH_DEV: trust tokens of the development issuer; refused next to a real issuer
	DevKeyFile string // AUTH_DEV_KEY_FILE: its key; empty: a file in the user's cache folder that only the user can read

	// APIKeyVerifier and BasicVerifier replace the lists above. They return ErrRefused (or no principal) for a credential
	// that is wrong; any other error means that it could not be checked, and is answered with 503.
	APIKeyVerifier func(ctx context.Context, s Scheme, key string) (*Principal, error)
	BasicVerifier  func(ctx context.Context, s Scheme, user, password string) (*Principal, error)

	// TokenVerifier replaces the verification of bearer tokens by the issuer's keys and by introspection.
	TokenVerifier func(ctx context.Context, s Scheme, token string) (*Principal, error)

	// Check is asked about every principal after its credential was verified, also when the verification was remembered:
	// the place for revocation lists. Errors are read as those of the verifiers.
	Check func(ctx context.Context, p *Principal) error

	// FetchKeys replaces the download of the key set: it returns a JWK set (RFC 7517), for a service that is its own issuer.
	FetchKeys func(ctx context.Context) ([]byte, error)

	CacheSize int               // verified tokens remembered; 0: 8192; less than 0: none
	Transport http.RoundTripper // for calls to the issuer; nil: a transport of its own
	Logger    *slog.Logger      // nil: slog.Default()
	Now       func() time.Time  // nil: time.Now
}

// ErrRefused is what verifiers return for a credential that is wrong.
var ErrRefused = errors.New("the credential is refused")

const (
	defaultLeeway    = 30 * time.Second
	maxLeeway        = 5 * time.Minute
	maxRemembered    = 5 * time.Minute
	defaultCacheSize = 8192
)

// algorithms lists every `alg` that can be verified with a public key. None and the HMACs must never be here.
var algorithms = [...]string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
}

// withDefaults returns the configuration with every default filled in.
func (c Config) withDefaults() Config {
	if c.Service == "" {
		c.Service = "api"
	}
	if c.Dev && c.Issuer == "" {
		c.Issuer = DevIssuer
		if len(c.Audience) == 0 {
			c.Audience = []string{c.Service}
		}
	}
	if len(c.Algorithms) == 0 {
		c.Algorithms = algorithms[:]
	}
	if len(c.ScopeClaim) == 0 {
		c.ScopeClaim = []string{"scope", "scp"}
	}
	if c.Leeway == 0 {
		c.Leeway = defaultLeeway
	}
	if c.IntrospectionTTL == 0 {
		c.IntrospectionTTL = time.Minute
	}
	if c.CacheSize == 0 {
		c.CacheSize = defaultCacheSize
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// check reports every fault of a configuration as the operator gave it.
func (c Config) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Dev && (c.Issuer != "" || c.JWKSURL != "" || c.IntrospectionURL != "" || c.FetchKeys != nil || c.TokenVerifier != nil) {
		fault("AUTH_DEV: the development issuer can't be enabled next to a real one: unset AUTH_DEV, or AUTH_ISSUER, " +
			"AUTH_JWKS_URL and AUTH_INTROSPECTION_URL")
	}
	if (c.JWKSURL != "" || c.FetchKeys != nil) && c.Issuer == "" {
		fault("AUTH_ISSUER is not set: name the exact iss of the tokens that the keys of AUTH_JWKS_URL sign")
	}
	if c.Issuer != "" && len(c.Audience) == 0 {
		fault("AUTH_AUDIENCE is not set: name the aud that tokens for this service carry")
	}
	if slices.Contains(c.Audience, "") {
		fault("AUTH_AUDIENCE holds an empty value: remove it")
	}
	for _, a := range c.Algorithms {
		if !slices.Contains(algorithms[:], a) {
			fault("AUTH_ALGORITHMS: %q is not accepted: choose from %v", a, algorithms)
		}
	}
	if c.Leeway < 0 || c.Leeway > maxLeeway {
		fault("AUTH_LEEWAY: %v is out of range: choose 0s to %v", c.Leeway, maxLeeway)
	}
	if c.IntrospectionTTL < 0 || c.IntrospectionTTL > maxRemembered {
		fault("AUTH_INTROSPECTION_TTL: %v is out of range: choose 0s to %v", c.IntrospectionTTL, maxRemembered)
	}
	if c.IntrospectionURL != "" && c.ClientID == "" {
		fault("AUTH_CLIENT_ID is not set: the endpoint of AUTH_INTROSPECTION_URL asks for it")
	}
	faults = append(faults, c.checkURL("AUTH_JWKS_URL", c.JWKSURL), c.checkURL("AUTH_INTROSPECTION_URL", c.IntrospectionURL))
	return errors.Join(faults...)
}

// checkURL refuses what is not an absolute https URL, or http when it is allowed.
func (c Config) checkURL(name, text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %q is not a URL: write https://host/path", name, text)
	case u.User != nil || u.Fragment != "":
		return fmt.Errorf("%s: the URL holds a user or a fragment: remove it", name)
	case u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && (c.AllowHTTP || loopback(u.Hostname()))):
		return nil
	case u.Host != "" && u.Scheme == "http":
		return fmt.Errorf("%s: %q is not encrypted: use https, or set AUTH_ALLOW_HTTP=true", name, text)
	}
	return fmt.Errorf("%s: %q is not an absolute https URL: write https://host/path", name, text)
}

// loopback reports whether the host can only be this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
