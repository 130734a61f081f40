package users

import (
	"strings"
	"sync"
	"time"
)

// throttle slows down guessing: after a number of wrong passwords for one address in a while, further ones are refused
// unseen. A guess counts from its beginning, so that many at once are not more than one after the other. It is kept by each
// replica for itself.
type throttle struct {
	mu      sync.Mutex
	guessed map[string][]time.Time // by address, the oldest first
}

const (
	guesses      = 10
	guessWindow  = 15 * time.Minute
	mostThrottle = 100_000 // addresses remembered
)

func newThrottle() *throttle { return &throttle{guessed: map[string][]time.Time{}} }

// guess counts a guess; instead it tells how long to wait when there were too many.
func (t *throttle) guess(email string, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := strings.ToLower(email)
	recent := t.recent(key, now)
	if len(recent) >= guesses {
		return recent[0].Add(guessWindow).Sub(now)
	}
	if len(t.guessed) >= mostThrottle {
		for other := range t.guessed { // any: the map must stay bounded
			delete(t.guessed, other)
			break
		}
	}
	t.guessed[key] = append(recent, now)
	return 0
}

func (t *throttle) recent(key string, now time.Time) []time.Time {
	recent := t.guessed[key]
	for len(recent) > 0 && now.Sub(recent[0]) >= guessWindow {
		recent = recent[1:]
	}
	if len(recent) == 0 {
		delete(t.guessed, key)
	} else {
		t.guessed[key] = recent
	}
	return recent
}

// forgive takes back the last guess: the password was not looked at.
func (t *throttle) forgive(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := strings.ToLower(email)
	if n := len(t.guessed[key]); n > 0 {
		t.guessed[key] = t.guessed[key][:n-1]
	}
}

// succeeded forgets the guesses of an address.
func (t *throttle) succeeded(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.guessed, strings.ToLower(email))
}
