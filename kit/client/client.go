// Package client is what a service puts around the calls to another one: a bound on time, retries with backoff for what
// is safe to retry, a circuit breaker, credentials, the identity of the request, and errors that are typed. The generated
// client calls through the http.Client that New returns.
package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/msgen/msgen/kit/trace"
)

// Config says how to call a service. The zero value of each field but URL means its default.
type Config struct {
	URL            string        // of the service, without the base path of its contract
	Timeout        time.Duration // of a call with its retries; 10 s
	AttemptTimeout time.Duration // of one attempt, until its headers and its body are read; 3 s
	Retries        int           // after the first attempt; 2, and none when negative
	Backoff        time.Duration // before the first retry, doubled for each further one, with jitter; 50 ms
	MaxBackoff     time.Duration // 1 s; also the longest Retry-After that is waited for, else the answer is returned
	// Breaker opens after BreakerFailures failures in a row (10; negative: never) and lets a trial through after
	// BreakerDelay (5 s).
	BreakerFailures int
	BreakerDelay    time.Duration
	Token           TokenSource       // credentials; nil sends none
	Transport       http.RoundTripper // below all of this; InMemory for tests. The default has 2 s to connect
	UserAgent       string
}

// ErrOpen is in the error of a call that the circuit breaker did not let through.
var ErrOpen = circuitbreaker.ErrOpen

func (c Config) withDefaults() Config {
	durations := []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.Timeout, 10 * time.Second}, {&c.AttemptTimeout, 3 * time.Second}, {&c.Backoff, 50 * time.Millisecond},
		{&c.MaxBackoff, time.Second}, {&c.BreakerDelay, 5 * time.Second},
	}
	for _, d := range durations {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if c.Retries == 0 {
		c.Retries = 2
	}
	if c.BreakerFailures == 0 {
		c.BreakerFailures = 10
	}
	c.MaxBackoff = max(c.MaxBackoff, c.Backoff)
	return c
}

// New returns an http.Client that calls as c says. It is safe for concurrent use; one service has one, so that the
// breaker sees all of its calls.
func New(c Config) (*http.Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the URL of a service; write it as https://products.example", c.URL)
	}
	c = c.withDefaults()
	if c.Transport == nil {
		c.Transport = defaultTransport()
	}
	t := &transport{config: c, base: c.Transport}
	var policies []failsafe.Policy[*http.Response]
	if c.Retries > 0 {
		policies = append(policies, c.retryPolicy())
	}
	if c.BreakerFailures > 0 {
		policies = append(policies, c.breaker())
	}
	if len(policies) > 0 {
		t.safe = failsafe.With(policies...)
		t.once = failsafe.With(policies[len(policies)-1:]...)
		if c.BreakerFailures <= 0 {
			t.once = nil
		}
	}
	return &http.Client{Transport: t, Timeout: c.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

func (c Config) retryPolicy() retrypolicy.RetryPolicy[*http.Response] {
	return retrypolicy.NewBuilder[*http.Response]().
		HandleIf(func(r *http.Response, err error) bool { return c.retriable(r, err) }).
		WithMaxRetries(c.Retries).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[*http.Response]) time.Duration {
			if wait, ok := retryAfter(e.LastResult()); ok {
				return wait
			}
			return c.backoff(e.Attempts())
		}).
		ReturnLastFailure().
		Build()
}

// backoff is the wait after the given number of attempts: doubled each time, and anything between half of that and all,
// so that callers don't come back together.
func (c Config) backoff(attempts int) time.Duration {
	wait := c.Backoff << min(max(attempts-1, 0), 20)
	if wait > c.MaxBackoff || wait <= 0 {
		wait = c.MaxBackoff
	}
	return wait/2 + rand.N(wait/2+1)
}

func (c Config) breaker() circuitbreaker.CircuitBreaker[*http.Response] {
	return circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(r *http.Response, err error) bool { return broken(r, err) }).
		WithFailureThreshold(uint(c.BreakerFailures)).
		WithDelay(c.BreakerDelay).
		Build()
}

// transport runs the attempts of a call.
type transport struct {
	config Config
	base   http.RoundTripper
	safe   failsafe.Executor[*http.Response] // retries and breaker
	once   failsafe.Executor[*http.Response] // breaker alone, for what must not be repeated
}

// RoundTrip sends the request, again where that is safe.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	repeatable := Repeatable(r)
	executor := t.once
	if repeatable {
		executor = t.safe
	}
	if executor == nil {
		return t.attempt(r, 0)
	}
	var last *http.Response
	response, err := executor.WithContext(r.Context()).GetWithExecution(func(e failsafe.Execution[*http.Response]) (*http.Response, error) {
		drain(last)
		response, err := t.attempt(r, e.Attempts()-1)
		last = response
		return response, err
	})
	if err != nil {
		drain(last)
		if errors.Is(err, ErrOpen) {
			err = refused{err}
		}
		return nil, err
	}
	return response, nil
}

// refused is the error of a call that the circuit breaker did not let through: an operation that returns it is answered
// with 503.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

// Unavailable is true: the service did not work a moment ago.
func (refused) Unavailable() bool { return true }

// attempt sends the request once, with its own bound on time and fresh credentials.
func (t *transport) attempt(r *http.Request, attempts int) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), t.config.AttemptTimeout)
	request := r.Clone(ctx)
	if attempts > 0 && r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			cancel()
			return nil, err
		}
		request.Body = body
	}
	trace.Inject(ctx, request.Header)
	if t.config.UserAgent != "" {
		request.Header.Set("User-Agent", t.config.UserAgent)
	}
	if t.config.Token != nil && request.Header.Get("Authorization") == "" {
		token, err := t.config.Token(ctx)
		if err != nil {
			cancel()
			return nil, fmt.Errorf("credentials for %s: %w", r.URL.Host, err)
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
	}
	response, err := t.base.RoundTrip(request)
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = &cancelBody{response.Body, cancel}
	return response, nil
}

// cancelBody ends the bound on time of an attempt when its body is closed.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *cancelBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel()
	return err
}

// drain reads the rest of a body that nobody wants, so that the connection can be used again.
func drain(r *http.Response) {
	if r != nil {
		io.CopyN(io.Discard, r.Body, 64<<10) //nolint:errcheck // only the connection is lost
		r.Body.Close()
	}
}

// Repeatable tells whether sending the request twice does what sending it once does: its method is idempotent (RFC 9110
// section 9.2.2) or it carries an Idempotency-Key; and its body can be sent again.
func Repeatable(r *http.Request) bool {
	if r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return false
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodTrace, "QUERY", "":
		return true
	}
	return r.Header.Get("Idempotency-Key") != ""
}

// retriable tells whether another attempt may succeed.
func (c Config) retriable(r *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, ErrOpen) && !errors.Is(err, ErrCredentials)
	}
	switch r.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		wait, ok := retryAfter(r)
		return !ok || wait <= c.MaxBackoff
	}
	return false
}

// broken tells whether the called service itself failed, as opposed to the request or the caller.
func broken(r *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, ErrCredentials)
	}
	return r.StatusCode >= 500 && r.StatusCode != http.StatusNotImplemented
}
