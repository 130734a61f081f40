package check

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Message is a witness that is no value of a schema: a request that the old contract takes, or an answer that the new one
// lets the server give, and what the other contract says to it.
type Message struct {
	Method  string            `json:"method,omitempty"`
	Path    string            `json:"path,omitempty"`    // with the base path, without the query
	Query   map[string]any    `json:"query,omitempty"`   // a string, or the list of them for a name that comes more than once
	Status  int               `json:"status,omitempty"`  // of an answer
	Headers map[string]string `json:"headers,omitempty"` // by name
	Body    json.RawMessage   `json:"body,omitempty"`    // JSON as it is, anything else as a string
	Differs string            `json:"differs"`           // what breaks about it
}

// JSON writes the message as a witness.
func (m *Message) JSON() json.RawMessage { return plainJSON(m) }

// plainJSON writes a value for people: <, > and & are themselves.
func plainJSON(v any) json.RawMessage {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // a body is JSON, see SetBody
	}
	return json.RawMessage(strings.TrimSpace(b.String()))
}

// SetBody gives the message a body: JSON as it is, anything else as a string.
func (m *Message) SetBody(body string) {
	if m.Body = json.RawMessage(body); json.Valid(m.Body) {
		return
	}
	m.Body = plainJSON(body)
}

// Message returns the request as a witness.
func (e *Exchange) Message(differs string) *Message {
	path, query, _ := strings.Cut(e.Path, "?")
	m := &Message{Method: e.Method, Path: path, Differs: differs}
	for _, part := range strings.Split(query, "&") {
		if part != "" {
			m.addQuery(part)
		}
	}
	if e.Token {
		m.Header("Authorization", "Bearer $MSGEN_TOKEN")
	}
	for _, h := range e.Header {
		m.Header(h[0], h[1])
	}
	if e.Body != "" {
		m.SetBody(e.Body)
	}
	return m
}

// Header adds a header.
func (m *Message) Header(name, value string) {
	if m.Headers == nil {
		m.Headers = map[string]string{}
	}
	m.Headers[name] = value
}

func (m *Message) addQuery(part string) {
	name, value, _ := strings.Cut(part, "=")
	for _, text := range []*string{&name, &value} {
		if decoded, err := url.QueryUnescape(*text); err == nil {
			*text = decoded
		}
	}
	if m.Query == nil {
		m.Query = map[string]any{}
	}
	switch known := m.Query[name].(type) {
	case nil:
		m.Query[name] = value
	case string:
		m.Query[name] = []string{known, value}
	case []string:
		m.Query[name] = append(known, value)
	}
}
