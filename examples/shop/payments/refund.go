package payments

import (
	"context"

	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// Refund answers POST /receipts/{id}/refund: Give the money back
//
// Refunding a refunded receipt changes nothing and answers alike.
func (v V1) Refund(ctx context.Context, req serverv1.RefundRequest) (serverv1.RefundResponse, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkoutTimeout)
	defer cancel()
	c, err := v.receipt(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	if c.State != store.Refunded {
		if c, err = v.refund(ctx, c, req.Body.Reason); err != nil {
			return nil, err
		}
	}
	return serverv1.Refund200{Body: receipt(c)}, nil
}

// refund records the wish, then gives the money back; the recovery goes on with it where this is cut.
func (s *Service) refund(ctx context.Context, c store.Checkout, reason string) (store.Checkout, error) {
	c, leased, err := s.lease(ctx, c.ID, func(c store.Checkout) bool { return c.State == store.Refunded })
	if err != nil || !leased {
		return c, err
	}
	if c.State == store.Paid {
		c.State, c.RefundReason = store.RefundAsked, reason
		if err := s.store.Save(ctx, &c, s.now().Add(s.config.Lease)); err != nil {
			return c, stored(err)
		}
	}
	if err := s.advance(ctx, &c, patient); err != nil {
		return c, unavailable("the payment provider does not answer; the money is given back as soon as it does", err)
	}
	return c, nil
}
