package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// RotateTokens answers POST /v1/tokens/rotate: Trade a refresh token for the next pair of tokens
//
// A refresh token that was used before revokes its session, since one of its two holders is a thief.
func (v V1) RotateTokens(ctx context.Context, req serverv1.RotateTokensRequest) (serverv1.RotateTokensResponse, error) {
	return nil, problem.NotImplemented("rotateTokens")
}
