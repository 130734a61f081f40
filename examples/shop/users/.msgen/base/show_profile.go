package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ShowProfile answers GET /v1/profile: The profile of the caller
func (v V1) ShowProfile(ctx context.Context, req serverv1.ShowProfileRequest) (serverv1.ShowProfileResponse, error) {
	return nil, problem.NotImplemented("showProfile")
}
