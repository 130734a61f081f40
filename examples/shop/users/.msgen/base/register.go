package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// Register answers POST /v1/registrations: Register a new person
func (v V1) Register(ctx context.Context, req serverv1.RegisterRequest) (serverv1.RegisterResponse, error) {
	return nil, problem.NotImplemented("register")
}
