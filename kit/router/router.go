// Package router finds the operation of a request by its raw escaped path and its method, checks the caller's
// credentials and the frame of the body, and runs the operation. It never redirects and never guesses: what no route
// declares is 404, a method that no route of the path declares is 405 with Allow. What a path segment may hold,
// parsing parameters and bodies are left to the operation.
package router

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/problem"
)

// Handler runs an operation. An error that it returns becomes the answer unless the answer has begun, in which case
// the connection is cut: a client must not take half an answer for a whole one. p is valid until Handler returns.
type Handler func(w http.ResponseWriter, r *http.Request, p *Params) error

// Route is one operation of a contract.
type Route struct {
	Method    string
	Path      string // base path and template: "/v1/orders/{id}.json"
	Operation string // unique name of the operation, for logs and errors
	Version   string // "v1"
	Security  auth.Requirements
	// Authenticator checks the credentials of this route, where versions know schemes of their own; nil is that of Options.
	Authenticator Authenticator

	Deprecated      bool
	DeprecatedAt    string // when: RFC 3339 date or time; "" when the contract doesn't say
	Sunset          string // when it goes away: RFC 3339 date or time, or an HTTP date; "" for unknown
	DeprecationLink string // where to read about it; "" for the documentation of the operation
	SuccessorLink   string // what replaces it; "" for nothing

	MaxBody int64         // bytes of the request body; 0 for Options.MaxBody, negative for no limit
	Timeout time.Duration // of the whole request; 0 for the server's
	Stream  bool          // answers without end (server-sent events): no timeout, and HEAD is not served by it
	Handle  Handler

	names   []string // of the parameters, in the order of the path
	headers []header // of a deprecated route
}

// Authenticator decides whether a request may pass. The context that it returns carries the principal; an error is
// the answer (a *problem.Problem with its challenges).
type Authenticator interface {
	Authenticate(r *http.Request, req auth.Requirements) (context.Context, error)
}

// Matcher is implemented by response writers that want to know the route of their request, before it runs.
type Matcher interface{ Match(rt *Route) }

// Options are what the routes share. The zero value serves routes without security.
type Options struct {
	// Authenticator is required when a route has Security.
	Authenticator Authenticator
	// MaxBody bounds request bodies, in bytes; 0 means 1 MiB.
	MaxBody int64
	// MaxURI bounds the request target, in bytes; 0 means 32 KiB.
	MaxURI int
	// Explain says what the errors of operations mean that are no problems yet; nil leaves them to problem.From.
	Explain func(error) error
	// NotFound answers paths without a route; nil means 404.
	NotFound http.Handler
}

// The defaults of Options.
const (
	DefaultMaxBody = 1 << 20
	DefaultMaxURI  = 32 << 10
)

// Router is an http.Handler over a fixed set of routes. It is safe for concurrent use.
type Router struct {
	root   *node
	static map[string]*leaf // paths without parameters
	sizes  [256]bool        // the lengths of their names, modulo 256: most other paths need no look at the map
	routes []*Route
	o      Options
	pool   sync.Pool // of *Params
}

// New builds a router. Two routes of one method whose paths differ at most in the names of parameters are an error, as
// is security without an authenticator.
func New(routes []Route, o Options) (*Router, error) {
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxURI == 0 {
		o.MaxURI = DefaultMaxURI
	}
	if o.NotFound == nil {
		o.NotFound = http.HandlerFunc(notFound)
	}
	rt := &Router{root: &node{}, static: map[string]*leaf{}, o: o}
	rt.pool.New = func() any { return new(Params) }
	var errs []error
	for i := range routes {
		route := routes[i]
		if err := rt.add(&route); err != nil {
			errs = append(errs, err)
		}
	}
	rt.root.order()
	return rt, errors.Join(errs...)
}

func (rt *Router) add(route *Route) error {
	switch {
	case route.Handle == nil:
		return fmt.Errorf("route %s has no handler; set Handle", route)
	case route.Authenticator == nil:
		route.Authenticator = rt.o.Authenticator
	}
	if len(route.Security) > 0 && !route.Security.Optional() && route.Authenticator == nil {
		return fmt.Errorf("route %s asks for credentials that nothing checks; set Options.Authenticator", route)
	}
	var err error
	if route.headers, err = deprecation(route); err != nil {
		return fmt.Errorf("route %s: %w", route, err)
	}
	segments, names := parseTemplate(route.Path)
	route.names = names
	l := rt.root.insert(segments)
	if other := l.declared(route.Method); other != nil {
		return fmt.Errorf("routes %s and %s answer the same requests; remove one", other, route)
	}
	l.routes = append(l.routes, route)
	if len(names) == 0 {
		path := staticPath(segments)
		rt.static[path] = l
		rt.sizes[len(path)%len(rt.sizes)] = true
	}
	rt.routes = append(rt.routes, route)
	return nil
}

// String is the route as errors and logs name it: method, path and operation.
func (r *Route) String() string {
	if r.Operation == "" {
		return r.Method + " " + r.Path
	}
	return r.Method + " " + r.Path + " (" + r.Operation + ")"
}

// Routes are the routes in the order in which they were given. They must not be changed.
func (rt *Router) Routes() []*Route { return rt.routes }

// Declares reports whether some route answers the escaped path, under any method.
func (rt *Router) Declares(path string) bool {
	p := rt.pool.Get().(*Params)
	defer rt.put(p)
	s := search{params: p}
	return rt.find(&s, path, false) != nil || s.status == http.StatusMethodNotAllowed
}

// ServeHTTP finds the route and runs it.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := rt.pool.Get().(*Params)
	s := search{method: r.Method, params: p}
	path, plain := rawPath(r)
	var route *Route
	if len(r.RequestURI) > rt.o.MaxURI || len(path) > rt.o.MaxURI {
		s.status = http.StatusRequestURITooLong
	} else {
		route = rt.find(&s, path, plain)
	}
	if route == nil {
		rt.put(p)
		rt.refuse(w, r, &s)
		return
	}
	if m, ok := w.(Matcher); ok {
		m.Match(route)
	}
	if _, ok := w.(problem.Starter); !ok {
		w = &tracker{ResponseWriter: w}
	}
	err := rt.run(w, r, route, p)
	rt.put(p)
	if err == nil {
		return
	}
	if p := (*problem.Problem)(nil); rt.o.Explain != nil && !errors.As(err, &p) {
		err = rt.o.Explain(err)
	}
	began := problem.Started(w)
	problem.Write(w, r, err)
	if began {
		panic(http.ErrAbortHandler)
	}
}

func (rt *Router) put(p *Params) {
	p.reset()
	rt.pool.Put(p)
}

// run takes a request from authentication to its handler.
func (rt *Router) run(w http.ResponseWriter, r *http.Request, route *Route, p *Params) error {
	if route.headers != nil {
		announce(w.Header(), route.headers)
	}
	if len(route.Security) > 0 && route.Authenticator != nil {
		ctx, err := route.Authenticator.Authenticate(r, route.Security)
		if err != nil {
			return err
		}
		if ctx != nil && ctx != r.Context() {
			r = r.WithContext(ctx)
		}
	}
	if err := rt.frame(w, r, route); err != nil {
		return err
	}
	return route.Handle(w, r, p)
}

// refuse answers a request that no route takes.
func (rt *Router) refuse(w http.ResponseWriter, r *http.Request, s *search) {
	switch s.status {
	case http.StatusBadRequest:
		problem.Write(w, r, problem.New(s.status, "the path is not properly percent-encoded; encode it as RFC 3986 has it"))
	case http.StatusRequestURITooLong:
		problem.Write(w, r, problem.New(s.status, fmt.Sprintf("the URI is longer than %d bytes; send less", rt.o.MaxURI)))
	case http.StatusMethodNotAllowed:
		rt.refuseMethod(w, r, s)
	default:
		if r.Method == http.MethodOptions && r.RequestURI == "*" {
			w.Header().Set("Allow", strings.Join(rt.methods(), ", "))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		rt.o.NotFound.ServeHTTP(w, r)
	}
}

// refuseMethod answers OPTIONS with what the path allows, methods that this service knows nowhere with 501, and others
// with 405.
func (rt *Router) refuseMethod(w http.ResponseWriter, r *http.Request, s *search) {
	allow := strings.Join(allowed(s.others), ", ")
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", allow)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	status, detail := http.StatusMethodNotAllowed, "the path doesn't take this method; Allow lists those that it takes"
	if !known(r.Method) && !contains(rt.methods(), r.Method) {
		status, detail = http.StatusNotImplemented, "the service doesn't know this method; Allow lists those that the path takes"
	}
	problem.Write(w, r, problem.New(status, detail).Header("Allow", allow))
}

func notFound(w http.ResponseWriter, r *http.Request) {
	problem.Write(w, r, problem.New(http.StatusNotFound, "nothing is here; compare the path with the contract"))
}
