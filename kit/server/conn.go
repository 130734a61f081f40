package server

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/trace"
)

// conn is a connection whose requests are scanned as they arrive, and whose answers can be given in place of net/http.
type conn struct {
	net.Conn
	listener *listener

	fresh  atomic.Bool // no request was served yet
	heads  scanner     // of Read alone, which net/http never calls twice at a time
	begun  bool        // of Read alone: something was read
	served int         // of the handlers, which run one after the other: requests so far
	fault  atomic.Pointer[fault]

	mu     sync.Mutex  // of writes
	over   atomic.Bool // answered in place of net/http: nothing more may be written
	linger atomic.Bool // the client may still be sending: give it time to read the answer
}

// Read reads and scans. Bytes that can't begin a request, such as those of TLS, are refused at once.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n == 0 {
		return n, err
	}
	first := !c.begun
	if first {
		c.begun = true
		if b := p[0]; !('A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || b == '\r' || b == '\n') {
			c.answer(problem.New(http.StatusBadRequest, "this port speaks HTTP/1.1 without TLS; use it"))
			return 0, io.EOF
		}
	}
	if f := c.heads.scan(p[:n]); f != nil {
		c.fault.Store(f)
	} else if first && c.heads.whole() {
		if refusal := c.listener.shed(p[:n]); refusal != nil && !c.over.Swap(true) {
			_, _ = c.Conn.Write(refusal) // there is nobody else to tell
			return 0, io.EOF
		}
	}
	return n, err
}

// settle counts the connection as one that clients know how to go on with.
func (c *conn) settle() {
	if c.fresh.Load() && c.fresh.Swap(false) {
		c.listener.fresh.Add(-1)
	}
}

// next counts a request and returns its fault, or nil.
func (c *conn) next() *fault {
	c.served++
	if f := c.fault.Load(); f != nil && f.request <= c.served {
		return f
	}
	return nil
}

// Write writes what net/http has to say; an error that it words itself becomes a problem.
func (c *conn) Write(p []byte) (int, error) {
	if c.over.Load() {
		return 0, net.ErrClosed
	}
	if status := ownWords(p); status != 0 {
		c.answer(c.reword(status))
		return len(p), nil
	}
	c.listener.pace.yield()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Conn.Write(p)
}

// ReadFrom lets the kernel copy files where it can.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	if to, ok := c.Conn.(io.ReaderFrom); ok && !c.over.Load() {
		return to.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{c}, r)
}

// CloseWrite ends what the client reads, and lets it go on writing.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close closes the connection. After an early answer it reads a little of what the client still sends, because closing
// at once would destroy an answer that is on its way (RFC 9112, 9.6).
func (c *conn) Close() error {
	c.settle()
	if c.linger.Swap(false) {
		_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		_, _ = io.CopyN(io.Discard, c.Conn, 256<<10) // it only takes time
	}
	return c.Conn.Close()
}

// answer sends p, the last that the client gets on this connection. It may be called while a handler runs.
func (c *conn) answer(p *problem.Problem) {
	if c.over.Swap(true) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.RequestID == "" {
		p.RequestID = trace.NewID()
	}
	_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Conn.Write(rawAnswer(p)); err == nil {
		_ = c.CloseWrite()
		c.linger.Store(true)
	}
	// Whoever reads stops: net/http then cancels the context of the request.
	_ = c.SetReadDeadline(time.Now())
	c.listener.refused(p.Status)
}

// rawAnswer is the answer on the wire.
func rawAnswer(p *problem.Problem) []byte {
	body := p.JSON()
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 " + strconv.Itoa(p.Status) + " " + http.StatusText(p.Status) + "\r\n")
	h := http.Header{
		"Content-Type": {problem.ContentType}, "Content-Length": {strconv.Itoa(len(body))}, "Cache-Control": {"no-store"},
		"Connection": {"close"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}, "X-Content-Type-Options": {"nosniff"},
		problem.RequestIDHeader: {p.RequestID},
	}
	for name, values := range p.Headers() {
		h[name] = values
	}
	_ = h.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// ownWords is the status of an error that net/http wrote by itself, else 0: the head of such an answer has no other
// headers than these, or is that of the refusal of an expectation.
func ownWords(p []byte) int {
	if len(p) < 12 || p[9] != '4' && p[9] != '5' || string(p[:5]) != "HTTP/" {
		return 0
	}
	head, body, ok := bytes.Cut(p, []byte("\r\n\r\n"))
	if !ok {
		return 0
	}
	status, err := strconv.Atoi(string(p[9:12]))
	if err != nil {
		return 0
	}
	_, headers, _ := bytes.Cut(head, []byte("\r\n"))
	switch {
	case string(headers) == "Content-Type: text/plain; charset=utf-8\r\nConnection: close":
		return status
	case status == http.StatusExpectationFailed && len(body) == 0 && !bytes.Contains(headers, []byte(problem.RequestIDHeader)):
		return status
	}
	return 0
}

// reword is the problem in place of an error that net/http words itself.
func (c *conn) reword(status int) *problem.Problem {
	switch status {
	case http.StatusRequestHeaderFieldsTooLarge:
		if c.heads.inRequestLine() {
			return problem.New(http.StatusRequestURITooLong, "the URI is too long; send less")
		}
		return problem.New(status, "the headers are too large; send less")
	case http.StatusExpectationFailed:
		return problem.New(status, "the expectation is unknown; send Expect: 100-continue or none")
	case http.StatusNotImplemented:
		return problem.New(status, "the transfer coding is unknown; send chunked alone, or a Content-Length")
	case http.StatusHTTPVersionNotSupported:
		return problem.New(status, "the version of HTTP is unknown; use HTTP/1.1")
	}
	return problem.New(status, "the request is malformed; write it as RFC 9112 has it")
}
