package problem

import (
	"context"
	"errors"
	"net/http"
	"strconv"
)

// ContentType is the media type of every error.
const ContentType = "application/problem+json"

// RequestIDHeader names the header that carries the id of a request, in both directions.
const RequestIDHeader = "X-Request-Id"

// Starter is implemented by response writers that know whether the answer has begun.
type Starter interface{ Started() bool }

// Recorder is implemented by response writers that log the error behind an answer.
type Recorder interface{ RecordError(err error) }

// Write answers with err. A *Problem anywhere in its chain is used; an error without one becomes what From says. The
// answer has a Content-Length, is not stored by caches, and has no body for HEAD. When the answer has begun already
// Write only records the error: a status is never sent twice.
func Write(w http.ResponseWriter, r *http.Request, err error) {
	if rec, ok := find[Recorder](w); ok {
		rec.RecordError(err)
	}
	if Started(w) {
		return
	}
	p := *From(err)
	h := w.Header()
	if p.RequestID == "" {
		p.RequestID = h.Get(RequestIDHeader)
	}
	// What the handler meant for its own answer doesn't describe this one.
	for _, name := range [...]string{"Content-Encoding", "Content-Disposition", "Content-Language", "Etag", "Last-Modified", "Trailer"} {
		h.Del(name)
	}
	for name, values := range p.header {
		h[name] = values
	}
	body := p.JSON()
	h["Content-Type"] = contentType()
	h["Cache-Control"] = noStore()
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.status())
	if r != nil && r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the client is gone; there is nobody to tell
}

func contentType() []string { return []string{ContentType} }
func noStore() []string     { return []string{"no-store"} }

// Started reports whether w, or a writer that it wraps, has begun its answer; false when none of them knows.
func Started(w http.ResponseWriter) bool {
	s, ok := find[Starter](w)
	return ok && s.Started()
}

// find looks for an interface through the wrappers of a response writer.
func find[T any](w http.ResponseWriter) (T, bool) {
	for {
		if t, ok := w.(T); ok {
			return t, true
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			var zero T
			return zero, false
		}
		w = u.Unwrap()
	}
}

// From is the problem that answers err: its own, or one made from what the standard library says about bodies and
// deadlines, or 503 when it says that something else does not work (see Unavailable), or a bare 500. They keep err as
// their cause.
func From(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) && p != nil {
		return p
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return New(http.StatusRequestEntityTooLarge,
			"the request body is larger than "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes; send less").Because(err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, http.ErrHandlerTimeout):
		return New(http.StatusServiceUnavailable, "the request took too long to serve; try again later").
			Header("Retry-After", "1").Because(err)
	case errors.Is(err, context.Canceled):
		return New(http.StatusServiceUnavailable, "the request was cancelled; try again").Because(err)
	case unavailable(err):
		return Unavailable(err)
	}
	return New(http.StatusInternalServerError, "something went wrong here; quote the request id when you report it").Because(err)
}
