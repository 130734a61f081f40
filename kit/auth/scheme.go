package auth

// Kind says how the credential of a scheme is verified.
type Kind string

// The kinds of schemes that can be enforced.
const (
	JWT    Kind = "jwt"    // signed token in `Authorization: Bearer` (http bearer with format JWT, oauth2, openIdConnect)
	Opaque Kind = "opaque" // token in `Authorization: Bearer` that the issuer is asked about (RFC 7662)
	APIKey Kind = "apikey" // key in a header, query parameter or cookie
	Basic  Kind = "basic"  // user and password (RFC 7617)
)

// Scheme is one security scheme of the contract.
type Scheme struct {
	Name string // key under securitySchemes
	Kind Kind
	In   string // API keys: "header", "query" or "cookie"
	Key  string // API keys: name of the header, parameter or cookie
}

// bearer reports whether the credential stands in `Authorization: Bearer`.
func (s Scheme) bearer() bool { return s.Kind == JWT || s.Kind == Opaque }
