package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// DescribeIssuer answers GET /.well-known/openid-configuration: What this issuer offers (OpenID Connect Discovery 1.0 section 4)
func (v V1) DescribeIssuer(ctx context.Context, req serverv1.DescribeIssuerRequest) (serverv1.DescribeIssuerResponse, error) {
	return nil, problem.NotImplemented("describeIssuer")
}
