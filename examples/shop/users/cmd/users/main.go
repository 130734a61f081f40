// Command users runs the service. Its configuration comes from the environment and flags; --help lists both.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	service "github.com/msgen/msgen/examples/shop/users"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/app"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/auth"
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
		}, {
			Name: "hash-secret", Usage: "hash the secret on standard input, for AUTH_BASIC_USERS",
			Run: func(_ context.Context, _ []string, stdout io.Writer) error {
				secret, err := io.ReadAll(io.LimitReader(os.Stdin, 1024))
				if err != nil {
					return err
				}
				hash, err := auth.HashPassword(strings.TrimRight(string(secret), "\r\n"))
				if err == nil {
					_, err = io.WriteString(stdout, hash+"\n")
				}
				return err
			},
		}},
	}
	os.Exit(program.Main())
}
