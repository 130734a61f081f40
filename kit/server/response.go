package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/router"
)

// The phases of an answer. Whoever leaves open first gives the answer: the handler, or the timeout.
const (
	open uint32 = iota
	begun
	timedOut
)

// request is everything that the server knows of a request: one allocation for its context and its response writer.
type request struct {
	ctx  requestContext
	body requestBody
	id   [1]string // the request id, as a header

	h      *Handler
	w      http.ResponseWriter
	conn   *conn // nil when the server of a test doesn't watch its connections
	method string
	start  time.Time
	alarm  *alarm
	slot   *limiter // where the request is counted, nil for nowhere
	route  *routeMetrics
	stream bool

	phase  atomic.Uint32
	late   *problem.Problem // the answer of the timeout; set before phase says so
	ending sync.Mutex       // held while the timeout gives its answer
	status int
	bytes  int64
	err    error // behind the answer
}

// Header is the header of the answer.
func (q *request) Header() http.Header { return q.w.Header() }

// Unwrap is the writer of net/http, for http.ResponseController.
func (q *request) Unwrap() http.ResponseWriter { return q.w }

// Started reports whether an answer was begun, here or by the timeout.
func (q *request) Started() bool { return q.phase.Load() != open }

// RecordError keeps the error behind the answer for the log.
func (q *request) RecordError(err error) { q.err = err }

// WriteHeader sends the status, once.
func (q *request) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		if q.phase.Load() == open {
			q.w.WriteHeader(status)
		}
		return
	}
	if !q.phase.CompareAndSwap(open, begun) {
		return
	}
	q.status = status
	q.extend()
	q.w.WriteHeader(status)
}

// Write sends a part of the body.
func (q *request) Write(p []byte) (int, error) {
	if err := q.begin(); err != nil {
		return 0, err
	}
	if q.stream {
		q.extend()
	}
	n, err := q.w.Write(p)
	q.bytes += int64(n)
	return n, err
}

// ReadFrom sends what r holds, through the kernel when that is possible.
func (q *request) ReadFrom(r io.Reader) (int64, error) {
	if err := q.begin(); err != nil {
		return 0, err
	}
	n, err := io.Copy(q.w, r)
	q.bytes += n
	return n, err
}

// Flush sends what was written so far.
func (q *request) Flush() { _ = q.FlushError() }

// FlushError is Flush for http.ResponseController.
func (q *request) FlushError() error {
	if err := q.begin(); err != nil {
		return err
	}
	if q.stream {
		q.extend()
	}
	return http.NewResponseController(q.w).Flush()
}

// Hijack hands the connection to the handler.
func (q *request) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if !q.phase.CompareAndSwap(open, begun) {
		return nil, nil, http.ErrHandlerTimeout
	}
	q.status = http.StatusSwitchingProtocols
	return http.NewResponseController(q.w).Hijack()
}

func (q *request) begin() error {
	switch q.phase.Load() {
	case open:
		q.WriteHeader(http.StatusOK)
		if q.phase.Load() == timedOut {
			return http.ErrHandlerTimeout
		}
	case timedOut:
		return http.ErrHandlerTimeout
	}
	return nil
}

// extend gives the client time to take what is written next.
func (q *request) extend() {
	if q.conn != nil && q.h.limits.WriteTimeout > 0 {
		_ = q.conn.SetWriteDeadline(time.Now().Add(q.h.limits.WriteTimeout)) // a closed connection shows when it is written
	}
}

// Match learns the route of the request.
func (q *request) Match(rt *router.Route) {
	q.leaveRoute()
	q.route = q.h.metrics.route(rt, q.method)
	q.route.inFlight.Add(1)
	if q.route.deprecated != nil {
		q.route.deprecated.Inc()
	}
	switch {
	case rt.Stream:
		q.stream = true
		q.setAlarm(0)
		q.ctx.follow(q.h.stopping)
		if q.slot == q.h.inFlight && q.h.streams.try() {
			q.slot.release()
			q.slot = q.h.streams
		}
	case rt.Timeout > 0:
		q.setAlarm(rt.Timeout)
	}
}

func (q *request) leaveRoute() {
	if q.route != nil {
		q.route.inFlight.Add(-1)
	}
}

// setAlarm limits the time that the handler has; 0 for no end.
func (q *request) setAlarm(d time.Duration) {
	if q.alarm != nil {
		q.alarm.stop()
		q.alarm = nil
	}
	if d <= 0 {
		q.ctx.limit(time.Time{})
		return
	}
	q.ctx.limit(q.start.Add(d))
	q.alarm = q.h.alarms.set(q, d-time.Since(q.start))
}

// expire ends the request at its deadline. The handler may still run, and may still hold the header map: the answer goes
// to the connection directly.
func (q *request) expire() {
	p := problem.From(context.DeadlineExceeded)
	if q.body.reading.Load() {
		p = problem.SlowBody(os.ErrDeadlineExceeded) // it is the client that was slow
	}
	p.RequestID = q.id[0]
	q.late = p
	q.ending.Lock()
	defer q.ending.Unlock()
	won := q.phase.CompareAndSwap(open, timedOut)
	q.ctx.end(context.DeadlineExceeded) // before the answer, after which net/http cancels the context for its own reason
	if won && q.conn != nil {
		q.conn.answer(p)
	}
}

// requestBody takes the read deadline away when the body is read: the connection is then watched for the client's
// leaving, which takes as long as it takes.
type requestBody struct {
	io.ReadCloser
	conn    *conn
	reading atomic.Bool // there is a body, and its end was not read
}

// Read reads from the body below.
func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) && b.conn != nil {
		_ = b.conn.SetReadDeadline(time.Time{})
		b.conn = nil
		b.reading.Store(false)
	}
	return n, err
}
