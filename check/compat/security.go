package compat

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// credential is a security scheme by what a client sends, so that its name does not matter, with the scopes it grants.
type credential struct {
	scheme string // what identifies the scheme on the wire
	shown  string // for people
	scopes []string
	node   *spec.Node
}

// credentials is one alternative: all of its credentials must be sent. An empty one admits anonymous callers.
type credentials []credential

// alternatives returns the alternatives of an operation: one empty alternative when nothing is required.
func (s *side) alternatives(op *spec.Operation) []credentials {
	if len(op.Security) == 0 {
		return []credentials{{}}
	}
	var all []credentials
	for _, requirement := range op.Security {
		alternative := credentials{}
		for _, use := range requirement.Uses {
			scheme := s.scheme(use.Scheme)
			alternative = append(alternative, credential{schemeKey(scheme), schemeName(scheme, use.Scheme), use.Scopes, scheme})
		}
		sort.Slice(alternative, func(i, j int) bool { return alternative[i].scheme < alternative[j].scheme })
		all = append(all, alternative)
	}
	return all
}

func (s *side) scheme(name string) *spec.Node {
	return s.doc.Deref(s.doc.Root.Get("components").Get("securitySchemes").Get(name))
}

// schemeKey says what a client must send. OAuth 2.0 flows are compared apart: they say how a token is got, not what is
// sent.
func schemeKey(n *spec.Node) string {
	switch n.Str("type") {
	case "apiKey":
		name := n.Str("name")
		if n.Str("in") == "header" {
			name = strings.ToLower(name)
		}
		return "apiKey " + n.Str("in") + " " + name
	case "http":
		return "http " + strings.ToLower(n.Str("scheme"))
	case "openIdConnect":
		return "openIdConnect " + n.Str("openIdConnectUrl")
	}
	return n.Str("type")
}

func schemeName(n *spec.Node, name string) string {
	switch n.Str("type") {
	case "apiKey":
		return fmt.Sprintf("API key %q in %s", n.Str("name"), n.Str("in"))
	case "http":
		return "HTTP " + n.Str("scheme")
	case "oauth2":
		return "OAuth 2.0"
	case "openIdConnect":
		return "OpenID Connect"
	}
	return name
}

func (a credentials) String() string {
	if len(a) == 0 {
		return "no credentials"
	}
	parts := make([]string, len(a))
	for i, c := range a {
		parts[i] = c.shown
		if len(c.scopes) > 0 {
			parts[i] += " with " + strings.Join(c.scopes, " ")
		}
	}
	return strings.Join(parts, " and ")
}

// satisfies tells whether a caller with the credentials a passes the alternative b.
func (a credentials) satisfies(b credentials) bool {
	for _, need := range b {
		if !a.provides(need) {
			return false
		}
	}
	return true
}

func (a credentials) provides(need credential) bool {
	granted := map[string]bool{}
	found := false
	for _, have := range a {
		if have.scheme == need.scheme {
			found = true
			for _, scope := range have.scopes {
				granted[scope] = true
			}
		}
	}
	for _, scope := range need.scopes {
		found = found && granted[scope]
	}
	return found
}

func (a credentials) satisfiesAny(alternatives []credentials) bool {
	for _, b := range alternatives {
		if a.satisfies(b) {
			return true
		}
	}
	return false
}

// security compares who is admitted: each set of credentials that was enough must be enough, and one that is enough now
// but was not before is a weakening.
func (c *comparer) security(p pair) {
	old, revision := c.old.alternatives(p.old), c.new.alternatives(p.new)
	for _, alternative := range old {
		if alternative.satisfiesAny(revision) {
			continue
		}
		d := p.finding("security-strengthened", fmt.Sprintf("%s was enough, and is refused", alternative),
			c.old.securityPlace(p.old), c.new.securityPlace(p.new))
		c.rejected(&d, p, alternative)
		c.report(d)
	}
	for _, alternative := range revision {
		if !alternative.satisfiesAny(old) {
			c.report(p.finding("security-weakened", fmt.Sprintf("%s is enough now, and was refused", alternative),
				c.old.securityPlace(p.old), c.new.securityPlace(p.new)))
		}
	}
}

// rejected adds to a finding the request with credentials that were enough. Only a token can be had to send it.
func (c *comparer) rejected(d *check.Diagnostic, p pair, with credentials) {
	e, sendable := c.exchange(p, nil), true
	e.Token = false
	for _, one := range with {
		name, isKey := one.node.Str("name"), one.node.Str("type") == "apiKey"
		scheme := strings.ToLower(one.node.Str("scheme"))
		sendable = sendable && !isKey && (scheme == "" || scheme == "bearer")
		switch {
		case isKey && one.node.Str("in") == "query":
			separator := "?"
			if strings.Contains(e.Path, "?") {
				separator = "&"
			}
			e.Path += separator + url.QueryEscape(name) + "=key"
		case isKey && one.node.Str("in") == "cookie":
			e.Header = append(e.Header, [2]string{"Cookie", name + "=key"})
		case isKey:
			e.Header = append(e.Header, [2]string{name, "key"})
		case scheme == "basic":
			e.Header = append(e.Header, [2]string{"Authorization", "Basic dXNlcjpwYXNzd29yZA=="})
		case scheme != "" && scheme != "bearer":
			e.Header = append(e.Header, [2]string{"Authorization", one.node.Str("scheme") + " ..."})
		default:
			e.Token = e.Token || one.node.Str("type") != "mutualTLS"
		}
	}
	refused(d, e, fmt.Sprintf("%s was enough, and is refused", with))
	if !sendable {
		d.Exchange = nil
	}
}

// securityPlace is where the requirement of an operation stands: its own, or the document's.
func (s *side) securityPlace(op *spec.Operation) *spec.Node {
	if own := op.Node.Get("security"); own != nil {
		return own
	}
	if shared := s.doc.Root.Get("security"); shared != nil {
		return shared
	}
	return op.Node
}

// flows reports OAuth 2.0 flows that are gone or moved, for the schemes that paired operations use.
func (c *comparer) flows(pairs []pair) {
	for _, p := range pairs {
		for _, requirement := range p.old.Security {
			for _, use := range requirement.Uses {
				old := c.old.scheme(use.Scheme)
				if old.Str("type") != "oauth2" {
					continue
				}
				if revision := c.successor(p, use.Scheme); revision != nil {
					c.flow(p, use.Scheme, old.Get("flows"), revision.Get("flows"))
				}
			}
		}
	}
}

// successor is the OAuth 2.0 scheme of the new operation that takes the place of the old one: of the same name, else the
// first.
func (c *comparer) successor(p pair, name string) *spec.Node {
	var first *spec.Node
	for _, requirement := range p.new.Security {
		for _, use := range requirement.Uses {
			n := c.new.scheme(use.Scheme)
			if n.Str("type") != "oauth2" {
				continue
			}
			if use.Scheme == name {
				return n
			}
			if first == nil {
				first = n
			}
		}
	}
	return first
}

func (c *comparer) flow(p pair, name string, old, revision *spec.Node) {
	for _, m := range old.Members() {
		after := revision.Get(m.Key)
		if strings.HasPrefix(m.Key, "x-") {
			continue
		}
		if after == nil {
			d := p.finding("security-flow-changed", fmt.Sprintf("the %s flow of %q is gone", m.Key, name), m.Value, revision)
			d.Witness = tokenRequest(m.Key, "", m.Value)
			c.report(d)
			continue
		}
		for _, key := range []string{"tokenUrl", "authorizationUrl", "deviceAuthorizationUrl"} {
			before := m.Value.Str(key)
			if now := after.Str(key); before != "" && before != now {
				d := p.finding("security-flow-changed", fmt.Sprintf("%s of the %s flow was %q and is %q", key, m.Key, before, now),
					member(m.Value, key), member(after, key))
				d.Witness = tokenRequest(m.Key, key, m.Value)
				c.report(d)
			}
		}
	}
}

// tokenRequest is the request by which a client gets a token in a flow (RFC 6749 section 4, RFC 8628), or starts to, at the
// URL that a key of the flow holds.
func tokenRequest(flow, key string, n *spec.Node) json.RawMessage {
	grants := map[string]string{
		"clientCredentials": "client_credentials", "password": "password", "authorizationCode": "authorization_code",
		"deviceAuthorization": "urn:ietf:params:oauth:grant-type:device_code",
	}
	if key == "" {
		key = "tokenUrl"
		if flow == "implicit" || n.Str(key) == "" {
			key = "authorizationUrl"
		}
	}
	u, err := url.Parse(n.Str(key))
	if err != nil {
		return nil
	}
	e := &check.Exchange{Method: "POST", Path: u.EscapedPath(), Header: [][2]string{{"Host", u.Host}}}
	switch key {
	case "authorizationUrl":
		kind := "code"
		if flow == "implicit" {
			kind = "token"
		}
		e.Method, e.Path = "GET", e.Path+"?client_id=client&response_type="+kind
	case "tokenUrl":
		e.WithBody("application/x-www-form-urlencoded", []byte("grant_type="+url.QueryEscape(grants[flow])))
	default:
		e.WithBody("application/x-www-form-urlencoded", []byte("client_id=client"))
	}
	return e.Message("the URL gave tokens, and no longer does").JSON()
}
