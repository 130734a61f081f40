package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/msgen/msgen/kit/problem"
)

// Check says whether something that the service depends on is there. Ready returns nil when it is; what takes longer than
// two seconds is not there.
type Check struct {
	Name  string
	Ready func(context.Context) error
}

// Admin is the handler of the private port: /livez says that the process runs, /readyz that it can serve, /metrics how
// it does.
func (h *Handler) Admin(checks []Check) http.Handler {
	show := promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{Registry: h.metrics.registry})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		var serve http.HandlerFunc
		switch r.URL.Path {
		case "/livez":
			serve = func(w http.ResponseWriter, _ *http.Request) { state(w, http.StatusOK, "ok", nil) }
		case "/readyz":
			serve = func(w http.ResponseWriter, r *http.Request) { h.ready(w, r, checks) }
		case "/metrics":
			serve = show.ServeHTTP
		default:
			problem.Write(w, r, problem.New(http.StatusNotFound, "there are /livez, /readyz and /metrics here"))
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			problem.Write(w, r, problem.New(http.StatusMethodNotAllowed, "use GET").Header("Allow", "GET, HEAD"))
			return
		}
		serve(w, r)
	})
}

// ready runs the checks side by side.
func (h *Handler) ready(w http.ResponseWriter, r *http.Request, checks []Check) {
	if h.draining.Load() {
		state(w, http.StatusServiceUnavailable, "draining", nil)
		return
	}
	if faults := missing(r.Context(), checks); len(faults) > 0 {
		state(w, http.StatusServiceUnavailable, "not ready", faults)
		return
	}
	state(w, http.StatusOK, "ok", nil)
}

// missing says what is not there, and why. It waits for no check that does not heed the end of its context.
func missing(ctx context.Context, checks []Check) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	type verdict struct {
		check int
		err   error
	}
	verdicts, errs := make(chan verdict, len(checks)), make([]error, len(checks))
	for i, c := range checks {
		errs[i] = errSilent
		go func() { verdicts <- verdict{i, c.Ready(ctx)} }()
	}
	for range checks {
		select {
		case v := <-verdicts:
			errs[v.check] = v.err
			continue
		case <-ctx.Done():
		}
		break
	}
	faults := map[string]string{}
	for i, err := range errs {
		if err != nil {
			faults[checks[i].Name] = err.Error()
		}
	}
	return faults
}

var errSilent = errors.New("it does not answer")

func state(w http.ResponseWriter, status int, text string, faults map[string]string) {
	body, err := json.Marshal(struct {
		Status string            `json:"status"`
		Faults map[string]string `json:"faults,omitempty"`
	}{text, faults})
	if err != nil {
		panic(err) // strings always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // whoever asked is gone
}
