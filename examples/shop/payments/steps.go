package payments

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/payments/internal/clients/products"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/client"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
	"github.com/msgen/msgen/examples/shop/payments/internal/till"
)

// hold is how long products holds the stock of a checkout.
const hold = 10 * time.Minute

// pursuit says who takes a checkout through its steps.
type pursuit bool

const (
	patient  pursuit = true  // its payer waits: it goes on, and starts again where it was abandoned
	recovery pursuit = false // nobody waits: what is not charged yet is abandoned
)

// advance takes a leased checkout step by step to its end and gives the lease back. Every step is recorded before the
// next begins, each call has a key of its own, so that each may be cut anywhere and taken again by anybody. An error
// means that the end is not known: the state says how far it came.
func (s *Service) advance(ctx context.Context, c *store.Checkout, p pursuit) error {
	for {
		if c.State.Final() && !(p == patient && c.State == store.Abandoned) {
			return s.store.Return(ctx, c, time.Time{})
		}
		before := *c
		err := s.step(ctx, c, p)
		if err != nil {
			*c = before
			c.Tries++
			return errors.Join(err, s.store.Return(ctx, c, s.retryAt(c)))
		}
		c.Tries = 0
		if err := s.store.Save(ctx, c, s.now().Add(s.config.Lease)); err != nil {
			*c = before // not known to be recorded: who comes next finds out
			return err
		}
	}
}

// retryAt is when the recovery looks at a checkout again that could not be finished: later each time. One whose payer was
// told to send it again is left to the payer for a while.
func (s *Service) retryAt(c *store.Checkout) time.Time {
	if c.State == store.Reserving || c.State == store.Reserved {
		return s.now().Add(s.config.Lease)
	}
	return s.now().Add(min(time.Second<<min(c.Tries, 6), time.Minute))
}

// step takes a checkout one step further.
func (s *Service) step(ctx context.Context, c *store.Checkout, p pursuit) error {
	if p == recovery && (c.State == store.Reserving || c.State == store.Reserved) {
		c.State = store.Abandoning
		return nil
	}
	switch c.State {
	case store.Reserving:
		return s.reserve(ctx, c)
	case store.Reserved:
		c.State = store.Charging
		if !s.now().Before(c.HeldUntil) { // its payer comes back late: nothing is charged for what is held no longer
			c.State = store.Abandoning
			return nil
		}
		if c.Expected != nil && *c.Expected != c.Total {
			fail(c, store.Releasing, http.StatusConflict, "the basket costs something else now; ask for a quote")
		}
		return nil
	case store.Charging:
		return s.charge(ctx, c, p)
	case store.Charged:
		return s.confirm(ctx, c)
	case store.Abandoning, store.Releasing:
		return s.release(ctx, c)
	case store.Returning, store.RefundAsked:
		return s.giveBack(ctx, c)
	case store.Restocking:
		return s.takeBack(ctx, c)
	case store.Abandoned:
		c.State, c.Reservation, c.Lines, c.Total = store.Reserving, "", nil, store.Money{}
		c.StartedAt = s.now().UTC()
		c.Attempt++
		return nil
	}
	return fmt.Errorf("a checkout is in the unknown state %q", c.State)
}

// key names a call of this attempt to the services that are called.
func key(c *store.Checkout) string { return fmt.Sprintf("%s-%d", c.ID, c.Attempt) }

func fail(c *store.Checkout, next store.State, status int, detail string, faults ...store.Fault) {
	c.State, c.Failure = next, &store.Failure{Status: status, Detail: detail, Faults: faults}
}

// reserve holds the stock. The products of an earlier call, whose answer was lost, may be held no longer: the next step
// sees that.
func (s *Service) reserve(ctx context.Context, c *store.Checkout) error {
	held, err := s.hold(ctx, c)
	var refused *client.Problem
	if errors.As(err, &refused) && answered(err, http.StatusConflict, http.StatusUnprocessableEntity) {
		var faults []store.Fault
		for _, f := range refused.Errors {
			faults = append(faults, store.Fault{Pointer: "/basket" + f.Pointer, Detail: f.Detail})
		}
		fail(c, store.Failed, http.StatusConflict, "the basket can't be had", faults...)
		return nil
	}
	if err != nil {
		return err
	}
	c.State, c.Reservation, c.HeldUntil, c.Total = store.Reserved, held.ID.String(), held.ExpiresAt, money(held.Total)
	c.Lines = nil
	for _, l := range held.Lines {
		c.Lines = append(c.Lines, store.Line{ProductID: l.ProductID, Name: l.Name, Quantity: l.Quantity, Price: money(l.Price)})
	}
	return nil
}

func (s *Service) hold(ctx context.Context, c *store.Checkout) (*products.Reservation, error) {
	seconds := int32(hold / time.Second)
	body := products.NewReservation{HoldSeconds: &seconds}
	for _, item := range c.Items {
		body.Lines = append(body.Lines, products.NewReservationLinesItem{ProductID: item.ProductID, Quantity: item.Quantity})
	}
	answer, err := s.products.ReserveWithResponse(ctx, &products.ReserveParams{IdempotencyKey: key(c)}, body)
	if err != nil {
		s.refused(err)
		return nil, err
	}
	return client.Decoded(answer.JSON201, answer)
}

// charge takes the money. The recovery only finds out whether it was taken.
func (s *Service) charge(ctx context.Context, c *store.Checkout, p pursuit) error {
	var end till.State
	var err error
	if p == patient {
		end, err = s.till.Charge(ctx, key(c), c.Total, c.Method)
	} else {
		end, err = s.till.Settle(ctx, key(c))
	}
	if err != nil {
		return err
	}
	switch end {
	case till.Charged:
		c.State = store.Charged
	case till.Declined:
		fail(c, store.Releasing, http.StatusPaymentRequired, "the payment was declined; use another method and a new key")
	case till.Void:
		c.State = store.Abandoning
	default:
		return fmt.Errorf("a charge is %q before it is confirmed", end)
	}
	return nil
}

// confirm sells the stock. Where it is held no longer, the money is given back.
func (s *Service) confirm(ctx context.Context, c *store.Checkout) error {
	id, err := uuid.Parse(c.Reservation)
	if err != nil {
		return err
	}
	_, err = s.products.ConfirmReservationWithResponse(ctx, id)
	switch {
	case answered(err, http.StatusConflict, http.StatusNotFound):
		fail(c, store.Returning, http.StatusConflict, "the reservation had expired when it was paid; the payment was given back")
		return nil
	case err != nil:
		s.refused(err)
		return err
	}
	c.State, c.PaidAt = store.Paid, s.now().UTC().Truncate(time.Millisecond)
	return nil
}

// release frees the stock. A reservation whose answer was lost is found by its key first; one that has expired by now
// needs no release.
func (s *Service) release(ctx context.Context, c *store.Checkout) error {
	if s.now().After(c.StartedAt.Add(2 * hold)) {
		released(c)
		return nil
	}
	if c.Reservation == "" {
		held, err := s.hold(ctx, c)
		if answered(err, http.StatusConflict, http.StatusUnprocessableEntity) {
			released(c)
			return nil
		}
		if err != nil {
			return err
		}
		c.Reservation = held.ID.String()
	}
	id, err := uuid.Parse(c.Reservation)
	if err != nil {
		return err
	}
	_, err = s.products.ReleaseReservationWithResponse(ctx, id)
	if err != nil && !answered(err, http.StatusNotFound, http.StatusConflict) {
		s.refused(err)
		return err
	}
	released(c)
	return nil
}

func released(c *store.Checkout) {
	if c.State == store.Abandoning {
		c.State = store.Abandoned
	} else {
		c.State = store.Failed
	}
}

// giveBack returns the money: because the payer asks for it, or because there is nothing to sell.
func (s *Service) giveBack(ctx context.Context, c *store.Checkout) error {
	if err := s.till.Refund(ctx, key(c)); err != nil {
		return err
	}
	if c.State == store.Returning {
		c.State = store.Failed
		return nil
	}
	c.State, c.RefundedAt = store.Restocking, s.now().UTC().Truncate(time.Millisecond)
	return nil
}

// takeBack puts what was sold back on the shelf. What products does not know as sold needs no way back.
func (s *Service) takeBack(ctx context.Context, c *store.Checkout) error {
	id, err := uuid.Parse(c.Reservation)
	if err != nil {
		return err
	}
	_, err = s.products.TakeBackReservationWithResponse(ctx, id)
	if err != nil && !answered(err, http.StatusNotFound, http.StatusConflict) {
		s.refused(err)
		return err
	}
	c.State = store.Refunded
	return nil
}

// refused forgets the token of the service where it was refused, so that the next call has a new one.
func (s *Service) refused(err error) {
	if answered(err, http.StatusUnauthorized) {
		s.tokens.Forget()
	}
}

func money(m products.Money) store.Money {
	return store.Money{Amount: m.Amount, Currency: string(m.Currency)}
}
