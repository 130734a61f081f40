package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ListKeys answers GET /.well-known/jwks.json: The public keys that verify our tokens (RFC 7517)
func (v V1) ListKeys(ctx context.Context, req serverv1.ListKeysRequest) (serverv1.ListKeysResponse, error) {
	return nil, problem.NotImplemented("listKeys")
}
