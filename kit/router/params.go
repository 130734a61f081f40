package router

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Params are the values of a path's parameters.
type Params struct {
	names  []string
	raw    []string // as they stand in the path
	values []string // decoded

	rawSlots, valueSlots [8]string // room for most routes
}

// Len is the number of parameters.
func (p *Params) Len() int { return len(p.names) }

// Get is the percent-decoded value of the parameter, or "" when the path has none of that name. Names are
// case-sensitive.
func (p *Params) Get(name string) string {
	for i, n := range p.names {
		if n == name {
			return p.values[i]
		}
	}
	return ""
}

// Raw is the value as it stood in the path, for styles whose delimiters are told from percent-encoded ones. When the
// path held escapes, octets that need none (RFC 3986, 2.3) are decoded, and the others are escaped in upper case.
func (p *Params) Raw(name string) string {
	for i, n := range p.names {
		if n == name {
			return p.raw[i]
		}
	}
	return ""
}

// At is the name and the decoded value of parameter number i, in the order of the path.
func (p *Params) At(i int) (name, value string) { return p.names[i], p.values[i] }

func (p *Params) reset() {
	p.names = nil
	clear(p.raw)
	clear(p.values)
	p.raw, p.values = p.rawSlots[:0], p.valueSlots[:0]
}

// settle decodes the values for a route. It reports false for values that are no text, and for those that are a dot
// segment beside the text of a mixed segment, or hide one behind an encoded slash.
func (p *Params) settle(route *Route) bool {
	p.names = route.names
	if p.values == nil {
		p.values = p.valueSlots[:0]
	}
	for _, raw := range p.raw {
		value := raw
		if strings.IndexByte(raw, '%') >= 0 {
			decoded, err := url.PathUnescape(raw)
			if err != nil || strings.IndexByte(decoded, 0) >= 0 || climbs(decoded) {
				return false
			}
			value = decoded
		}
		if dots(value) || !utf8.ValidString(value) {
			return false
		}
		p.values = append(p.values, value)
	}
	return true
}

// climbs reports whether a value with slashes in it, of either kind, has a dot segment.
func climbs(value string) bool {
	for {
		i := strings.IndexAny(value, `/\`)
		if i < 0 {
			return false
		}
		if dots(value[:i]) {
			return true
		}
		if value = value[i+1:]; dots(value) {
			return true
		}
	}
}

func dots(segment string) bool { return segment == "." || segment == ".." }

// rawPath is the path of a request as it was sent. It is plain when it holds no escapes.
func rawPath(r *http.Request) (path string, plain bool) {
	path = r.URL.Path
	// Decoding only shortens, so that a path as long as what was sent has nothing to decode.
	if uri := r.RequestURI; len(uri) >= len(path) && len(path) > 0 && uri[0] == '/' &&
		(len(uri) == len(path) || uri[len(path)] == '?') {
		return path, true
	}
	path = r.URL.EscapedPath()
	return path, strings.IndexByte(path, '%') < 0
}

// canonical rewrites an escaped path so that equivalent paths are equal: unreserved characters stand for themselves,
// everything that is no path character is escaped in upper case. It reports false for a broken escape.
func canonical(path string) (string, bool) {
	var b strings.Builder
	b.Grow(len(path) + 8)
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c != '%' {
			if c == '/' || unreserved(c) || strings.IndexByte("!$&'()*+,;=:@", c) >= 0 {
				b.WriteByte(c)
			} else {
				escape(&b, c)
			}
			continue
		}
		if i+2 >= len(path) || !isHex(path[i+1]) || !isHex(path[i+2]) {
			return "", false
		}
		c = unhex(path[i+1])<<4 | unhex(path[i+2])
		i += 2
		if unreserved(c) {
			b.WriteByte(c)
		} else {
			escape(&b, c)
		}
	}
	return b.String(), true
}

func escape(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
