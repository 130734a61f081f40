package compat

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/spec"
)

// bases returns the effective base URLs of an operation, without a trailing slash, with every combination of the values
// that the variables may have; "" when the contract names no server. A variable without a list of values has its default.
func bases(op *spec.Operation) []string { return expand(op.Servers, false) }

// openBases are bases in which a variable that may have any value is {}.
func openBases(op *spec.Operation) []string { return expand(op.Servers, true) }

func expand(servers []spec.Server, open bool) []string {
	var all []string
	for _, server := range servers {
		urls := []string{server.URL}
		for _, v := range server.Variables {
			values := v.Enum
			if len(values) == 0 {
				values = []string{v.Default}
				if open {
					values = []string{"{}"}
				}
			}
			var expanded []string
			for _, u := range urls {
				for _, value := range values {
					if len(expanded) < maxExpansions {
						expanded = append(expanded, strings.ReplaceAll(u, "{"+v.Name+"}", value))
					}
				}
			}
			urls = expanded
		}
		for _, u := range urls {
			all = append(all, normalizeURL(u))
		}
	}
	return all
}

// maxExpansions bounds the URLs that one server template stands for.
const maxExpansions = 256

func normalizeURL(raw string) string {
	raw = strings.TrimRight(raw, "/")
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || strings.Contains(raw, "{}") {
		return raw
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	}
	return u.String()
}

// basePath is the path of a base URL, absolute or relative.
func basePath(base string) string {
	if u, err := url.Parse(base); err == nil {
		return strings.TrimRight(u.Path, "/")
	}
	if i := strings.Index(base, "://"); i >= 0 {
		base = base[i+3:]
		if slash := strings.IndexByte(base, '/'); slash >= 0 {
			return strings.TrimRight(base[slash:], "/")
		}
		return ""
	}
	return base
}

// servers reports the base URLs at which an operation can't be reached any more, and new ones. A contract without servers
// announces none.
func (c *comparer) servers(p pair) {
	if sameServers(p) {
		return
	}
	for _, server := range p.old.Servers {
		if server.Node == nil {
			return
		}
		for _, base := range expand([]spec.Server{server}, false) {
			if c.new.reaches(p.old.Method, base+anonymous(p.old.Path)) {
				continue
			}
			d := p.finding("server-removed", fmt.Sprintf("the base URL %q is gone", base), server.Node, serverPlace(p.new))
			d.Witness = c.requestAt(p, base).JSON()
			c.report(d)
		}
	}
	for _, server := range p.new.Servers {
		if server.Node == nil {
			continue
		}
		for _, base := range expand([]spec.Server{server}, false) {
			if !c.old.reaches(p.new.Method, base+anonymous(p.new.Path)) {
				c.report(p.finding("server-added", fmt.Sprintf("the base URL %q is new", base), serverPlace(p.old), server.Node))
			}
		}
	}
}

// requestAt is the request of a pair at a base URL that is gone.
func (c *comparer) requestAt(p pair, base string) *check.Message {
	m := c.exchange(p, nil).Message(fmt.Sprintf("nothing answers at %s", base))
	m.Path = basePath(base) + strings.TrimPrefix(m.Path, basePath(bases(p.old)[0]))
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		m.Header("Host", u.Host)
	}
	return m
}

// sameServers tells whether an operation plainly has the URLs that it had.
func sameServers(p pair) bool {
	if len(p.old.Servers) != len(p.new.Servers) || anonymous(p.old.Path) != anonymous(p.new.Path) {
		return false
	}
	for i, server := range p.old.Servers {
		if !server.Node.Equal(p.new.Servers[i].Node) {
			return false
		}
	}
	return true
}

// reaches tells whether an operation of the contract answers the URL, which is anonymous: servers may move into path
// items, and templates may take over.
func (s *side) reaches(method, full string) bool {
	if s.urls == nil {
		s.urls, s.templates = map[string]bool{}, map[string][]string{}
		for _, op := range s.doc.Operations() {
			for _, base := range openBases(op) {
				template := base + anonymous(op.Path)
				if !s.urls[op.Method+" "+template] && strings.Contains(template, "{}") {
					s.templates[op.Method] = append(s.templates[op.Method], template)
				}
				s.urls[op.Method+" "+template] = true
			}
		}
	}
	if s.urls[method+" "+full] {
		return true
	}
	for _, template := range s.templates[method] {
		if serves(template, full) {
			return true
		}
	}
	return false
}

func serverPlace(op *spec.Operation) *spec.Node {
	if op.Servers[0].Node != nil {
		return op.Servers[0].Node
	}
	return op.Node
}
