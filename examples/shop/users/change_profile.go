package users

import (
	"context"
	"errors"
	"net/http"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// ChangeProfile answers PATCH /v1/profile: Change what others see of the caller
func (v V1) ChangeProfile(ctx context.Context, req serverv1.ChangeProfileRequest) (serverv1.ChangeProfileResponse, error) {
	person, err := v.caller(ctx)
	if err != nil {
		return nil, err
	}
	err = v.store.Change(ctx, person.ID, req.Body.Name, req.Body.Email)
	if errors.Is(err, store.ErrTaken) {
		return nil, problem.New(http.StatusConflict, "the address belongs to somebody else")
	}
	if err != nil {
		return nil, err
	}
	if person, err = v.store.ByID(ctx, person.ID); err != nil {
		return nil, err
	}
	return serverv1.ChangeProfile200{Body: profile(person)}, nil
}
