package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// IssueClientToken answers POST /v1/tokens/client: A token for a service of the shop (OAuth 2.0 client credentials, RFC 6749 section 4.4)
func (v V1) IssueClientToken(ctx context.Context, req serverv1.IssueClientTokenRequest) (serverv1.IssueClientTokenResponse, error) {
	return nil, problem.NotImplemented("issueClientToken")
}
