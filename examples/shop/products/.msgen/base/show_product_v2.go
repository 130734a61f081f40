package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ShowProduct answers GET /products/{id}: Look at a product
func (v V2) ShowProduct(ctx context.Context, req serverv2.ShowProductRequest) (serverv2.ShowProductResponse, error) {
	return nil, problem.NotImplemented("showProduct")
}
