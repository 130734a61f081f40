package users

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/users/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/users/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// SignIn answers POST /v1/sign-in: Prove who you are with a password, and get tokens
func (v V1) SignIn(ctx context.Context, req serverv1.SignInRequest) (serverv1.SignInResponse, error) {
	if wait := v.throttle.wait(req.Body.Email, v.now()); wait > 0 {
		seconds := strconv.Itoa(int(wait/time.Second) + 1)
		return nil, problem.New(http.StatusTooManyRequests, "too many wrong passwords; wait").Header("Retry-After", seconds)
	}
	person, err := v.store.ByEmail(ctx, req.Body.Email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	ok, err := v.passwords.Check(ctx, req.Body.Password, person.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		v.throttle.failed(req.Body.Email, v.now())
		return nil, problem.New(http.StatusUnauthorized, "the address or the password is wrong")
	}
	v.throttle.succeeded(req.Body.Email)
	refresh, hash, err := newRefreshToken()
	if err != nil {
		return nil, err
	}
	session := uuid.New()
	if err := v.store.Start(ctx, session, person.ID, hash, v.now(), v.now().Add(v.config.SessionLifetime)); err != nil {
		return nil, err
	}
	tokens, err := v.tokens(ctx, person, session, refresh)
	if err != nil {
		return nil, err
	}
	return serverv1.SignIn200{Body: tokens}, nil
}
