package generator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/msgen/msgen/spec"
)

// security turns the requirements of an operation into alternatives that can be enforced. One that can't is left out
// when another remains; otherwise the operation would be open to everyone or to no one, and the contract is refused.
func (b *versionBuilder) security(op *spec.Operation) []Requirement {
	if b.options.Consumer { // what callers send is not for their client to judge
		return nil
	}
	var alternatives []Requirement
	var refused []spec.Diagnostic
	for _, requirement := range op.Security {
		var uses Requirement
		fine := true
		for _, use := range requirement.Uses {
			if fault := b.useScheme(use); fault != nil {
				refused, fine = append(refused, *fault), false
				continue
			}
			uses = append(uses, SchemeUse{Scheme: use.Scheme, Scopes: use.Scopes})
		}
		if fine {
			alternatives = append(alternatives, uses)
		}
	}
	for _, fault := range refused {
		if len(alternatives) > 0 {
			fault.Severity = spec.Warning
			fault.Message += "; the alternative is left out"
		}
		if !slices.Contains(b.faults, fault) {
			b.faults = append(b.faults, fault)
		}
	}
	return alternatives
}

// useScheme adds the scheme to the version, or tells why it can't be enforced.
func (b *versionBuilder) useScheme(use spec.SchemeUse) *spec.Diagnostic {
	for _, known := range b.version.Schemes {
		if known.Name == use.Scheme {
			return nil
		}
	}
	for _, named := range b.doc.SecuritySchemes() {
		if named.Name != use.Scheme {
			continue
		}
		scheme, why := enforceable(named.Name, named.Node)
		if why != "" {
			fault := named.Node.Diagnostic(spec.Error, "unenforceable-security",
				"the security scheme "+named.Name+" can't be enforced: "+why,
				"use http bearer or basic, oauth2, openIdConnect or an apiKey")
			return &fault
		}
		b.version.Schemes = append(b.version.Schemes, scheme)
		return nil
	}
	fault := use.Node.Diagnostic(spec.Error, "undefined-security",
		"the security scheme "+clipText(use.Scheme)+" is not defined", "define it under components.securitySchemes")
	return &fault
}

// enforceable turns a security scheme into the form in which kit/auth enforces it; otherwise why says what it lacks.
func enforceable(name string, node *spec.Node) (scheme *Scheme, why string) {
	s := &Scheme{Name: name, BearerFormat: node.Str("bearerFormat")}
	switch kind := node.Str("type"); kind {
	case "http":
		switch httpScheme := strings.ToLower(node.Str("scheme")); httpScheme {
		case "bearer":
			s.Kind = bearerKind(s.BearerFormat)
		case "basic":
			s.Kind = "basic"
		default:
			return nil, "the HTTP scheme " + clipText(httpScheme) + " is none that services check"
		}
	case "oauth2":
		s.Kind = bearerKind(s.BearerFormat)
	case "openIdConnect":
		s.Kind = "jwt"
		s.DiscoveryURL = node.Str("openIdConnectUrl")
		s.Issuer = strings.TrimSuffix(strings.TrimSuffix(s.DiscoveryURL, "/.well-known/openid-configuration"), "/")
	case "apiKey":
		s.Kind, s.In, s.Key = "apikey", node.Str("in"), node.Str("name")
		if s.In != "header" && s.In != "query" && s.In != "cookie" || s.Key == "" {
			return nil, "it names no header, query parameter or cookie"
		}
		if s.In == "header" && !headerName.MatchString(s.Key) {
			return nil, "HTTP allows no header of the name " + clipText(s.Key)
		}
	case "mutualTLS":
		return nil, "certificates of clients are checked where TLS ends, in front of the service"
	default:
		return nil, "its type " + clipText(kind) + " is unknown"
	}
	return s, ""
}

// bearerKind tells tokens that are verified by their signature from those that the issuer is asked about.
func bearerKind(format string) string {
	if strings.EqualFold(format, "opaque") || strings.EqualFold(format, "token") {
		return "opaque"
	}
	return "jwt"
}

// addSchemes puts the schemes in use into the order of their names.
func (b *versionBuilder) addSchemes() {
	slices.SortFunc(b.version.Schemes, func(x, y *Scheme) int { return cmp.Compare(x.Name, y.Name) })
}
