package payments

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/client"
)

// shop stands for the services that payments calls, and for the network to them, which can be cut.
type shop struct {
	mu           sync.Mutex
	price, stock int64
	reservations map[string]*reservation // by idempotency key
	charges      map[string]string       // state by key
	taken        int                     // charges that were made, whatever became of them
	refused      string                  // status that a service answers instead: "users 401"
	calls        []string
	cutAfter     int  // calls that get through before the network is cut; negative: all
	loseAnswers  bool // the first call that is cut arrives, its answer does not
}

type reservation struct {
	id, state string
	quantity  int64
	expires   string // RFC 3339
}

func newShop() *shop {
	return &shop{price: 1250, stock: 10, reservations: map[string]*reservation{}, charges: map[string]string{}, cutAfter: -1}
}

var errCut = errors.New("the network is cut")

// RoundTrip is the network.
func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Host+r.URL.Path)
	cut, arrives := false, true
	if s.cutAfter >= 0 {
		cut = len(s.calls) > s.cutAfter
		arrives = !cut || s.loseAnswers && len(s.calls) == s.cutAfter+1
	}
	s.mu.Unlock()
	if !arrives {
		return nil, errCut
	}
	response, err := client.InMemory{Handler: http.HandlerFunc(s.serve)}.RoundTrip(r)
	if cut {
		return nil, errCut
	}
	return response, err
}

// cut cuts the network after so many more calls; a negative number mends it.
func (s *shop) cut(after int, loseAnswers bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.cutAfter, s.loseAnswers = nil, after, loseAnswers
}

func (s *shop) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	host, _, _ := strings.Cut(r.Host, ".")
	if who, status, _ := strings.Cut(s.refused, " "); who == host {
		answer(w, map[string]int{"401": 401, "409": 409, "503": 503}[status], object{"title": "refused"})
		return
	}
	switch {
	case r.URL.Path == "/v1/tokens/client":
		answer(w, 200, object{"access_token": "service", "token_type": "Bearer", "expires_in": 600, "scope": ""})
	case r.Header.Get("Authorization") == "" && host != "charger":
		answer(w, 401, object{"title": "no token"})
	case host == "users":
		answer(w, 200, object{"id": uuid.NewString(), "email": "ada@example.com", "name": "Ada", "registeredAt": "2026-01-01T00:00:00Z"})
	case host == "charger":
		s.charge(w, r)
	case strings.HasPrefix(r.URL.Path, "/v2/products/"):
		answer(w, 200, object{"id": strings.TrimPrefix(r.URL.Path, "/v2/products/"), "sku": "ABC-1", "name": "Teapot", "tags": []string{}, "price": s.money(1), "available": s.stock})
	case r.URL.Path == "/v2/reservations":
		s.reserve(w, r)
	default:
		s.settle(w, strings.Split(r.URL.Path, "/"))
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // to a recorder
}

func (s *shop) money(quantity int64) object {
	return object{"amount": s.price * quantity, "currency": "EUR"}
}

func (s *shop) reserve(w http.ResponseWriter, r *http.Request) {
	var wish struct{ Lines []struct{ Quantity int64 } }
	raw, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(raw, &wish); err != nil {
		answer(w, 400, object{})
		return
	}
	held := s.reservations[r.Header.Get("Idempotency-Key")]
	if held == nil {
		if wish.Lines[0].Quantity > s.stock {
			answer(w, 409, object{"detail": "no", "errors": []object{{"pointer": "/lines/0", "detail": "there is not enough in stock"}}})
			return
		}
		held = &reservation{uuid.NewString(), "held", wish.Lines[0].Quantity, "2030-01-01T00:00:00Z"}
		s.reservations[r.Header.Get("Idempotency-Key")] = held
		s.stock -= held.quantity
	}
	answer(w, 201, s.shown(held))
}

func (s *shop) shown(r *reservation) object {
	line := object{"productId": uuid.NewString(), "name": "Teapot", "quantity": r.quantity, "price": s.money(1)}
	return object{"id": r.id, "state": r.state, "expiresAt": r.expires, "lines": []object{line}, "total": s.money(r.quantity)}
}

// settle confirms, releases or takes back: /v2/reservations/ID/confirm.
func (s *shop) settle(w http.ResponseWriter, path []string) {
	next := map[string]string{"confirm": "confirmed", "release": "released", "take-back": "released"}[path[4]]
	for _, r := range s.reservations {
		switch {
		case r.id != path[3]:
			continue
		case r.state == "held" && path[4] != "take-back", r.state == "confirmed" && path[4] == "take-back":
			r.state = next
			if next == "released" {
				s.stock += r.quantity
			}
		case r.state != next:
			answer(w, 409, object{"detail": "the reservation is " + r.state})
			return
		}
		answer(w, 200, s.shown(r))
		return
	}
	answer(w, 404, object{})
}

func (s *shop) charge(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(r.URL.Path, "/") // /v1/charges/KEY[/settle]
	key := path[3]
	state, known := s.charges[key]
	switch {
	case len(path) == 4 && !known:
		raw, _ := io.ReadAll(r.Body)
		state = "charged"
		if strings.Contains(string(raw), "tok_declined") {
			state = "declined"
		} else {
			s.taken++
		}
	case len(path) == 5 && path[4] == "settle" && !known:
		state = "void"
	case len(path) == 5 && path[4] == "refund" && state == "charged":
		state = "refunded"
	}
	s.charges[key] = state
	answer(w, 200, object{"state": state})
}

// balance wants so many charges to stand, as many pieces to be sold, and nothing held.
func (s *shop) balance(t *testing.T, paid int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	standing, sold := 0, 0
	for _, state := range s.charges {
		if state == "charged" {
			standing++
		}
	}
	for _, r := range s.reservations {
		switch r.state {
		case "confirmed":
			sold++
		case "held":
			t.Error("a reservation is still held")
		}
	}
	if standing != paid || sold != paid {
		t.Errorf("%d charges stand and %d reservations are sold, want %d of both; calls:\n%s", standing, sold, paid, strings.Join(s.calls, "\n"))
	}
}
