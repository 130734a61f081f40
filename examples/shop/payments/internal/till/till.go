// Package till takes money and gives it back, each once for a key however often it is asked: at a payment provider, or in
// a simulation of one for development. Whoever does not know how a charge ended settles it.
package till

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/msgen/msgen/examples/shop/payments/internal/clients/charger"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/client"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// State is how a charge ended.
type State string

// The ends of a charge.
const (
	Charged  State = "charged"
	Declined State = "declined"
	Void     State = "void" // it was never made, and never will be
	Refunded State = "refunded"
)

// Till takes money. An error means that the end is not known: ask again with the same key, or settle.
type Till interface {
	// Charge takes money from what the method names: a card token or an IBAN.
	Charge(ctx context.Context, key string, m store.Money, method string) (State, error)
	// Settle tells how a charge ended; one that was never made is void from then on.
	Settle(ctx context.Context, key string) (State, error)
	// Refund gives the money of a charge back.
	Refund(ctx context.Context, key string) error
}

// Remote is a payment provider that is called over HTTP.
type Remote struct{ Client *charger.ClientWithResponses }

var _ Till = Remote{}

// Charge implements Till. What the provider refuses for good counts as declined.
func (r Remote) Charge(ctx context.Context, key string, m store.Money, method string) (State, error) {
	answer, err := r.Client.ChargeWithResponse(ctx, key, charger.Order{Amount: m.Amount, Currency: m.Currency, Method: method})
	switch client.Status(err) {
	case http.StatusBadRequest, http.StatusPaymentRequired, http.StatusUnprocessableEntity:
		return Declined, nil
	}
	if err != nil {
		return "", err
	}
	return stateOf(answer.JSON200, answer)
}

// Settle implements Till.
func (r Remote) Settle(ctx context.Context, key string) (State, error) {
	answer, err := r.Client.SettleWithResponse(ctx, key)
	if err != nil {
		return "", err
	}
	return stateOf(answer.JSON200, answer)
}

// Refund implements Till.
func (r Remote) Refund(ctx context.Context, key string) error {
	answer, err := r.Client.RefundWithResponse(ctx, key)
	if err != nil {
		return err
	}
	state, err := stateOf(answer.JSON200, answer)
	if err == nil && state != Refunded {
		err = fmt.Errorf("the charge is %q after its refund", state)
	}
	return err
}

func stateOf(body *charger.Charge, answer interface{ Status() string }) (State, error) {
	charge, err := client.Decoded(body, answer)
	if err != nil {
		return "", err
	}
	switch state := State(charge.State); state {
	case Charged, Declined, Void, Refunded:
		return state, nil
	default:
		return "", fmt.Errorf("a charge is in the unknown state %q", state)
	}
}

// Simulated stands for a payment provider in development: it takes no money and remembers its charges in the store. The
// method DeclinedMethod is declined.
type Simulated struct{ Store *store.Store }

var _ Till = Simulated{}

// DeclinedMethod is a card token that has no money behind it.
const DeclinedMethod = "tok_declined"

// Charge implements Till.
func (s Simulated) Charge(ctx context.Context, key string, m store.Money, method string) (State, error) {
	end := Charged
	if method == DeclinedMethod {
		end = Declined
	}
	state, err := s.Store.SimulateCharge(ctx, key, string(end), m)
	return State(state), err
}

// Settle implements Till.
func (s Simulated) Settle(ctx context.Context, key string) (State, error) {
	state, err := s.Store.SimulateCharge(ctx, key, string(Void), store.Money{})
	return State(state), err
}

// Refund implements Till.
func (s Simulated) Refund(ctx context.Context, key string) error {
	state, err := s.Settle(ctx, key)
	if err == nil && state != Charged && state != Refunded {
		return errors.New("nothing was charged")
	}
	if err != nil {
		return err
	}
	return s.Store.SimulateRefund(ctx, key)
}
