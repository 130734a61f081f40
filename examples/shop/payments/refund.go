package payments

import (
	"context"

	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// Refund answers POST /receipts/{id}/refund: Give the money back
//
// The sale is called off: the payer gets the money back at once, and what was sold is on the shelf again soon after. The shop knows of no parcels, so that nothing has left the house. Refunding a refunded receipt changes nothing and answers alike.
func (v V1) Refund(ctx context.Context, req serverv1.RefundRequest) (serverv1.RefundResponse, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkoutTimeout)
	defer cancel()
	c, err := v.receipt(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	if !refunded(c) {
		if c, err = v.refund(ctx, c, req.Body.Reason); err != nil {
			return nil, err
		}
	}
	return serverv1.Refund200{Body: receipt(c)}, nil
}

// refunded tells whether the payer has the money back. What was sold may still be on its way back to the shelf, which is no
// concern of the payer.
func refunded(c store.Checkout) bool { return !c.RefundedAt.IsZero() }

// refund records the wish, then gives the money back and what was sold to products; the recovery goes on with it where
// this is cut.
func (s *Service) refund(ctx context.Context, c store.Checkout, reason string) (store.Checkout, error) {
	c, leased, err := s.lease(ctx, c.ID, refunded)
	if err != nil || !leased {
		return c, err
	}
	if c.State == store.Paid {
		c.State, c.RefundReason = store.RefundAsked, reason
		if err := s.store.Save(ctx, &c, s.now().Add(s.config.Lease)); err != nil {
			return c, err
		}
	}
	if err := s.advance(ctx, &c, patient); err != nil && !refunded(c) {
		return c, unavailable("the payment provider does not answer; the money is given back as soon as it does", err)
	}
	return c, nil
}
