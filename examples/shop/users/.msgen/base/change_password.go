package users

import (
	"context"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ChangePassword answers POST /v1/profile/change-password: Choose a new password; every session ends
func (v V1) ChangePassword(ctx context.Context, req serverv1.ChangePasswordRequest) (serverv1.ChangePasswordResponse, error) {
	return nil, problem.NotImplemented("changePassword")
}
