package server

import "strings"

// validHost reports whether a Host is what RFC 9110 asks for in section 7.2: a name or an address, and maybe a port. A
// server has to refuse others, which parties on the way read in different ways. An empty one is right where the target
// has no host.
func validHost(host string) bool {
	if strings.HasPrefix(host, "[") {
		address, port, ok := strings.Cut(host[1:], "]")
		return ok && inHost(address, ":") && (port == "" || port[0] == ':' && isPort(port[1:]))
	}
	name, port, _ := strings.Cut(host, ":")
	return inHost(name, "") && isPort(port)
}

// inHost reports whether s holds what may stand in a name (RFC 3986, section 3.2.2), or in more.
func inHost(s, more string) bool {
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-' || 'A' <= c && c <= 'Z' {
			continue
		}
		if strings.IndexByte("_~%!$&'()*+,;=", c) < 0 && strings.IndexByte(more, c) < 0 {
			return false
		}
	}
	return true
}

// isPort reports whether s is a port, which may be empty.
func isPort(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) <= 5
}
