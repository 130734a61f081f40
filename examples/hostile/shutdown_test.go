package hostile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// soak is how long the tests that repeat a trial go on: HOSTILE_SOAK, or a few seconds.
func soak() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("HOSTILE_SOAK")); err == nil {
		return d
	}
	return 6 * time.Second
}

// rounds is how often the leak test repeats all cases.
func rounds() int {
	if os.Getenv("HOSTILE_SOAK") != "" {
		return 10
	}
	return 2
}

func TestTermWithRequestInFlight(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	s := start(t, newIssuer(t), "DRAIN_DELAY=1h", "SHUTDOWN_GRACE=2h", "GATE="+gate) // the delay lasts while a request is in flight
	slow := s.dial(t)
	_, _ = io.WriteString(slow, listing("?tag=wait"))
	s.eventually(t, "the request", func() bool { return s.metric(t, inFlight) == 1 })
	s.terminate(t)
	s.eventually(t, "503 from /readyz", func() bool { return s.ask("/readyz") == 503 })
	if got := s.ask("/livez"); got != 200 {
		t.Errorf("/livez while draining: got %d, want 200", got)
	}
	if a := s.get(t, "/v1/products", token("")); a.status != 200 || !a.close {
		t.Errorf("new request while draining: got %d, close %v; want 200 and Connection: close", a.status, a.close)
	}
	open(t, gate)
	if a, err := slow.read("GET"); err != nil || a.status != 200 {
		t.Errorf("in flight: got %d (%v), want 200", a.status, err)
	}
	if code := s.exit(t); code != 0 {
		t.Errorf("got exit code %d:\n%s", code, s.log)
	}
}

func TestTermWithIdleConnections(t *testing.T) {
	s := start(t, newIssuer(t), "DRAIN_DELAY=1h", "SHUTDOWN_GRACE=2h") // without anything to wait for, both end early
	var idle []*conversation
	for range 100 {
		c := s.dial(t)
		_, _ = io.WriteString(c, listing(""))
		if _, err := c.read("GET"); err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
	}
	begin := time.Now()
	s.terminate(t)
	if code := s.exit(t); code != 0 {
		t.Errorf("got exit code %d:\n%s", code, s.log)
	}
	t.Logf("ended after %v", time.Since(begin))
	for _, c := range idle {
		if _, err := c.in.ReadByte(); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("an idle connection ended with %v", err)
		}
	}
}

func TestTermWithStuckHandler(t *testing.T) {
	s := start(t, newIssuer(t), "SHUTDOWN_GRACE=500ms", "DRAIN_DELAY=50ms")
	_, _ = io.WriteString(s.dial(t), listing("?tag=stick=1h"))
	s.eventually(t, "the request", func() bool { return s.metric(t, inFlight) == 1 })
	s.terminate(t)
	if code := s.exit(t); code == 0 {
		t.Error("got exit code 0 with a request that was never answered")
	}
	if line := s.log.line("GET /v1/products"); line == nil {
		t.Errorf("the log doesn't name the stuck route:\n%s", s.log)
	}
}

func TestTermTwice(t *testing.T) {
	s := start(t, newIssuer(t), "DRAIN_DELAY=1h", "DRAIN_QUIET=0s", "SHUTDOWN_GRACE=2h")
	_, _ = io.WriteString(s.dial(t), listing("?tag=stick=1h"))
	s.eventually(t, "the request", func() bool { return s.metric(t, inFlight) == 1 })
	s.terminate(t)
	s.eventually(t, "503 from /readyz", func() bool { return s.ask("/readyz") == 503 })
	time.Sleep(100 * time.Millisecond) // two that come at once are one
	s.terminate(t)
	if code := s.exit(t); code == 0 {
		t.Error("got exit code 0 from a forced exit")
	}
}

// tally counts what became of requests.
type tally struct {
	answered, refused atomic.Int64
	term              atomic.Int64 // when SIGTERM was sent, in Unix nanoseconds
	mu                sync.Mutex
	lost              []string
}

// lose notes a request that was lost: the n-th on a connection that was opened at a time.
func (c *tally) lose(what string, err error, n int, opened time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	term := time.Unix(0, c.term.Load())
	c.lost = append(c.lost, fmt.Sprintf("%s: %v (%d. request of a connection that was opened %v and lost %v after SIGTERM)",
		what, err, n, opened.Sub(term), time.Since(term)))
}

// client sends orders until the port is closed: on connections that it keeps, or each on a new one. An order that was
// sent on an open connection must be answered: sending it again could place it twice.
func (c *tally) client(addr, token string, keep bool) {
	const body = `{"items":[{"sku":"ABC-1","quantity":2}]}`
	end := ""
	if !keep {
		end = "Connection: close\r\n"
	}
	request := fmt.Sprintf("POST /v1/orders HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n%s\r\n%s", token, len(body), end, body)
	for {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			c.refused.Add(1)
			if !errors.Is(err, syscall.ECONNREFUSED) {
				c.lose("connecting", err, 0, time.Now())
			}
			return
		}
		c.talk(conn, request)
		_ = conn.Close()
	}
}

// talk sends the request again and again until the service says that it will close the connection.
func (c *tally) talk(conn net.Conn, request string) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	in, opened := bufio.NewReader(conn), time.Now()
	for n := 1; ; n++ {
		if _, err := io.WriteString(conn, request); err != nil {
			c.lose("writing", err, n, opened)
			return
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			c.lose("reading", err, n, opened)
			return
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 201 {
			c.lose(resp.Status, err, n, opened)
			return
		}
		c.answered.Add(1)
		if resp.Close {
			return
		}
	}
}

// TestTermUnderLoad repeats: start, load, SIGTERM. No order that was sent may be lost.
func TestTermUnderLoad(t *testing.T) {
	i := newIssuer(t)
	var c tally
	trials := 0
	for end := time.Now().Add(soak()); time.Now().Before(end) && !t.Failed(); trials++ {
		delay := []string{"DRAIN_DELAY=0s", "DRAIN_DELAY=100ms", "DRAIN_DELAY=3s"}[trials%3]
		s := start(t, i, delay, "ACCESS_LOG=errors")
		good := token("")
		var clients sync.WaitGroup
		for n := range 12 {
			// Only an answer within the delay tells the client of a kept connection that it will be closed.
			keep := n%2 == 0 && trials%3 == 2
			clients.Go(func() { c.client(s.addr, good, keep) })
		}
		time.Sleep(time.Duration(50+rand.IntN(150)) * time.Millisecond)
		c.term.Store(time.Now().UnixNano())
		s.terminate(t)
		clients.Wait()
		if code := s.exit(t); code != 0 {
			t.Errorf("got exit code %d:\n%s", code, s.log)
		}
		if len(c.lost) > 0 {
			t.Errorf("%s: %d lost of %d: %q\n%s", delay, len(c.lost), c.answered.Load(), c.lost, s.log)
		}
	}
	t.Logf("%d trials, %d orders answered, %d lost", trials, c.answered.Load(), len(c.lost))
}
