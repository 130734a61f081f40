package content

import (
	"strings"
)

// msgpackType is the media type of MessagePack (IANA registration of 2026; the x- name is older and common).
const msgpackType = "application/msgpack"

func isMsgpack(mediaType string) bool {
	switch mediaType {
	case msgpackType, "application/x-msgpack", "application/vnd.msgpack":
		return true
	}
	return false
}

// mediaType is a parsed Content-Type (RFC 9110 section 8.3).
type mediaType struct {
	essence           string // type/subtype in lower case
	charset, boundary string
}

// parseMediaType parses a Content-Type strictly: one type, every parameter once.
func parseMediaType(s string) (m mediaType, ok bool) {
	essence, params, _ := strings.Cut(s, ";")
	m.essence = strings.ToLower(strings.Trim(essence, " \t"))
	kind, subtype, ok := strings.Cut(m.essence, "/")
	if !ok || !isToken(kind) || !isToken(subtype) {
		return m, false
	}
	seen := make([]string, 0, 4)
	for params = trim(params); params != ""; {
		if params[0] == ';' { // parameters may be empty (RFC 9110 section 5.6.6)
			params = trim(params[1:])
			continue
		}
		var name, value string
		if name, value, params, ok = cutParameter(params); !ok {
			return m, false
		}
		for _, before := range seen {
			if before == name {
				return m, false
			}
		}
		seen = append(seen, name)
		switch name {
		case "charset":
			m.charset = strings.ToLower(value)
		case "boundary":
			m.boundary = value
		}
	}
	return m, true
}

// cutParameter cuts the first of a list of parameters name=value, whose value may be quoted.
func cutParameter(s string) (name, value, rest string, ok bool) {
	name, s, ok = strings.Cut(s, "=")
	name = strings.ToLower(name)
	if !ok || !isToken(name) {
		return "", "", "", false
	}
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, "; \t")
		if end < 0 {
			end = len(s)
		}
		value, s = s[:end], trim(s[end:])
		if !isToken(value) {
			return "", "", "", false
		}
	} else if value, s, ok = cutQuoted(s[1:]); !ok {
		return "", "", "", false
	}
	if s != "" {
		if s[0] != ';' {
			return "", "", "", false
		}
		s = trim(s[1:])
	}
	return name, value, s, true
}

// cutQuoted cuts a quoted string, whose opening quote is gone, and what separates it from the next parameter.
func cutQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), trim(s[i+1:]), true
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func trim(s string) string { return strings.Trim(s, " \t") }

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !(c >= '0' && c <= '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// utf8Charset reports whether text in the charset is UTF-8.
func utf8Charset(charset string) bool {
	return charset == "" || charset == "utf-8" || charset == "utf8" || charset == "us-ascii"
}

// covers reports whether the declared media type or range covers the essence of another.
func covers(declared, essence string) bool {
	if declared == essence || declared == "*/*" {
		return true
	}
	prefix, ok := strings.CutSuffix(declared, "*")
	return ok && strings.HasSuffix(prefix, "/") && strings.HasPrefix(essence, prefix)
}

// match returns the index of the declared media type that covers the essence best: itself before a range, a narrow
// range before */*; -1 when there is none.
func match(declared []Media, essence string) int {
	best, rank := -1, 0
	for i, d := range declared {
		if !covers(d.Type, essence) {
			continue
		}
		r := 3
		if strings.HasSuffix(d.Type, "*") {
			r = 2
		}
		if d.Type == "*/*" {
			r = 1
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}
