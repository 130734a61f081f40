package products

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// locked locks the SQLite file of the service, as another process that does not end its transaction; unlock ends it.
func locked(t *testing.T, database string) (unlock func()) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := db.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		db.Close()
	}
}

func TestStoreAway(t *testing.T) {
	database := databases(t)["sqlite"]
	c := start(t, database)
	id := c.introduce("Tray", "trays", 1)
	unlock := locked(t, database)
	key := uuid.NewString()
	c.call("POST", "/v2/reservations", basket(id, 1), 503, "Idempotency-Key", key)
	if c.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	if err := c.service.store.Ping(t.Context()); err == nil {
		t.Error("the service is ready without its store")
	}
	c.available(id) // reading needs no lock
	unlock()
	if err := c.service.store.Ping(t.Context()); err != nil {
		t.Errorf("the service is not ready again: %v", err)
	}
	c.call("POST", "/v2/reservations", basket(id, 1), 201, "Idempotency-Key", key)
}

func TestIdempotencyKeysAreForOneBody(t *testing.T) {
	onEach(t, func(c *client) {
		id, key := c.introduce("Jug", "jugs", 9), uuid.NewString()
		first := c.call("POST", "/v2/reservations", basket(id, 1), 201, "Idempotency-Key", key)
		quoted := c.call("POST", "/v2/reservations", basket(id, 1), 201, "Idempotency-Key", `"`+key+`"`)
		if first["id"] != quoted["id"] {
			c.Errorf("the quoted key is another one: got %v and %v", first["id"], quoted["id"])
		}
		c.call("POST", "/v2/reservations", basket(id, 2), 422, "Idempotency-Key", key)
		longer := basket(id, 1)
		longer["holdSeconds"] = 60
		c.call("POST", "/v2/reservations", longer, 422, "Idempotency-Key", key)
		c.call("POST", "/v2/reservations", basket(id, 1), 400)
		if got := c.available(id); got != 8 {
			c.Errorf("%v are available, want 8", got)
		}
	})
}

func TestDeliveriesWithAKeyCountOnce(t *testing.T) {
	onEach(t, func(c *client) {
		id, key := c.introduce("Spoon", "spoons", 0), uuid.NewString()
		path := "/v2/products/" + id + "/receive-delivery"
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				if status, raw, _ := c.send("POST", path, object{"quantity": 3}, "Idempotency-Key", key); status != 200 {
					c.Errorf("got %d: %s", status, raw)
				}
			})
		}
		wait.Wait()
		c.call("POST", path, object{"quantity": 4}, 422, "Idempotency-Key", key)
		c.call("POST", "/v2/products/"+uuid.NewString()+"/receive-delivery", object{"quantity": 4}, 404, "Idempotency-Key", uuid.NewString())
		if got := c.available(id); got != 3 {
			c.Errorf("%v are available, want 3", got)
		}
		c.call("POST", path, object{"quantity": 3}, 200)
		if got := c.available(id); got != 6 {
			c.Errorf("%v are available, want 6", got)
		}
	})
}

func TestTakingBackPutsItOnTheShelfOnce(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Stool", "stools", 5)
		held := c.call("POST", "/v2/reservations", basket(id, 3), 201, "Idempotency-Key", uuid.NewString())
		path := "/v2/reservations/" + held["id"].(string)
		c.call("POST", path+"/take-back", nil, 409) // nothing is sold
		c.call("POST", path+"/confirm", nil, 200)
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				if status, raw, _ := c.send("POST", path+"/take-back", nil); status != 200 {
					c.Errorf("got %d: %s", status, raw)
				}
			})
		}
		wait.Wait()
		if got := c.call("POST", path+"/take-back", nil, 200); got["state"] != "released" {
			c.Errorf("got %v", got)
		}
		if got := c.available(id); got != 5 {
			c.Errorf("%v are available, want 5", got)
		}
		c.call("POST", path+"/confirm", nil, 409)
		c.call("POST", "/v2/reservations/"+uuid.NewString()+"/take-back", nil, 404)
		c.token = c.issuer.Sign(c.issuer.Claims("products.read products.reserve", object{"sub": uuid.NewString()}))
		c.call("POST", path+"/take-back", nil, 404) // it is somebody else's
	})
}

// Whatever becomes of reservations, what is available is the stock less what is held.
func TestWhatIsHeldAddsUp(t *testing.T) {
	onEach(t, func(c *client) {
		const stock = 20
		id := c.introduce("Mat", "mats", stock)
		random := rand.New(rand.NewPCG(1, 2))
		now := time.Now()
		c.service.now = func() time.Time { return now }
		type held struct {
			path, state string
			until       time.Time
			quantity    int
		}
		var all []*held
		for step := range 150 {
			switch action := random.IntN(6); {
			case action < 2 || len(all) == 0:
				body, quantity, seconds := basket(id, 1+random.IntN(4)), 0, 1+random.IntN(60)
				quantity = body["lines"].([]object)[0]["quantity"].(int)
				body["holdSeconds"] = seconds
				status, raw, header := c.send("POST", "/v2/reservations", body, "Idempotency-Key", uuid.NewString())
				switch status {
				case 201:
					all = append(all, &held{header.Get("Location"), "held", now.Add(time.Duration(seconds) * time.Second), quantity})
				case 409:
				default:
					c.Fatalf("step %d: got %d: %s", step, status, raw)
				}
			case action == 5:
				now = now.Add(time.Duration(random.IntN(15)) * time.Second)
			default:
				h := all[random.IntN(len(all))]
				end := []string{"confirm", "release", "take-back"}[action-2]
				status, raw, _ := c.send("POST", h.path+"/"+end, nil)
				live := h.state == "held" && h.until.Truncate(time.Millisecond).After(now.Truncate(time.Millisecond))
				want := 409
				switch {
				case end == "confirm" && (live || h.state == "confirmed"):
					h.state, want = "confirmed", 200
				case end == "release" && live, end == "take-back" && h.state == "confirmed":
					h.state, want = "released", 200
				case end == "release" && h.state != "confirmed", end == "take-back" && h.state == "released":
					want = 200
				}
				if status != want {
					c.Fatalf("step %d: %s of %+v: got %d, want %d: %s", step, end, h, status, want, raw)
				}
			}
			want := stock
			for _, h := range all {
				if h.state == "confirmed" || h.state == "held" && h.until.Truncate(time.Millisecond).After(now.Truncate(time.Millisecond)) {
					want -= h.quantity
				}
			}
			if got := c.available(id); got != float64(want) {
				c.Fatalf("step %d: %v are available, want %d", step, got, want)
			}
		}
	})
}

// The clock of one replica is ahead, so that it sells what another one still holds: nothing is sold twice, and who comes
// second is told that the reservation is gone rather than that something went wrong.
func TestClocksThatDiffer(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Globe", "globes", 1)
		body := basket(id, 1)
		body["holdSeconds"] = 60
		first := c.call("POST", "/v2/reservations", body, 201, "Idempotency-Key", uuid.NewString())
		c.service.now = func() time.Time { return time.Now().Add(61 * time.Second) }
		second := c.call("POST", "/v2/reservations", body, 201, "Idempotency-Key", uuid.NewString())
		c.service.now = time.Now
		c.call("POST", "/v2/reservations/"+first["id"].(string)+"/confirm", nil, 200)
		c.call("POST", "/v2/reservations/"+second["id"].(string)+"/confirm", nil, 409)
	})
}

// A total that the contract has no room for is refused, rather than answered against the contract.
func TestTotalsStayWithinTheContract(t *testing.T) {
	onEach(t, func(c *client) {
		id := c.introduce("Diamond", "diamonds", 10)
		c.call("POST", "/v2/products/"+id+"/change-price", object{"price": object{"amount": store.MostTotal, "currency": "EUR"}}, 200)
		c.call("POST", "/v2/reservations", basket(id, 2), 409, "Idempotency-Key", uuid.NewString())
		c.call("POST", "/v2/reservations", basket(id, 1), 201, "Idempotency-Key", uuid.NewString())
	})
}

// What PostgreSQL can't keep is refused with both databases.
func TestTextsThatCannotBeKept(t *testing.T) {
	onEach(t, func(c *client) {
		c.call("POST", "/v2/products", object{"sku": "NUL-1", "name": "a\x00b", "price": object{"amount": 1, "currency": "EUR"}}, 422)
		c.call("GET", "/v2/products?q=a%00b", nil, 422)
		c.call("GET", "/v2/products?cursor="+writeCursor("\xff", uuid.New()), nil, 422)
		c.call("GET", "/v2/products?cursor="+writeCursor("a\x00b", uuid.New()), nil, 422)
	})
}

// A page that was begun goes on behind its last product, whatever was introduced in between.
func TestPagesAreStable(t *testing.T) {
	onEach(t, func(c *client) {
		tag := "p" + uuid.NewString()[:8]
		for _, name := range []string{"B", "D", "D", "F"} {
			c.introduce(name, tag, 1)
		}
		page := func(cursor string) (names []string, next string) {
			got := c.call("GET", "/v2/products?limit=2&tag="+tag+cursor, nil, 200)
			for _, p := range got["products"].([]any) {
				names = append(names, p.(object)["name"].(string))
			}
			if text, ok := got["nextCursor"].(string); ok {
				next = "&cursor=" + url.QueryEscape(text)
			}
			return names, next
		}
		first, next := page("")
		c.introduce("A", tag, 1) // before the place where the page ended
		c.introduce("E", tag, 1)
		second, next := page(next)
		third, next := page(next)
		if got := fmt.Sprint(first, second, third, next); got != "[B D] [D E] [F]" {
			c.Errorf("got %s", got)
		}
	})
}

// The search and what is held of a product are found through indexes, not by reading all there is.
func TestIndexesAreUsed(t *testing.T) {
	database := databases(t)["sqlite"]
	start(t, database)
	db, err := sql.Open("sqlite", strings.TrimPrefix(database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		`SELECT SUM(l.quantity) FROM reservation_lines l WHERE l.product_id = 'x' AND l.held_until > 1`: "reservation_lines_held (product_id=? AND held_until>?)",
		`SELECT id FROM products p WHERE (p.name, p.id) > ('a', 'b') ORDER BY p.name, p.id LIMIT 20`:    "products_name ((name,id)>(?,?))",
	} {
		rows, err := db.Query("EXPLAIN QUERY PLAN " + query)
		if err != nil {
			t.Fatal(err)
		}
		var plan strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(detail + "\n")
		}
		rows.Close()
		if !strings.Contains(plan.String(), want) || strings.Contains(plan.String(), "TEMP B-TREE") {
			t.Errorf("%s\ngot the plan %s, want %s", query, plan.String(), want)
		}
	}
}
