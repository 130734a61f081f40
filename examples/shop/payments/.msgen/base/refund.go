package payments

import (
	"context"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// Refund answers POST /receipts/{id}/refund: Give the money back
//
// Refunding a refunded receipt changes nothing and answers alike.
func (v V1) Refund(ctx context.Context, req serverv1.RefundRequest) (serverv1.RefundResponse, error) {
	return nil, problem.NotImplemented("refund")
}
