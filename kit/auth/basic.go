package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"
)

// basic verifies user and password of one scheme (RFC 7617).
type basic struct {
	scheme Scheme
	check  func(ctx context.Context, s Scheme, user, password string) (*Principal, error)
}

// verify implements verifier.
func (b *basic) verify(r *http.Request) verdict {
	encoded, err := authorization(r.Header, "basic")
	if err != nil {
		return refuse(err)
	}
	if encoded == "" {
		return verdict{}
	}
	user, password, ok := userPassword(encoded)
	if !ok {
		return refuse(faultMissing)
	}
	p, err := b.check(r.Context(), b.scheme, user, password)
	return judge(b.scheme, p, err)
}

// userPassword decodes the credentials of Basic: UTF-8 without control characters.
func userPassword(encoded string) (user, password string, ok bool) {
	if strings.ContainsAny(encoded, "\r\n") {
		return "", "", false
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || !utf8.Valid(raw) {
		return "", "", false
	}
	for _, c := range raw {
		if c < 0x20 || c == 0x7f {
			return "", "", false
		}
	}
	return strings.Cut(string(raw), ":")
}

// maxHashing is how many passwords are hashed at a time: guessing must not take every processor.
const maxHashing = 2

// listedUsers verifies against a list of hashed passwords. Hashing is slow on purpose, so what matched is remembered, under
// a key that only this process has.
type listedUsers struct {
	config  Config
	secrets []secret
	cache   *cache[digest]
	key     [32]byte
	slots   chan struct{}
}

func newListedUsers(c Config, secrets []secret) *listedUsers {
	u := &listedUsers{
		config: c, secrets: secrets,
		cache: newCache[digest](c.CacheSize), slots: make(chan struct{}, maxHashing),
	}
	rand.Read(u.key[:])
	return u
}

// check implements Config.BasicVerifier.
func (u *listedUsers) check(ctx context.Context, scheme Scheme, user, password string) (*Principal, error) {
	mac := hmac.New(sha256.New, u.key[:])
	mac.Write([]byte(scheme.Name + "\x00" + user + "\x00" + password))
	sum := digest(mac.Sum(nil))
	now := u.config.Now()
	if e := u.cache.find(sum, 0, now); e != nil {
		return e.principal, nil
	}
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	case <-ctx.Done():
		return nil, errors.New("too many passwords wait to be checked")
	}
	var found *secret
	for i := range u.secrets {
		s := &u.secrets[i]
		if s.name == user && (s.scheme == "" || s.scheme == scheme.Name) {
			found = s
		}
	}
	if found == nil { // takes as long as a wrong password
		u.secrets[0].matches(password)
		return nil, ErrRefused
	}
	if !found.matches(password) {
		return nil, ErrRefused
	}
	p := found.principal(scheme)
	u.cache.remember(sum, 0, p, now, now.Add(maxRemembered))
	return p, nil
}
