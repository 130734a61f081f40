package shop

import (
	"context"

	apiv1 "example.com/shop/api/v1"
	serverv1 "example.com/shop/internal/server/v1"
)

// CreateOrder answers POST /v1/orders. The id shows what became of the quantity of the first item.
func (v V1) CreateOrder(_ context.Context, req serverv1.CreateOrderRequest) (serverv1.CreateOrderResponse, error) {
	return serverv1.CreateOrder201{Body: apiv1.Order{ID: orderID(req.Body)}}, nil
}
