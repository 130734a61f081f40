package server

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/trace"
)

// Where nothing more can be taken, most of what a refusal costs is reading the request and wording the answer, and each
// makes the next one later. So the first request of a connection that is there as a whole is refused before net/http sees
// it, in words that are ready. The connection ends with that: whoever is sent away and comes again waits for its turn
// like everybody else.

// full reports whether a request would be turned away at once.
func (l *limiter) full() bool {
	return len(l.slots) == cap(l.slots) && l.queued.Load() >= l.queue
}

func tooMany() *problem.Problem {
	return problem.New(http.StatusServiceUnavailable, "too many requests are being served; try again").Header("Retry-After", "1")
}

// shed is the refusal of a request that was just read, nil when it may go on.
func (h *Handler) shed(request []byte) []byte {
	if !h.inFlight.full() {
		return nil
	}
	if h.draining.Load() {
		h.last.Store(time.Now().UnixNano())
	}
	h.metrics.shed.Inc()
	h.metrics.turnedAway.Inc()
	return h.refusal.to(bytes.HasPrefix(request, []byte("HEAD ")))
}

// refusal is an answer but for its date and id.
type refusal struct {
	beforeDate, beforeID, beforeBody, beforeBodyID, end []byte
}

func newRefusal(p *problem.Problem) refusal {
	copied := *p
	copied.RequestID = trace.NewID()
	body := copied.JSON()
	before, after, _ := bytes.Cut(body, []byte(copied.RequestID))
	head := []byte("HTTP/1.1 " + strconv.Itoa(p.Status) + " " + http.StatusText(p.Status) + "\r\nCache-Control: no-store\r\nConnection: close\r\n" +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\nContent-Type: " + problem.ContentType + "\r\nX-Content-Type-Options: nosniff\r\n")
	var more bytes.Buffer
	_ = p.Headers().Write(&more) // a buffer takes everything
	return refusal{
		beforeDate: append(append(head, more.Bytes()...), "Date: "...), beforeID: []byte("\r\n" + problem.RequestIDHeader + ": "),
		beforeBody: []byte("\r\n\r\n"), beforeBodyID: before, end: after,
	}
}

// to is the answer to one request; that to HEAD has no body.
func (r *refusal) to(head bool) []byte {
	id := trace.NewID()
	b := make([]byte, 0, 640)
	b = append(b, r.beforeDate...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	b = append(append(b, r.beforeID...), id...)
	b = append(b, r.beforeBody...)
	if head {
		return b
	}
	return append(append(append(b, r.beforeBodyID...), id...), r.end...)
}

// whole reports whether exactly one request was read, to its end.
func (s *scanner) whole() bool { return s.state == atRequestLine && s.request == 1 && !s.long }
