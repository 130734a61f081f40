// Command products runs the service. Its configuration comes from the environment and flags; --help lists both.
package main

import (
	"context"
	"log/slog"
	"os"

	service "github.com/msgen/msgen/examples/shop/products"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/server"
	serverv1 "github.com/msgen/msgen/examples/shop/products/internal/server/v1"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
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
		Commands: []server.Command{app.TokenCommand(service.Name, c.Base(), serverv1.Scopes(), serverv2.Scopes())},
	}
	os.Exit(program.Main())
}
