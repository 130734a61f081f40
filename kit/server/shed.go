package server

import (
	"bytes"
	"net/http"
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

// refusal is an answer but for its date and its id, which stands in the head and in the body.
type refusal struct {
	beforeDate, beforeID, beforeBodyID, end []byte
}

func newRefusal(p *problem.Problem) refusal {
	copied := *p
	copied.RequestID = trace.NewID()
	parts := bytes.Split(rawAnswer(&copied), []byte(copied.RequestID))
	name := []byte("\r\nDate: ")
	date := bytes.Index(parts[0], name) + len(name)
	return refusal{
		beforeDate: parts[0][:date], beforeID: parts[0][date+len(http.TimeFormat):], beforeBodyID: parts[1], end: parts[2],
	}
}

// to is the answer to one request; that to HEAD has no body.
func (r *refusal) to(head bool) []byte {
	id := trace.NewID()
	b := make([]byte, 0, 640)
	b = append(b, r.beforeDate...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	b = append(append(b, r.beforeID...), id...)
	if head {
		return append(b, "\r\n\r\n"...)
	}
	return append(append(append(b, r.beforeBodyID...), id...), r.end...)
}

// whole reports whether exactly one request was read, to its end.
func (s *scanner) whole() bool { return s.state == atRequestLine && s.request == 1 && !s.long }
