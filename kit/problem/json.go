package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxBytes bounds the body of every problem.
const MaxBytes = 4096

// Bounds of the parts, in bytes before escaping. They leave room for at least one fault in MaxBytes.
const (
	maxURI     = 256
	maxText    = 512
	maxPointer = 256
	maxKeyword = 64
)

// JSON is the body of p: an RFC 9457 object of at most MaxBytes. Texts are cut, and faults that don't fit are left
// out; "omitted" then counts them.
func (p *Problem) JSON() []byte {
	kind, title := p.Type, p.Title
	if kind == "" {
		kind = "about:blank"
	}
	if title == "" {
		title = http.StatusText(p.status())
	}
	b := make([]byte, 0, 512)
	b = appendMember(append(b, '{'), "type", cut(kind, maxURI))
	b = appendMember(append(b, ','), "title", cut(title, maxURI))
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(p.status()), 10)
	for _, m := range [...]struct {
		name, text string
		limit      int
	}{{"detail", p.Detail, maxText}, {"instance", p.Instance, maxURI}, {"requestId", p.RequestID, maxURI}} {
		if m.text != "" {
			b = appendBounded(b, m.name, cut(m.text, m.limit))
		}
	}
	return append(appendErrors(b, p.Errors), '}')
}

// appendErrors adds the faults that fit.
func appendErrors(b []byte, errs []FieldError) []byte {
	if len(errs) == 0 {
		return b
	}
	const tail = len(`],"omitted":`) + 20 + len("}")
	b = append(b, `,"errors":[`...)
	for i, e := range errs {
		start := len(b)
		if i > 0 {
			b = append(b, ',')
		}
		b = appendMember(append(b, '{'), "pointer", cut(e.Pointer, maxPointer))
		b = appendMember(append(b, ','), "detail", cut(e.Detail, maxText))
		if e.Keyword != "" {
			b = appendMember(append(b, ','), "keyword", cut(e.Keyword, maxKeyword))
		}
		b = append(b, '}')
		if len(b)+tail > MaxBytes {
			b = append(b[:start], `],"omitted":`...)
			return strconv.AppendInt(b, int64(len(errs)-i), 10)
		}
	}
	return append(b, ']')
}

// appendBounded adds a member unless escaping made it so long that nothing else would fit.
func appendBounded(b []byte, name, text string) []byte {
	start := len(b)
	b = appendMember(append(b, ','), name, text)
	if len(b) > MaxBytes-256 {
		return b[:start]
	}
	return b
}

func appendMember(b []byte, name, text string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":`...)
	if plain(text) {
		return append(append(append(b, '"'), text...), '"')
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		quoted = []byte(`""`) // json.Marshal of a string doesn't fail
	}
	return append(b, quoted...)
}

// plain reports whether a text stands for itself in JSON and in HTML.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// cut shortens text to at most limit bytes of valid UTF-8.
func cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	end := limit - len("…")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
