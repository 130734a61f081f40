package users

import (
	"context"
	"net/http"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
)

// ChangePassword answers POST /v1/profile/change-password: Choose a new password; every session ends
func (v V1) ChangePassword(ctx context.Context, req serverv1.ChangePasswordRequest) (serverv1.ChangePasswordResponse, error) {
	person, err := v.caller(ctx)
	if err != nil {
		return nil, err
	}
	ok, err := v.proves(ctx, person.Email, req.Body.Current, person.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, problem.New(http.StatusForbidden, "the current password is wrong")
	}
	hash, err := v.passwords.Hash(ctx, req.Body.Next)
	if err != nil {
		return nil, err
	}
	if err := v.store.ChangePassword(ctx, person.ID, hash, v.now()); err != nil {
		return nil, err
	}
	return serverv1.ChangePassword204{}, nil
}
