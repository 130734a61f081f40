package users

import (
	"context"
	"encoding/json"

	apiv1 "github.com/msgen/msgen/examples/shop/users/api/v1"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ListKeys answers GET /.well-known/jwks.json: The public keys that verify our tokens (RFC 7517)
func (v V1) ListKeys(ctx context.Context, _ serverv1.ListKeysRequest) (serverv1.ListKeysResponse, error) {
	raw, err := v.issuer.FetchKeys(ctx)
	if err != nil {
		return nil, err
	}
	var set apiv1.KeySet
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, err
	}
	return serverv1.ListKeys200{CacheControl: "public, max-age=30", Body: set}, nil
}
