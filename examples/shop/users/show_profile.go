package users

import (
	"context"

	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ShowProfile answers GET /v1/profile: The profile of the caller
func (v V1) ShowProfile(ctx context.Context, _ serverv1.ShowProfileRequest) (serverv1.ShowProfileResponse, error) {
	person, err := v.caller(ctx)
	if err != nil {
		return nil, err
	}
	return serverv1.ShowProfile200{Body: profile(person)}, nil
}
