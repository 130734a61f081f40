package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/products/internal/server/v1"
)

// GetProduct answers GET /products/{id}: Look at a product
//
// Deprecated: the contract says so.
func (v V1) GetProduct(ctx context.Context, req serverv1.GetProductRequest) (serverv1.GetProductResponse, error) {
	return nil, problem.NotImplemented("getProduct")
}
