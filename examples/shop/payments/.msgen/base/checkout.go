package payments

import (
	"context"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// Checkout answers POST /checkouts: Pay for a basket
func (v V1) Checkout(ctx context.Context, req serverv1.CheckoutRequest) (serverv1.CheckoutResponse, error) {
	return nil, problem.NotImplemented("checkout")
}
