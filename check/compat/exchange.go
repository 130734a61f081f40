package compat

import (
	"encoding/json"
	"net/url"
	"sort"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// exchange is a request that the old contract accepts; see request.
func (c *comparer) exchange(p pair, given map[string]any) *check.Exchange {
	return c.request(c.old, p.old, given)
}

// request is a request that a contract describes: with the parameters that it requires, and its body when it is required.
// given are values of parameters by key, in place of samples.
func (c *comparer) request(from *side, op *spec.Operation, given map[string]any) *check.Exchange {
	e := &check.Exchange{Method: op.Method, Path: op.Path, Token: asksForToken(from.doc, op)}
	if len(op.Servers) > 0 {
		e.Path = basePath(bases(op)[0]) + op.Path
	}
	parameters := parametersOf(from.doc, op)
	var query, cookies []string
	for _, key := range keys(parameters) {
		parameter := parameters[key]
		value, ok := given[key]
		if !ok {
			if !parameter.required {
				continue
			}
			value = from.sample(parameter.schema, "1")
		}
		switch parameter.in {
		case "query":
			query = append(query, queryParts(parameter, value)...)
		case "header":
			e.Header = append(e.Header, [2]string{parameter.name, simpleText(parameter, value)})
		case "cookie":
			cookies = append(cookies, queryParts(parameter, value)...)
		case "path":
			text := simpleText(parameter, value)
			if text == "" {
				text = "1"
			}
			e.Path = strings.Replace(e.Path, "{"+parameter.name+"}", text, 1)
		}
	}
	for _, name := range parameterNames(e.Path) {
		e.Path = strings.Replace(e.Path, "{"+name+"}", "1", 1)
	}
	if len(query) > 0 {
		e.Path += "?" + strings.Join(query, "&")
	}
	if len(cookies) > 0 {
		e.Header = append(e.Header, [2]string{"Cookie", strings.Join(cookies, "; ")})
	}
	from.sampleBody(e, op.Body)
	return e
}

// asksForToken tells whether the operation refuses anonymous requests and takes a bearer token.
func asksForToken(doc *spec.Document, op *spec.Operation) bool {
	token := false
	for _, requirement := range op.Security {
		if len(requirement.Uses) == 0 {
			return false
		}
		for _, use := range requirement.Uses {
			for _, s := range doc.SecuritySchemes() {
				kind := s.Node.Str("type")
				bearer := kind == "http" && strings.EqualFold(s.Node.Str("scheme"), "bearer")
				token = token || s.Name == use.Scheme && (bearer || kind == "oauth2" || kind == "openIdConnect")
			}
		}
	}
	return token
}

// sampleBody adds a body of a contract that requires one: JSON before other media types.
func (s *side) sampleBody(e *check.Exchange, body *spec.Node) {
	if !body.Bool("required") {
		return
	}
	entries, best := contentOf(s.doc, body), ""
	for _, media := range keys(entries) {
		if best == "" || isJSON(media) && !isJSON(best) {
			best = media
		}
	}
	if best != "" {
		header, text := s.written("request", concrete(best), entries[best], "")
		e.WithBody(header, []byte(text))
	}
}

// sample is a value that a client may send, or otherwise.
func (s *side) sample(n *spec.Node, otherwise any) any {
	return s.sampleOn("request", n, otherwise)
}

// sampleOn is a value that a schema accepts on a side, or otherwise.
func (s *side) sampleOn(side string, n *spec.Node, otherwise any) any {
	parsed, err := s.parse(n)
	if err != nil || n == nil {
		return otherwise
	}
	values := schema.Sample(parsed, schema.SampleOptions{Direction: direction(side), Count: 1})
	if len(values) == 0 {
		return otherwise
	}
	return values[0]
}

// queryParts writes a parameter for a query (OpenAPI 3.1 section 4.8.12.3).
func queryParts(p parameter, value any) []string {
	name := url.QueryEscape(p.name)
	if p.media != "" {
		return []string{name + "=" + url.QueryEscape(jsonOf(value))}
	}
	separator := map[string]string{"spaceDelimited": "%20", "pipeDelimited": "%7C"}[p.style]
	if separator == "" {
		separator = ","
	}
	var parts []string
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			parts = append(parts, url.QueryEscape(textOf(item)))
		}
		if !p.explode && len(parts) > 0 {
			return []string{name + "=" + strings.Join(parts, separator)}
		}
		for i := range parts {
			parts[i] = name + "=" + parts[i]
		}
	case map[string]any:
		for _, key := range keys(value) {
			member, text := url.QueryEscape(key), url.QueryEscape(textOf(value[key]))
			switch {
			case p.style == "deepObject":
				parts = append(parts, name+"%5B"+member+"%5D="+text)
			case p.explode:
				parts = append(parts, member+"="+text)
			default:
				parts = append(parts, member, text)
			}
		}
		if p.style != "deepObject" && !p.explode && len(parts) > 0 {
			return []string{name + "=" + strings.Join(parts, separator)}
		}
	default:
		return []string{name + "=" + url.QueryEscape(textOf(value))}
	}
	return parts
}

// simpleText writes a parameter for a path, percent-encoded, or for a header.
func simpleText(p parameter, value any) string {
	escape := func(text string) string { return text }
	if p.in == "path" {
		escape = url.PathEscape
	}
	if p.media != "" {
		return escape(jsonOf(value))
	}
	var parts []string
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			parts = append(parts, escape(textOf(item)))
		}
	case map[string]any:
		for _, key := range keys(value) {
			if p.explode {
				parts = append(parts, escape(key)+"="+escape(textOf(value[key])))
			} else {
				parts = append(parts, escape(key), escape(textOf(value[key])))
			}
		}
	default:
		parts = []string{escape(textOf(value))}
	}
	switch {
	case p.style == "label" && p.explode:
		return "." + strings.Join(parts, ".")
	case p.style == "label":
		return "." + strings.Join(parts, ",")
	case p.style == "matrix":
		return ";" + p.name + "=" + strings.Join(parts, ",")
	}
	return strings.Join(parts, ",")
}

func jsonOf(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

// parameterExchange is a request that carries the witness in a parameter.
func (c *comparer) parameterExchange(p pair, old parameter, witness json.RawMessage) *check.Exchange {
	decoder := json.NewDecoder(strings.NewReader(string(witness)))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	given := map[string]any{}
	for key, parameter := range parametersOf(c.old.doc, p.old) {
		if parameter.node == old.node {
			given[key] = value
		}
	}
	e := c.exchange(p, given)
	sort.SliceStable(e.Header, func(i, j int) bool { return e.Header[i][0] < e.Header[j][0] })
	return e
}
