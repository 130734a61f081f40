package server

import (
	"context"
	"net"
	"testing"
	"time"
)

// Those who are turned away hear nothing until the port is closed: they must not find it open.
func TestTurnAway(t *testing.T) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	before, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	if !turnAway(l) {
		t.Skip("this kernel takes no filters")
	}
	if c, err := net.DialTimeout("tcp", l.Addr().String(), 100*time.Millisecond); err == nil {
		_ = c.Close()
		t.Error("a connection was opened to a port that turns away")
	}
	waiting, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := before.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := waiting.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("a connection from before: got %d bytes and %v", n, err)
	}
	_ = waiting.Close()
}
