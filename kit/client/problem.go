package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// Problem is an answer of 400 or more: what the service said of it (RFC 9457), as an error.
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"` // of the response, whatever the body says
	Detail    string  `json:"detail"`
	Instance  string  `json:"instance"`
	RequestID string  `json:"requestId"`
	Errors    []Fault `json:"errors"`
}

// Fault is one thing that the service found wrong.
type Fault struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
	Keyword string `json:"keyword"`
}

// Error is the status with the title and detail.
func (p *Problem) Error() string {
	text := fmt.Sprintf("answered %d %s", p.Status, http.StatusText(p.Status))
	if p.Detail != "" {
		text += ": " + p.Detail
	} else if p.Title != "" && p.Title != http.StatusText(p.Status) {
		text += ": " + p.Title
	}
	if len(p.Errors) > 0 {
		text += fmt.Sprintf(" (%s %s)", p.Errors[0].Pointer, p.Errors[0].Detail)
	}
	return text
}

// Unavailable tells whether the service could not answer now: an operation that returns the Problem is answered with 503.
func (p *Problem) Unavailable() bool {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Status returns the status of the Problem in an error; 0 when there is none, because nothing answered.
func Status(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return 0
}

// Check returns nil for a response below 400 and its *Problem otherwise, read from at most 64 KiB of the body. The body
// can be read again afterwards.
func Check(r *http.Response) error {
	if r.StatusCode < 400 {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		body = nil
	}
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	return Decode(r.StatusCode, r.Header.Get("Content-Type"), body)
}

// Decode makes a *Problem of a status and a body that was read already; nil for a status below 400.
func Decode(status int, contentType string, body []byte) error {
	if status < 400 {
		return nil
	}
	p := &Problem{}
	media, _, _ := mime.ParseMediaType(contentType)
	if media == "application/problem+json" || media == "application/json" {
		if json.Unmarshal(body, p) != nil {
			p = &Problem{}
		}
	}
	p.Status = status
	if p.Title == "" {
		p.Title = http.StatusText(status)
	}
	return p
}
