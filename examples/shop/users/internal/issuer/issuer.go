// Package issuer signs the access tokens of the shop (RFC 9068) and publishes the keys that verify them. Keys live in the
// store, so that every replica signs with the same ones; a new key is published for a while before it signs, and stays
// published until the last token that it signed has expired.
package issuer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// Config says what is issued.
type Config struct {
	Issuer   string
	Audience []string      // of the tokens of people: every service of the shop
	Lifetime time.Duration // of access tokens
	// Publish is how long a new key is published before it signs: as long as others may hold an older set.
	Publish time.Duration
	Now     func() time.Time
}

// Keys is where signing keys are kept.
type Keys interface {
	Keys(ctx context.Context) ([]store.Key, error)
	AddKey(ctx context.Context, k store.Key, oldest time.Time) error
}

// Issuer signs tokens. Use New.
type Issuer struct {
	config Config
	keys   Keys

	mu      sync.Mutex
	loaded  []signingKey // newest first
	fetched time.Time
}

type signingKey struct {
	id      string
	private *ecdsa.PrivateKey
	created time.Time
}

// refresh is how often the keys are read again, for those that other replicas made.
const refresh = 10 * time.Second

// retry is how soon they are read again when the store did not answer.
const retry = time.Second

// New returns an Issuer that has a key to sign with.
func New(ctx context.Context, c Config, keys Keys) (*Issuer, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	i := &Issuer{config: c, keys: keys}
	current, err := i.current(ctx)
	if err != nil {
		return nil, err
	}
	if len(current) == 0 {
		return i, i.Rotate(ctx)
	}
	return i, nil
}

// Rotate makes a new signing key. It signs after Config.Publish.
func (i *Issuer) Rotate(ctx context.Context) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	now := i.config.Now()
	key := store.Key{
		ID: uuid.NewString(), CreatedAt: now, PEM: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
	if err := i.keys.AddKey(ctx, key, i.oldest(now)); err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetched = time.Time{}
	return nil
}

// oldest is the creation time before which a key that has a successor can't verify any token that is still valid. The
// newest key is never removed: it is the one that Rotate adds.
func (i *Issuer) oldest(now time.Time) time.Time {
	keep := now.Add(-i.config.Publish - i.config.Lifetime - time.Minute)
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range i.loaded { // newest first: the one that signs now must stay
		if !k.created.After(keep) {
			return k.created
		}
	}
	return keep
}

// current returns the keys, read from the store from time to time. While one request reads them, and for a moment after
// the store did not answer, the others use those that there are, which stay good.
func (i *Issuer) current(ctx context.Context) ([]signingKey, error) {
	i.mu.Lock()
	now, known := i.config.Now(), i.loaded
	if len(known) > 0 && now.Sub(i.fetched) < refresh {
		i.mu.Unlock()
		return known, nil
	}
	i.fetched = now.Add(retry - refresh)
	i.mu.Unlock()
	loaded, err := i.load(ctx)
	if err != nil {
		if len(known) > 0 {
			return known, nil
		}
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.loaded, i.fetched = loaded, now
	return loaded, nil
}

// load reads the keys from the store.
func (i *Issuer) load(ctx context.Context) ([]signingKey, error) {
	stored, err := i.keys.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	loaded := make([]signingKey, 0, len(stored))
	for _, k := range stored {
		private, err := parse(k.PEM)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
		}
		loaded = append(loaded, signingKey{k.ID, private, k.CreatedAt})
	}
	return loaded, nil
}

func parse(text string) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("not an ECDSA key")
	}
	return private, nil
}

// signer is the newest key that was published long enough, or the oldest when none was.
func (i *Issuer) signer(ctx context.Context) (signingKey, error) {
	keys, err := i.current(ctx)
	if err != nil {
		return signingKey{}, err
	}
	if len(keys) == 0 {
		return signingKey{}, errors.New("no signing key")
	}
	for _, k := range keys {
		if !k.created.After(i.config.Now().Add(-i.config.Publish)) {
			return k, nil
		}
	}
	return keys[len(keys)-1], nil
}

// Grant is what a token says of its bearer.
type Grant struct {
	Subject  string
	Client   string   // the service that asked, for client credentials
	Session  string   // of a person
	Audience []string // empty: Config.Audience
	Scope    string   // scopes, separated by spaces
}

// Token signs an access token and tells how long it lives.
func (i *Issuer) Token(ctx context.Context, g Grant) (token string, lifetime time.Duration, err error) {
	key, err := i.signer(ctx)
	if err != nil {
		return "", 0, err
	}
	options := (&jose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", key.id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key.private}, options)
	if err != nil {
		return "", 0, err
	}
	now := i.config.Now()
	audience := g.Audience
	if len(audience) == 0 {
		audience = i.config.Audience
	}
	claims := jwt.Claims{
		Issuer: i.config.Issuer, Subject: g.Subject, Audience: audience, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(i.config.Lifetime)),
	}
	further := map[string]any{"scope": g.Scope}
	if g.Client != "" {
		further["client_id"] = g.Client
	}
	if g.Session != "" {
		further["sid"] = g.Session
	}
	token, err = jwt.Signed(signer).Claims(claims).Claims(further).Serialize()
	return token, i.config.Lifetime, err
}

// KeySet is the public part of the keys (RFC 7517).
func (i *Issuer) KeySet(ctx context.Context) (jose.JSONWebKeySet, error) {
	keys, err := i.current(ctx)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	var set jose.JSONWebKeySet
	for _, k := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: &k.private.PublicKey, KeyID: k.id, Algorithm: string(jose.ES256), Use: "sig"})
	}
	return set, nil
}

// FetchKeys is the key set as JSON: the service trusts its own tokens.
func (i *Issuer) FetchKeys(ctx context.Context) ([]byte, error) {
	set, err := i.KeySet(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(set)
}
