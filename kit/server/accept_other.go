//go:build !linux

package server

import "net"

// acceptWaiting leaves connections to be reset where no way is known to accept without waiting.
func acceptWaiting(net.Listener) []net.Conn { return nil }

// turnAway can't keep new connections from being opened where no way is known.
func turnAway(net.Listener) bool { return false }
