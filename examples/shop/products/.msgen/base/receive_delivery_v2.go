package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ReceiveDelivery answers POST /products/{id}/receive-delivery: Put a delivery on the shelf
//
// With an idempotency key the delivery counts once, however often it is sent; the same key with another delivery is 422. Without one, sending again counts again.
func (v V2) ReceiveDelivery(ctx context.Context, req serverv2.ReceiveDeliveryRequest) (serverv2.ReceiveDeliveryResponse, error) {
	return nil, problem.NotImplemented("receiveDelivery")
}
