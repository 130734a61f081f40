package hostile

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// conversation is a connection and what comes back on it.
type conversation struct {
	net.Conn
	in *bufio.Reader
}

func newConversation(c net.Conn) *conversation { return &conversation{c, bufio.NewReader(c)} }

// dial opens a connection that ends with the test.
func (s *service) dial(t testing.TB) *conversation {
	t.Helper()
	c, err := net.DialTimeout("tcp", s.addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return newConversation(c)
}

// read reads the next final answer.
func (c *conversation) read(method string) (answer, error) {
	for {
		resp, err := http.ReadResponse(c.in, &http.Request{Method: method})
		if err != nil {
			return answer{}, err
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			continue
		}
		a := answer{status: resp.StatusCode, header: resp.Header, close: resp.Close}
		a.body, a.err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		return a, nil
	}
}

// listing is a request for products on a connection that stays open.
func listing(query string) string {
	return "GET /v1/products" + query + " HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer " + token("") + "\r\n\r\n"
}
