package users

import (
	"context"
	"net/http"
	"slices"
	"strings"

	apiv1 "github.com/msgen/msgen/examples/shop/users/api/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/issuer"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/auth"
	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// IssueClientToken answers POST /v1/tokens/client: A token for a service of the shop (OAuth 2.0 client credentials, RFC 6749 section 4.4)
func (v V1) IssueClientToken(ctx context.Context, req serverv1.IssueClientTokenRequest) (serverv1.IssueClientTokenResponse, error) {
	client, _ := auth.FromContext(ctx)
	granted := client.Scopes
	if req.Body.Scope != nil {
		granted = strings.Fields(*req.Body.Scope)
		for _, scope := range granted {
			if !slices.Contains(client.Scopes, scope) {
				return nil, problem.New(http.StatusForbidden, "the client may not have one of the scopes that it asked for")
			}
		}
	}
	grant := issuer.Grant{Subject: client.Subject, Client: client.Subject, Scope: strings.Join(granted, " ")}
	if req.Body.Audience != nil {
		grant.Audience = []string{*req.Body.Audience}
	}
	token, lifetime, err := v.issuer.Token(ctx, grant)
	if err != nil {
		return nil, err
	}
	return serverv1.IssueClientToken200{CacheControl: "no-store", Body: apiv1.ClientToken{
		AccessToken: token, TokenType: apiv1.ClientTokenTokenTypeBearer, ExpiresIn: int32(lifetime.Seconds()), Scope: grant.Scope,
	}}, nil
}
