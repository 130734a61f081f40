// Package products is the behaviour of the service: one file for each operation, and here what they share.
package products

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	apiv2 "github.com/msgen/msgen/examples/shop/products/api/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/auth"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/server"
	serverv1 "github.com/msgen/msgen/examples/shop/products/internal/server/v1"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// Name is the name of the service: in logs, in challenges, and as the audience of development tokens.
const Name = "products"

// Config is what the service can be told by its environment and flags.
type Config struct {
	config.Config
}

// Register declares the settings.
func (c *Config) Register(s *config.Set) { c.Config.Register(s) }

// Service is what the operations share.
type Service struct {
	config Config
	store  *store.Store
	now    func() time.Time
}

// V1 answers the operations of version v1: each is a method in a file of its own.
type V1 struct{ *Service }

var _ serverv1.Handler = V1{}

// V2 answers the operations of version v2: each is a method in a file of its own.
type V2 struct{ *Service }

var _ serverv2.Handler = V2{}

// New opens the store.
func New(ctx context.Context, c Config) (*Service, error) {
	db, err := store.Open(ctx, c.DatabaseURL)
	if err != nil {
		return nil, err
	}
	return &Service{config: c, store: db, now: time.Now}, nil
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
			serverv2.Version(V2{s}, options),
		},
	})
}

// explain says what the errors of operations mean that are no problems yet.
func explain(err error) error {
	switch {
	case errors.Is(err, store.ErrText):
		return problem.New(http.StatusUnprocessableEntity, "a text holds the character NUL; leave it out").Because(err)
	case store.Unavailable(err):
		return problem.Unavailable(err)
	}
	return err
}

// Close is called when the last request is answered.
func (s *Service) Close(context.Context) error { return s.store.Close() }

// owner is whom a reservation belongs to: the caller's token says.
func owner(ctx context.Context) string {
	principal, _ := auth.FromContext(ctx)
	if principal == nil {
		return ""
	}
	return principal.Issuer + " " + principal.Subject
}

var errNoProduct = problem.New(http.StatusNotFound, "there is no such product")

// product answers with a product, as version 2 shows it.
func (s *Service) product(ctx context.Context, id uuid.UUID) (apiv2.Product, error) {
	p, err := s.store.Product(ctx, id, s.now())
	if errors.Is(err, store.ErrNotFound) {
		return apiv2.Product{}, errNoProduct
	}
	return shown(p), err
}

func shown(p store.Product) apiv2.Product {
	out := apiv2.Product{
		ID: p.ID, SKU: p.SKU, Name: p.Name, Tags: p.Tags, Price: money(p.Price), Available: int32(min(p.Available, 1<<31-1)),
	}
	if p.Description != "" {
		out.Description = &p.Description
	}
	return out
}

func money(m store.Money) apiv2.Money {
	return apiv2.Money{Amount: m.Amount, Currency: apiv2.MoneyCurrency(m.Currency)}
}

func reservation(r store.Reservation) apiv2.Reservation {
	lines := make([]apiv2.ReservationLinesItem, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = apiv2.ReservationLinesItem{ProductID: l.ProductID, Name: l.Name, Quantity: int32(l.Quantity), Price: money(l.Price)}
	}
	return apiv2.Reservation{
		ID: r.ID, State: apiv2.ReservationState(r.State), ExpiresAt: r.ExpiresAt, Lines: lines, Total: money(r.Total()),
	}
}

// reservationFault turns what the store says of a reservation into an answer.
func reservationFault(r store.Reservation, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem.New(http.StatusNotFound, "there is no such reservation")
	case errors.Is(err, store.ErrState):
		return problem.New(http.StatusConflict, "the reservation is "+r.State)
	}
	return err
}
