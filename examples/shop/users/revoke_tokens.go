package users

import (
	"context"

	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// RevokeTokens answers POST /v1/tokens/revoke: End the session of a refresh token
//
// Answers alike whether the token is known or not (RFC 7009 section 2.2).
func (v V1) RevokeTokens(ctx context.Context, req serverv1.RevokeTokensRequest) (serverv1.RevokeTokensResponse, error) {
	if err := v.store.End(ctx, hashToken(req.Body.RefreshToken), v.now()); err != nil {
		return nil, err
	}
	return serverv1.RevokeTokens204{}, nil
}
