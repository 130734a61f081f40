package client

import (
	"io"
	"net/http"
	"net/http/httptest"
)

// InMemory is a transport that calls a handler in this process, for tests: no port, no network, and the real service.
type InMemory struct{ Handler http.Handler }

// RoundTrip lets the handler answer. The whole answer is held in memory.
func (m InMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	served := r.Clone(r.Context())
	served.RequestURI = r.URL.RequestURI()
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	if served.Body == nil {
		served.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	done := make(chan struct{})
	var aborted any
	go func() {
		defer close(done)
		defer func() { aborted = recover() }()
		m.Handler.ServeHTTP(recorder, served)
	}()
	select {
	case <-done:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if r.Body != nil {
		r.Body.Close()
	}
	if aborted != nil {
		return nil, io.ErrUnexpectedEOF
	}
	response := recorder.Result()
	response.Request = r
	return response, nil
}
