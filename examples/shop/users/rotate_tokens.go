package users

import (
	"context"
	"errors"
	"net/http"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// RotateTokens answers POST /v1/tokens/rotate: Trade a refresh token for the next pair of tokens
//
// A refresh token that was used before revokes its session, since one of its two holders is a thief.
func (v V1) RotateTokens(ctx context.Context, req serverv1.RotateTokensRequest) (serverv1.RotateTokensResponse, error) {
	refresh, hash, err := newRefreshToken()
	if err != nil {
		return nil, err
	}
	session, person, err := v.store.Rotate(ctx, hashToken(req.Body.RefreshToken), hash, v.now(), v.now().Add(v.config.SessionLifetime))
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrReused) {
		return nil, problem.New(http.StatusUnauthorized, "the refresh token is not valid; sign in again")
	}
	if err != nil {
		return nil, err
	}
	tokens, err := v.tokens(ctx, person, session, refresh)
	if err != nil {
		return nil, err
	}
	return serverv1.RotateTokens200{CacheControl: "no-store", Body: tokens}, nil
}
