// Command payments runs the service. Its configuration comes from the environment and flags; --help lists both.
package main

import (
	"context"
	"log/slog"
	"os"

	service "github.com/msgen/msgen/examples/shop/payments"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/server"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

func main() {
	var c service.Config
	program := server.Program{
		Name: service.Name, Version: app.BuildVersion(), Config: &c,
		Start: func(ctx context.Context, log *slog.Logger) (server.App, error) {
			s, err := service.New(ctx, c)
			if err != nil {
				return server.App{}, err
			}
			return s.App(ctx, log)
		},
		Commands: []server.Command{app.TokenCommand(service.Name, c.Base(), serverv1.Scopes())},
	}
	os.Exit(program.Main())
}
