package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/google/uuid"

	apiv1 "github.com/msgen/msgen/examples/shop/users/api/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/issuer"
	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// newRefreshToken returns a token of 256 random bits and the hash under which it is kept.
func newRefreshToken() (token, hash string, err error) {
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", "", err
	}
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, hashToken(token), nil
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// tokens answers with an access token for a session beside its refresh token.
func (s *Service) tokens(ctx context.Context, p store.Person, session uuid.UUID, refresh string) (apiv1.Tokens, error) {
	access, lifetime, err := s.issuer.Token(ctx, issuer.Grant{Subject: p.ID.String(), Session: session.String(), Scope: s.scope(p)})
	if err != nil {
		return apiv1.Tokens{}, err
	}
	return apiv1.Tokens{
		AccessToken: access, RefreshToken: refresh, TokenType: apiv1.TokensTokenTypeBearer, ExpiresIn: int32(lifetime.Seconds()),
	}, nil
}
