package server

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// acceptWaiting accepts the connections that are waiting on l, and stops it from taking more right then: whatever
// stood between the two system calls would be time in which connections get lost.
func acceptWaiting(l net.Listener) []net.Conn {
	s, ok := l.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	var fds []int
	// What fails here was lost before: a connection that can't be accepted any more.
	_ = raw.Control(func(fd uintptr) {
		for {
			waiting, _, err := syscall.Accept4(int(fd), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
			switch {
			case err == nil:
				fds = append(fds, waiting)
			case errors.Is(err, syscall.EINTR), errors.Is(err, syscall.ECONNABORTED):
			default:
				_ = syscall.Shutdown(int(fd), syscall.SHUT_RD) // closing comes next, and does the same
				return
			}
		}
	})
	var waiting []net.Conn
	for _, fd := range fds {
		f := os.NewFile(uintptr(fd), "")
		if c, err := net.FileConn(f); err == nil {
			waiting = append(waiting, c)
		}
		_ = f.Close() // FileConn works on a copy
	}
	return waiting
}
