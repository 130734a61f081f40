package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/msgen/msgen/kit/problem"
)

// Check says whether something that the service depends on is there. Ready returns nil when it is; it gets two seconds.
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
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var (
		group  sync.WaitGroup
		mu     sync.Mutex
		faults = map[string]string{}
	)
	for _, c := range checks {
		group.Go(func() {
			if err := c.Ready(ctx); err != nil {
				mu.Lock()
				faults[c.Name] = err.Error()
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(faults) > 0 {
		state(w, http.StatusServiceUnavailable, "not ready", faults)
		return
	}
	state(w, http.StatusOK, "ok", nil)
}

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
