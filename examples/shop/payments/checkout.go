package payments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	apiv1 "github.com/msgen/msgen/examples/shop/payments/api/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/client"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// Checkout answers POST /checkouts: Pay for a basket
//
// The first request with a key records the checkout and takes it through its steps; the others find it where it stands.
// The steps go on when the client goes away.
func (v V1) Checkout(ctx context.Context, req serverv1.CheckoutRequest) (serverv1.CheckoutResponse, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkoutTimeout)
	defer cancel()
	c, method, err := v.begin(ctx, req)
	if err != nil {
		return nil, err
	}
	if c, err = v.finish(ctx, c, method); err != nil {
		return nil, err
	}
	return serverv1.Checkout201{Body: receipt(c), Location: "/v1/receipts/" + c.ID.String()}, nil
}

// checkoutTimeout bounds a request: below REQUEST_TIMEOUT, so that it is answered.
const checkoutTimeout = 25 * time.Second

// begin finds the checkout of the request's key, or records it. Who begins one must be able to show a profile at users,
// which refuses the tokens of ended sessions.
func (v V1) begin(ctx context.Context, req serverv1.CheckoutRequest) (c store.Checkout, method string, err error) {
	wish, err := wished(req)
	if err != nil {
		return wish, "", err
	}
	wish.Payer = payer(ctx)
	c, err = v.store.ByKey(ctx, wish.Payer, wish.Key)
	if errors.Is(err, store.ErrNotFound) {
		if wish.Name, wish.Email, err = v.profile(ctx); err != nil {
			return c, "", err
		}
		wish.StartedAt = v.now().UTC()
		c, err = v.store.Begin(ctx, wish, v.now().Add(v.config.Lease))
	}
	if err != nil {
		return c, "", err
	}
	if c.Request != wish.Request {
		return c, "", problem.New(http.StatusUnprocessableEntity, "the idempotency key was used for another checkout; use a new one")
	}
	return c, wish.Method, nil
}

// wished is the checkout that a request asks for.
func wished(req serverv1.CheckoutRequest) (store.Checkout, error) {
	c := store.Checkout{ID: uuid.New(), Key: strings.Trim(req.IdempotencyKey, `"`), State: store.Reserving}
	for _, line := range req.Body.Basket.Lines {
		c.Items = append(c.Items, store.Item{ProductID: line.ProductID, Quantity: line.Quantity})
	}
	if total := req.Body.ExpectedTotal; total != nil {
		c.Expected = &store.Money{Amount: total.Amount, Currency: string(total.Currency)}
	}
	method, err := req.Body.Method.ValueByDiscriminator()
	if err != nil {
		return c, err
	}
	switch method := method.(type) {
	case apiv1.Card:
		c.Method = method.Token
	case apiv1.BankTransfer:
		c.Method = method.IBAN
	}
	asked, err := json.Marshal([]any{c.Items, c.Expected, c.Method})
	sum := sha256.Sum256(asked)
	c.Request = hex.EncodeToString(sum[:])
	return c, err
}

// profile asks users who the caller is, with the caller's own token.
func (s *Service) profile(ctx context.Context) (name, email string, err error) {
	answer, err := s.users.ShowProfileWithResponse(ctx)
	switch {
	case answered(err, http.StatusUnauthorized):
		return "", "", problem.New(http.StatusUnauthorized, "the session has ended; sign in again").
			Header("WWW-Authenticate", `Bearer error="invalid_token"`)
	case answered(err, http.StatusForbidden, http.StatusNotFound):
		return "", "", problem.New(http.StatusForbidden, "the token speaks for nobody who can pay")
	case err != nil:
		return "", "", unavailable("users does not answer; nothing was charged, send the same request again", err)
	}
	p, err := client.Decoded(answer.JSON200, answer)
	if err != nil {
		return "", "", unavailable("users does not answer; nothing was charged, send the same request again", err)
	}
	return p.Name, p.Email, nil
}

// settled tells whether it is known what the requests with the checkout's key are answered.
func settled(c store.Checkout) bool { return !c.PaidAt.IsZero() || c.Failure != nil }

// finish takes a checkout to its end and returns the paid one, or why there is none.
func (s *Service) finish(ctx context.Context, c store.Checkout, method string) (store.Checkout, error) {
	if !settled(c) {
		var leased bool
		var err error
		if c, leased, err = s.lease(ctx, c.ID, settled); err != nil {
			return c, err
		}
		if leased {
			c.Method = method // forgotten where the checkout was abandoned
			if err := s.advance(ctx, &c, patient); err != nil && !settled(c) {
				return c, s.unfinished(c, err)
			}
		}
	}
	if c.Failure == nil {
		return c, nil
	}
	p := problem.New(c.Failure.Status, c.Failure.Detail)
	for _, f := range c.Failure.Faults {
		p = p.With(problem.FieldError{Pointer: f.Pointer, Detail: f.Detail})
	}
	return c, p
}

// lease takes over a checkout once who works on it is done, unless that settles what the caller wants to know.
func (s *Service) lease(ctx context.Context, id uuid.UUID, settled func(store.Checkout) bool) (store.Checkout, bool, error) {
	const patience, tick = 3 * time.Second, 25 * time.Millisecond
	for end := time.Now().Add(patience); ; {
		c, leased, err := s.store.Lease(ctx, id, s.now(), s.now().Add(s.config.Lease))
		switch {
		case err != nil:
			return c, false, err
		case leased || settled(c):
			return c, leased, nil
		case time.Now().After(end):
			return c, false, problem.New(http.StatusConflict, "another request for this is under way; wait, then send it again").
				Header("Retry-After", "2")
		}
		select {
		case <-time.After(tick):
		case <-ctx.Done():
			return c, false, unavailable("this takes too long; send the same request again", ctx.Err())
		}
	}
}

// unfinished says what is known of a checkout that could not be taken to its end now.
func (s *Service) unfinished(c store.Checkout, err error) error {
	s.log.Warn("checkout is unfinished", "checkout", c.ID, "state", c.State, "error", err.Error())
	switch c.State {
	case store.Charging:
		return unavailable("the payment provider does not answer; send the same request again, it charges at most once", err)
	case store.Charged:
		return unavailable("the payment is made and not confirmed yet; send the same request again, it charges at most once", err)
	}
	return unavailable("nothing was charged; send the same request again", err)
}
