package docs_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/msgen/msgen/kit/docs"
)

type api struct{ own string }

func (a api) Declares(path string) bool { return path == a.own }
func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, "api "+r.URL.Path)
}

func options() docs.Options {
	return docs.Options{
		Title:     `<script>alert(1)</script>`,
		Contracts: []docs.Contract{{Version: "v1", JSON: []byte(`{"v":1}`)}, {Version: "v2", JSON: []byte(`{"v":2}`)}},
		Token: func(_ context.Context, scopes []string) (string, error) {
			return "token for " + strings.Join(scopes, " "), nil
		},
	}
}

func ask(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	h := docs.Handler(api{}, options())
	tests := []struct {
		method, target, body, header string
		status                       int
		want                         string
	}{
		{"GET", "/openapi.json", "", "", 200, `{"v":2}`},
		{"GET", "/openapi.json?version=v1", "", "", 200, `{"v":1}`},
		{"GET", "/openapi.json?version=v3", "", "", 404, ""},
		{"HEAD", "/openapi.json", "", "", 200, ""},
		{"POST", "/openapi.json", "", "", 405, ""},
		{"GET", "/other", "", "", 200, "api /other"},
		{"GET", "/docs/", "", "", 200, "api /docs/"},
		{"POST", "/docs/token", `{"scopes":["a","b"]}`, "X-Docs: 1", 200, `{"token":"token for a b"}`},
		{"POST", "/docs/token", `{"scopes":[]}`, "", 403, ""},
		{"POST", "/docs/token", `[`, "X-Docs: 1", 400, ""},
		{"GET", "/docs/token", "", "X-Docs: 1", 405, ""},
	}
	for _, tt := range tests {
		headers := []string{}
		if tt.header != "" {
			headers = append(headers, tt.header)
		}
		w := ask(h, tt.method, tt.target, tt.body, headers...)
		if w.Code != tt.status || tt.want != "" && w.Body.String() != tt.want {
			t.Errorf("%s %s: got %d %q, want %d %q", tt.method, tt.target, w.Code, w.Body, tt.status, tt.want)
		}
		if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: got Content-Type %q", tt.method, tt.target, w.Header().Get("Content-Type"))
		}
	}
	if w := ask(h, "POST", "/docs/token", `{"scopes":[]}`, "X-Docs: 1", "Sec-Fetch-Site: cross-site"); w.Code != 403 {
		t.Errorf("another site gets %d, want 403", w.Code)
	}
}

func TestPathsOfTheContractWin(t *testing.T) {
	if w := ask(docs.Handler(api{own: "/docs"}, options()), "GET", "/docs", ""); w.Body.String() != "api /docs" {
		t.Errorf("got %q", w.Body)
	}
}

// The page works without anyone else, and nothing of the contract or the name is code.
func TestPageStandsAlone(t *testing.T) {
	h := docs.Handler(api{}, options())
	w := ask(h, "GET", "/docs", "")
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("got policy %q", policy)
	}
	page := w.Body.String()
	if strings.Contains(page, "alert(1)</script>") {
		t.Error("the title is not escaped")
	}
	for _, asset := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if asset[1] == "data:," {
			continue
		}
		if !strings.HasPrefix(asset[1], "/") || ask(h, "GET", asset[1], "").Code != 200 {
			t.Errorf("%s is not served here", asset[1])
		}
	}
	if regexp.MustCompile(`<script>|style="|onclick=`).MatchString(page) {
		t.Error("the page has inline code, which its policy forbids")
	}
	script := ask(h, "GET", "/docs/page.js", "").Body.String()
	for _, unsafe := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "https://", "http://"} {
		if strings.Contains(strings.ReplaceAll(script, "https://example.org/", ""), unsafe) {
			t.Errorf("the script uses %s", unsafe)
		}
	}
}
