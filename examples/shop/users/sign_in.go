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

var errWrongCredentials = problem.New(http.StatusUnauthorized, "the address or the password is wrong")

// SignIn answers POST /v1/sign-in: Prove who you are with a password, and get tokens
func (v V1) SignIn(ctx context.Context, req serverv1.SignInRequest) (serverv1.SignInResponse, error) {
	person, err := v.store.ByEmail(ctx, req.Body.Email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	ok, err := v.proves(ctx, req.Body.Email, req.Body.Password, person.Password) // takes as long for those who do not exist
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errWrongCredentials
	}
	refresh, hash, err := newRefreshToken()
	if err != nil {
		return nil, err
	}
	session := uuid.New()
	err = v.store.Start(ctx, session, person, hash, v.now(), v.now().Add(v.config.SessionLifetime))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errWrongCredentials
	}
	if err != nil {
		return nil, err
	}
	tokens, err := v.tokens(ctx, person, session, refresh)
	if err != nil {
		return nil, err
	}
	return serverv1.SignIn200{CacheControl: "no-store", Body: tokens}, nil
}

// proves tells whether the password is the one of the hash, and slows down who guesses the password of an address.
func (s *Service) proves(ctx context.Context, email, password, hash string) (bool, error) {
	if wait := s.throttle.guess(email, s.now()); wait > 0 {
		seconds := strconv.Itoa(int(wait/time.Second) + 1)
		return false, problem.New(http.StatusTooManyRequests, "too many wrong passwords; wait").Header("Retry-After", seconds)
	}
	ok, err := s.passwords.Check(ctx, password, hash)
	switch {
	case err != nil:
		s.throttle.forgive(email)
	case ok:
		s.throttle.succeeded(email)
	}
	return ok, err
}
