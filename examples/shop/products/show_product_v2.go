package products

import (
	"context"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ShowProduct answers GET /v2/products/{id}: Look at a product
func (v V2) ShowProduct(ctx context.Context, req serverv2.ShowProductRequest) (serverv2.ShowProductResponse, error) {
	p, err := v.product(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return serverv2.ShowProduct200{Body: p}, nil
}
