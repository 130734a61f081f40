package server

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// one ends after one connection.
type one struct {
	c    net.Conn
	once sync.Once
	done chan struct{}
}

func (o *one) Accept() (net.Conn, error) {
	var c net.Conn
	o.once.Do(func() { c = o.c })
	if c == nil {
		<-o.done
		return nil, net.ErrClosed
	}
	return c, nil
}

func (o *one) Close() error   { return nil }
func (o *one) Addr() net.Addr { return o.c.LocalAddr() }

// served are the targets of the requests that net/http makes of a stream.
func served(t *testing.T, stream []byte) []string {
	t.Helper()
	client, server := net.Pipe()
	o := &one{c: server, done: make(chan struct{})}
	var targets []string // of the one connection, whose requests come in turn
	s := &http.Server{
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			targets = append(targets, r.RequestURI)
			_, _ = io.Copy(io.Discard, r.Body) // what is wrong with it ends the connection
		}),
		ConnState:                    func(_ net.Conn, state http.ConnState) { ended(state, o.done) },
		DisableGeneralOptionsHandler: true, ErrorLog: log.New(io.Discard, "", 0), ReadTimeout: time.Minute,
	}
	go func() { _ = s.Serve(o) }()
	go func() { _, _ = client.Write(stream) }()
	go func() { _, _ = io.Copy(io.Discard, client) }()
	<-o.done
	_ = client.Close()
	return targets
}

func ended(state http.ConnState, done chan struct{}) {
	if state == http.StateClosed {
		close(done)
	}
}

// pieces are what streams are made of: requests, and what comes between and inside them.
var pieces = []string{
	"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
	"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\r\n\r\nG",
	"PUT /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 0000000000000000000000000000000000000000000000000000000000000003\r\n\r\nGET",
	"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length:" + strings.Repeat(" ", 70) + "2\r\n\r\n{}",
	"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 2\r\n\r\n{}",
	"POST /%d HTTP/1.1\r\nHost: x\r\ncontent-length: 2\r\nContent-Length: 2\r\n\r\n{}",
	"POST /%d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\n\r\n",
	"POST /%d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:   CHUNKED\t\r\n\r\n0003 ;a=\"b\"\r\n\r\n\r\r\n000\r\nA: b\r\nB: c\r\n\r\n",
	"POST /%d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1" + strings.Repeat(" ", 80) + "\r\nx\r\n0;" + strings.Repeat("a", 80) + "\r\n\r\n",
	"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"POST /%d?" + strings.Repeat("a", 70) + " HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
	"POST /%d HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
	"OPTIONS * HTTP/1.1\r\nHost: %d\r\n\r\n",
	"GET /%d HTTP/1.1\nHost: x\n\n",
	"GET /%d HTTP/1.1\r\nHost: x\r\nA: b\r\n \r\n\r\n",
	"\r\n", "\n", "\r", "\r\r\n", "\n\n\n\n", "\r\n\r\n\r\n", "x\r\n",
}

// TestScanAgreesWithTheServer compares what the scanner takes for requests with what net/http does: a request more or less
// would hide what is wrong with the next. The scanner may refuse more.
func TestScanAgreesWithTheServer(t *testing.T) {
	compared := 0
	for seed := range uint64(1500) {
		random := rand.New(rand.NewPCG(seed, 1))
		var stream bytes.Buffer
		for i := range 1 + random.IntN(4) {
			piece := pieces[random.IntN(len(pieces))]
			if strings.Contains(piece, "%d") {
				piece = fmt.Sprintf(piece, i)
			}
			stream.WriteString(piece)
		}
		// The last request says whether the count is right.
		const last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /end HTTP/9.9\r\n\r\n"
		stream.WriteString(last)
		targets := served(t, stream.Bytes())

		s := scanner{maxFields: 100}
		var f *fault
		for rest := stream.Bytes()[:stream.Len()-len("GET /end HTTP/9.9\r\n\r\n")]; len(rest) > 0 && f == nil; {
			n := 1 + random.IntN(min(len(rest), 40))
			f = s.scan(rest[:n])
			rest = rest[n:]
		}
		if f != nil || len(targets) == 0 || targets[len(targets)-1] != "/last" {
			continue // refused by one of them
		}
		if compared++; s.request != len(targets) {
			t.Errorf("seed %d: got %d requests, want %d: %q of\n%q", seed, s.request, len(targets), targets, stream.String())
		}
	}
	if compared < 100 {
		t.Errorf("only %d streams were compared", compared)
	}
}
