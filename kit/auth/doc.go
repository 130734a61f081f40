// Package auth turns the credentials of a request into a [Principal] and decides whether it satisfies the security
// requirements of an operation. It verifies signed tokens (RFC 7519) against the key set of one issuer, asks the issuer
// about opaque ones (RFC 7662), and checks API keys and Basic credentials. Refusals are problems with the challenges of
// RFC 6750. What a principal may do beyond its scopes is left to the handlers.
//
// Of signed tokens it accepts one spelling of a compact JWS with an asymmetric algorithm, of at most 8 KiB, whose key is in
// the issuer's set and was made for that algorithm; `iss` and `aud` must match exactly, `exp` must be there. Everything that
// RFC 8725 warns of is refused rather than ignored.
package auth
