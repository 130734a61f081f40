package server

import (
	"context"
	"io"
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// statusGone is what logs and metrics say of requests whose client went away.
const statusGone = 499

// report counts and logs an answer. What the client did is no error of the service: only answers of 500 and above are
// logged as errors. Neither the query nor any header is logged.
func (h *Handler) report(q *request, gone bool) {
	now := time.Now()
	took := now.Sub(q.start)
	status := q.status
	if gone && (status == 0 || status >= 500) {
		status = statusGone
	}
	if status == 0 {
		status = 500 // cut off
	}
	q.route.observe(status, took.Seconds())
	level := levelOf(status)
	if h.access == "off" && level < slog.LevelError || h.access == "errors" && level < slog.LevelWarn || !h.log.Enabled(&q.ctx, level) {
		return
	}
	// The record is made without slog.Logger, which looks for the source line that it came from.
	record := slog.NewRecord(now, level, "request", 0)
	record.AddAttrs(slog.Int("status", status), slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		slog.Int64("bytes", q.bytes), slog.String("request_id", q.id[0]))
	if q.ctx.trace.TraceID != "" {
		record.AddAttrs(slog.String("trace_id", q.ctx.trace.TraceID))
	}
	if q.err != nil && (status >= 500 || h.log.Enabled(&q.ctx, slog.LevelDebug)) {
		record.AddAttrs(slog.String("error", q.err.Error()))
	}
	_ = q.route.logTo(h.log).Handle(&q.ctx, record) // there is no other place to say that logs can't be written
}

func levelOf(status int) slog.Level {
	switch {
	case status > 500 && status != 502 && status != 504 && status <= 505: // sent away, not written yet, another HTTP
		return slog.LevelWarn
	case status >= 500:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// logTo is a handler of records about the route, which writes what they have in common only once.
func (r *routeMetrics) logTo(log *slog.Logger) slog.Handler {
	if known := r.log.Load(); known != nil {
		return *known
	}
	attrs := []slog.Attr{slog.String("method", r.method), slog.String("route", r.template)}
	if r.operation != "" {
		attrs = append(attrs, slog.String("operation", r.operation))
	}
	h := log.Handler().WithAttrs(attrs)
	r.log.Store(&h)
	return h
}

// NewLogger logs JSON to w, from the level up: debug, info, warn or error. Lines below error may be kept back for a
// moment, to be written together; flush writes them.
func NewLogger(w io.Writer, level string) (logger *slog.Logger, flush func()) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	b := &batch{w: w}
	inner := slog.NewJSONHandler(b, &slog.HandlerOptions{Level: least})
	return slog.New(&prompt{Handler: inner, batch: b}), b.flush
}

// prompt writes everything at once as soon as there is an error.
type prompt struct {
	slog.Handler
	batch *batch
}

// Handle logs r.
func (p *prompt) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelError {
		p.batch.flush()
	}
	return err
}

// WithAttrs is a handler that adds attributes.
func (p *prompt) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &prompt{Handler: p.Handler.WithAttrs(attrs), batch: p.batch}
}

// WithGroup is a handler that opens a group.
func (p *prompt) WithGroup(name string) slog.Handler {
	return &prompt{Handler: p.Handler.WithGroup(name), batch: p.batch}
}

// batch writes lines together, 100 ms after the first of them at the latest.
type batch struct {
	mu      sync.Mutex
	w       io.Writer
	lines   []byte
	pending bool
}

// Write keeps a line for later.
func (b *batch) Write(line []byte) (int, error) {
	const most, delay = 32 << 10, 100 * time.Millisecond
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line...)
	if len(b.lines) >= most {
		b.write()
	} else if !b.pending {
		b.pending = true
		time.AfterFunc(delay, b.flush)
	}
	return len(line), nil
}

func (b *batch) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = false
	b.write()
}

func (b *batch) write() {
	if len(b.lines) > 0 {
		_, _ = b.w.Write(b.lines) // there is no other place to say that logs can't be written
		b.lines = b.lines[:0]
	}
}

// netLog takes what net/http logs: faults of clients mostly, worth a look only while debugging.
func netLog(logger *slog.Logger) *log.Logger {
	return log.New(netWriter{logger}, "", 0)
}

type netWriter struct{ log *slog.Logger }

// Write logs a line.
func (n netWriter) Write(line []byte) (int, error) {
	n.log.Debug("net/http: " + strings.TrimSpace(string(line)))
	return len(line), nil
}
