package users

import (
	"strings"
	"sync"
	"time"
)

// throttle slows down guessing: after a number of wrong passwords for one address in a while, further ones are refused
// unseen. It is kept by each replica for itself.
type throttle struct {
	mu       sync.Mutex
	failures map[string][]time.Time
}

const (
	guesses      = 10
	guessWindow  = 15 * time.Minute
	mostThrottle = 100_000 // addresses remembered
)

func newThrottle() *throttle { return &throttle{failures: map[string][]time.Time{}} }

// wait tells how long to wait before the next guess; 0 for not at all.
func (t *throttle) wait(email string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	recent := t.recent(strings.ToLower(email), now)
	if len(recent) < guesses {
		return 0
	}
	return recent[0].Add(guessWindow).Sub(now)
}

func (t *throttle) recent(key string, now time.Time) []time.Time {
	recent := t.failures[key]
	for len(recent) > 0 && now.Sub(recent[0]) >= guessWindow {
		recent = recent[1:]
	}
	if len(recent) == 0 {
		delete(t.failures, key)
	} else {
		t.failures[key] = recent
	}
	return recent
}

// failed counts a wrong password.
func (t *throttle) failed(email string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := strings.ToLower(email)
	recent := t.recent(key, now)
	if len(t.failures) >= mostThrottle {
		for other := range t.failures { // any: the map must stay bounded
			delete(t.failures, other)
			break
		}
	}
	if len(recent) < guesses {
		t.failures[key] = append(recent, now)
	}
}

// succeeded forgets the wrong passwords of an address.
func (t *throttle) succeeded(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failures, strings.ToLower(email))
}
