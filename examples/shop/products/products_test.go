package products

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/auth/authtest"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/server"
)

// client calls a service that runs on a real store and trusts a real issuer.
type client struct {
	*testing.T
	url     string
	service *Service
	issuer  *authtest.Issuer
	token   string
	header  http.Header // of the last answer
}

// databases are the stores that every test runs on: SQLite, and PostgreSQL where TEST_DATABASE_URL names one.
func databases(t *testing.T) map[string]string {
	all := map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "products.db")}
	if postgres := os.Getenv("TEST_DATABASE_URL"); postgres != "" {
		all["postgres"] = postgres
	}
	return all
}

func start(t *testing.T, database string) *client {
	t.Helper()
	issuer := authtest.New(t)
	c := Config{Config: config.Default()}
	c.Auth, c.DatabaseURL, c.ResponseValidation, c.MaxQueued = issuer.Config(), database, "enforce", 1000
	c.QueueWait = 10 * time.Second
	s, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	a, err := s.App(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	h, err := server.NewHandler(a.Handler, c.Config, log, a.Metrics...)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(h)
	t.Cleanup(func() {
		ts.Close()
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for _, check := range a.Ready {
		for end := time.Now().Add(time.Minute); check.Ready(t.Context()) != nil; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s is not ready: %v", check.Name, check.Ready(t.Context()))
			}
		}
	}
	return &client{T: t, url: ts.URL, service: s, issuer: issuer, token: issuer.Token("products.read products.reserve products.maintain")}
}

func onEach(t *testing.T, story func(*client)) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) { story(start(t, database)) })
	}
}

type object = map[string]any

// call sends a JSON body, wants one of the statuses, and decodes the answer.
func (c *client) call(method, path string, body any, want int, header ...string) object {
	c.Helper()
	status, raw, got := c.send(method, path, body, header...)
	c.header = got
	if status != want {
		c.Fatalf("%s %s: got %d, want %d: %s", method, path, status, want, raw)
	}
	if want >= 400 && got.Get("Content-Type") != "application/problem+json" {
		c.Errorf("%s %s: %d is no problem: %s", method, path, want, raw)
	}
	answer := object{}
	if err := json.Unmarshal(raw, &answer); err != nil {
		c.Fatalf("%s: %v", raw, err)
	}
	return answer
}

func (c *client) send(method, path string, body any, header ...string) (int, []byte, http.Header) {
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
	return response.StatusCode, raw, response.Header
}

// introduce adds a product whose tag is its own, and returns its id.
func (c *client) introduce(name, tag string, stock int) string {
	c.Helper()
	letter := func() rune { return 'A' + rand.Int32N(26) }
	sku := fmt.Sprintf("%c%c%c-%08d", letter(), letter(), letter(), rand.IntN(100_000_000)) // a database may be from an earlier run
	return c.call("POST", "/v2/products", object{
		"sku": sku, "name": name, "tags": []string{tag}, "stock": stock, "price": object{"amount": 1250, "currency": "EUR"},
	}, 201)["id"].(string)
}

func (c *client) available(id string) float64 {
	c.Helper()
	return c.call("GET", "/v2/products/"+id, nil, 200)["available"].(float64)
}

func basket(id string, quantity int) object {
	return object{"lines": []object{{"productId": id, "quantity": quantity}}}
}

func TestSearchPagesByName(t *testing.T) {
	onEach(t, func(c *client) {
		tag := "t" + uuid.NewString()[:8]
		for _, name := range []string{"Teapot", "Cup", "Saucer, 100 %", "Kettle"} {
			c.introduce(name, tag, 1)
		}
		var names []string
		for path := "/v2/products?limit=3&tag=" + tag; path != ""; {
			page := c.call("GET", path, nil, 200)
			for _, p := range page["products"].([]any) {
				names = append(names, p.(object)["name"].(string))
			}
			path = ""
			if cursor, ok := page["nextCursor"].(string); ok {
				path = "/v2/products?limit=3&tag=" + tag + "&cursor=" + url.QueryEscape(cursor)
			}
		}
		if got := fmt.Sprint(names); got != "[Cup Kettle Saucer, 100 % Teapot]" {
			c.Errorf("got %s", got)
		}
		for query, want := range map[string]int{"q=TEA": 1, "q=tea+pot": 1, "q=tea+cup": 0, "q=%25": 1, "q=e": 3, "inStock=true": 4} {
			if got := c.call("GET", "/v2/products?tag="+tag+"&"+query, nil, 200)["products"].([]any); len(got) != want {
				c.Errorf("%s: got %d products, want %d", query, len(got), want)
			}
		}
		c.call("GET", "/v2/products?cursor=nonsense", nil, 422)
	})
}

func TestVersion1IsDeprecated(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Lamp", "lamps", 1)
		if got := c.call("GET", "/v1/products/"+id, nil, 200); got["price"] != 12.5 || got["inStock"] != true {
			c.Errorf("got %v", got)
		}
		for _, name := range []string{"Deprecation", "Sunset"} {
			if c.header.Get(name) == "" {
				c.Errorf("version 1 does not answer with %s", name)
			}
		}
		c.call("GET", "/v2/products/"+id, nil, 200)
		if c.header.Get("Deprecation") != "" {
			c.Error("version 2 is deprecated")
		}
	})
}

func TestReservationsHoldConfirmAndRelease(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Chair", "chairs", 5)
		key := uuid.NewString()
		held := c.call("POST", "/v2/reservations", basket(id, 3), 201, "Idempotency-Key", key)
		again := c.call("POST", "/v2/reservations", basket(id, 3), 201, "Idempotency-Key", key)
		if held["id"] != again["id"] || held["total"].(object)["amount"] != 3750.0 {
			c.Errorf("got %v and %v", held, again)
		}
		c.call("POST", "/v2/reservations", basket(id, 2), 422, "Idempotency-Key", key)
		if got := c.available(id); got != 2 {
			c.Errorf("%v are available, want 2", got)
		}
		c.call("POST", "/v2/reservations", basket(id, 3), 409, "Idempotency-Key", uuid.NewString())
		path := "/v2/reservations/" + held["id"].(string)
		for range 2 { // the second changes nothing
			if got := c.call("POST", path+"/confirm", nil, 200); got["state"] != "confirmed" {
				c.Errorf("got %v", got)
			}
		}
		c.call("POST", path+"/release", nil, 409)
		if got := c.available(id); got != 2 {
			c.Errorf("after confirming %v are available, want 2", got)
		}
		other := c.call("POST", "/v2/reservations", basket(id, 2), 201, "Idempotency-Key", uuid.NewString())
		path = "/v2/reservations/" + other["id"].(string)
		for range 2 {
			c.call("POST", path+"/release", nil, 200)
		}
		c.call("POST", path+"/confirm", nil, 409)
		if got := c.available(id); got != 2 {
			c.Errorf("after releasing %v are available, want 2", got)
		}
	})
}

func TestReservationsExpire(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Desk", "desks", 1)
		body := basket(id, 1)
		body["holdSeconds"] = 60
		held := c.call("POST", "/v2/reservations", body, 201, "Idempotency-Key", uuid.NewString())
		c.call("POST", "/v2/reservations", basket(id, 1), 409, "Idempotency-Key", uuid.NewString())
		c.service.now = func() time.Time { return time.Now().Add(61 * time.Second) }
		path := "/v2/reservations/" + held["id"].(string)
		if got := c.call("GET", path, nil, 200); got["state"] != "expired" {
			c.Errorf("got %v", got)
		}
		c.call("POST", "/v2/reservations", basket(id, 1), 201, "Idempotency-Key", uuid.NewString())
		c.call("POST", path+"/confirm", nil, 409)
	})
}

func TestNothingIsSoldTwice(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Vase", "vases", 10)
		var wait sync.WaitGroup
		var sold atomic.Int64
		for range 30 {
			wait.Go(func() {
				status, raw, _ := c.send("POST", "/v2/reservations", basket(id, 1), "Idempotency-Key", uuid.NewString())
				if status != 201 {
					if status != 409 {
						c.Errorf("got %d: %s", status, raw)
					}
					return
				}
				var held object
				if err := json.Unmarshal(raw, &held); err != nil {
					c.Error(err)
					return
				}
				status, raw, _ = c.send("POST", "/v2/reservations/"+held["id"].(string)+"/confirm", nil)
				if status != 200 {
					c.Errorf("got %d: %s", status, raw)
					return
				}
				sold.Add(1)
			})
		}
		wait.Wait()
		if sold.Load() != 10 || c.available(id) != 0 {
			c.Errorf("sold %d, %v left, want 10 and 0", sold.Load(), c.available(id))
		}
	})
}

func TestOneKeyMakesOneReservation(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Rug", "rugs", 100)
		key := uuid.NewString()
		var wait sync.WaitGroup
		var ids sync.Map
		for range 10 {
			wait.Go(func() {
				status, raw, _ := c.send("POST", "/v2/reservations", basket(id, 1), "Idempotency-Key", key)
				var held object
				if err := json.Unmarshal(raw, &held); err != nil || status != 201 {
					c.Errorf("got %d: %s", status, raw)
					return
				}
				ids.Store(held["id"], true)
			})
		}
		wait.Wait()
		count := 0
		ids.Range(func(any, any) bool { count++; return true })
		if count != 1 || c.available(id) != 99 {
			c.Errorf("%d reservations, %v left, want 1 and 99", count, c.available(id))
		}
	})
}

func TestMaintainersAlonePutThingsOnTheShelf(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Sofa", "sofas", 0)
		c.call("POST", "/v2/products/"+id+"/receive-delivery", object{"quantity": 4}, 200)
		c.call("POST", "/v2/products/"+id+"/change-price", object{"price": object{"amount": 1, "currency": "USD"}}, 200)
		c.call("POST", "/v2/products/"+uuid.NewString()+"/receive-delivery", object{"quantity": 4}, 404)
		c.call("POST", "/v2/products/"+id+"/receive-delivery", object{"quantity": 0}, 422)
		if got := c.available(id); got != 4 {
			c.Errorf("%v are available, want 4", got)
		}
	})
}

func TestReadersMayNotMaintain(t *testing.T) {
	c := start(t, "")
	c.token = c.issuer.Token("products.read")
	c.call("GET", "/v2/products", nil, 200)
	c.call("POST", "/v2/products", object{"sku": "ABC-1", "name": "x", "price": object{"amount": 1, "currency": "EUR"}}, 403)
	c.token = authtest.New(t).Token("products.read products.maintain") // of an issuer that nobody trusts
	c.call("GET", "/v2/products", nil, 401)
}
