package payments

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/auth/authtest"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/server"
)

type object = map[string]any

// caller calls a service that runs on a real store, trusts a real issuer and calls a shop in memory.
type caller struct {
	*testing.T
	shop     *shop
	issuer   *authtest.Issuer
	database string
	token    string
	header   http.Header  // of the last answer
	ahead    atomic.Int64 // by how much the clock of the service is

	service *Service
	url     string
	stop    func()
}

// databases are the stores that every test runs on: SQLite, and PostgreSQL where TEST_DATABASE_URL names one.
func databases(t *testing.T) map[string]string {
	all := map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "payments.db")}
	if postgres := os.Getenv("TEST_DATABASE_URL"); postgres != "" {
		all["postgres"] = schema(t, postgres)
	}
	return all
}

// schema makes a schema of its own for a test, so that the recovery finds nothing of other ones.
func schema(t *testing.T, postgres string) string {
	t.Helper()
	db, err := sql.Open("pgx", postgres)
	if err != nil {
		t.Fatal(err)
	}
	var raw [8]byte
	rand.Read(raw[:]) //nolint:errcheck // never fails
	name := "test_" + hex.EncodeToString(raw[:])
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	u, err := url.Parse(postgres)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	return u.String()
}

func start(t *testing.T, database string) *caller {
	t.Helper()
	c := &caller{T: t, shop: newShop(), issuer: authtest.New(t), database: database}
	c.token = c.issuer.Sign(c.issuer.Claims("payments profile", object{"sub": uuid.NewString()}))
	c.run()
	t.Cleanup(func() { c.stop() })
	return c
}

// run starts the service on the store as it stands.
func (c *caller) run() {
	c.Helper()
	o := Config{Config: config.Default(), ProductsURL: "http://products.test", UsersURL: "http://users.test", ChargerURL: "http://charger.test"}
	o.Auth, o.DatabaseURL, o.ResponseValidation, o.MaxQueued = c.issuer.Config(), c.database, "enforce", 1000
	o.ClientID, o.ClientSecret, o.transport = Name, "secret", c.shop
	o.CallTimeout, o.Lease, o.RecoverEvery, o.QueueWait = 2*time.Second, 20*time.Second, time.Hour, 10*time.Second
	s, err := New(c.Context(), o)
	if err != nil {
		c.Fatal(err)
	}
	c.ahead.Store(0)
	s.now = func() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }
	log := slog.New(slog.DiscardHandler)
	a, err := s.App(c.Context(), log)
	if err != nil {
		c.Fatal(err)
	}
	h, err := server.NewHandler(a.Handler, o.Config, log, a.Metrics...)
	if err != nil {
		c.Fatal(err)
	}
	ts := httptest.NewServer(h)
	for _, check := range a.Ready {
		for end := time.Now().Add(time.Minute); check.Ready(c.Context()) != nil; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				c.Fatalf("%s is not ready: %v", check.Name, check.Ready(c.Context()))
			}
		}
	}
	c.service, c.url = s, ts.URL
	c.stop = func() {
		ts.Close()
		if err := a.Close(c.Context()); err != nil {
			c.Error(err)
		}
	}
}

// restart ends the service and starts it again, when every lease has run out.
func (c *caller) restart() {
	c.Helper()
	c.stop()
	c.run()
	c.later(time.Minute)
}

// later moves the clock of the service.
func (c *caller) later(d time.Duration) {
	c.ahead.Store(int64(d))
}

func onEach(t *testing.T, story func(*caller)) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) { story(start(t, database)) })
	}
}

// send sends a JSON body. Whatever is answered from 400 on must be a problem.
func (c *caller) send(method, path string, body any, header ...string) (int, object, http.Header) {
	c.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.Error(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, c.url+path, reader)
	if err != nil {
		c.Error(err)
		return 0, nil, nil
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Error(err)
		return 0, nil, nil
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.Error(err)
	}
	answer := object{}
	if err := json.Unmarshal(raw, &answer); err != nil {
		c.Errorf("%s: %v", raw, err)
	}
	if response.StatusCode >= 400 && response.Header.Get("Content-Type") != "application/problem+json" {
		c.Errorf("%s %s: %d is no problem: %s", method, path, response.StatusCode, raw)
	}
	return response.StatusCode, answer, response.Header
}

// call sends a JSON body and wants a status.
func (c *caller) call(method, path string, body any, want int, header ...string) object {
	c.Helper()
	status, answer, got := c.send(method, path, body, header...)
	c.header = got
	if status != want {
		c.Fatalf("%s %s: got %d, want %d: %v", method, path, status, want, answer)
	}
	return answer
}

func basket(quantity int) object {
	return object{"lines": []object{{"productId": "7f1ac1b5-33b3-4a4b-8c6c-3d3b7b2f8a11", "quantity": quantity}}}
}

func order(quantity int) object {
	return object{"basket": basket(quantity), "method": object{"kind": "card", "token": "tok_visa"}}
}

func (c *caller) checkout(key string, want int) object {
	c.Helper()
	return c.call("POST", "/v1/checkouts", order(2), want, "Idempotency-Key", key)
}
