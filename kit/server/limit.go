package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// limiter bounds how many requests run at a time, and how many wait for how long to be next.
type limiter struct {
	slots  chan struct{}
	queue  int64
	wait   time.Duration
	queued atomic.Int64
}

func newLimiter(size, queue int, wait time.Duration) *limiter {
	return &limiter{slots: make(chan struct{}, max(size, 1)), queue: int64(queue), wait: wait}
}

// try takes a slot when one is free.
func (l *limiter) try() bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// acquire takes a slot, after a short wait when there is room in the queue.
func (l *limiter) acquire(ctx context.Context) bool {
	if l.try() {
		return true
	}
	if l.queued.Add(1) > l.queue {
		l.queued.Add(-1)
		return false
	}
	defer l.queued.Add(-1)
	timer := time.NewTimer(l.wait)
	defer timer.Stop()
	select {
	case l.slots <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (l *limiter) release() { <-l.slots }

// alarms keeps timers for the next request.
type alarms struct{ pool sync.Pool }

// alarm is a timer that ends a request.
type alarm struct {
	owner  *alarms
	timer  *time.Timer
	target atomic.Pointer[request]
}

func (s *alarms) set(q *request, d time.Duration) *alarm {
	a, ok := s.pool.Get().(*alarm)
	if ok {
		a.target.Store(q)
		a.timer.Reset(d)
		return a
	}
	a = &alarm{owner: s}
	a.target.Store(q)
	a.timer = time.AfterFunc(d, func() {
		if q := a.target.Load(); q != nil {
			q.expire()
		}
	})
	return a
}

// stop takes the alarm back. One that has rung, or is ringing, isn't used again.
func (a *alarm) stop() {
	if a.timer.Stop() {
		a.target.Store(nil)
		a.owner.pool.Put(a)
	}
}
