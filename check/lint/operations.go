package lint

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/msgen/msgen/spec"
)

func (l *linter) servers() {
	for _, server := range l.doc.Servers() {
		u, err := url.Parse(server.Resolved())
		if err != nil || server.Node == nil || !strings.EqualFold(u.Scheme, "http") {
			continue
		}
		if host := u.Hostname(); host != "localhost" && host != "127.0.0.1" && host != "::1" && !strings.HasSuffix(host, ".localhost") {
			l.report("server-not-https", fmt.Sprintf("server %q is reached without TLS", server.URL), server.Node, nil)
		}
	}
}

func (l *linter) schemes() {
	for _, scheme := range l.doc.SecuritySchemes() {
		if scheme.Node.Str("type") == "apiKey" && scheme.Node.Str("in") == "query" {
			l.report("api-key-in-query", fmt.Sprintf("the API key %q travels in the query", scheme.Name), scheme.Node, nil)
		}
	}
}

// paths checks the path templates: their ends, and how their parameters are named.
func (l *linter) paths() {
	ways := map[string]int{}
	type use struct {
		way, parameter string
		node           *spec.Node
	}
	var uses []use
	for path, item := range l.doc.Root.Get("paths").All() {
		if len(path) > 1 && strings.HasSuffix(path, "/") {
			l.report("path-trailing-slash", fmt.Sprintf("path %q ends with a slash", path), item, nil)
		}
		for _, part := range strings.Split(path, "{")[1:] {
			parameter, _, _ := strings.Cut(part, "}")
			if way := wayOf(parameter); way != "" {
				ways[way]++
				uses = append(uses, use{way, parameter, item})
			}
		}
	}
	best := ""
	for _, way := range []string{"camelCase", "snake_case", "kebab-case"} {
		if ways[way] > ways[best] {
			best = way
		}
	}
	for _, u := range uses {
		if u.way != best {
			l.report("path-parameter-naming", fmt.Sprintf("path parameter %q is in %s, most are in %s", u.parameter, u.way, best), u.node, nil)
		}
	}
}

// wayOf is the way a name of several words is written; "" for one word.
func wayOf(name string) string {
	switch {
	case strings.Contains(name, "_"):
		return "snake_case"
	case strings.Contains(name, "-"):
		return "kebab-case"
	case strings.ToLower(name) != name:
		return "camelCase"
	}
	return ""
}

func (l *linter) naming(op *spec.Operation) {
	if op.ID == "" {
		l.report("operation-id-missing", name(op)+" has no operationId", op.Node, op)
	}
}

// mutating tells whether a method may change something (RFC 9110 section 9.2.1).
func mutating(method string) bool {
	switch method {
	case "POST", "PUT", "PATCH", "DELETE":
		return true
	}
	return false
}

func (l *linter) protection(op *spec.Operation) {
	if !op.HasSecurity && mutating(op.Method) {
		l.report("mutation-unprotected", name(op)+" changes something and asks for no credentials", op.Node, op)
	}
}

func (l *linter) lifecycle(op *spec.Operation) {
	if op.Deprecated && op.Node.Str("x-sunset") == "" {
		l.report("deprecated-without-sunset", name(op)+" is deprecated, without a date", op.Node, op)
	}
}

func (l *linter) request(op *spec.Operation) {
	if op.Body != nil && (op.Method == "GET" || op.Method == "HEAD" || op.Method == "DELETE") {
		l.report("get-with-body", name(op)+" has a request body", op.Body, op)
	}
	for _, p := range op.Parameters {
		l.sent(op, p.Get("schema"))
	}
	for media, entry := range op.Body.Get("content").All() {
		if strings.Contains(media, "json") || strings.Contains(media, "form") {
			l.sent(op, entry.Get("schema"))
		}
	}
}

func (l *linter) responses(op *spec.Operation) {
	failure, success := false, false
	for _, r := range op.Responses {
		class := r.Name[:1]
		if r.Name == "default" || class == "4" || class == "5" {
			failure = true
			l.problem(op, r)
		}
		if class == "2" || class == "3" || class == "1" || r.Name == "default" {
			success = true
		}
		for media, entry := range r.Node.Get("content").All() {
			if strings.Contains(media, "json") {
				l.answered(op, entry.Get("schema"), class == "2")
			}
		}
	}
	if !failure {
		l.report("error-response-missing", name(op)+" announces no error", op.Node, op)
	}
	if !success {
		l.report("success-response-missing", name(op)+" announces no success", op.Node, op)
	}
}

// problem wants errors with a body to be problem details.
func (l *linter) problem(op *spec.Operation, r spec.NamedNode) {
	content := r.Node.Get("content")
	if content.Len() == 0 || r.Name == "default" && len(op.Responses) == 1 {
		return
	}
	for media := range content.All() {
		if strings.HasPrefix(strings.ToLower(media), "application/problem+json") {
			return
		}
	}
	l.report("error-not-problem", fmt.Sprintf("error %s is not application/problem+json", r.Name), r.Node, op)
}
