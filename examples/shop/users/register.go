package users

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// Register answers POST /v1/registrations: Register a new person
func (v V1) Register(ctx context.Context, req serverv1.RegisterRequest) (serverv1.RegisterResponse, error) {
	hash, err := v.passwords.Hash(ctx, req.Body.Password)
	if err != nil {
		return nil, err
	}
	person := store.Person{
		ID: uuid.New(), Email: req.Body.Email, Name: req.Body.Name, Password: hash, RegisteredAt: v.now().UTC(),
	}
	err = v.store.Add(ctx, person)
	if errors.Is(err, store.ErrTaken) {
		return nil, problem.New(http.StatusConflict, "the address is registered already; sign in instead")
	}
	if err != nil {
		return nil, err
	}
	return serverv1.Register201{Body: profile(person), Location: "/v1/profile"}, nil
}
