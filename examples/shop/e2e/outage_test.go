package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestDatabasesAway takes the databases of all three services away in the middle of checkouts, and gives them back:
// PostgreSQL crashes and starts again; the files of SQLite are locked by somebody else. Meanwhile every service lives, is
// not ready, and answers 503; afterwards all goes on without a restart of any, nothing is charged twice, and nothing stays
// reserved.
func TestDatabasesAway(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := &system{T: t, name: "sqlite", stores: map[string]string{}}
		for _, name := range []string{"users", "products", "payments"} {
			s.stores[name] = "sqlite:" + filepath.Join(t.TempDir(), name+".db")
		}
		s.start(nil)
		var unlock func()
		s.outages(func() { unlock = s.lock() }, func() { unlock() })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := newCluster(t)
		s := &system{T: t, name: "postgres", stores: map[string]string{}}
		s.createDatabases(c.url())
		s.start(nil)
		s.outages(c.crash, c.start)
	})
}

// lock locks every SQLite file, as a process that does not end its transaction.
func (s *system) lock() (unlock func()) {
	s.Helper()
	var all []*sql.DB
	for _, store := range s.stores {
		db, err := sql.Open("sqlite", strings.TrimPrefix(store, "sqlite:")+"?_pragma=busy_timeout(20000)")
		if err != nil {
			s.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
			s.Fatal(err)
		}
		all = append(all, db)
	}
	return func() {
		for _, db := range all {
			if _, err := db.Exec("ROLLBACK"); err != nil {
				s.Error(err)
			}
			db.Close()
		}
	}
}

// crowd buys until it is told to stop. Most send a checkout until it ends; the hasty one sends each once, and lets the
// recovery find out what became of it.
type crowd struct {
	customers []*customer
	paid      atomic.Int64 // checkouts that were answered with a receipt
	closing   chan struct{}
	gone      sync.WaitGroup
}

func (s *system) crowd(shelf *shelf) *crowd {
	s.Helper()
	c := &crowd{closing: make(chan struct{})}
	for i := range 4 {
		buyer := s.register("")
		c.customers = append(c.customers, buyer)
		c.gone.Go(func() {
			for {
				select {
				case <-c.closing:
					return
				case <-time.After(20 * time.Millisecond):
				}
				if got, err := buyer.buy(shelf, i == 0); err != nil {
					s.Error(err)
					return
				} else if got.status == 201 {
					c.paid.Add(1)
				}
			}
		})
	}
	return c
}

// buy checks a piece out, and wants that to end well or, for the hasty, to be told to try again.
func (c *customer) buy(shelf *shelf, hasty bool) (answer, error) {
	var got answer
	var err error
	if hasty {
		got, err = c.send("POST", c.checkoutURL(), shelf.order(1), "Idempotency-Key", random(16))
	} else {
		got, err = c.patiently(shelf, random(16))
	}
	if err == nil && got.status != 201 && !(hasty && got.header.Get("Retry-After") != "") {
		err = fmt.Errorf("a checkout is answered with %d: %v", got.status, got.body)
	}
	return got, err
}

// outages lets customers buy while the databases go away twice.
func (s *system) outages(begin, end func()) {
	s.Helper()
	shelf := s.introduce("Knife", 100000)
	crowd := s.crowd(shelf)
	progress := func() {
		s.Helper()
		enough := crowd.paid.Load() + 5
		s.payments.eventually(60*time.Second, "sell", func() error {
			if paid := crowd.paid.Load(); paid < enough && !s.Failed() {
				return fmt.Errorf("%d are paid, want %d", paid, enough)
			}
			return nil
		})
	}
	services := []*process{s.users, s.products, s.payments}
	for range 2 {
		progress()
		begin()
		for _, p := range services {
			p.says("/readyz", http.StatusServiceUnavailable)
			p.says("/livez", http.StatusOK)
		}
		shelf.want(503, "POST", s.users.url+"/v1/sign-in", object{"email": shelf.email, "password": "correct horse battery"})
		shelf.want(503, "POST", s.products.url+"/v2/products/"+shelf.id+"/change-price", object{"price": object{"amount": 1250, "currency": "EUR"}})
		shelf.want(503, "POST", shelf.checkoutURL(), shelf.order(1), "Idempotency-Key", random(16))
		end()
		for _, p := range services {
			p.wait()
		}
	}
	progress()
	close(crowd.closing)
	crowd.gone.Wait()
	s.settled(shelf, crowd)
}

// settled wants each charge to stand for one receipt and for one piece that is sold, and nothing to be held, before long.
func (s *system) settled(shelf *shelf, crowd *crowd) {
	s.Helper()
	s.payments.eventually(60*time.Second, "settle", func() error {
		receipts := 0
		for _, c := range append(crowd.customers, shelf.customer) {
			count, err := c.countReceipts()
			if err != nil {
				return err
			}
			receipts += count
		}
		got, err := shelf.send("GET", s.products.url+"/v2/products/"+shelf.id, nil)
		if err != nil {
			return err
		}
		standing, taken := s.provider.standing()
		sold := shelf.stock - int(got.body["available"].(float64))
		if receipts != standing || taken != standing || sold != standing || receipts < int(crowd.paid.Load()) {
			return fmt.Errorf("%d receipts (%d were answered), %d of %d charges stand, %d are sold or held",
				receipts, crowd.paid.Load(), standing, taken, sold)
		}
		return nil
	})
}

func (c *customer) countReceipts() (int, error) {
	count := 0
	for cursor := ""; ; {
		got, err := c.send("GET", c.payments.url+"/v1/receipts?limit=100"+cursor, nil)
		if err != nil || got.status != 200 {
			return 0, fmt.Errorf("receipts: %d, %w", got.status, err)
		}
		receipts, _ := got.body["receipts"].([]any)
		count += len(receipts)
		next, ok := got.body["nextCursor"].(string)
		if !ok {
			return count, nil
		}
		cursor = "&cursor=" + url.QueryEscape(next)
	}
}

// says wants a path of the private port to be answered with a status before long.
func (p *process) says(path string, status int) {
	p.Helper()
	p.eventually(20*time.Second, "say "+http.StatusText(status)+" at "+path, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.admin+path, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != status {
			return fmt.Errorf("got %s", response.Status)
		}
		return nil
	})
}
