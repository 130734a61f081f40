package users

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/users/internal/store"
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
	email := unique(t)
	c.register(email)
	unlock := locked(t, database)
	credentials := map[string]any{"email": email, "password": "correct horse battery"}
	c.call("POST", "/v1/sign-in", credentials, 503)
	if c.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	if err := c.service.store.Ping(t.Context()); err == nil {
		t.Error("the service is ready without its store")
	}
	c.call("GET", "/.well-known/jwks.json", nil, 200)
	unlock()
	if err := c.service.store.Ping(t.Context()); err != nil {
		t.Errorf("the service is not ready again: %v", err)
	}
	c.signIn(email, "correct horse battery")
}

func TestGuessesOfTheCurrentPasswordAreThrottled(t *testing.T) {
	c := start(t, "")
	c.register(unique(t))
	change := map[string]any{"current": "wrong", "next": "a new long password"}
	for range guesses {
		c.call("POST", "/v1/profile/change-password", change, 403)
	}
	c.call("POST", "/v1/profile/change-password", change, 429)
}

// Guesses count when they begin: any number at once is not more than one after the other.
func TestThrottleCountsBeginnings(t *testing.T) {
	th, now := newThrottle(), time.Unix(1000, 0)
	for i := range guesses {
		if wait := th.guess("Ada@example.com", now); wait != 0 {
			t.Fatalf("guess %d waits %s", i, wait)
		}
	}
	if wait := th.guess("ada@example.com", now); wait != guessWindow {
		t.Errorf("got %s, want %s", wait, guessWindow)
	}
	th.forgive("ada@example.com") // one was not looked at
	if wait := th.guess("ada@example.com", now); wait != 0 {
		t.Errorf("got %s after one was forgiven", wait)
	}
	th.succeeded("ADA@example.com")
	if wait := th.guess("ada@example.com", now); wait != 0 {
		t.Errorf("got %s after a right one", wait)
	}
}

// Of those who present one refresh token at once one gets the next, and the session ends, since one of them is a thief.
func TestARefreshTokenIsTradedOnce(t *testing.T) {
	onEach(t, func(c *client) {
		refresh := c.register(unique(c.T))
		s, now := c.service.store, time.Now()
		var wait sync.WaitGroup
		var traded, reused atomic.Int64
		for i := range 6 {
			wait.Go(func() {
				_, _, err := s.Rotate(c.Context(), hashToken(refresh), hashToken(fmt.Sprint(refresh, i)), now, now.Add(time.Hour))
				switch {
				case err == nil:
					traded.Add(1)
				case errors.Is(err, store.ErrReused), errors.Is(err, store.ErrNotFound):
					reused.Add(1)
				default:
					c.Error(err)
				}
			})
		}
		wait.Wait()
		if traded.Load() != 1 || reused.Load() != 5 {
			c.Errorf("%d got a token and %d did not, want 1 and 5", traded.Load(), reused.Load())
		}
		c.call("GET", "/v1/profile", nil, 401)
	})
}

func TestNoSessionStartsWithAnOldPassword(t *testing.T) {
	onEach(t, func(c *client) {
		email := unique(c.T)
		c.register(email)
		s, now := c.service.store, time.Now()
		person, err := s.ByEmail(c.Context(), email)
		if err != nil {
			c.Fatal(err)
		}
		// The password is changed between its check and the start of the session.
		c.call("POST", "/v1/profile/change-password", map[string]any{"current": "correct horse battery", "next": "a new long password"}, 204)
		err = s.Start(c.Context(), uuid.New(), person, hashToken(email), now, now.Add(time.Hour))
		if !errors.Is(err, store.ErrNotFound) {
			c.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestExpiredSessionsAreForgotten(t *testing.T) {
	onEach(t, func(c *client) {
		email := unique(c.T)
		first := c.register(email)
		c.call("POST", "/v1/tokens/rotate", map[string]any{"refreshToken": first}, 200)
		person, err := c.service.store.ByEmail(c.Context(), email)
		if err != nil {
			c.Fatal(err)
		}
		if got := c.count(person.ID); got != "1 sessions, 2 tokens" {
			c.Fatalf("got %s", got)
		}
		c.service.now = func() time.Time { return time.Now().Add(c.service.config.SessionLifetime + time.Minute) }
		c.signIn(email, "correct horse battery")
		if got := c.count(person.ID); got != "1 sessions, 1 tokens" {
			c.Errorf("got %s after a session expired and another one started", got)
		}
	})
}

// count counts what is kept for a person.
func (c *client) count(person uuid.UUID) string {
	c.Helper()
	driver, source := "pgx", c.database
	if file, ok := strings.CutPrefix(c.database, "sqlite:"); ok {
		driver, source = "sqlite", file
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	var sessions, tokens int
	err = db.QueryRow(`SELECT (SELECT COUNT(*) FROM sessions WHERE person_id = $1), (SELECT COUNT(*) FROM refresh_tokens t
		JOIN sessions s ON s.id = t.session_id WHERE s.person_id = $1)`, person.String()).Scan(&sessions, &tokens)
	if err != nil {
		c.Fatal(err)
	}
	return fmt.Sprintf("%d sessions, %d tokens", sessions, tokens)
}

func TestTokensAreNotCached(t *testing.T) {
	c := start(t, "")
	refresh := c.register(unique(t))
	for path, body := range map[string]map[string]any{
		"/v1/tokens/rotate": {"refreshToken": refresh},
	} {
		c.call("POST", path, body, 200)
		if got := c.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: got Cache-Control %q, want no-store", path, got)
		}
	}
}

// PostgreSQL has no room for NUL in a text; SQLite does: the answer is the same.
func TestNULIsNoText(t *testing.T) {
	onEach(t, func(c *client) {
		c.call("POST", "/v1/registrations", map[string]any{"email": unique(c.T), "password": "correct horse battery", "name": "A\x00da"}, http.StatusUnprocessableEntity)
		c.register(unique(c.T))
		c.call("PATCH", "/v1/profile", map[string]any{"name": "A\x00da"}, http.StatusUnprocessableEntity)
	})
}
