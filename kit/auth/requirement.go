package auth

// Use is one scheme of a security requirement, with the scopes that it asks for (OAuth 2.0 and OpenID Connect; empty for
// other schemes, whose names in a requirement are roles).
type Use struct {
	Scheme string
	Scopes []string
}

// Requirements is the security of one operation as OpenAPI has it: a list of alternatives, each of which is a list of
// schemes that must all be satisfied. The zero value asks for nothing, and an empty alternative admits anonymous requests.
type Requirements [][]Use

// Optional reports whether an anonymous request satisfies the requirements.
func (q Requirements) Optional() bool {
	for _, alternative := range q {
		if len(alternative) == 0 {
			return true
		}
	}
	return len(q) == 0
}
