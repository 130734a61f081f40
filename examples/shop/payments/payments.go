// Package payments is the behaviour of the service: one file for each operation, and here what they share.
package payments

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/msgen/msgen/examples/shop/payments/internal/clients/charger"
	"github.com/msgen/msgen/examples/shop/payments/internal/clients/products"
	"github.com/msgen/msgen/examples/shop/payments/internal/clients/users"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/auth"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/client"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/server"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
	"github.com/msgen/msgen/examples/shop/payments/internal/till"
)

// Name is the name of the service: in logs, in challenges, and as the audience of development tokens.
const Name = "payments"

// Config is what the service can be told by its environment and flags.
type Config struct {
	config.Config

	ProductsURL, UsersURL  string        // PRODUCTS_URL, USERS_URL
	ChargerURL             string        // CHARGER_URL: empty simulates the payment provider
	ClientID, ClientSecret string        // CLIENT_ID, CLIENT_SECRET: what the service is to users
	CallTimeout            time.Duration // CALL_TIMEOUT: of a call to another service, with its retries
	Lease                  time.Duration // CHECKOUT_LEASE: how long a step of a checkout may take; then the recovery takes over
	RecoverEvery           time.Duration // RECOVER_EVERY

	transport http.RoundTripper // to the other services; tests replace it
}

// Register declares the settings.
func (c *Config) Register(s *config.Set) {
	c.Config.Register(s)
	s.String(&c.ProductsURL, "PRODUCTS_URL", "http://localhost:8082", "where products is")
	s.String(&c.UsersURL, "USERS_URL", "http://localhost:8081", "where users is")
	s.String(&c.ChargerURL, "CHARGER_URL", "", "where the payment provider is; empty: simulate it")
	s.String(&c.ClientID, "CLIENT_ID", Name, "name of the service at users")
	s.Secret(&c.ClientSecret, "CLIENT_SECRET", "secret of the service at users")
	s.Duration(&c.CallTimeout, "CALL_TIMEOUT", 5*time.Second, "time for a call to another service, with its retries")
	s.Duration(&c.Lease, "CHECKOUT_LEASE", 20*time.Second, "time for a step of a checkout, after which the recovery takes over")
	s.Duration(&c.RecoverEvery, "RECOVER_EVERY", 2*time.Second, "time between looks for unfinished checkouts")
}

// Service is what the operations share.
type Service struct {
	config   Config
	log      *slog.Logger
	store    *store.Store
	products *products.ClientWithResponses
	users    *users.ClientWithResponses
	tokens   *client.ClientCredentials
	till     till.Till
	now      func() time.Time

	stop    context.CancelFunc // of the recovery
	running sync.WaitGroup
}

// V1 answers the operations of version v1: each is a method in a file of its own.
type V1 struct{ *Service }

var _ serverv1.Handler = V1{}

// New opens the store and makes the clients of the services that this one calls.
func New(ctx context.Context, c Config) (*Service, error) {
	s := &Service{config: c, log: slog.Default(), now: time.Now, stop: func() {}}
	s.tokens = &client.ClientCredentials{
		TokenURL: c.UsersURL + "/v1/tokens/client", ID: c.ClientID, Secret: c.ClientSecret, Audience: "products",
		Scopes: []string{"products.read", "products.reserve"}, HTTP: &http.Client{Timeout: c.CallTimeout / 2, Transport: c.transport},
	}
	call := client.Config{
		Timeout: c.CallTimeout, AttemptTimeout: c.CallTimeout / 2, BreakerDelay: 2 * time.Second,
		UserAgent: Name, Transport: c.transport,
	}
	var err error
	call.URL, call.Token = c.ProductsURL, s.tokens.Token
	if s.products, err = products.New(call); err != nil {
		return nil, err
	}
	call.URL, call.Token = c.UsersURL, client.Forwarded
	if s.users, err = users.New(call); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, c.DatabaseURL); err != nil {
		return nil, err
	}
	s.till = till.Simulated{Store: s.store}
	if c.ChargerURL != "" {
		call.URL, call.Token = c.ChargerURL, nil
		provider, err := charger.New(call)
		if err != nil {
			return nil, errors.Join(err, s.store.Close())
		}
		s.till = till.Remote{Client: provider}
	}
	return s, nil
}

// App is the service with its routes, to be run by package server. It starts the recovery, which ends with Close.
func (s *Service) App(ctx context.Context, log *slog.Logger) (server.App, error) {
	options, err := app.Options(s.config.Config, log)
	if err != nil {
		return server.App{}, err
	}
	a, err := app.New(ctx, app.Service{
		Name: Name, Config: s.config.Config, Log: log, Close: s.Close,
		Ready: []server.Check{{Name: "store", Ready: s.store.Ping}}, Explain: explain,
		Versions: []app.Version{
			serverv1.Version(V1{s}, options),
		},
	})
	if err != nil {
		return server.App{}, err
	}
	a.Handler = client.ForwardToken(a.Handler)
	s.log = log
	if s.config.ChargerURL == "" {
		log.Warn("payments are simulated: nobody is charged; set CHARGER_URL")
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.running.Go(func() { s.recover(ctx) })
	return a, nil
}

// Close is called when the last request is answered.
func (s *Service) Close(context.Context) error {
	s.stop()
	s.running.Wait()
	return s.store.Close()
}

// payer is whom a checkout belongs to: the caller's token says.
func payer(ctx context.Context) string {
	principal, _ := auth.FromContext(ctx)
	if principal == nil {
		return ""
	}
	return principal.Issuer + " " + principal.Subject
}

// unavailable is the answer when something that is needed does not work: it is worth trying again.
func unavailable(detail string, cause error) *problem.Problem {
	return problem.New(http.StatusServiceUnavailable, detail).Header("Retry-After", "2").Because(cause)
}

// explain says what the errors of operations mean that are no problems yet.
func explain(err error) error {
	switch {
	case errors.Is(err, store.ErrLost):
		return unavailable("another request has taken over; send the same request again", err)
	case store.Unavailable(err):
		return problem.Unavailable(err)
	}
	return err
}

// answered tells whether a service answered with one of the statuses.
func answered(err error, statuses ...int) bool {
	got := client.Status(err)
	for _, status := range statuses {
		if got == status {
			return true
		}
	}
	return false
}
