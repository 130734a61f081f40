package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// SearchProducts answers GET /products: Search the catalogue
func (v V2) SearchProducts(ctx context.Context, req serverv2.SearchProductsRequest) (serverv2.SearchProductsResponse, error) {
	return nil, problem.NotImplemented("searchProducts")
}
