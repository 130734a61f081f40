package server

import (
	"context"
	"sync"
	"time"

	"github.com/msgen/msgen/kit/trace"
)

// requestContext is the context of a request: that of net/http with a deadline, an early end and the trace. Only what
// is asked for costs anything: a handler that never waits needs no channel.
type requestContext struct {
	context.Context // of net/http: done when the client goes away or the handler returns

	trace trace.Trace

	carriedKey, carried any // what the authentication found; set before a handler runs

	mu       sync.Mutex
	deadline time.Time // zero for none
	child    context.Context
	cancel   context.CancelFunc
	unfollow func() bool
	err      error // why it ended before its parent
}

// Deadline is when the request times out.
func (c *requestContext) Deadline() (time.Time, bool) {
	c.mu.Lock()
	deadline := c.deadline
	c.mu.Unlock()
	if deadline.IsZero() {
		return c.Context.Deadline()
	}
	return deadline, true
}

// Done is closed when the request ends.
func (c *requestContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.child == nil {
		if c.deadline.IsZero() {
			c.child, c.cancel = context.WithCancel(c.Context)
		} else {
			c.child, c.cancel = context.WithDeadline(c.Context, c.deadline)
		}
		if c.err != nil {
			c.cancel()
		}
	}
	return c.child.Done()
}

// Err says why it ended: DeadlineExceeded for the timeout, Canceled otherwise.
func (c *requestContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err != nil:
		return c.err
	case c.child != nil:
		return c.child.Err()
	}
	return c.Context.Err()
}

// Carry implements auth.Carrier. What was started for the request before, such as a call to the issuer that goes on, may
// be looking values up.
func (c *requestContext) Carry(key, value any) {
	c.mu.Lock()
	c.carriedKey, c.carried = key, value
	c.mu.Unlock()
}

// Value looks up what the parent knows, the trace, and what is carried.
func (c *requestContext) Value(key any) any {
	if key == trace.Key() {
		return &c.trace
	}
	c.mu.Lock()
	child, carriedKey, carried := c.child, c.carriedKey, c.carried
	c.mu.Unlock()
	if carried != nil && key == carriedKey {
		return carried
	}
	if child != nil {
		return child.Value(key) // package context finds the cancelling context this way
	}
	return c.Context.Value(key)
}

// end ends the context early.
func (c *requestContext) end(err error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	cancel, unfollow := c.cancel, c.unfollow
	c.unfollow = nil
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if unfollow != nil {
		unfollow()
	}
}

// limit sets the deadline; zero takes it away.
func (c *requestContext) limit(deadline time.Time) {
	c.mu.Lock()
	c.deadline = deadline
	c.mu.Unlock()
}

// follow ends c when other ends.
func (c *requestContext) follow(other context.Context) {
	stop := context.AfterFunc(other, func() { c.end(context.Canceled) })
	c.mu.Lock()
	c.unfollow = stop
	c.mu.Unlock()
}
