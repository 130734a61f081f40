package server

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// turnAway makes the kernel ignore those who want to connect to l, and reports whether it does. Connections that are
// being opened still get through, so that a moment later none is between the client, which has it, and the service,
// which doesn't. Whoever is ignored tries again after a second, and then learns that the port is closed.
func turnAway(l net.Listener) bool {
	s, ok := l.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	const flags, syn, ack = 13, 0x02, 0x10 // of the TCP header (RFC 9293, section 3.1)
	const load, and = syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS, syscall.BPF_ALU | syscall.BPF_AND | syscall.BPF_K
	program := []syscall.SockFilter{
		{Code: load, K: flags},
		{Code: and, K: syn | ack},
		{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, K: syn, Jf: 1},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: 1 << 18},
	}
	attached := false
	err = raw.Control(func(fd uintptr) {
		attached = syscall.AttachLsf(int(fd), program) == nil //nolint:staticcheck // the successors are modules of their own
	})
	return err == nil && attached
}

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
