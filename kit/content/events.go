package content

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Event is one server-sent event (WHATWG HTML section 9.2). Data of several lines stays one event; an event without
// data and name is a comment that keeps the connection open.
type Event struct {
	ID    string
	Name  string
	Data  string
	Retry time.Duration // zero for none
}

// WriteEvents answers with a stream of events, each sent as soon as it is there. It ends when the events end or when
// the client goes away, in which case the iterator is told to stop at the next event; handlers that wait for events
// watch the request's context. nil is a stream without events.
func WriteEvents(o Out, status int, mediaType string, events iter.Seq[Event], headers ...Header) error {
	if err := o.headers(status, headers); err != nil {
		return err
	}
	h := o.W.Header()
	h["Content-Type"] = []string{mediaType}
	h["Cache-Control"] = []string{"no-cache"}
	h["X-Accel-Buffering"] = []string{"no"}
	control := http.NewResponseController(o.W)
	_ = control.SetWriteDeadline(time.Time{}) // a writer without deadlines has none to lift
	o.W.WriteHeader(status)
	if o.R.Method == http.MethodHead || events == nil {
		return nil
	}
	_ = control.Flush() // a writer that can't flush sends when it is full
	var b []byte
	for event := range events {
		if o.R.Context().Err() != nil {
			return nil
		}
		b = appendEvent(b[:0], event)
		if _, err := o.W.Write(b); err != nil {
			return nil
		}
		_ = control.Flush()
	}
	return nil
}

// appendEvent appends an event in the format of the stream. Line breaks can't leave the field that they are in.
func appendEvent(b []byte, e Event) []byte {
	if e.ID != "" {
		b = appendField(b, "id", strings.ReplaceAll(e.ID, "\x00", ""))
	}
	if e.Name != "" {
		b = appendField(b, "event", e.Name)
	}
	if e.Retry > 0 {
		b = appendField(b, "retry", strconv.FormatInt(e.Retry.Milliseconds(), 10))
	}
	if e.Data == "" && e.Name == "" {
		return append(b, ":\n\n"...)
	}
	data := strings.ReplaceAll(strings.ReplaceAll(e.Data, "\r\n", "\n"), "\r", "\n")
	for line := range strings.SplitSeq(data, "\n") {
		b = append(b, "data: "...)
		b = append(b, line...)
		b = append(b, '\n')
	}
	return append(b, '\n')
}

// appendField appends a field of one line.
func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, strings.NewReplacer("\r", " ", "\n", " ").Replace(value)...)
	return append(b, '\n')
}
