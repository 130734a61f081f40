package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/msgen/msgen/check"
)

// The bounds of a replay: how many requests, how long each, how much of an answer is shown.
const (
	maxReplays     = 100
	replayTimeout  = 10 * time.Second
	maxAnswerShown = 300
)

// replay sends the request of each finding that has one to a running service, and adds what it answered.
func replay(ctx context.Context, report *check.Report, base, token string) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--replay %q is not a URL; give one like http://localhost:8080", base)
	}
	if token == "" {
		token = os.Getenv("MSGEN_TOKEN")
	}
	client := &http.Client{
		Timeout:       replayTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	sent := 0
	for i := range report.Findings {
		f := &report.Findings[i]
		if f.Exchange == nil || sent == maxReplays {
			continue
		}
		sent++
		if f.Answer, err = send(ctx, client, strings.TrimSuffix(base, "/"), f.Exchange, token); err != nil {
			return err
		}
	}
	return nil
}

// send sends one request and describes the answer.
func send(ctx context.Context, client *http.Client, base string, e *check.Exchange, token string) (string, error) {
	var body io.Reader
	if e.Body != "" {
		body = strings.NewReader(e.Body)
	}
	req, err := http.NewRequestWithContext(ctx, e.Method, base+e.Path, body)
	if err != nil {
		return "", fmt.Errorf("replay: %w", err)
	}
	for _, h := range e.Header {
		req.Header.Add(h[0], h[1])
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("replay: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerShown+1))
	if err != nil {
		return "", fmt.Errorf("replay: %w", err)
	}
	answer := strings.TrimSpace(string(text))
	if len(answer) > maxAnswerShown {
		answer = strings.ToValidUTF8(answer[:maxAnswerShown], "") + "…"
	}
	return strings.TrimSpace(res.Status + " " + answer), nil
}
