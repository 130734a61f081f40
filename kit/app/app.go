// Package app puts the parts of a service together: the routes of every version with the schemes that protect them, what
// readiness asks, the documentation, and the commands that go with them. Serving is left to package server.
package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/content"
	"github.com/msgen/msgen/kit/docs"
	"github.com/msgen/msgen/kit/router"
	"github.com/msgen/msgen/kit/server"
)

// Version is one version of the API, as the generated server of the version gives it.
type Version struct {
	Name     string // "v1"
	Schemes  []auth.Scheme
	Routes   []router.Route
	Contract []byte // self-contained OpenAPI document in JSON
}

// Service is what New puts together.
type Service struct {
	Name     string
	Config   config.Config
	Log      *slog.Logger
	Versions []Version
	Ready    []server.Check              // what readiness asks beside the keys of the issuer
	Close    func(context.Context) error // called after the last request; may be nil
	Metrics  []prometheus.Collector      // shown beside those of the server
	// Explain turns errors of operations that are no problems yet into those that they should be, in one place, such as
	// those of a database; nil leaves them to problem.From, which answers 503 where a connection broke and else 500.
	Explain func(error) error
}

// Options are the options of the generated servers that the configuration asks for.
func Options(c config.Config, log *slog.Logger) (content.Options, error) {
	mode, err := content.ParseMode(c.Validation())
	return content.Options{Responses: mode, Log: log, MaxBody: c.MaxBodyBytes}, err
}

// New puts a service together. The keys of its issuer are loaded in the background until ctx ends. A service with
// protected operations and nobody to trust is an error.
func New(ctx context.Context, s Service) (server.App, error) {
	s.Config.Auth.Service, s.Config.Auth.Logger = s.Name, s.Log
	shared, err := auth.New(ctx, s.Config.Auth, nil)
	if err != nil {
		return server.App{}, err
	}
	a := server.App{Close: s.Close, Ready: s.Ready, Metrics: s.Metrics, Docs: docs.Options{Title: s.Name}}
	var routes []router.Route
	var faults []error
	protected := false
	for _, v := range s.Versions {
		own, err := shared.For(v.Schemes)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, route := range v.Routes {
			route.Authenticator = own
			routes = append(routes, route)
		}
		protected = protected || len(v.Schemes) > 0
		a.Docs.Contracts = append(a.Docs.Contracts, docs.Contract{Version: v.Name, JSON: v.Contract})
	}
	if err := errors.Join(faults...); err != nil {
		return server.App{}, err
	}
	if a.Handler, err = router.New(routes, router.Options{
		MaxBody: s.Config.MaxBodyBytes, MaxURI: int(s.Config.MaxURIBytes), Explain: s.Explain,
	}); err != nil {
		return server.App{}, err
	}
	if protected {
		a.Ready = append(slices.Clone(a.Ready), server.Check{Name: "keys", Ready: shared.Ready})
		a.Metrics = append(slices.Clone(a.Metrics), authMetrics(shared)...)
	}
	if s.Config.Auth.Dev {
		a.Docs.Token = func(_ context.Context, scopes []string) (string, error) { return token(s.Config.Auth, scopes, nil) }
	}
	return a, nil
}

// authMetrics counts what the authenticator does.
func authMetrics(a *auth.Authenticator) []prometheus.Collector {
	counter := func(name, help string, value func(auth.Stats) uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "auth_" + name, Help: help},
			func() float64 { return float64(value(a.Stats())) })
	}
	return []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "auth_keys", Help: "Keys of the issuer that are trusted."},
			func() float64 { return float64(a.Stats().Keys) }),
		counter("key_fetches_total", "Downloads of the issuer's key set.", func(s auth.Stats) uint64 { return s.KeyFetches }),
		counter("key_fetch_failures_total", "Downloads of the key set that failed or brought no usable key; worth an alert.",
			func(s auth.Stats) uint64 { return s.KeyFetchFailures }),
		counter("token_cache_hits_total", "Signed tokens that were remembered.", func(s auth.Stats) uint64 { return s.CacheHits }),
		counter("token_cache_misses_total", "Signed tokens that had to be verified.", func(s auth.Stats) uint64 { return s.CacheMisses }),
		counter("unauthorized_total", "Requests answered with 401.", func(s auth.Stats) uint64 { return s.Unauthorized }),
		counter("forbidden_total", "Requests answered with 403.", func(s auth.Stats) uint64 { return s.Forbidden }),
		counter("unavailable_total", "Requests whose credentials could not be checked.", func(s auth.Stats) uint64 { return s.Unavailable }),
	}
}

// Scopes lists the scopes that routes ask for, sorted.
func Scopes(routes []router.Route) []string {
	var scopes []string
	for _, route := range routes {
		for _, alternative := range route.Security {
			for _, use := range alternative {
				scopes = append(scopes, use.Scopes...)
			}
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// TokenCommand prints a token of the development issuer with the scopes of every version, or those that its flags name.
func TokenCommand(name string, c *config.Config, scopes ...[]string) server.Command {
	return server.Command{
		Name: "token", Usage: "print a token of the development issuer (AUTH_DEV); --help lists the flags",
		Run: func(_ context.Context, args []string, stdout io.Writer) error {
			all := slices.Concat(scopes...)
			slices.Sort(all)
			settings := c.Auth
			settings.Service = name
			text, err := token(settings, slices.Compact(all), args)
			if err == nil {
				_, err = io.WriteString(stdout, text+"\n")
			}
			return err
		},
	}
}

// token makes a development token, or returns what the token command says instead.
func token(c auth.Config, scopes, args []string) (string, error) {
	var out, messages bytes.Buffer
	code := auth.TokenCommand(c, scopes, args, &out, &messages)
	text := strings.TrimSpace(out.String())
	if code != 0 {
		return "", errors.New(strings.TrimPrefix(strings.TrimSpace(messages.String()), "token: "))
	}
	if text == "" {
		return strings.TrimSpace(messages.String()), nil // the help that was asked for
	}
	return text, nil
}

// BuildVersion is the version of the binary, as the go command recorded it.
func BuildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
