package router

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/msgen/msgen/kit/problem"
)

// frame checks what can be known about a body before it is read, and bounds the reading. Nothing of the body has been
// asked for yet, so that a client that waits for 100 Continue is refused without sending it.
func (rt *Router) frame(w http.ResponseWriter, r *http.Request, route *Route) error {
	for _, codings := range r.Header["Content-Encoding"] {
		for coding := range strings.SplitSeq(codings, ",") {
			if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
				return problem.New(http.StatusUnsupportedMediaType, "the body is encoded; send it without Content-Encoding").
					Header("Accept-Encoding", "identity")
			}
		}
	}
	limit := route.MaxBody
	if limit == 0 {
		limit = rt.o.MaxBody
	}
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if limit >= 0 && r.ContentLength > limit {
		return tooLarge(w, limit)
	}
	r.Body = &body{ReadCloser: r.Body, w: w, limit: limit, left: limit}
	return nil
}

func tooLarge(w http.ResponseWriter, limit int64) error {
	if !problem.Started(w) {
		w.Header().Set("Connection", "close")
	}
	return problem.New(http.StatusRequestEntityTooLarge, fmt.Sprintf("the request body is larger than %d bytes; send less", limit)).
		Because(&http.MaxBytesError{Limit: limit})
}

// body is a request body that ends in a problem when it is too large, too slow or broken.
type body struct {
	io.ReadCloser
	w     http.ResponseWriter
	limit int64 // negative for none
	left  int64
	err   error // sticky
}

// Read reads at most what is left, and one byte more to see that there is more.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.limit >= 0 && int64(len(p))-1 > b.left {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.limit >= 0 && int64(n) > b.left {
		n, b.left = int(b.left), 0
		b.err = tooLarge(b.w, b.limit)
		return n, b.err
	}
	b.left -= int64(n)
	if err != nil {
		b.err = readError(err)
	}
	return n, b.err
}

// readError says what a failure to read a body means. The end of the body stays io.EOF.
func readError(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.SlowBody(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem.ShortBody(err)
	}
	return problem.New(http.StatusBadRequest, "the request body is not framed as RFC 9112 has it; correct its length or chunks").Because(err)
}

// tracker knows whether the answer has begun, for writers that don't.
type tracker struct {
	http.ResponseWriter
	began bool
}

func (t *tracker) WriteHeader(status int) {
	t.began = t.began || status >= 200 || status == http.StatusSwitchingProtocols
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(p []byte) (int, error) {
	t.began = true
	return t.ResponseWriter.Write(p)
}

// Flush sends what was written so far.
func (t *tracker) Flush() {
	t.began = true
	_ = http.NewResponseController(t.ResponseWriter).Flush() // a writer that can't flush sends it at the end
}

// Started reports whether a status was sent.
func (t *tracker) Started() bool { return t.began }

// Unwrap is the writer below.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// allowed are the methods that answer a path, sorted.
func allowed(routes []*Route) []string {
	methods := []string{http.MethodOptions}
	for _, route := range routes {
		methods = append(methods, route.Method)
		if route.Method == http.MethodGet && !route.Stream {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// methods are the methods of all routes, sorted.
func (rt *Router) methods() []string { return allowed(rt.routes) }

func contains(methods []string, method string) bool { return slices.Contains(methods, method) }

// known reports whether HTTP itself defines the method (RFC 9110, RFC 5789).
func known(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch,
		http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return true
	}
	return false
}
