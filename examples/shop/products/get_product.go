package products

import (
	"context"
	"errors"

	serverv1 "github.com/msgen/msgen/examples/shop/products/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// GetProduct answers GET /v1/products/{id}: Look at a product
func (v V1) GetProduct(ctx context.Context, req serverv1.GetProductRequest) (serverv1.GetProductResponse, error) {
	p, err := v.store.Product(ctx, req.ID, v.now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoProduct
	}
	if err != nil {
		return nil, err
	}
	return serverv1.GetProduct200{Body: shownV1(p)}, nil
}
