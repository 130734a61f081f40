// Package shop is the behaviour that is the same in all three servers: it makes up its answers in memory.
package shop

import (
	"context"

	"github.com/google/uuid"

	apiv1 "bench.test/shop/api/v1"
	serverv1 "bench.test/shop/internal/server/v1"
)

// V1 answers the operations.
type V1 struct{}

var _ serverv1.Handler = V1{}

// Catalogue is what the shop has.
var Catalogue = func() []apiv1.Product {
	all := make([]apiv1.Product, 100)
	text := "A thing of beauty that is a joy for ever, in three colours and with free returns."
	for i := range all {
		all[i] = apiv1.Product{
			ID: uuid.UUID{15: byte(i)}, Name: "Product with a name", Description: &text, Price: 12.5 + float64(i),
			Tags: []string{"home", "garden", "sale"}, Stock: int32(i),
		}
	}
	return all
}()

// ListProducts answers with a page.
func (V1) ListProducts(_ context.Context, req serverv1.ListProductsRequest) (serverv1.ListProductsResponse, error) {
	return serverv1.ListProducts200{Body: Catalogue[:req.Limit]}, nil
}

// GetProduct answers with a product.
func (V1) GetProduct(_ context.Context, req serverv1.GetProductRequest) (serverv1.GetProductResponse, error) {
	return serverv1.GetProduct200{Body: Catalogue[req.ID[15]%100]}, nil
}

// CreateOrder adds up the items.
func (V1) CreateOrder(_ context.Context, req serverv1.CreateOrderRequest) (serverv1.CreateOrderResponse, error) {
	total := 0.0
	for _, item := range req.Body.Items {
		total += item.Price * float64(item.Quantity)
	}
	return serverv1.CreateOrder201{Body: apiv1.Order{ID: uuid.UUID{1}, Total: total, Items: int32(len(req.Body.Items))}}, nil
}
