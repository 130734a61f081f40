package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ChangeProfile answers PATCH /v1/profile: Change what others see of the caller
func (v V1) ChangeProfile(ctx context.Context, req serverv1.ChangeProfileRequest) (serverv1.ChangeProfileResponse, error) {
	return nil, problem.NotImplemented("changeProfile")
}
