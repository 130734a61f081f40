// Command users runs the service. Its configuration comes from the environment and flags; --help lists both.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	service "github.com/msgen/msgen/examples/shop/users"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/server"
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
		Commands: []server.Command{{
			Name: "rotate-key", Usage: "make a new signing key in the store; it signs after KEY_PUBLISH",
			Run: func(ctx context.Context, _ []string, _ io.Writer) error {
				s, err := service.New(ctx, c)
				if err != nil {
					return err
				}
				defer s.Close(ctx) //nolint:errcheck // the process ends
				return s.RotateKey(ctx)
			},
		}},
	}
	os.Exit(program.Main())
}
