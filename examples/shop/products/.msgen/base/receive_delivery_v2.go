package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ReceiveDelivery answers POST /products/{id}/receive-delivery: Put a delivery on the shelf
func (v V2) ReceiveDelivery(ctx context.Context, req serverv2.ReceiveDeliveryRequest) (serverv2.ReceiveDeliveryResponse, error) {
	return nil, problem.NotImplemented("receiveDelivery")
}
