package products

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// ReceiveDelivery answers POST /v2/products/{id}/receive-delivery: Put a delivery on the shelf
//
// With an idempotency key the delivery counts once, however often it is sent; the same key with another delivery is 422. Without one, sending again counts again.
func (v V2) ReceiveDelivery(ctx context.Context, req serverv2.ReceiveDeliveryRequest) (serverv2.ReceiveDeliveryResponse, error) {
	delivery := store.Delivery{Owner: owner(ctx), ProductID: req.ID, Quantity: int64(req.Body.Quantity)}
	if req.IdempotencyKey != nil {
		delivery.Key = strings.Trim(*req.IdempotencyKey, `"`)
	}
	err := v.store.Receive(ctx, delivery)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoProduct
	}
	if errors.Is(err, store.ErrTaken) {
		return nil, problem.New(http.StatusUnprocessableEntity, "the idempotency key was used for another delivery; use a new one")
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
