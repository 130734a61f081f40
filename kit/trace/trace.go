// Package trace carries the identity of a request: its id and its place in a distributed trace (W3C Trace Context).
// It reads both from a request, keeps them in the context, and hands them on to the services that are called. It
// measures nothing and exports nothing.
package trace

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strings"
)

// Headers of requests.
const (
	RequestIDHeader = "X-Request-Id"
	ParentHeader    = "Traceparent"
	StateHeader     = "Tracestate"
)

// Trace is the identity of one request.
type Trace struct {
	RequestID string
	TraceID   string // 32 hexadecimal digits; "" when the caller sent no valid traceparent
	SpanID    string // 16 digits: the caller's span
	Flags     string // 2 digits
	State     string // the caller's tracestate, passed on as it is
}

type key struct{}

// Key is the context key under which a *Trace is found.
func Key() any { return key{} }

// NewContext is a context that carries t.
func NewContext(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, key{}, t)
}

// FromContext is the trace of the request that ctx belongs to, or nil.
func FromContext(ctx context.Context) *Trace {
	t, _ := ctx.Value(key{}).(*Trace)
	return t
}

// Read is the trace that the headers of a request describe. A request id is taken over when it is of at most 128 safe
// characters and made up otherwise; a traceparent that isn't valid is ignored.
func Read(h http.Header) Trace {
	var t Trace
	if ids := h[RequestIDHeader]; len(ids) == 1 && safe(ids[0]) {
		t.RequestID = ids[0]
	} else {
		t.RequestID = NewID()
	}
	if parents := h[ParentHeader]; len(parents) == 1 && valid(parents[0]) {
		p := parents[0]
		t.TraceID, t.SpanID, t.Flags = p[3:35], p[36:52], p[53:55]
		if states := h[StateHeader]; len(states) > 0 {
			if state := strings.Join(states, ","); len(state) <= 512 {
				t.State = state
			}
		}
	}
	return t
}

// Inject adds the identity of the request that ctx belongs to to the headers of a request to another service.
func Inject(ctx context.Context, h http.Header) {
	t := FromContext(ctx)
	if t == nil {
		return
	}
	h[RequestIDHeader] = []string{t.RequestID}
	if t.TraceID == "" {
		return
	}
	h[ParentHeader] = []string{"00-" + t.TraceID + "-" + NewID()[:16] + "-" + t.Flags}
	if t.State != "" {
		h[StateHeader] = []string{t.State}
	}
}

// NewID is a fresh id of 32 hexadecimal digits. It is unique, not secret.
func NewID() string {
	var raw [16]byte
	for i, half := range [2]uint64{rand.Uint64(), rand.Uint64() | 1} { // never all zero
		for j := range 8 {
			raw[i*8+j] = byte(half >> (8 * j))
		}
	}
	var text [32]byte
	hex.Encode(text[:], raw[:])
	return string(text[:])
}

// safe reports whether an id can stand in logs and headers as it is.
func safe(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.:+/=@", c) >= 0) {
			return false
		}
	}
	return true
}

// valid reports whether p is a traceparent: version, trace id, parent id and flags, lower case, ids not all zero. Later
// versions may append fields.
func valid(p string) bool {
	const zeros = "00000000000000000000000000000000"
	if len(p) < 55 || p[2] != '-' || p[35] != '-' || p[52] != '-' || p[:2] == "ff" ||
		len(p) > 55 && (p[:2] == "00" || p[55] != '-' || len(p) > 256) {
		return false
	}
	for i := range 55 {
		if c := p[i]; i != 2 && i != 35 && i != 52 && !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return p[3:35] != zeros && p[36:52] != zeros[:16]
}
