package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/trace"
)

// Handler is what every request passes: it gives it an id, a time limit and a place among those in flight, recovers
// from panics, counts and logs. It works behind any http.Server; that of Run also answers what no handler sees.
type Handler struct {
	next    http.Handler
	limits  config.Limits
	access  string // all, errors or off
	log     *slog.Logger
	metrics *metrics

	inFlight *limiter
	streams  *limiter
	alarms   alarms

	stopping context.Context // done when streams must end
	stop     context.CancelFunc

	refusal  refusal      // of tooMany
	nosniff  []string     // shared by all answers, full to its capacity so that adding to it copies
	active   atomic.Int64 // requests that are being served, of any kind
	draining atomic.Bool
	last     atomic.Int64 // when the last request came, while draining
}

// NewHandler puts next behind the limits of c. Collectors are shown on /metrics beside those of the server.
func NewHandler(next http.Handler, c config.Config, log *slog.Logger, more ...prometheus.Collector) (*Handler, error) {
	m, err := newMetrics(more)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	h := &Handler{
		next: next, limits: c.Limits, access: c.AccessLog, log: log, metrics: m,
		inFlight: newLimiter(c.MaxInFlight, c.MaxQueued, c.QueueWait),
		streams:  newLimiter(c.MaxStreams, 0, 0),
		refusal:  newRefusal(tooMany()),
		nosniff:  []string{"nosniff"},
	}
	h.stopping, h.stop = context.WithCancel(context.Background())
	return h, nil
}

// connKey finds the connection in the context of a request.
type connKey struct{}

// ServeHTTP serves one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{h: h, w: w, method: r.Method, start: time.Now()}
	q.ctx.Context = r.Context()
	q.ctx.trace = trace.Read(r.Header)
	q.id[0] = q.ctx.trace.RequestID
	header := w.Header()
	header[problem.RequestIDHeader] = q.id[:]
	header["X-Content-Type-Options"] = h.nosniff
	h.active.Add(1)
	defer h.finish(q)
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		q.conn = c
	}
	if h.draining.Load() {
		h.last.Store(q.start.UnixNano())
		header["Connection"] = []string{"close"}
	}
	r = r.WithContext(&q.ctx)
	if err := h.admit(q, r); err != nil {
		problem.Write(q, r, err)
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		h.watchBody(q, r)
	}
	h.next.ServeHTTP(q, r)
}

// admit refuses requests that are malformed, or too many.
func (h *Handler) admit(q *request, r *http.Request) error {
	if q.conn != nil {
		if f := q.conn.next(); f != nil {
			q.Header().Set("Connection", "close")
			return f.problem
		}
	} else if n := countFields(r.Header); n > h.limits.MaxHeaderFields {
		return problem.New(http.StatusRequestHeaderFieldsTooLarge,
			fmt.Sprintf("the request has more than %d header fields; send fewer", h.limits.MaxHeaderFields))
	}
	if !validHost(r.Host) {
		q.Header().Set("Connection", "close")
		return problem.New(http.StatusBadRequest, "the Host is no host; send its name and maybe a port")
	}
	if r.Method == "PRI" && r.ProtoMajor == 2 {
		q.Header().Set("Connection", "close")
		return problem.New(http.StatusHTTPVersionNotSupported, "this port speaks HTTP/1.1; use it")
	}
	if int64(len(r.RequestURI)) > h.limits.MaxURIBytes {
		return problem.New(http.StatusRequestURITooLong, fmt.Sprintf("the URI is longer than %d bytes; send less", h.limits.MaxURIBytes))
	}
	if !h.inFlight.acquire(r.Context()) {
		h.metrics.shed.Inc()
		return tooMany()
	}
	q.slot = h.inFlight
	q.setAlarm(h.limits.RequestTimeout)
	return nil
}

func countFields(h http.Header) int {
	n := 0
	for _, values := range h {
		n += len(values)
	}
	return n
}

// watchBody limits the time in which the body arrives. The limit is on the connection, so that it needs one.
func (h *Handler) watchBody(q *request, r *http.Request) {
	if q.conn == nil || h.limits.ReadTimeout <= 0 {
		return
	}
	_ = q.conn.SetReadDeadline(q.start.Add(h.limits.ReadTimeout)) // a closed connection shows when it is read
	q.body.ReadCloser, q.body.conn = r.Body, q.conn
	q.body.reading.Store(true)
	r.Body = &q.body
}

// finish ends what ServeHTTP began, also after a panic.
func (h *Handler) finish(q *request) {
	thrown := recover()
	if q.alarm != nil {
		q.alarm.stop()
		q.alarm = nil
	}
	abort := false
	if thrown != nil {
		abort = h.recovered(q, thrown)
	}
	if q.phase.CompareAndSwap(open, begun) && !abort {
		// The handler said nothing: net/http answers 200 with an empty body.
		q.status = http.StatusOK
	}
	if q.phase.Load() == timedOut {
		q.ending.Lock() // net/http closes the connection next: the answer must have left before that
		q.status = q.late.Status
		q.ending.Unlock()
		if q.conn == nil {
			h.writeLate(q)
		}
	}
	gone := q.ctx.Context.Err() != nil && q.phase.Load() != timedOut
	q.ctx.end(context.Canceled)
	if q.slot != nil {
		q.slot.release()
	}
	if q.route == nil {
		q.route = h.metrics.route(nil, q.method)
	} else {
		q.leaveRoute()
	}
	h.report(q, gone)
	if q.conn != nil {
		q.conn.settle()
	}
	h.active.Add(-1)
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// writeLate answers a request whose time is up where that could not be done on its connection: now that the handler
// has returned, the writer is free.
func (h *Handler) writeLate(q *request) {
	p := q.late
	header := q.w.Header()
	for name, values := range p.Headers() {
		header[name] = values
	}
	header.Set("Content-Type", problem.ContentType)
	header.Set("Cache-Control", "no-store")
	q.w.WriteHeader(p.Status)
	_, _ = q.w.Write(p.JSON()) // the client is gone; there is nobody to tell
}

// recovered answers for a handler that panicked. When its answer had begun the connection is cut, so that half an
// answer can't pass for a whole one; it then reports true.
func (h *Handler) recovered(q *request, thrown any) (abort bool) {
	if err, ok := thrown.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return true
	}
	route := q.route
	if route == nil {
		route = h.metrics.route(nil, q.method)
	}
	route.panics.Inc()
	h.log.LogAttrs(&q.ctx, slog.LevelError, "handler panicked",
		slog.String("method", route.method), slog.String("route", route.template), slog.String("operation", route.operation),
		slog.String("request_id", q.id[0]), slog.String("panic", fmt.Sprint(thrown)), slog.String("stack", stack()))
	if q.Started() {
		return q.phase.Load() == begun
	}
	err := problem.From(fmt.Errorf("panic: %v", thrown))
	problem.Write(q, nil, err)
	return false
}

// stack is the stack of the panic, cut to what a log takes.
func stack() string {
	const most = 8 << 10
	s := debug.Stack()
	return string(s[:min(len(s), most)])
}
