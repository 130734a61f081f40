package shop

import (
	"context"

	apiv1 "example.com/shop/api/v1"
	serverv1 "example.com/shop/internal/server/v1"
)

// GetProduct answers GET /v1/products/{id}
func (v V1) GetProduct(_ context.Context, req serverv1.GetProductRequest) (serverv1.GetProductResponse, error) {
	return serverv1.GetProduct200{Body: apiv1.Product{ID: req.ID.String()}}, nil
}
