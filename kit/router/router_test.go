package router_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/router"
)

// echo answers with the template and the parameters.
func echo(path string) router.Handler {
	return func(w http.ResponseWriter, _ *http.Request, p *router.Params) error {
		_, err := io.WriteString(w, show(path, p))
		return err
	}
}

func show(path string, p *router.Params) string {
	for i := range p.Len() {
		name, value := p.At(i)
		path += fmt.Sprintf(" %s=%s", name, value)
	}
	return path
}

func routes(lines ...string) []router.Route {
	var all []router.Route
	for _, line := range lines {
		method, path, _ := strings.Cut(line, " ")
		all = append(all, router.Route{Method: method, Path: path, Handle: echo(path)})
	}
	return all
}

func build(t testing.TB, o router.Options, all ...router.Route) *router.Router {
	t.Helper()
	rt, err := router.New(all, o)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func serve(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

// outcome is the route that answered, or the methods that are allowed.
func outcome(w *httptest.ResponseRecorder) string {
	if w.Code == 200 {
		return w.Body.String()
	}
	return w.Header().Get("Allow")
}

func TestRoutes(t *testing.T) {
	rt := build(t, router.Options{}, routes(
		"GET /",
		"GET /v1/orders",
		"POST /v1/orders",
		"GET /v1/orders/{id}",
		"GET /v1/orders/{id}.json",
		"DELETE /v1/orders/{order}",
		"GET /v1/orders/latest",
		"GET /v1/orders/{id}/items/{item}",
		"GET /v1/orders/latest/total",
		"GET /places/{lat},{lon}",
		"POST /jobs/{a}:{verb}",
		"POST /jobs/{a}:cancel",
		"GET /files/{name}.{ext}",
		"GET /files/{name}",
		"GET /glued/{a}{b}",
		"GET /repos/{owner}/{repo}/commits/{ref}/status",
		"GET /repos/{owner}/{repo}/commits/v{n}",
		"GET /caf%C3%A9/{x}",
		"GET /plain/café/menu",
		"GET /trail/",
		"GET /odd/{open",
		"GET /#X-Target=A",
		"GET /x/{a}/c",
		"POST /{b}/y/c",
	)...)
	tests := []struct {
		request string
		status  int
		want    string // its outcome
	}{
		{"GET /", 200, "/"},
		{"GET /v1/orders", 200, "/v1/orders"},
		{"GET /v1/orders?x=%zz", 200, "/v1/orders"},
		{"GET /v1/orders/7", 200, "/v1/orders/{id} id=7"},
		{"GET /v1/orders/7.json", 200, "/v1/orders/{id}.json id=7"},
		{"GET /v1/orders/.json", 200, "/v1/orders/{id} id=.json"},
		{"GET /v1/orders/a.json.json", 200, "/v1/orders/{id}.json id=a.json"},
		{"DELETE /v1/orders/7", 200, "/v1/orders/{order} order=7"},
		{"DELETE /v1/orders/latest", 200, "/v1/orders/{order} order=latest"},
		{"GET /v1/orders/latest", 200, "/v1/orders/latest"},
		{"GET /v1/orders/latest/items/3", 200, "/v1/orders/{id}/items/{item} id=latest item=3"},
		{"GET /v1/orders/latest/total", 200, "/v1/orders/latest/total"},
		{"GET /v1/orders/%6Catest", 200, "/v1/orders/latest"},
		{"GET /v1/orders/a%2Fb", 200, "/v1/orders/{id} id=a/b"},
		{"GET /v1/orders/a%20b+c", 200, "/v1/orders/{id} id=a b+c"},
		{"GET /v1/orders/%25zz", 200, "/v1/orders/{id} id=%zz"},
		{"GET /v1/orders/1/items/%2e", 404, ""},
		{"GET /v1/orders/..", 404, ""},
		{"GET /v1/orders/%2e%2E", 404, ""},
		{"GET /v1/orders/..%2f..%2fetc", 400, ""},
		{"GET /v1/orders/..%5C..%5Cboot.ini", 400, ""},
		{"GET /v1/orders/a%5C..", 400, ""},
		{"GET /v1/orders/a%5Cb..c%2F.d", 200, "/v1/orders/{id} id=a\\b..c/.d"},
		{"GET /v1/orders/...json", 400, ""},
		{"GET /places/..,1", 400, ""},
		{"GET /v1/orders/%ff", 400, ""},
		{"GET /v1/orders/a%00b", 400, ""},
		{"GET /v1/orders/", 404, ""},
		{"GET /v1//orders", 404, ""},
		{"GET /v1/orders/7/", 404, ""},
		{"GET /V1/orders", 404, ""},
		{"GET /places/1.5,-2", 200, "/places/{lat},{lon} lat=1.5 lon=-2"},
		{"GET /places/1%2C5,7", 200, "/places/{lat},{lon} lat=1,5 lon=7"},
		{"GET /places/1%2C5", 404, ""},
		{"GET /places/,1", 404, ""},
		{"POST /jobs/7:run", 200, "/jobs/{a}:{verb} a=7 verb=run"},
		{"POST /jobs/a:b:cancel", 200, "/jobs/{a}:cancel a=a:b"},
		{"GET /files/a.tar.gz", 200, "/files/{name}.{ext} name=a.tar ext=gz"},
		{"GET /files/README", 200, "/files/{name} name=README"},
		{"GET /glued/abc", 200, "/glued/{a}{b} a=ab b=c"},
		{"GET /glued/a", 404, ""},
		{"GET /repos/o/r/commits/v12", 200, "/repos/{owner}/{repo}/commits/v{n} owner=o repo=r n=12"},
		{"GET /repos/o/r/commits/v12/status", 200, "/repos/{owner}/{repo}/commits/{ref}/status owner=o repo=r ref=v12"},
		{"GET /caf%c3%a9/1", 200, "/caf%C3%A9/{x} x=1"},
		{"GET /plain/caf%C3%A9/menu", 200, "/plain/café/menu"},
		{"GET /plain/café/menu", 200, "/plain/café/menu"},
		{"GET /trail/", 200, "/trail/"},
		{"GET /trail", 404, ""},
		{"GET /odd/%7Bopen", 200, "/odd/{open"},
		{"GET /%23X-Target=A", 200, "/#X-Target=A"},
		{"POST /x/y/c", 200, "/{b}/y/c b=x"},
		{"HEAD /v1/orders", 200, "/v1/orders"},
		{"PUT /v1/orders", 405, "GET, HEAD, OPTIONS, POST"},
		{"PUT /v1/orders/latest", 405, "DELETE, GET, HEAD, OPTIONS"},
		{"TRACE /v1/orders", 405, "GET, HEAD, OPTIONS, POST"},
		{"FOOBAR /v1/orders", 501, "GET, HEAD, OPTIONS, POST"},
		{"get /v1/orders", 501, "GET, HEAD, OPTIONS, POST"},
		{"OPTIONS /v1/orders", 204, "GET, HEAD, OPTIONS, POST"},
		{"OPTIONS /nowhere", 404, ""},
		{"FOOBAR /nowhere", 404, ""},
	}
	for _, tt := range tests {
		method, target, _ := strings.Cut(tt.request, " ")
		w := serve(rt, method, target)
		got := outcome(w)
		if w.Code != tt.status || got != tt.want {
			t.Errorf("%s: got %d %q, want %d %q", tt.request, w.Code, got, tt.status, tt.want)
		}
		if got := w.Header().Get("Content-Type"); w.Code >= 400 && got != problem.ContentType {
			t.Errorf("%s: got Content-Type %q, want a problem", tt.request, got)
		}
		if w.Header().Get("Location") != "" {
			t.Errorf("%s: redirected", tt.request)
		}
	}
}

func TestNewRefusesConflicts(t *testing.T) {
	tests := []struct {
		name   string
		routes []router.Route
		want   string
	}{
		{"parameter names", routes("GET /a/{x}/b", "GET /a/{y}/b"), "routes GET /a/{x}/b and GET /a/{y}/b answer the same requests"},
		{"escapes", routes("GET /%61", "GET /a"), "routes GET /%61 and GET /a answer the same requests"},
		{"no handler", []router.Route{{Method: "GET", Path: "/"}}, "has no handler"},
		{"no authenticator", []router.Route{{Method: "GET", Path: "/", Handle: echo("/"),
			Security: auth.Requirements{{{Scheme: "token"}}}}}, "set Options.Authenticator"},
		{"sunset", []router.Route{{Method: "GET", Path: "/", Handle: echo("/"), Sunset: "soon"}}, `"soon" is no date`},
	}
	for _, tt := range tests {
		_, err := router.New(tt.routes, router.Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestManyRoutes(t *testing.T) {
	var lines []string
	for i := range 1500 {
		lines = append(lines, fmt.Sprintf("GET /r%d/{id}/x%d", i, i), fmt.Sprintf("PUT /all/{id}/x%d", i))
	}
	rt := build(t, router.Options{}, routes(lines...)...)
	for _, i := range []int{0, 700, 1499} {
		w := serve(rt, "PUT", fmt.Sprintf("/all/a/x%d", i))
		if want := fmt.Sprintf("/all/{id}/x%d id=a", i); w.Body.String() != want {
			t.Errorf("got %q, want %q", w.Body.String(), want)
		}
	}
	if got := serve(rt, "GET", "/r1/7/x2").Code; got != 404 {
		t.Errorf("got %d, want 404", got)
	}
}

func TestLongPaths(t *testing.T) {
	rt := build(t, router.Options{MaxURI: 20000}, routes("GET /v/{a}-{b}-{c}-{d}", "GET /v/{a}/{b}")...)
	tests := []struct {
		target string
		status int
	}{
		{"/v/" + strings.Repeat("x", 16000) + "/b", 200},
		{"/v/" + strings.Repeat("-", 16000), 200},
		{"/v/" + strings.Repeat("a", 16000), 404},
		{"/v" + strings.Repeat("/", 16000), 404},
		{"/v/x/" + strings.Repeat("%2F", 6000), 200},
		{"/v/" + strings.Repeat("x", 20000), 414},
		{"/v/a-b-c-d?q=" + strings.Repeat("x", 20000), 414},
	}
	for _, tt := range tests {
		if got := serve(rt, "GET", tt.target).Code; got != tt.status {
			t.Errorf("%.20s… (%d bytes): got %d, want %d", tt.target, len(tt.target), got, tt.status)
		}
	}
}

type gate struct{}

type key struct{}

func (gate) Authenticate(r *http.Request, req auth.Requirements) (context.Context, error) {
	if r.Header.Get("Authorization") == "" {
		return nil, problem.New(401, "send a token").Header("WWW-Authenticate", "Bearer")
	}
	return context.WithValue(r.Context(), key{}, req[0][0].Scheme), nil
}

func TestCredentialsComeBeforeTheBody(t *testing.T) {
	read := false
	rt := build(t, router.Options{Authenticator: gate{}, MaxBody: 4}, router.Route{
		Method: "POST", Path: "/orders", Security: auth.Requirements{{{Scheme: "token"}}},
		Handle: func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "%s %v", b, r.Context().Value(key{}))
			return err
		},
	})
	tests := []struct {
		name, body string
		length     int64
		header     http.Header
		status     int
		want       string
	}{
		{"no token", "12345", 5, http.Header{}, 401, ""},
		{"encoded", "1234", 4, http.Header{"Authorization": {"x"}, "Content-Encoding": {"gzip"}}, 415, ""},
		{"identity", "1234", 4, http.Header{"Authorization": {"x"}, "Content-Encoding": {"identity"}}, 200, "1234 token"},
		{"declared too large", "12345", 5, http.Header{"Authorization": {"x"}}, 413, ""},
		{"chunked too large", "12345", -1, http.Header{"Authorization": {"x"}}, 413, ""},
		{"chunked", "1234", -1, http.Header{"Authorization": {"x"}}, 200, "1234 token"},
		{"empty", "", 0, http.Header{"Authorization": {"x"}}, 200, " token"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("POST", "/orders", spy{strings.NewReader(tt.body), &read})
		r.ContentLength, r.Header = tt.length, tt.header
		read = false
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != tt.status || tt.status == 200 && w.Body.String() != tt.want {
			t.Errorf("%s: got %d %q, want %d %q", tt.name, w.Code, w.Body, tt.status, tt.want)
		}
		if early := tt.status != 200 && tt.length >= 0; early && read {
			t.Errorf("%s: the body was read", tt.name)
		}
		if closed := w.Header().Get("Connection") == "close"; closed != (tt.status == 413) {
			t.Errorf("%s: got Connection %q", tt.name, w.Header().Get("Connection"))
		}
	}
}

type spy struct {
	io.Reader
	read *bool
}

func (s spy) Read(p []byte) (int, error) {
	*s.read = true
	return s.Reader.Read(p)
}

func TestErrorAfterTheAnswerBeganCutsTheConnection(t *testing.T) {
	rt := build(t, router.Options{}, router.Route{Method: "GET", Path: "/", Handle: func(w http.ResponseWriter, _ *http.Request, _ *router.Params) error {
		_, _ = io.WriteString(w, "half")
		return errors.New("the rest is lost")
	}})
	server := httptest.NewServer(rt)
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err == nil {
		b, readErr := io.ReadAll(resp.Body)
		t.Errorf("got %d %q, error %v; want a cut connection", resp.StatusCode, b, readErr)
	}
}

// Explain sees what an operation returns, unless it says already what it means.
func TestErrorsAreExplained(t *testing.T) {
	locked := errors.New("locked")
	explain := func(err error) error {
		if errors.Is(err, locked) {
			return problem.Unavailable(err)
		}
		return err
	}
	for err, want := range map[error]int{
		fmt.Errorf("read: %w", locked):                 503,
		errors.New("wrong"):                            500,
		problem.New(409, "it is gone").Because(locked): 409,
	} {
		rt := build(t, router.Options{Explain: explain}, router.Route{
			Method: "GET", Path: "/", Handle: func(http.ResponseWriter, *http.Request, *router.Params) error { return err },
		})
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != want || w.Header().Get("Content-Type") != problem.ContentType {
			t.Errorf("%v: got %d %s, want %d", err, w.Code, w.Body, want)
		}
	}
}

func TestDeprecatedRoutesSaySo(t *testing.T) {
	rt := build(t, router.Options{},
		router.Route{Method: "GET", Path: "/v1/a", Operation: "getA", Deprecated: true, DeprecatedAt: "2024-01-02", Sunset: "2027-03-04",
			SuccessorLink: "/v2/a>\r\nX: y", Handle: echo("a")},
		router.Route{Method: "GET", Path: "/v1/b", Operation: "get b", Deprecated: true, Handle: echo("b")},
		router.Route{Method: "GET", Path: "/v1/c", Handle: echo("c")})
	got := map[string]http.Header{}
	for _, path := range []string{"/v1/a", "/v1/b", "/v1/c"} {
		h := serve(rt, "GET", path).Header()
		h.Del("Content-Type")
		got[path] = h
	}
	want := map[string]http.Header{
		"/v1/a": {
			"Deprecation": {"@1704153600"},
			"Sunset":      {"Thu, 04 Mar 2027 00:00:00 GMT"},
			"Link": {`</docs#getA>; rel="deprecation"`, `</docs#getA>; rel="sunset"`,
				`</v2/a%3E%0D%0AX:%20y>; rel="successor-version"`},
		},
		"/v1/b": {"Deprecation": {"@0"}, "Link": {`</docs#get%20b>; rel="deprecation"`}},
		"/v1/c": {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDeclares(t *testing.T) {
	rt := build(t, router.Options{}, routes("POST /docs", "GET /a/{b}")...)
	for path, want := range map[string]bool{"/docs": true, "/a/x": true, "/openapi.json": false} {
		if got := rt.Declares(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// discard is a response writer that costs nothing, so that benchmarks measure the router.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
func (d discard) Started() bool               { return false }

func BenchmarkRouter(b *testing.B) {
	nothing := func(http.ResponseWriter, *http.Request, *router.Params) error { return nil }
	var all []router.Route
	for i := range 300 {
		for _, path := range []string{"/v1/r%d", "/v1/r%d/{id}", "/v1/r%d/{id}/items/{item}"} {
			all = append(all, router.Route{Method: "GET", Path: fmt.Sprintf(path, i), Handle: nothing})
		}
	}
	rt := build(b, router.Options{}, all...)
	for name, target := range map[string]string{"static": "/v1/r77", "one": "/v1/r77/3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"two": "/v1/r77/12/items/34", "escaped": "/v1/r77/a%20b"} {
		b.Run(name, func(b *testing.B) {
			w, r := discard{http.Header{}}, httptest.NewRequest("GET", target, nil)
			b.ReportAllocs()
			for b.Loop() {
				rt.ServeHTTP(w, r)
			}
		})
	}
}
