package products

import (
	"context"
	"errors"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// ReceiveDelivery answers POST /v2/products/{id}/receive-delivery: Put a delivery on the shelf
func (v V2) ReceiveDelivery(ctx context.Context, req serverv2.ReceiveDeliveryRequest) (serverv2.ReceiveDeliveryResponse, error) {
	err := v.store.Receive(ctx, req.ID, int64(req.Body.Quantity))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoProduct
	}
	if err != nil {
		return nil, err
	}
	p, err := v.product(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return serverv2.ReceiveDelivery200{Body: p}, nil
}
