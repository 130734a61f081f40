package payments

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/auth/authtest"
	"github.com/msgen/msgen/examples/shop/payments/internal/till"
)

func TestQuoteAddsUp(t *testing.T) {
	onEach(t, func(c *caller) {
		got := c.call("POST", "/v1/quotes", basket(3), 200)
		if total := got["total"].(object); total["amount"] != 3750.0 || total["currency"] != "EUR" {
			c.Errorf("got %v", got)
		}
		c.shop.cut(0, false)
		c.call("POST", "/v1/quotes", basket(3), 503)
		if c.header.Get("Retry-After") == "" {
			c.Error("503 without Retry-After")
		}
	})
}

func TestCheckoutPaysOnce(t *testing.T) {
	onEach(t, func(c *caller) {
		key := uuid.NewString()
		first := c.checkout(key, 201)
		if total := first["total"].(object); total["amount"] != 2500.0 || first["state"] != "paid" {
			c.Errorf("got %v", first)
		}
		if want := "/v1/receipts/" + first["id"].(string); c.header.Get("Location") != want {
			c.Errorf("got Location %q, want %q", c.header.Get("Location"), want)
		}
		again := c.checkout(key, 201)
		if fmt.Sprint(first) != fmt.Sprint(again) {
			c.Errorf("got %v and %v", first, again)
		}
		if quoted := c.checkout(`"`+key+`"`, 201); quoted["id"] != first["id"] {
			c.Errorf("the quoted key is another one: got %v and %v", first, quoted)
		}
		c.call("POST", "/v1/checkouts", order(1), 422, "Idempotency-Key", key)
		c.call("POST", "/v1/checkouts", order(1), 400)
		c.shop.balance(c.T, 1)
		c.checkout(uuid.NewString(), 201)
		c.shop.balance(c.T, 2)
	})
}

func TestDeclinedPaymentsReleaseTheReservation(t *testing.T) {
	onEach(t, func(c *caller) {
		body, key := order(2), uuid.NewString()
		body["method"] = object{"kind": "card", "token": "tok_declined"}
		for range 2 { // the second is answered from the record
			c.call("POST", "/v1/checkouts", body, 402, "Idempotency-Key", key)
			c.shop.balance(c.T, 0)
		}
		if c.shop.stock != 10 {
			c.Errorf("%d are in stock, want 10", c.shop.stock)
		}
	})
}

func TestSurprisesAreNotCharged(t *testing.T) {
	onEach(t, func(c *caller) {
		body := order(2)
		body["expectedTotal"] = object{"amount": 2400, "currency": "EUR"}
		c.call("POST", "/v1/checkouts", body, 409, "Idempotency-Key", uuid.NewString())
		got := c.call("POST", "/v1/checkouts", order(11), 409, "Idempotency-Key", uuid.NewString())
		if fmt.Sprint(got["errors"]) != "[map[detail:there is not enough in stock pointer:/basket/lines/0]]" {
			c.Errorf("got %v", got)
		}
		c.shop.balance(c.T, 0)
		body["expectedTotal"] = object{"amount": 2500, "currency": "EUR"}
		body["method"] = object{"kind": "bank-transfer", "iban": "DE89370400440532013000"}
		c.call("POST", "/v1/checkouts", body, 201, "Idempotency-Key", uuid.NewString())
		c.shop.balance(c.T, 1)
	})
}

func TestEndedSessionsDoNotPay(t *testing.T) {
	c := start(t, "")
	for refused, want := range map[string]int{"users 401": 401, "users 503": 503, "products 503": 503, "charger 503": 503} {
		c.shop.refused = refused
		c.checkout(uuid.NewString(), want)
		if want == 503 && c.header.Get("Retry-After") == "" {
			c.Errorf("%s: no Retry-After", refused)
		}
	}
	if c.shop.taken != 0 {
		c.Errorf("%d charges", c.shop.taken)
	}
}

func TestOneKeyAtOnceChargesOnce(t *testing.T) {
	onEach(t, func(c *caller) {
		key := uuid.NewString()
		var wait sync.WaitGroup
		var ids sync.Map
		for range 12 {
			wait.Go(func() {
				switch status, answer, header := c.send("POST", "/v1/checkouts", order(2), "Idempotency-Key", key); {
				case status == 201:
					ids.Store(answer["id"], true)
				case status != 409 || header.Get("Retry-After") == "":
					c.Errorf("got %d: %v", status, answer)
				}
			})
		}
		wait.Wait()
		count := 0
		ids.Range(func(any, any) bool { count++; return true })
		if count != 1 || c.shop.taken != 1 {
			c.Errorf("%d receipts and %d charges, want one", count, c.shop.taken)
		}
		c.shop.balance(c.T, 1)
	})
}

// TestCutAnywhere cuts the network after every number of calls, with the call that is cut lost on its way there or back,
// and lets the checkout be settled by its payer, by the recovery of the next process, or by both.
func TestCutAnywhere(t *testing.T) {
	onEach(t, func(c *caller) {
		c.checkout(uuid.NewString(), 201)
		paid := 1
		for after := range 6 {
			for _, loseAnswers := range []bool{false, true} {
				for _, settler := range []string{"payer", "recovery", "both"} {
					c.shop.stock = 10
					name := fmt.Sprintf("after %d calls, answer lost: %v, settled by %s", after, loseAnswers, settler)
					key := uuid.NewString()
					c.restart() // with a breaker that is closed and without a token
					taken := c.shop.taken
					c.shop.cut(after, loseAnswers)
					status, _, header := c.send("POST", "/v1/checkouts", order(2), "Idempotency-Key", key)
					c.shop.cut(-1, false)
					if status != 201 && (status != 503 || header.Get("Retry-After") == "") {
						c.Fatalf("%s: got %d", name, status)
					}
					c.restart()
					c.later(2 * time.Minute)
					if settler != "payer" {
						if err := c.service.recoverDue(c.Context()); err != nil {
							c.Fatalf("%s: %v", name, err)
						}
						charged := c.shop.taken - taken
						c.shop.balance(c.T, paid+charged)
					}
					if settler != "recovery" {
						c.checkout(key, 201)
					}
					if got := c.shop.taken - taken; got > 1 || settler != "recovery" && got != 1 {
						c.Fatalf("%s: %d charges", name, got)
					}
					paid += c.shop.taken - taken
					c.shop.balance(c.T, paid)
					if c.Failed() {
						c.Fatal(name)
					}
				}
			}
		}
	})
}

func TestLateConfirmationGivesTheMoneyBack(t *testing.T) {
	onEach(t, func(c *caller) {
		key := uuid.NewString()
		c.shop.cut(4, false) // profile, token, reserve, charge
		c.checkout(key, 503)
		for _, r := range c.shop.reservations {
			r.state = "released" // as if it had expired
		}
		c.shop.cut(-1, false)
		c.checkout(key, 409)
		c.checkout(key, 409)
		c.shop.balance(c.T, 0)
		if c.shop.taken != 1 {
			c.Errorf("%d charges, want one that was given back", c.shop.taken)
		}
	})
}

// A payer who comes back when the reservation has expired gets a new one before anything is charged.
func TestLatePayersAreNotChargedForNothing(t *testing.T) {
	onEach(t, func(c *caller) {
		key := uuid.NewString()
		c.shop.cut(2, true) // the answer of products is lost
		c.checkout(key, 503)
		c.shop.cut(-1, false)
		for _, r := range c.shop.reservations {
			r.state, r.expires = "expired", "2020-01-01T00:00:00Z"
		}
		c.restart()
		if got := c.checkout(key, 201); got["state"] != "paid" || c.shop.taken != 1 || len(c.shop.reservations) != 2 {
			c.Errorf("got %v after %d charges and %d reservations, want it paid after one and two", got, c.shop.taken, len(c.shop.reservations))
		}
		c.shop.balance(c.T, 1)
	})
}

func TestRefundGivesBackOnce(t *testing.T) {
	onEach(t, func(c *caller) {
		path := "/v1/receipts/" + c.checkout(uuid.NewString(), 201)["id"].(string)
		c.shop.cut(0, false)
		c.call("POST", path+"/refund", object{"reason": "too small"}, 503)
		if got := c.call("GET", path, nil, 200); got["state"] != "paid" {
			c.Errorf("got %v", got)
		}
		c.shop.cut(-1, false)
		c.restart()
		c.later(2 * time.Minute)
		if err := c.service.recoverDue(c.Context()); err != nil {
			c.Fatal(err)
		}
		first := c.call("POST", path+"/refund", object{"reason": "too small"}, 200)
		again := c.call("POST", path+"/refund", object{"reason": "too big"}, 200)
		if first["state"] != "refunded" || first["refundedAt"] == nil || fmt.Sprint(first) != fmt.Sprint(again) {
			c.Errorf("got %v and %v", first, again)
		}
		for _, state := range c.shop.charges {
			if state != "refunded" {
				c.Errorf("the charge is %s", state)
			}
		}
	})
}

// TestRefundsRestock cuts the network after every number of calls of a refund: the money goes back once, and what was sold
// is on the shelf again once.
func TestRefundsRestock(t *testing.T) {
	onEach(t, func(c *caller) {
		for after := range 4 {
			for _, loseAnswers := range []bool{false, true} {
				name := fmt.Sprintf("after %d calls, answer lost: %v", after, loseAnswers)
				c.restart() // with a breaker that is closed and without a token
				path := "/v1/receipts/" + c.checkout(uuid.NewString(), 201)["id"].(string)
				c.shop.cut(after, loseAnswers)
				status, got, _ := c.send("POST", path+"/refund", object{"reason": "too small"})
				if status != 503 && (status != 200 || got["state"] != "refunded") {
					c.Fatalf("%s: got %d %v", name, status, got)
				}
				c.shop.cut(-1, false)
				c.restart()
				c.later(2 * time.Minute)
				if err := c.service.recoverDue(c.Context()); err != nil {
					c.Fatalf("%s: %v", name, err)
				}
				var wait sync.WaitGroup
				for range 4 {
					wait.Go(func() { c.send("POST", path+"/refund", object{"reason": "too small"}) })
				}
				wait.Wait()
				if got := c.call("POST", path+"/refund", object{"reason": "too small"}, 200); got["state"] != "refunded" {
					c.Errorf("%s: got %v", name, got)
				}
				c.shop.balance(c.T, 0)
				if c.shop.stock != 10 {
					c.Fatalf("%s: %d are in stock, want 10", name, c.shop.stock)
				}
			}
		}
	})
}

func TestQuotesStayWithinTheContract(t *testing.T) {
	c := start(t, "")
	c.shop.price = 1_000_000_000
	c.call("POST", "/v1/quotes", basket(100), 200)
	c.call("POST", "/v1/quotes", basket(101), 409)
}

// TestStoreAway locks the store as another process does that does not end its transaction.
func TestStoreAway(t *testing.T) {
	database := databases(t)["sqlite"]
	c := start(t, database)
	key := uuid.NewString()
	db, err := sql.Open("sqlite", strings.TrimPrefix(database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	c.checkout(key, 503)
	if c.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	if err := c.service.store.Ping(t.Context()); err == nil {
		t.Error("the service is ready without its store")
	}
	c.call("GET", "/v1/receipts", nil, 200) // reading needs no lock
	if _, err := db.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := c.service.store.Ping(t.Context()); err != nil {
		t.Errorf("the service is not ready again: %v", err)
	}
	c.checkout(key, 201)
	c.shop.balance(t, 1)
}

func TestReceiptsAreTheirOwnersAlone(t *testing.T) {
	onEach(t, func(c *caller) {
		var ids []string
		for range 3 {
			ids = append([]string{c.checkout(uuid.NewString(), 201)["id"].(string)}, ids...)
			time.Sleep(2 * time.Millisecond) // receipts are ordered by milliseconds
		}
		var got []string
		for path := "/v1/receipts?limit=2"; path != ""; {
			page := c.call("GET", path, nil, 200)
			for _, r := range page["receipts"].([]any) {
				got = append(got, r.(object)["id"].(string))
			}
			path = ""
			if cursor, ok := page["nextCursor"].(string); ok {
				path = "/v1/receipts?limit=2&cursor=" + cursor
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(ids) {
			c.Errorf("got %v, want %v", got, ids)
		}
		for _, cursor := range []string{"nonsense", "MSAA" /* "1 " and NUL */, "eCB4" /* "x x" */} {
			c.call("GET", "/v1/receipts?cursor="+cursor, nil, 422)
		}
		c.token = c.issuer.Sign(c.issuer.Claims("payments", object{"sub": uuid.NewString()}))
		if page := c.call("GET", "/v1/receipts", nil, 200); len(page["receipts"].([]any)) != 0 {
			c.Errorf("somebody else sees %v", page)
		}
		c.call("GET", "/v1/receipts/"+ids[0], nil, 404)
		c.call("POST", "/v1/receipts/"+ids[0]+"/refund", object{"reason": "mine now"}, 404)
		c.token = authtest.New(t).Token("payments")
		c.call("GET", "/v1/receipts", nil, 401)
	})
}

func TestSimulatedChargerKeepsItsWord(t *testing.T) {
	c := start(t, "")
	s := c.service
	s.till = till.Simulated{Store: s.store}
	body := order(2)
	c.call("POST", "/v1/checkouts", body, 201, "Idempotency-Key", uuid.NewString())
	body["method"] = object{"kind": "card", "token": "tok_declined"}
	c.call("POST", "/v1/checkouts", body, 402, "Idempotency-Key", uuid.NewString())
	path := "/v1/receipts/" + c.checkout(uuid.NewString(), 201)["id"].(string)
	if got := c.call("POST", path+"/refund", object{"reason": "x"}, 200); got["state"] != "refunded" {
		c.Errorf("got %v", got)
	}
}
