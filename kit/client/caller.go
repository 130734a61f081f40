package client

import (
	"fmt"
	"net/http"
)

// Caller sends the requests of a generated client: an answer of 400 or more comes back as its *Problem.
type Caller struct{ client *http.Client }

// NewCaller returns a Caller that calls as c says; see New.
func NewCaller(c Config) (*Caller, error) {
	client, err := New(c)
	if err != nil {
		return nil, err
	}
	return &Caller{client}, nil
}

// Do sends the request. The body of the response is the caller's to close.
func (c *Caller) Do(r *http.Request) (*http.Response, error) {
	response, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	if err := Check(response); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Redacted(), err)
	}
	return response, nil
}

// Decoded returns the body that a generated client read, and an error where it read none because the answer is not what
// the contract promises.
func Decoded[T any](body *T, answer interface{ Status() string }) (*T, error) {
	if body == nil {
		return nil, fmt.Errorf("answered %s without the body that the contract promises", answer.Status())
	}
	return body, nil
}
