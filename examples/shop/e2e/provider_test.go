package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// provider is a payment provider: each key is charged once, however often it is asked.
type provider struct {
	url string

	mu      sync.Mutex
	charges map[string]string // state by key
	taken   int               // charges that were made, whatever became of them
	before  func()            // called when a charge arrives, before it is made
	after   func()            // called when a charge was made, before it is answered
}

func newProvider(t *testing.T) *provider {
	p := &provider{charges: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/charges/{key}", p.charge)
	mux.HandleFunc("PUT /v1/charges/{key}/settle", func(w http.ResponseWriter, r *http.Request) { p.move(w, r, "", "void") })
	mux.HandleFunc("PUT /v1/charges/{key}/refund", func(w http.ResponseWriter, r *http.Request) { p.move(w, r, "charged", "refunded") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// hooks sets what happens around the next charge.
func (p *provider) hooks(before, after func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before, p.after = before, after
}

func (p *provider) charge(w http.ResponseWriter, r *http.Request) {
	var order struct{ Method string }
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	before, after := p.before, p.after
	p.before, p.after = nil, nil
	p.mu.Unlock()
	if before != nil {
		before()
		panic(http.ErrAbortHandler) // it is lost
	}
	p.mu.Lock()
	if key := r.PathValue("key"); p.charges[key] == "" {
		p.charges[key] = "charged"
		if order.Method == "tok_declined" {
			p.charges[key] = "declined"
		} else {
			p.taken++
		}
	}
	p.mu.Unlock()
	if after != nil {
		after()
	}
	p.move(w, r, "-", "-")
}

// move changes the state of a charge that is in another, and answers with the state.
func (p *provider) move(w http.ResponseWriter, r *http.Request, from, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := r.PathValue("key")
	if p.charges[key] == from {
		p.charges[key] = to
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"state": p.charges[key]}) //nolint:errcheck // the caller went away
}

// standing counts the charges that were made and not given back, and those that were made at all.
func (p *provider) standing() (standing, taken int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, state := range p.charges {
		if state == "charged" {
			standing++
		}
	}
	return standing, p.taken
}
