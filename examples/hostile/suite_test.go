package hostile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// suites are the files of cases.
var suites = []string{
	"testdata/given.yaml", "testdata/more.yaml", "testdata/wire.yaml", "testdata/target.yaml", "testdata/body.yaml", "testdata/token.yaml",
}

// impatient are the limits of the service that slow cases are sent to.
var impatient = []string{"READ_HEADER_TIMEOUT=300ms", "READ_TIMEOUT=500ms", "IDLE_TIMEOUT=300ms"}

// TestCases sends every case to a service: the answer is right and in time, and the service goes on serving.
func TestCases(t *testing.T) {
	i := newIssuer(t)
	patient, hasty := start(t, i), start(t, i, impatient...)
	for _, name := range suites {
		cases := readSuite(t, name)
		for _, c := range cases.Cases {
			t.Run(c.Area+"/"+c.ID, func(t *testing.T) {
				t.Parallel()
				s := patient
				if c.Slow {
					s = hasty
				}
				c.check(t, s, cases.Order)
				status := s.order(t, cases.Order)
				for s == hasty && status == 408 { // the test itself was too slow for it
					status = s.order(t, cases.Order)
				}
				if status != 201 {
					t.Errorf("the next valid order got %d, want 201", status)
				}
			})
		}
	}
	t.Cleanup(func() { noAlarm(t, patient, hasty) })
}

// noAlarm checks that services neither panicked nor answered with 500.
func noAlarm(t *testing.T, services ...*service) {
	for _, s := range services {
		for record := range strings.Lines(s.log.String()) {
			if strings.Contains(record, `"level":"ERROR"`) && !strings.Contains(record, "secret-of-the-handler") {
				t.Errorf("the service logs %s", record)
			}
		}
	}
}

// order sends a valid order.
func (s *service) order(t *testing.T, body string) int {
	t.Helper()
	c := s.dial(t)
	defer c.Close()
	fmt.Fprintf(c, "POST /v1/orders HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", token(""), len(body), body)
	a, err := c.read("POST")
	if err != nil {
		t.Fatal(err)
	}
	return a.status
}

// outcome is what came of a case.
type outcome struct {
	first answer
	count int // of answers
	all   []int
	took  time.Duration
	wire  bytes.Buffer // all that came back
}

const (
	closed = 0 // the connection ended without an answer
	silent = -1
)

// check sends the case and judges what comes back.
func (c *kase) check(t *testing.T, s *service, order string) {
	t.Helper()
	budget := 2 * time.Second
	if c.MS > 0 {
		budget = time.Duration(c.MS) * time.Millisecond
	}
	if runtime.NumCPU() < 8 || os.Getenv("HOSTILE_RACE") != "" {
		budget += 3 * time.Second // cases run side by side, and other tests beside them
	}
	o, err := c.send(s, order, budget)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(c.Want, o.first.status) {
		t.Fatalf("got %d %s, want one of %v", o.first.status, o.first.body, c.Want)
	}
	if o.took > budget {
		t.Errorf("took %v, want at most %v", o.took, budget)
	}
	if c.Answers > 0 && o.count != c.Answers {
		t.Errorf("got %d answers, want %d:\n%s", o.count, c.Answers, o.wire.String())
	}
	if len(c.All) > 0 && !slices.Equal(o.all, c.All) {
		t.Errorf("got the answers %v, want %v:\n%s", o.all, c.All, o.wire.String())
	}
	if o.first.status != closed {
		c.judge(t, o)
	}
}

// judge looks at an answer.
func (c *kase) judge(t *testing.T, o *outcome) {
	t.Helper()
	a := o.first
	for name, pattern := range c.Header {
		value := strings.Join(a.header.Values(name), ", ")
		if !regexp.MustCompile(pattern).MatchString(value) && !(name == "Connection" && a.close) {
			t.Errorf("got %s: %q, want it to match %s", name, value, pattern)
		}
	}
	for _, name := range c.Without {
		if values := a.header.Values(name); len(values) > 0 {
			t.Errorf("got %s: %q, want none", name, values)
		}
	}
	for _, text := range c.Shows {
		if !bytes.Contains(a.body, []byte(text)) {
			t.Errorf("got %s, want it to show %s", a.body, text)
		}
	}
	for _, text := range c.Hides {
		if bytes.Contains(o.wire.Bytes(), []byte(text)) {
			t.Errorf("the answer holds %q:\n%s", text, o.wire.String())
		}
	}
	if a.status == 405 && a.header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
	if a.status >= 400 && c.Method != "HEAD" {
		judgeProblem(t, a)
	}
}

var internals = regexp.MustCompile(`goroutine \d+|\.go:\d+|runtime error|secret-of-the-handler|example\.com/shop`)

// judgeProblem checks what holds for every error: a small problem document with an id, and nothing of the inside.
func judgeProblem(t *testing.T, a answer) {
	t.Helper()
	var p struct {
		Status    int    `json:"status"`
		Title     string `json:"title"`
		RequestID string `json:"requestId"`
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("got Content-Type %q, want application/problem+json", got)
	}
	if err := json.Unmarshal(a.body, &p); err != nil || p.Status != a.status || p.Title == "" {
		t.Errorf("got %s, want a problem with the status %d (%v)", a.body, a.status, err)
	}
	if id := a.header.Get("X-Request-Id"); id == "" || p.RequestID != id {
		t.Errorf("got the request id %q in the problem and %q in the header", p.RequestID, id)
	}
	if len(a.body) > 4096 {
		t.Errorf("the problem has %d bytes, want at most 4096", len(a.body))
	}
	if found := internals.Find(a.body); found != nil {
		t.Errorf("the problem shows %q", found)
	}
}

// send sends the case and reads until the connection ends.
func (c *kase) send(s *service, order string, budget time.Duration) (*outcome, error) {
	conn, err := net.DialTimeout("tcp", s.addr, patience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(budget + 3*time.Second))
	request, begin, sent := c.request(order), time.Now(), make(chan struct{})
	go func() {
		defer close(sent)
		if request != nil {
			_, _ = conn.Write(request) // the service may refuse the rest
			return
		}
		if c.Gen != nil {
			ways[c.Gen.Name](conn, c.Gen)
			return
		}
		for _, part := range c.Parts {
			_, _ = io.WriteString(conn, withTokens(part))
			time.Sleep(20 * time.Millisecond) // parts that arrive together are one case more, not a fault
		}
	}()
	o := &outcome{}
	in := newConversation(conn)
	in.in.Reset(io.TeeReader(conn, &o.wire))
	for {
		a, err := in.read(c.Method)
		if err == nil {
			o.all = append(o.all, a.status)
			if o.count++; o.count == 1 {
				o.first, o.took = a, time.Since(begin)
			}
			if !c.Slow && o.count >= max(c.Answers, len(c.All)) {
				_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond)) // there may be more
			}
			continue
		}
		if o.count == 0 {
			o.took = time.Since(begin)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				o.first.status = silent
			} else if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) {
				return nil, fmt.Errorf("%w in %q", err, o.wire.String())
			}
		}
		if c.Slow {
			o.took = time.Since(begin)
		}
		_ = conn.Close()
		<-sent
		return o, nil
	}
}

func post(headers string) string {
	return "POST /v1/orders HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer " + token("") +
		"\r\nContent-Type: application/json\r\n" + headers + "\r\n\r\n"
}

// ways are the ways to send a request other than at once.
var ways = map[string]func(c net.Conn, g *generated){
	"slow-header": func(c net.Conn, _ *generated) {
		drip(c, "GET /v1/products HTTP/1.1\r\nHost: shop.test\r\n", "X-A: b\r\n")
	},
	"slow-body":  func(c net.Conn, _ *generated) { drip(c, post("Content-Length: 500")+"{", " ") },
	"slow-chunk": func(c net.Conn, _ *generated) { drip(c, post("Transfer-Encoding: chunked")+"1\r\n{\r\n", "1\r\n \r\n") },
	"slow-line":  func(c net.Conn, _ *generated) { drip(c, "GET /v1/products?tag=", "a") },
	"nothing":    func(net.Conn, *generated) {},
	"short-body": func(c net.Conn, _ *generated) {
		_, _ = io.WriteString(c, post("Content-Length: 100")+`{"items":`)
		_ = c.(*net.TCPConn).CloseWrite()
	},
	"idle": func(c net.Conn, _ *generated) { _, _ = io.WriteString(c, listing("")) },
	"pipeline": func(c net.Conn, g *generated) {
		_, _ = io.WriteString(c, strings.Repeat(listing(""), g.N-1)+strings.Replace(listing(""), "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	},
	"chunked-flood": func(c net.Conn, g *generated) {
		chunk := "100000\r\n" + strings.Repeat(" ", 1<<20) + "\r\n"
		_, err := io.WriteString(c, post("Transfer-Encoding: chunked"))
		for i := 0; i < g.MB && err == nil; i++ {
			_, err = io.WriteString(c, chunk)
		}
		_, _ = io.WriteString(c, "0\r\n\r\n")
	},
	"chunk-extension": func(c net.Conn, g *generated) {
		_, _ = io.WriteString(c, post("Transfer-Encoding: chunked")+"1;"+strings.Repeat("a", g.N)+"\r\n{\r\n0\r\n\r\n")
	},
	"no-last-chunk": func(c net.Conn, _ *generated) {
		_, _ = io.WriteString(c, post("Transfer-Encoding: chunked")+"29\r\n{\"items\":[{\"sku\":\"ABC-1\",\"quantity\":2}]}\n\r\n")
		_ = c.(*net.TCPConn).CloseWrite()
	},
	"trailer": func(c net.Conn, g *generated) {
		_, _ = io.WriteString(c, post("Transfer-Encoding: chunked")+"2\r\n{}\r\n0\r\nX: "+strings.Repeat("a", g.N)+"\r\n\r\n")
	},
	"trailers": func(c net.Conn, g *generated) {
		_, _ = io.WriteString(c, post("Transfer-Encoding: chunked")+"2\r\n{}\r\n0\r\n"+strings.Repeat("X: a\r\n", g.N)+"\r\n")
	},
	"slow-trailer": func(c net.Conn, _ *generated) {
		drip(c, post("Transfer-Encoding: chunked")+"2\r\n{}\r\n0\r\n", "X: a\r\n")
	},
	"slow-second": func(c net.Conn, _ *generated) { drip(c, listing("")+"GET /v1/products HTTP/1.1\r\n", "X: a\r\n") },
	"second-crowded": func(c net.Conn, g *generated) {
		second := strings.Replace(listing(""), "\r\n\r\n", "\r\n"+strings.Repeat("X: a\r\n", g.N)+"\r\n", 1)
		_, _ = io.WriteString(c, listing("")+second)
	},
	"large-then-request": func(c net.Conn, g *generated) {
		_, _ = io.WriteString(c, post("Content-Length: "+strconv.Itoa(g.N))+strings.Repeat(" ", g.N)+listing(""))
	},
	"tiny-chunks": func(c net.Conn, g *generated) {
		_, _ = io.WriteString(c, post("Transfer-Encoding: chunked")+strings.Repeat("1\r\n \r\n", g.N)+"0\r\n\r\n")
	},
}

// drip sends a beginning and then a little again and again, until nobody listens.
func drip(c net.Conn, beginning, more string) {
	_, err := io.WriteString(c, beginning)
	for err == nil {
		time.Sleep(50 * time.Millisecond)
		_, err = io.WriteString(c, more)
	}
}
