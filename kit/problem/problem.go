// Package problem is the one error format of a service: RFC 9457 problem details with a list of faults, each named by
// a JSON pointer, and the id of the request. It turns any error into at most 4 KiB of application/problem+json that
// never repeats what the client sent and never shows what only the log may hold.
package problem

import (
	"fmt"
	"net/http"
)

// FieldError is one fault of a request. Pointer is a JSON pointer into the body ("/items/0/sku") or, for parameters,
// the place and the name ("/query/limit"). Detail says what is wanted, never what was sent. Keyword is the rule that
// failed ("maximum", "required").
type FieldError struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
	Keyword string `json:"keyword,omitempty"`
}

// Problem is an error with the answer it deserves. The zero Status means 500. Type is a URI, "about:blank" when empty;
// Title is the text of the status when empty. RequestID is filled by Write.
type Problem struct {
	Type      string
	Title     string
	Status    int
	Detail    string
	Instance  string
	RequestID string
	Errors    []FieldError

	header http.Header
	cause  error
}

// New is a problem with the status and a detail for the client: what is wrong, and then the remedy.
func New(status int, detail string) *Problem {
	return &Problem{Status: status, Detail: detail}
}

// NotImplemented is the answer of an operation that nobody wrote yet: 501.
func NotImplemented(operation string) error {
	return New(http.StatusNotImplemented, fmt.Sprintf("operation %q is not implemented yet", operation))
}

// With adds faults and returns p.
func (p *Problem) With(errs ...FieldError) *Problem {
	p.Errors = append(p.Errors, errs...)
	return p
}

// Header adds a header of the answer, such as a challenge or Retry-After, and returns p.
func (p *Problem) Header(key, value string) *Problem {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Add(key, value)
	return p
}

// Headers are the headers that Header added; they belong to p.
func (p *Problem) Headers() http.Header { return p.header }

// Because keeps the error behind p for the log and for errors.Is; the client never sees it.
func (p *Problem) Because(err error) *Problem {
	p.cause = err
	return p
}

// Error is the status with the detail and the cause, for logs.
func (p *Problem) Error() string {
	if p == nil {
		return "no problem" // an error that is a nil *Problem, which some handler returned by mistake
	}
	text := fmt.Sprintf("%d %s", p.status(), http.StatusText(p.status()))
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.cause != nil {
		text += ": " + p.cause.Error()
	}
	return text
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error {
	if p == nil {
		return nil
	}
	return p.cause
}

func (p *Problem) status() int {
	if p.Status < 400 || p.Status > 599 {
		return http.StatusInternalServerError
	}
	return p.Status
}
