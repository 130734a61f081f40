package generator

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// exampleCall is a request that a reader can try.
type exampleCall struct {
	Method, URL string
	Body        string // JSON, "" for none
	Credentials credentials
}

// credentials are the ways in which a token of the development issuer, which is every API key and password in
// development, comes to the service.
type credentials struct {
	Bearer, Basic             bool
	Headers, Cookies, Queries []string // of API keys
}

// add adds the way of a scheme.
func (c *credentials) add(s *Scheme) {
	switch {
	case s.Kind == "basic":
		c.Basic = true
	case s.Kind != "apikey":
		c.Bearer = true
	case s.In == "header":
		c.Headers = append(c.Headers, s.Key)
	case s.In == "cookie":
		c.Cookies = append(c.Cookies, s.Key)
	default:
		c.Queries = append(c.Queries, s.Key)
	}
}

// Any tells whether there is a way at all.
func (c credentials) Any() bool {
	return c.Bearer || c.Basic || len(c.Headers)+len(c.Cookies)+len(c.Queries) > 0
}

// Credentials are those that some operation asks for.
func (s seedView) Credentials() credentials {
	var c credentials
	for _, v := range s.Service.Versions {
		for _, scheme := range v.Schemes {
			c.add(scheme)
		}
	}
	for _, keys := range []*[]string{&c.Headers, &c.Cookies, &c.Queries} {
		slices.Sort(*keys)
		*keys = slices.Compact(*keys)
	}
	return c
}

// callCredentials are those of the first way in which an operation can be called.
func callCredentials(v *Version, op *Operation) credentials {
	var c credentials
	if len(op.Security) == 0 {
		return c
	}
	for _, use := range op.Security[0] {
		for _, scheme := range v.Schemes {
			if scheme.Name == use.Scheme {
				c.add(scheme)
			}
		}
	}
	return c
}

// FirstOperation is an operation to try: the first one that reads, or the first.
func (s seedView) FirstOperation() *exampleCall {
	version := s.Service.Versions[0]
	operations := version.Operations
	if len(operations) == 0 {
		return nil
	}
	op := operations[0]
	if i := slices.IndexFunc(operations, func(op *Operation) bool { return op.Method == "GET" }); i >= 0 {
		op = operations[i]
	}
	call := &exampleCall{Method: op.Method, URL: "http://localhost:8080" + exampleTarget(op), Credentials: callCredentials(version, op)}
	for i, key := range call.Credentials.Queries {
		sign := "&"
		if i == 0 && !strings.Contains(call.URL, "?") {
			sign = "?"
		}
		call.Credentials.Queries[i] = sign + url.QueryEscape(key) + "="
	}
	if b := op.Body; b != nil && b.Required && len(b.Contents) > 0 && b.Contents[0].Kind == JSON {
		if body, err := json.Marshal(exampleOf(b.Contents[0].Schema)); err == nil && len(body) < 400 {
			call.Body = string(body)
		}
	}
	return call
}

// exampleTarget is the path and query of an operation with values in the place of what it requires.
func exampleTarget(op *Operation) string {
	target, query := op.Path, url.Values{}
	for _, p := range op.Parameters {
		if !p.Required || p.In != "path" && p.In != "query" {
			continue
		}
		var texts []string
		value := exampleOf(p.Schema)
		if list, ok := value.([]any); ok && p.In == "query" && p.Style == "form" {
			for _, element := range list {
				texts = append(texts, plainText(element))
			}
			if !p.Explode {
				texts = []string{strings.Join(texts, ",")}
			}
		} else if text := plainText(value); text != "" {
			texts = []string{text}
		}
		switch {
		case len(texts) == 0:
		case p.In == "query":
			query[p.Name] = texts
		case p.Style == "simple":
			target = strings.ReplaceAll(target, "{"+p.Name+"}", url.PathEscape(texts[0]))
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	return target
}

// plainText is a scalar as parameters are written, "" for anything else.
func plainText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// exampleOf is a value that the schema takes, nil when none was found. A list of one goes before an empty one.
func exampleOf(s *schema.Schema) any {
	if s == nil {
		return nil
	}
	values := schema.Sample(s, schema.SampleOptions{Direction: schema.Request, Count: 4})
	if len(values) == 0 {
		return nil
	}
	for _, value := range values {
		if list, ok := value.([]any); !ok || len(list) == 1 {
			return value
		}
	}
	return values[0]
}
