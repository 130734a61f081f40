// Package server runs a service: the public port with its limits, the private one with /livez, /readyz and /metrics,
// and the way down, on which no request that was accepted is lost. It turns one http.Handler into a process; routing,
// credentials and bodies are left to that handler.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/docs"
)

// App is what a service's own code builds.
type App struct {
	Handler http.Handler                 // the API, mostly a *router.Router
	Ready   []Check                      // what /readyz asks
	Close   func(context.Context) error  // called after the last request; may be nil
	Metrics []prometheus.Collector       // shown on /metrics beside those of the server
	Docs    docs.Options                 // what /docs shows when it is enabled
	Listen  func(public, private string) // told the addresses once both ports are open; may be nil
}

// Faults of shutting down.
var (
	// ErrStuck is returned when requests still ran at the end of SHUTDOWN_GRACE.
	ErrStuck = errors.New("requests were still running at the end of SHUTDOWN_GRACE; raise it, or let handlers heed their context")
	// ErrForced is returned when a second signal ended the shutdown.
	ErrForced = errors.New("a second signal ended the shutdown")
)

// Run serves app until ctx ends or SIGTERM or SIGINT comes, then shuts down: /readyz says 503 at once, connections are
// still taken for DRAIN_DELAY, and requests may end until SHUTDOWN_GRACE. It returns nil when all of them did.
func Run(ctx context.Context, c config.Config, app App, log *slog.Logger) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	defer signal.Stop(signals)
	relaxCollector()
	next := app.Handler
	if c.ShowDocs() {
		next = docs.Handler(next, app.Docs)
	}
	h, err := NewHandler(next, c, log, app.Metrics...)
	if err != nil {
		return err
	}
	s := &service{c: c, h: h, log: log, signals: signals, failed: make(chan error, 2)}
	if err := s.listen(app); err != nil {
		return err
	}
	err = s.wait(ctx)
	return errors.Join(err, closeApp(app, err))
}

// closeApp closes what the service opened. It doesn't wait for long when the service ends in disorder: what is stuck
// may be what holds it open.
func closeApp(app App, err error) error {
	if app.Close == nil || errors.Is(err, ErrForced) {
		return nil
	}
	patience := 5 * time.Second
	if err != nil {
		patience = 500 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- app.Close(ctx) }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
		return fmt.Errorf("closing the service took longer than %v; let Close heed its context", patience)
	}
}

// service is a running service.
type service struct {
	c       config.Config
	h       *Handler
	log     *slog.Logger
	signals chan os.Signal
	failed  chan error // a port that stopped by itself

	port            *listener
	public, private *http.Server
	cancel          context.CancelFunc // ends the context of all requests
}

// listen opens both ports and serves them.
func (s *service) listen(app App) error {
	public, err := listenOn("HTTP_ADDR", s.c.HTTPAddr)
	if err != nil {
		return err
	}
	private, err := listenOn("ADMIN_ADDR", s.c.AdminAddr)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	s.public, s.cancel = NewServer(s.h, s.log)
	s.private = &http.Server{
		Handler: s.h.Admin(app.Ready), ErrorLog: netLog(s.log), ReadHeaderTimeout: s.c.ReadHeaderTimeout,
		ReadTimeout: s.c.ReadTimeout, WriteTimeout: s.c.WriteTimeout, IdleTimeout: s.c.IdleTimeout, MaxHeaderBytes: 16 << 10,
	}
	s.port = newListener(public, s.h)
	go func() { s.failed <- s.public.Serve(s.port) }()
	go func() { s.failed <- s.private.Serve(private) }()
	s.log.Info("listening", "addr", public.Addr().String(), "admin", private.Addr().String())
	if app.Listen != nil {
		app.Listen(public.Addr().String(), private.Addr().String())
	}
	return nil
}

func listenOn(name, addr string) (net.Listener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false) // such sockets take no filter; see turnAway
	l, err := config.Listen(context.Background(), "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %q is in use; stop what listens there or choose another address", name, addr)
	case err != nil:
		return nil, fmt.Errorf("%s: %q can't be listened on; choose another address: %w", name, addr, err)
	}
	return l, nil
}

// Listener watches the connections of l for h: what net/http would answer in plain text becomes a problem, and what it
// hides from handlers is refused.
func (h *Handler) Listener(l net.Listener) net.Listener {
	return newListener(l, h)
}

func (h *Handler) countRefused(status int) { h.metrics.refused.WithLabelValues(code(status)).Inc() }

// NewServer is an http.Server for h with its limits, to be served on a Listener of h. Calling cancel ends the context
// of every request.
func NewServer(h *Handler, log *slog.Logger) (server *http.Server, cancel context.CancelFunc) {
	const slop = 4096 // net/http allows this much more than MaxHeaderBytes
	base, cancel := context.WithCancel(context.Background())
	return &http.Server{
		Handler:                      h,
		ErrorLog:                     netLog(log),
		ReadHeaderTimeout:            h.limits.ReadHeaderTimeout,
		IdleTimeout:                  h.limits.IdleTimeout,
		MaxHeaderBytes:               max(int(h.limits.MaxHeaderBytes)-slop, 1),
		DisableGeneralOptionsHandler: true,
		BaseContext:                  func(net.Listener) context.Context { return base },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if c, ok := c.(*conn); ok {
				return context.WithValue(ctx, connKey{}, c)
			}
			return ctx
		},
	}, cancel
}

// wait serves until something ends it, and shuts down.
func (s *service) wait(ctx context.Context) error {
	defer s.cancel()
	select {
	case err := <-s.failed:
		s.h.stop()
		return errors.Join(fmt.Errorf("serving stopped: %w", err), s.public.Close(), s.private.Close())
	case sig := <-s.signals:
		s.log.Info("shutting down", "signal", sig.String())
	case <-ctx.Done():
		s.log.Info("shutting down")
	}
	err := s.shutDown()
	s.h.stop()
	return errors.Join(err, s.public.Close(), s.private.Close())
}

// echo is how far apart two signals are of which one is meant: whoever signals a process and its group, as timeout(1)
// does, sends two.
const echo = 5 * time.Millisecond

// shutDown drains the service. Grace counts from its beginning.
func (s *service) shutDown() error {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), s.c.Grace)
	defer cancel()
	done := make(chan error, 1)
	s.h.last.Store(time.Now().UnixNano())
	s.h.draining.Store(true)
	go func() {
		s.drain(ctx)
		s.h.stop()
		if err := s.port.Close(); err != nil {
			s.log.Warn("closing the port", "error", err.Error())
		}
		// Handlers that heed their context get a last chance to answer.
		last := time.AfterFunc(max(0, remaining(ctx)-min(time.Second, s.c.Grace/5)), s.cancel)
		defer last.Stop()
		s.settle(ctx)
		done <- s.public.Shutdown(ctx)
	}()
	for {
		select {
		case <-s.signals:
			if time.Since(begun) < echo {
				continue
			}
			s.log.Warn("forced to exit", "stuck", s.h.stuck())
			return ErrForced
		case err := <-done:
			if err == nil {
				s.log.Info("stopped")
				return nil
			}
			s.log.Error("exiting with requests still running", "stuck", s.h.stuck())
			return fmt.Errorf("%w: %s", ErrStuck, strings.Join(s.h.stuck(), ", "))
		}
	}
}

func remaining(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return time.Until(deadline)
}

// drain waits until whoever sends requests has learned that it should not: for DRAIN_DELAY, or until nothing but
// streams was in flight and nothing came for DRAIN_QUIET. Each answer of that time closes its connection.
func (s *service) drain(ctx context.Context) {
	const tick = 20 * time.Millisecond
	end := time.Now().Add(s.c.DrainDelay)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for time.Now().Before(end) {
		idle := time.Since(time.Unix(0, s.h.last.Load()))
		if s.c.DrainQuiet > 0 && idle >= s.c.DrainQuiet && s.h.active.Load() <= int64(len(s.h.streams.slots)) {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// settle waits until the requests that were accepted are served. Shutdown must not come before: it drops a request
// whose connection was accepted, but whose head it has not read yet. A new connection gets a moment to send something.
func (s *service) settle(ctx context.Context) {
	const tick, moment = 5 * time.Millisecond, 800 * time.Millisecond
	select {
	case <-s.port.ended:
	case <-ctx.Done():
		return
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for s.h.active.Load() > 0 || s.port.fresh.Load() > 0 && time.Since(s.port.accepted()) < moment {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// stuck are the routes of the requests that are still running.
func (h *Handler) stuck() []string {
	routes := []string{}
	h.metrics.each(func(r *routeMetrics) {
		if n := r.inFlight.Load(); n > 0 {
			routes = append(routes, fmt.Sprintf("%s %s (%d)", r.method, r.template, n))
		}
	})
	slices.Sort(routes)
	return routes
}
