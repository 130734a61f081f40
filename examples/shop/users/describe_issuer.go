package users

import (
	"context"

	apiv1 "github.com/msgen/msgen/examples/shop/users/api/v1"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// DescribeIssuer answers GET /.well-known/openid-configuration: What this issuer offers (OpenID Connect Discovery 1.0 section 4)
func (v V1) DescribeIssuer(_ context.Context, _ serverv1.DescribeIssuerRequest) (serverv1.DescribeIssuerResponse, error) {
	issuer := v.config.Auth.Issuer
	return serverv1.DescribeIssuer200{Body: apiv1.IssuerConfiguration{
		Issuer: issuer, JWKSURI: issuer + "/.well-known/jwks.json", TokenEndpoint: issuer + "/v1/tokens/client",
		GrantTypesSupported:              []string{"client_credentials"},
		ResponseTypesSupported:           []string{"token"},
		SubjectTypesSupported:            []string{"public"},
		IDTokenSigningAlgValuesSupported: []string{"ES256"},
	}}, nil
}
