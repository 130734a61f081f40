package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/products/internal/server/v1"
)

// ListProducts answers GET /products: List the catalogue
//
// Deprecated: the contract says so.
func (v V1) ListProducts(ctx context.Context, req serverv1.ListProductsRequest) (serverv1.ListProductsResponse, error) {
	return nil, problem.NotImplemented("listProducts")
}
