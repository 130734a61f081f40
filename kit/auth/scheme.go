package auth

import "strconv"

// Kind says how the credential of a scheme is verified.
type Kind uint8

// The kinds of schemes that can be enforced.
const (
	JWT    Kind = iota + 1 // signed token in `Authorization: Bearer` (http bearer with format JWT, oauth2, openIdConnect)
	Opaque                 // token in `Authorization: Bearer` that the issuer is asked about (RFC 7662)
	APIKey                 // key in a header, query parameter or cookie
	Basic                  // user and password (RFC 7617)
)

// String returns the kind's name as it stands in configuration and logs.
func (k Kind) String() string {
	switch k {
	case JWT:
		return "jwt"
	case Opaque:
		return "opaque"
	case APIKey:
		return "apikey"
	case Basic:
		return "basic"
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// Scheme is one security scheme of the contract.
type Scheme struct {
	Name string // key under securitySchemes
	Kind Kind
	In   string // API keys: "header", "query" or "cookie"
	Key  string // API keys: name of the header, parameter or cookie
}
