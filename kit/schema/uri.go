package schema

import (
	"bytes"
	"regexp/syntax"
	"strings"
)

// URI tells whether text is a URI with a scheme (RFC 3986 section 3).
func URI(text []byte) bool {
	return uri(text, true, false)
}

// URIReference tells whether text is a URI or a relative reference (RFC 3986 section 4.1).
func URIReference(text []byte) bool {
	return uri(text, false, false)
}

// IRI tells whether text is an IRI (RFC 3987) with a scheme.
func IRI(text []byte) bool {
	return uri(text, true, true)
}

// IRIReference tells whether text is an IRI or a relative reference.
func IRIReference(text []byte) bool {
	return uri(text, false, true)
}

func uri(text []byte, absolute, international bool) bool {
	scheme := bytes.IndexAny(text, ":/?#")
	if scheme > 0 && text[scheme] == ':' && isScheme(text[:scheme]) {
		text = text[scheme+1:]
	} else if absolute || scheme == 0 && text[0] == ':' || scheme > 0 && text[scheme] == ':' {
		return false
	}
	text, fragment, _ := bytes.Cut(text, []byte("#"))
	path, query, _ := bytes.Cut(text, []byte("?"))
	if !uriChars(fragment, "/?:@", international) || !uriChars(query, "/?:@", international) {
		return false
	}
	if rest, ok := bytes.CutPrefix(path, []byte("//")); ok {
		host := rest
		path = nil
		if i := bytes.IndexByte(rest, '/'); i >= 0 {
			host, path = rest[:i], rest[i:]
		}
		if !authority(host, international) {
			return false
		}
	}
	return uriChars(path, "/:@", international)
}

func isScheme(text []byte) bool {
	for i, c := range text {
		if !isAlpha(c) && (i == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return true
}

// uriChars tells whether text has only unreserved characters, sub-delimiters, percent-encoded ones, and those of more.
func uriChars(text []byte, more string, international bool) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isAlpha(c), isDigit(c), strings.IndexByte("-._~!$&'()*+,;=", c) >= 0, strings.IndexByte(more, c) >= 0:
		case c == '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return false
			}
			i += 2
		case c < 0x80 || !international:
			return false
		}
	}
	return true
}

func authority(text []byte, international bool) bool {
	if at := bytes.LastIndexByte(text, '@'); at >= 0 {
		if !uriChars(text[:at], ":", international) {
			return false
		}
		text = text[at+1:]
	}
	port := []byte(nil)
	if len(text) > 0 && text[0] == '[' {
		end := bytes.IndexByte(text, ']')
		if end < 0 || !ipLiteral(text[1:end]) {
			return false
		}
		if text = text[end+1:]; len(text) > 0 {
			if text[0] != ':' {
				return false
			}
			port = text[1:]
		}
	} else {
		if i := bytes.LastIndexByte(text, ':'); i >= 0 {
			text, port = text[:i], text[i+1:]
		}
		if !uriChars(text, "", international) {
			return false
		}
	}
	return countDigits(port, 0) == len(port)
}

func ipLiteral(text []byte) bool {
	if len(text) > 0 && text[0]|0x20 == 'v' {
		dot := bytes.IndexByte(text, '.')
		return dot > 1 && dot < len(text)-1 && uriChars(text[dot+1:], ":", false)
	}
	return IPv6(text)
}

// URITemplate tells whether the braces and expressions of text are those of RFC 6570.
func URITemplate(text []byte) bool {
	for len(text) > 0 {
		i := bytes.IndexAny(text, "{}\"<>\\^`| %\x7f")
		if i < 0 {
			return true
		}
		switch text[i] {
		case '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return false
			}
			text = text[i+3:]
		case '{':
			end := bytes.IndexByte(text[i:], '}')
			if end < 2 || !templateExpression(text[i+1:i+end]) {
				return false
			}
			text = text[i+end+1:]
		default:
			return false
		}
	}
	return true
}

func templateExpression(text []byte) bool {
	if bytes.IndexByte([]byte("+#./;?&"), text[0]) >= 0 {
		text = text[1:]
	}
	for {
		variable, rest, more := bytes.Cut(text, []byte(","))
		variable = bytes.TrimSuffix(variable, []byte("*"))
		if i := bytes.IndexByte(variable, ':'); i >= 0 {
			if n := len(variable) - i - 1; n < 1 || n > 4 || countDigits(variable, i+1) != n || variable[i+1] == '0' {
				return false
			}
			variable = variable[:i]
		}
		if len(variable) == 0 || variable[0] == '.' || bytes.Contains(variable, []byte("..")) {
			return false
		}
		for _, c := range variable {
			if !isAlpha(c) && !isDigit(c) && c != '_' && c != '.' && c != '%' {
				return false
			}
		}
		if !more {
			return true
		}
		text = rest
	}
}

// Regex tells whether text is a regular expression of ECMA-262, judging by its syntax without what only ECMA-262 has. It
// is not free of allocations.
func Regex(text []byte) bool {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		rest := string(text[i:min(i+4, len(text))])
		switch {
		case strings.HasPrefix(rest, "(?P") || strings.HasPrefix(rest, "(?i") || strings.HasPrefix(rest, "(?m") || strings.HasPrefix(rest, "(?s") || strings.HasPrefix(rest, "(?U"):
			return false
		case strings.HasPrefix(rest, "(?=") || strings.HasPrefix(rest, "(?!"):
			b.WriteString("(?:")
			i += 2
		case rest == "(?<=" || rest == "(?<!":
			b.WriteString("(?:")
			i += 3
		case strings.HasPrefix(rest, "[^]"):
			b.WriteByte('.')
			i += 2
		case strings.HasPrefix(rest, "[]"):
			b.WriteByte('.')
			i++
		case text[i] == '\\' && len(rest) > 1:
			if strings.IndexByte("aAzZQEghijlmoqyeCFGHIJKLMNORTUVXY_", rest[1]) >= 0 {
				return false
			}
			i++
			if strings.IndexByte("cku123456789", rest[1]) >= 0 {
				b.WriteByte('x') // a control character, a back reference, a code point
				continue
			}
			b.WriteString(rest[:2])
		default:
			b.WriteByte(text[i])
		}
	}
	_, err := syntax.Parse(b.String(), syntax.Perl)
	return err == nil
}
