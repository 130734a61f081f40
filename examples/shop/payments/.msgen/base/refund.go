package payments

import (
	"context"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// Refund answers POST /receipts/{id}/refund: Give the money back
//
// The sale is called off: the payer gets the money back at once, and what was sold is on the shelf again soon after. The shop knows of no parcels, so that nothing has left the house. Refunding a refunded receipt changes nothing and answers alike.
func (v V1) Refund(ctx context.Context, req serverv1.RefundRequest) (serverv1.RefundResponse, error) {
	return nil, problem.NotImplemented("refund")
}
