package router

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// header is a header of every answer of a route, in canonical form. The values are shared between answers.
type header struct {
	name   string
	values []string
}

// announce adds headers to an answer. Values are copied by reference: handlers that add to them get a copy, because
// their capacity is their length.
func announce(h http.Header, headers []header) {
	for _, add := range headers {
		if add.name == "Link" && len(h["Link"]) > 0 {
			h["Link"] = append(h["Link"], add.values...)
			continue
		}
		h[add.name] = add.values
	}
}

// deprecation makes the headers of a deprecated route: Deprecation with a date (RFC 9745), Sunset (RFC 8594) and the
// links to read on. A contract that doesn't say when gives the epoch: deprecated for as long as anyone can tell.
func deprecation(route *Route) ([]header, error) {
	if !route.Deprecated && route.Sunset == "" {
		return nil, nil
	}
	var headers []header
	if route.Deprecated {
		at := time.Unix(0, 0)
		if route.DeprecatedAt != "" {
			var err error
			if at, err = parseDate(route.DeprecatedAt); err != nil {
				return nil, err
			}
		}
		headers = append(headers, single("Deprecation", "@"+strconv.FormatInt(at.Unix(), 10)))
	}
	var links []string
	if route.Sunset != "" {
		at, err := parseDate(route.Sunset)
		if err != nil {
			return nil, err
		}
		headers = append(headers, single("Sunset", at.UTC().Format(http.TimeFormat)))
	}
	about := route.DeprecationLink
	if about == "" {
		about = "/docs#" + url.PathEscape(route.Operation)
	}
	links = append(links, link(about, "deprecation"))
	if route.Sunset != "" {
		links = append(links, link(about, "sunset"))
	}
	if route.SuccessorLink != "" {
		links = append(links, link(route.SuccessorLink, "successor-version"))
	}
	return append(headers, header{name: "Link", values: links[:len(links):len(links)]}), nil
}

func single(name, value string) header {
	return header{name: name, values: []string{value}[:1:1]}
}

// link is a Link value. What can't stand in a URI reference is escaped, so that a contract can't write headers.
func link(target, relation string) string {
	var b strings.Builder
	for i := range len(target) {
		if c := target[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("<>\"\\^`{|}", c) >= 0 {
			escape(&b, c)
		} else {
			b.WriteByte(c)
		}
	}
	return "<" + b.String() + `>; rel="` + relation + `"`
}

func parseDate(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, http.TimeFormat} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date; write it as 2006-01-02", text)
}
