package auth

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	refreshInterval = 30 * time.Second // at least this much between two refreshes that tokens ask for
	refreshWindow   = time.Minute      // in which there are at most two fetches once keys are loaded
	maxKeyAge       = time.Hour        // a removed key is forgotten after this, whatever the issuer says
	maxRetry        = 5 * time.Second  // between attempts while no key was ever loaded
	maxWaiting      = 64               // requests that wait for one refresh
	maxWait         = 2 * time.Second
)

// keySource keeps the keys of one issuer fresh. Keys are replaced before they age, at once when a token names an unknown
// one, and never by nothing: the last good set stays through outages.
type keySource struct {
	fetch fetchFunc
	now   func() time.Time
	log   *slog.Logger

	current atomic.Pointer[keySet] // nil until the first set is loaded

	mu       sync.Mutex
	flight   chan struct{} // closed when the fetch under way ends; nil when there is none
	waiting  int
	fetched  [2]time.Time // the last two fetches, newest first
	asked    time.Time    // the last fetch that a token asked for
	failures int          // in a row

	fetches, failed atomic.Uint64
}

// start loads the keys and keeps them fresh until ctx ends. It waits for the first attempt, but not long.
func (s *keySource) start(ctx context.Context) {
	first := make(chan struct{})
	go func() {
		wait := s.renew(ctx)
		close(first)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			wait = s.renew(ctx)
		}
	}()
	select {
	case <-first:
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
}

// renew fetches the keys once and returns after how long to do so again.
func (s *keySource) renew(ctx context.Context) time.Duration {
	s.mu.Lock()
	if s.flight != nil { // a token was faster
		s.mu.Unlock()
		return refreshInterval
	}
	if early := refreshWindow - s.now().Sub(s.fetched[1]); s.current.Load() != nil && early > 0 {
		s.mu.Unlock()
		return early
	}
	flight := s.begin()
	s.mu.Unlock()
	return s.run(ctx, flight)
}

// begin notes a fetch. The caller holds mu.
func (s *keySource) begin() chan struct{} {
	s.flight = make(chan struct{})
	if s.current.Load() == nil { // attempts of the start don't count
		s.fetched = [2]time.Time{}
	}
	s.fetched = [2]time.Time{s.now(), s.fetched[0]}
	return s.flight
}

// run fetches the keys and ends the flight.
func (s *keySource) run(ctx context.Context, flight chan struct{}) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	s.fetches.Add(1)
	raw, age, err := s.fetch(ctx)
	var next *keySet
	if err == nil {
		next, err = parseKeySet(raw)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight = nil
	defer close(flight) // who waits looks for the new keys at once
	old := s.current.Load()
	if err != nil {
		s.failed.Add(1)
		s.failures++
		s.log.Warn("the keys of the token issuer could not be loaded", "error", err, "kept", old != nil, "attempts", s.failures)
		if old != nil {
			return refreshInterval
		}
		return min(time.Second<<min(s.failures-1, 8), maxRetry)
	}
	if old == nil || s.failures > 0 {
		s.log.Info("the keys of the token issuer are loaded", "keys", len(next.keys))
	}
	s.failures = 0
	if old == nil || old.print != next.print {
		if old != nil {
			next.generation = old.generation + 1
		}
		s.current.Store(next)
	}
	return min(max(age*3/4, refreshInterval), maxKeyAge)
}

// refresh asks for newer keys than the given set, because a token is not signed by any of them. It returns the set to look
// in, nil when it would be the same, and errUnavailable when it can't be had in time. However many ask, there is one fetch
// at a time, one in 30 s, and two in a minute.
func (s *keySource) refresh(ctx context.Context, than *keySet) (*keySet, error) {
	s.mu.Lock()
	if newer := s.current.Load(); newer != than {
		s.mu.Unlock()
		return newer, nil
	}
	if s.flight == nil && !s.allowed() {
		s.mu.Unlock()
		return nil, nil
	}
	if s.waiting >= maxWaiting {
		s.mu.Unlock()
		return nil, errUnavailable
	}
	if s.flight == nil {
		s.asked = s.now()
		go s.run(context.WithoutCancel(ctx), s.begin())
	}
	flight := s.flight
	s.waiting++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.waiting--
		s.mu.Unlock()
	}()
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case <-flight:
	case <-ctx.Done():
		return nil, errUnavailable
	case <-timer.C:
		return nil, errUnavailable
	}
	if newer := s.current.Load(); newer != than {
		return newer, nil
	}
	return nil, nil
}

// allowed reports whether a token may cause a fetch now. The caller holds mu.
func (s *keySource) allowed() bool {
	now := s.now()
	return now.Sub(s.asked) >= refreshInterval && now.Sub(s.fetched[1]) >= refreshWindow
}
