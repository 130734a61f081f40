package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// SignIn answers POST /v1/sign-in: Prove who you are with a password, and get tokens
func (v V1) SignIn(ctx context.Context, req serverv1.SignInRequest) (serverv1.SignInResponse, error) {
	return nil, problem.NotImplemented("signIn")
}
