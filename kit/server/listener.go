package server

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// listener watches the connections that it accepts. Package net/http answers some faults itself, in plain text, and
// hides others from handlers: both are visible on the wire only.
type listener struct {
	net.Listener
	fields  int                         // most header fields of a request
	refused func(status int)            // told of every answer that no handler gave
	shed    func(request []byte) []byte // the refusal of a first request, nil when it may go on

	pace    pace
	fresh   atomic.Int64 // connections that were accepted and didn't send a whole request yet
	newest  atomic.Int64 // when the last of them was accepted, in Unix nanoseconds
	leaving atomic.Bool
	swept   chan struct{} // closed when late is complete
	ended   chan struct{} // closed when the last connection was handed out
	mu      sync.Mutex
	late    []net.Conn // connections that were waiting when the port was closed
}

func newListener(l net.Listener, h *Handler) *listener {
	return &listener{
		Listener: l, fields: h.limits.MaxHeaderFields, refused: h.countRefused, shed: h.shed, pace: pace{start: time.Now()},
		swept: make(chan struct{}), ended: make(chan struct{}),
	}
}

// handshake is how long a connection takes to be opened.
const handshake = 50 * time.Millisecond

// Accept waits for the next connection. After Close it hands out those that were waiting, and then ends.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil && l.leaving.Load() {
		c, err = l.nextLate(err)
	}
	if err != nil {
		return nil, err
	}
	l.newest.Store(time.Now().UnixNano())
	l.fresh.Add(1)
	w := &conn{Conn: c, listener: l, heads: scanner{maxFields: l.fields}}
	w.fresh.Store(true)
	return w, nil
}

// accepted is when the last connection was.
func (l *listener) accepted() time.Time { return time.Unix(0, l.newest.Load()) }

func (l *listener) nextLate(err error) (net.Conn, error) {
	<-l.swept
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.late) == 0 {
		select {
		case <-l.ended:
		default:
			close(l.ended)
		}
		return nil, err
	}
	c := l.late[0]
	l.late = l.late[1:]
	return c, nil
}

// Close closes the port. Closing alone resets the connections that clients have opened and nobody has accepted yet:
// they are accepted first, as close to the end as can be.
func (l *listener) Close() error {
	if l.leaving.Swap(true) {
		return nil
	}
	if turnAway(l.Listener) {
		time.Sleep(handshake)
	}
	if d, ok := l.Listener.(interface{ SetDeadline(time.Time) error }); ok {
		_ = d.SetDeadline(time.Unix(1, 0)) // wakes Accept; when it can't be woken, Close does it
	}
	late := acceptWaiting(l.Listener)
	err := l.Listener.Close()
	l.mu.Lock()
	l.late = late
	l.mu.Unlock()
	close(l.swept)
	return err
}
