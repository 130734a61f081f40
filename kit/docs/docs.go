// Package docs shows the contract of a running service to the people who develop against it: /openapi.json serves it,
// /docs is a page that lists its operations and tries them. The page asks nobody but the service for anything, and
// treats the contract as text that could hold anything. It is for development; package config decides when to show it.
package docs

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/kit/problem"
)

// Contract is one version of the API.
type Contract struct {
	Version string // "v1"
	JSON    []byte // self-contained OpenAPI document
}

// Options are what the page shows.
type Options struct {
	Title     string     // name of the service
	Contracts []Contract // the last one is shown first
	// Token makes a development token with the scopes; nil when the service doesn't issue any.
	Token func(ctx context.Context, scopes []string) (string, error)
}

//go:embed page.html
var pageSource string

//go:embed page.js
var script []byte

//go:embed page.css
var style []byte

// policy lets the page load its own script and style and talk to its own origin, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the documentation beside next. Paths that next declares itself (see router.Router.Declares) stay its.
func Handler(next http.Handler, o Options) http.Handler {
	p := &pages{o: o}
	declares := func(string) bool { return false }
	if d, ok := next.(interface{ Declares(path string) bool }); ok {
		declares = d.Declares
	}
	serve := map[string]http.HandlerFunc{
		"/openapi.json":  p.contract,
		"/docs":          p.page,
		"/docs/page.js":  asset("text/javascript; charset=utf-8", script),
		"/docs/page.css": asset("text/css; charset=utf-8", style),
	}
	if o.Token != nil {
		serve["/docs/token"] = p.token
	}
	for path := range serve {
		if declares(path) {
			delete(serve, path)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := serve[r.URL.Path]
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		method, allow := http.MethodGet, "GET, HEAD"
		if r.URL.Path == "/docs/token" {
			method, allow = http.MethodPost, "POST"
		}
		if r.Method != method && (r.Method != http.MethodHead || method != http.MethodGet) {
			problem.Write(w, r, problem.New(http.StatusMethodNotAllowed, "use "+method).Header("Allow", allow))
			return
		}
		page(w, r)
	})
}

type pages struct{ o Options }

func asset(mediaType string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { send(w, r, mediaType, content) }
}

// send answers with a whole document.
func send(w http.ResponseWriter, r *http.Request, mediaType string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // whoever asked is gone
	}
}

// contract serves the version that the query names, else the last.
func (p *pages) contract(w http.ResponseWriter, r *http.Request) {
	version := r.URL.Query().Get("version")
	for _, c := range slices.Backward(p.o.Contracts) {
		if version == "" || c.Version == version {
			send(w, r, "application/json", c.JSON)
			return
		}
	}
	problem.Write(w, r, problem.New(http.StatusNotFound, "there is no such version of the contract; leave version out for the last"))
}

func (p *pages) page(w http.ResponseWriter, r *http.Request) {
	t, err := template.New("page").Option("missingkey=error").Parse(pageSource)
	if err != nil {
		problem.Write(w, r, err)
		return
	}
	var versions []string
	for _, c := range slices.Backward(p.o.Contracts) {
		versions = append(versions, c.Version)
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"Title": p.o.Title, "Versions": strings.Join(versions, " "), "Token": p.o.Token != nil})
	if err != nil {
		problem.Write(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
	send(w, r, "text/html; charset=utf-8", b.Bytes())
}

// token makes a development token for the page. The header that it asks for keeps other origins out: a browser sends
// it to them only after a preflight that nobody grants.
func (p *pages) token(w http.ResponseWriter, r *http.Request) {
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Header.Get("X-Docs") == "" || site != "" && site != "same-origin" {
		problem.Write(w, r, problem.New(http.StatusForbidden, "tokens are for the documentation page; use the token command"))
		return
	}
	var ask struct {
		Scopes []string `json:"scopes"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&ask); err != nil {
		problem.Write(w, r, problem.New(http.StatusBadRequest, `send {"scopes": []}`).Because(err))
		return
	}
	token, err := p.o.Token(r.Context(), ask.Scopes)
	if err != nil {
		problem.Write(w, r, err)
		return
	}
	body, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		problem.Write(w, r, err)
		return
	}
	send(w, r, "application/json", body)
}
