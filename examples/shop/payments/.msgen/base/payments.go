// Package payments is the behaviour of the service: one file for each operation, and here what they share.
package payments

import (
	"context"
	"log/slog"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/server"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// Name is the name of the service: in logs, in challenges, and as the audience of development tokens.
const Name = "payments"

// Config is what the service can be told by its environment and flags.
type Config struct {
	config.Config
	// Add settings here, and declare them in Register.
}

// Register declares the settings.
func (c *Config) Register(s *config.Set) {
	c.Config.Register(s)
	// s.String(&c.Greeting, "GREETING", "hello", "what to say")
}

// Service is what the operations share: connections, clients, clocks.
type Service struct {
	config Config
}

// V1 answers the operations of version v1: each is a method in a file of its own.
type V1 struct{ *Service }

var _ serverv1.Handler = V1{}

// New makes the service. Open what the operations share here, and close it in Close.
func New(_ context.Context, c Config) (*Service, error) {
	return &Service{config: c}, nil
}

// App is the service with its routes, to be run by package server.
func (s *Service) App(ctx context.Context, log *slog.Logger) (server.App, error) {
	options, err := app.Options(s.config.Config, log)
	if err != nil {
		return server.App{}, err
	}
	return app.New(ctx, app.Service{
		Name: Name, Config: s.config.Config, Log: log, Close: s.Close,
		Ready: []server.Check{}, // what the service can't work without, such as its database
		Versions: []app.Version{
			serverv1.Version(V1{s}, options),
		},
	})
}

// Close is called when the last request is answered.
func (s *Service) Close(context.Context) error { return nil }
