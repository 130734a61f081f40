// Package users is the behaviour of the service: one file for each operation, and here what they share.
package users

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	apiv1 "github.com/msgen/msgen/examples/shop/users/api/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/issuer"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/auth"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/server"
	"github.com/msgen/msgen/examples/shop/users/internal/password"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// Name is the name of the service: in logs, in challenges, and as the audience of development tokens.
const Name = "users"

// Config is what the service can be told by its environment and flags. The service is its own issuer: AUTH_ISSUER is the
// URL under which others reach it, and AUTH_BASIC_USERS lists the services that may get tokens of their own.
type Config struct {
	config.Config

	Audience        []string      // TOKEN_AUDIENCE: the services that a person's token is for
	Scope           []string      // TOKEN_SCOPE: what every person may do
	Maintainers     []string      // MAINTAINERS: addresses of those who may maintain products; nobody proves here that one is theirs
	TokenLifetime   time.Duration // TOKEN_LIFETIME
	SessionLifetime time.Duration // SESSION_LIFETIME
	KeyPublish      time.Duration // KEY_PUBLISH: how long a new key is published before it signs
}

// Register declares the settings.
func (c *Config) Register(s *config.Set) {
	c.Config.Register(s)
	s.List(&c.Audience, "TOKEN_AUDIENCE", "users,products,payments", "services that the token of a person is for")
	s.List(&c.Scope, "TOKEN_SCOPE", "profile,products.read,payments", "scopes that every person has")
	s.List(&c.Maintainers, "MAINTAINERS", "", "addresses of the people who may maintain products")
	s.Duration(&c.TokenLifetime, "TOKEN_LIFETIME", 10*time.Minute, "life of an access token")
	s.Duration(&c.SessionLifetime, "SESSION_LIFETIME", 30*24*time.Hour, "life of a refresh token")
	s.Duration(&c.KeyPublish, "KEY_PUBLISH", time.Minute, "time that a new signing key is published before it signs")
}

// Service is what the operations share.
type Service struct {
	config    Config
	store     *store.Store
	issuer    *issuer.Issuer
	passwords *password.Hasher
	throttle  *throttle
	now       func() time.Time
}

// V1 answers the operations of version v1: each is a method in a file of its own.
type V1 struct{ *Service }

var _ serverv1.Handler = V1{}

// New opens the store and makes the service ready to issue tokens.
func New(ctx context.Context, c Config) (*Service, error) {
	if c.Auth.Dev { // the service is its own issuer: there is nothing else to trust, but the documentation to show
		c.Auth.Dev, c.Docs = false, "on"
	}
	if c.Auth.Issuer == "" {
		c.Auth.Issuer = "http://" + hostport(c.HTTPAddr)
	}
	if len(c.Auth.Audience) == 0 {
		c.Auth.Audience = []string{Name}
	}
	db, err := store.Open(ctx, c.DatabaseURL)
	if err != nil {
		return nil, err
	}
	s := &Service{store: db, passwords: password.New(), throttle: newThrottle(), now: time.Now}
	s.issuer, err = issuer.New(ctx, issuer.Config{
		Issuer: c.Auth.Issuer, Audience: c.Audience, Lifetime: c.TokenLifetime, Publish: c.KeyPublish,
	}, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	c.Auth.FetchKeys, c.Auth.Check = s.issuer.FetchKeys, s.live
	s.config = c
	return s, nil
}

// hostport is the address under which this machine reaches a listener.
func hostport(addr string) string {
	if strings.HasPrefix(addr, ":") {
		return "localhost" + addr
	}
	return addr
}

// live refuses the tokens of sessions that have ended. Other services accept them until they expire.
func (s *Service) live(ctx context.Context, p *auth.Principal) error {
	var session string
	if !p.Claim("sid", &session) {
		return nil
	}
	id, err := uuid.Parse(session)
	if err != nil {
		return auth.ErrRefused
	}
	live, err := s.store.Live(ctx, id)
	if err == nil && !live {
		return auth.ErrRefused
	}
	return err
}

// App is the service with its routes, to be run by package server.
func (s *Service) App(ctx context.Context, log *slog.Logger) (server.App, error) {
	options, err := app.Options(s.config.Config, log)
	if err != nil {
		return server.App{}, err
	}
	return app.New(ctx, app.Service{
		Name: Name, Config: s.config.Config, Log: log, Close: s.Close,
		Ready: []server.Check{{Name: "store", Ready: s.store.Ping}}, Explain: explain,
		Versions: []app.Version{
			serverv1.Version(V1{s}, options),
		},
	})
}

// explain says what the errors of operations mean that are no problems yet.
func explain(err error) error {
	switch {
	case errors.Is(err, password.ErrBusy):
		return problem.New(http.StatusServiceUnavailable, "too many passwords are being checked; try again").
			Header("Retry-After", "1").Because(err)
	case errors.Is(err, store.ErrText):
		return problem.New(http.StatusUnprocessableEntity, "a text holds the character NUL; leave it out").Because(err)
	case store.Unavailable(err):
		return problem.Unavailable(err)
	}
	return err
}

// Close is called when the last request is answered.
func (s *Service) Close(context.Context) error { return s.store.Close() }

// RotateKey makes a new signing key.
func (s *Service) RotateKey(ctx context.Context) error { return s.issuer.Rotate(ctx) }

// caller is the person whom the token of the request speaks for.
func (s *Service) caller(ctx context.Context) (store.Person, error) {
	principal, _ := auth.FromContext(ctx)
	if principal == nil {
		return store.Person{}, problem.New(http.StatusUnauthorized, "sign in first")
	}
	id, err := uuid.Parse(principal.Subject)
	if err != nil {
		return store.Person{}, problem.New(http.StatusForbidden, "the token speaks for no person")
	}
	person, err := s.store.ByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Person{}, problem.New(http.StatusForbidden, "the token speaks for nobody who is registered here")
	}
	return person, err
}

func profile(p store.Person) apiv1.Profile {
	return apiv1.Profile{ID: p.ID, Email: p.Email, Name: p.Name, RegisteredAt: p.RegisteredAt}
}

// scope is what a person may do.
func (s *Service) scope(p store.Person) string {
	scopes := slices.Clone(s.config.Scope)
	if slices.ContainsFunc(s.config.Maintainers, func(m string) bool { return strings.EqualFold(m, p.Email) }) {
		scopes = append(scopes, "products.maintain")
	}
	return strings.Join(scopes, " ")
}
