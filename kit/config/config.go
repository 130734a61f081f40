package config

import (
	"time"

	"github.com/msgen/msgen/kit/auth"
)

// Config is what every service can be told. The comment of a field names its variable. A service with settings of its
// own embeds it and declares them in a Register of its own.
type Config struct {
	HTTPAddr  string // HTTP_ADDR: where the API is served
	AdminAddr string // ADMIN_ADDR: where /livez, /readyz and /metrics are; private

	Auth        auth.Config // AUTH_*: whom the service trusts
	DatabaseURL string      // DATABASE_URL

	LogLevel           string // LOG_LEVEL: info, debug, warn or error
	AccessLog          string // ACCESS_LOG: all, errors or off
	ResponseValidation string // RESPONSE_VALIDATION: auto, enforce, sample or off; see Validation
	Docs               string // DOCS: auto (with AUTH_DEV only), on or off

	Limits
	Shutdown
}

// Limits bound what one client, and all of them together, can ask for.
type Limits struct {
	ReadHeaderTimeout time.Duration // READ_HEADER_TIMEOUT
	ReadTimeout       time.Duration // READ_TIMEOUT: of a whole request
	WriteTimeout      time.Duration // WRITE_TIMEOUT: of an answer; of one write, when it streams
	IdleTimeout       time.Duration // IDLE_TIMEOUT: of a connection between requests
	RequestTimeout    time.Duration // REQUEST_TIMEOUT: of a handler; 0 for none

	MaxHeaderBytes  int64 // MAX_HEADER_BYTES: request line and headers
	MaxHeaderFields int   // MAX_HEADER_FIELDS
	MaxURIBytes     int64 // MAX_URI_BYTES
	MaxBodyBytes    int64 // MAX_BODY_BYTES: where an operation doesn't say otherwise

	MaxInFlight int           // MAX_IN_FLIGHT: requests served at a time
	MaxQueued   int           // MAX_QUEUED: requests that wait for one of those to end
	QueueWait   time.Duration // QUEUE_WAIT: how long they do before they are sent away with 503
	MaxStreams  int           // MAX_STREAMS: streaming answers at a time, which don't count as in flight
}

// Shutdown is how a service ends after SIGTERM. DrainDelay is part of Grace.
type Shutdown struct {
	DrainDelay time.Duration // DRAIN_DELAY: longest time in which new connections are still taken
	DrainQuiet time.Duration // DRAIN_QUIET: without a request for this long, the delay is over early
	Grace      time.Duration // SHUTDOWN_GRACE: after which the process ends, whatever still runs
}

// Default is the configuration of an empty environment.
func Default() Config {
	var c Config
	s := NewSet("")
	c.Register(s)
	if _, err := s.Parse(nil, func(string) (string, bool) { return "", false }); err != nil {
		panic("config: a default is invalid: " + err.Error())
	}
	return c
}

// Base is c itself; it tells the parts of a service's configuration apart from what all have.
func (c *Config) Base() *Config { return c }

// Development reports whether the service runs on a developer's machine: it then shows its documentation.
func (c *Config) Development() bool { return c.Auth.Dev }

// ShowDocs reports whether /docs and /openapi.json are served.
func (c *Config) ShowDocs() bool {
	return c.Docs == "on" || c.Docs == "auto" && c.Development()
}

// Validation is what RESPONSE_VALIDATION comes to: enforce, sample or off.
func (c *Config) Validation() string {
	switch {
	case c.ResponseValidation != "auto":
		return c.ResponseValidation
	case c.Development():
		return "enforce"
	}
	return "sample"
}

// Register declares the variables of c.
func (c *Config) Register(s *Set) {
	s.Address(&c.HTTPAddr, "HTTP_ADDR", ":8080", "address of the API")
	s.Address(&c.AdminAddr, "ADMIN_ADDR", "127.0.0.1:9090", "private address of /livez, /readyz and /metrics")
	c.registerAuth(s)
	s.Secret(&c.DatabaseURL, "DATABASE_URL", "database to use")
	s.Choice(&c.LogLevel, "LOG_LEVEL", "least level that is logged", "info", "debug", "warn", "error")
	s.Choice(&c.AccessLog, "ACCESS_LOG", "requests that are logged", "all", "errors", "off")
	s.Choice(&c.ResponseValidation, "RESPONSE_VALIDATION",
		"whether answers are compared with the contract; auto: enforce with AUTH_DEV, else sample", "auto", "enforce", "sample", "off")
	s.Choice(&c.Docs, "DOCS", "whether /docs and /openapi.json are served; auto: with AUTH_DEV only", "auto", "on", "off")
	c.Limits.register(s)
	c.Shutdown.register(s)
}

func (c *Config) registerAuth(s *Set) {
	a := &c.Auth
	s.String(&a.Issuer, "AUTH_ISSUER", "", "exact issuer (iss) of tokens")
	s.List(&a.Audience, "AUTH_AUDIENCE", "", "audiences (aud) of which a token must carry one")
	s.String(&a.JWKSURL, "AUTH_JWKS_URL", "", "key set of the issuer; empty: discovered from the issuer")
	s.List(&a.Algorithms, "AUTH_ALGORITHMS", "", "signature algorithms of tokens; empty: every asymmetric one")
	s.Duration(&a.Leeway, "AUTH_LEEWAY", 30*time.Second, "difference of clocks that is tolerated")
	s.List(&a.ScopeClaim, "AUTH_SCOPE_CLAIMS", "scope,scp", "claims that grant scopes")
	s.Bool(&a.AllowHTTP, "AUTH_ALLOW_HTTP", false, "whether issuers may be reached without TLS")
	s.String(&a.IntrospectionURL, "AUTH_INTROSPECTION_URL", "", "RFC 7662 endpoint for opaque tokens")
	s.String(&a.ClientID, "AUTH_CLIENT_ID", "", "name of the service at the introspection endpoint")
	s.Secret(&a.ClientSecret, "AUTH_CLIENT_SECRET", "secret of the service at the introspection endpoint")
	s.Duration(&a.IntrospectionTTL, "AUTH_INTROSPECTION_TTL", time.Minute, "how long an introspection is believed")
	s.Secret(&a.APIKeys, "AUTH_API_KEYS", "API keys: [scheme/]name:sha256[:scopes], separated by commas")
	s.String(&a.APIKeysFile, "AUTH_API_KEYS_FILE", "", "file with one API key on each line")
	s.Secret(&a.BasicUsers, "AUTH_BASIC_USERS", "users: name:hash[:scopes], separated by commas")
	s.String(&a.BasicUsersFile, "AUTH_BASIC_USERS_FILE", "", "file with one user on each line")
	s.Bool(&a.Dev, "AUTH_DEV", false, "trust the development issuer; never in production")
	s.String(&a.DevKeyFile, "AUTH_DEV_KEY_FILE", "", "key of the development issuer; empty: in the user's cache folder")
}

func (l *Limits) register(s *Set) {
	s.Duration(&l.ReadHeaderTimeout, "READ_HEADER_TIMEOUT", 5*time.Second, "time for the headers of a request to arrive")
	s.Duration(&l.ReadTimeout, "READ_TIMEOUT", 30*time.Second, "time for a whole request to arrive")
	s.Duration(&l.WriteTimeout, "WRITE_TIMEOUT", 30*time.Second, "time for an answer to leave; for one write, when it streams")
	s.Duration(&l.IdleTimeout, "IDLE_TIMEOUT", time.Minute, "time that a connection may wait for its next request")
	s.Duration(&l.RequestTimeout, "REQUEST_TIMEOUT", 30*time.Second, "time to serve a request; 0s for no end")
	s.Bytes(&l.MaxHeaderBytes, "MAX_HEADER_BYTES", "60KiB", "size of the request line and the headers")
	s.Int(&l.MaxHeaderFields, "MAX_HEADER_FIELDS", 100, 1, "number of header fields")
	s.Bytes(&l.MaxURIBytes, "MAX_URI_BYTES", "32KiB", "size of the request target")
	s.Bytes(&l.MaxBodyBytes, "MAX_BODY_BYTES", "1MiB", "size of a request body")
	s.Int(&l.MaxInFlight, "MAX_IN_FLIGHT", 512, 1, "requests served at a time")
	s.Int(&l.MaxQueued, "MAX_QUEUED", 128, 0, "requests that may wait to be served")
	s.Duration(&l.QueueWait, "QUEUE_WAIT", 20*time.Millisecond, "time that they wait before they get 503")
	s.Int(&l.MaxStreams, "MAX_STREAMS", 4096, 1, "streaming answers at a time")
}

func (d *Shutdown) register(s *Set) {
	s.Duration(&d.DrainDelay, "DRAIN_DELAY", 3*time.Second, "time after SIGTERM in which new connections are still taken")
	s.Duration(&d.DrainQuiet, "DRAIN_QUIET", 500*time.Millisecond, "time without requests that ends DRAIN_DELAY early; 0s: never")
	s.Duration(&d.Grace, "SHUTDOWN_GRACE", 25*time.Second, "time after SIGTERM in which requests must end")
}
