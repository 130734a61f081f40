package shop

import (
	"context"

	apiv1 "example.com/shop/api/v1"
	serverv1 "example.com/shop/internal/server/v1"
)

// ListProducts answers GET /v1/products. Its first tag may ask for trouble; the others come back as names.
func (v V1) ListProducts(ctx context.Context, req serverv1.ListProductsRequest) (serverv1.ListProductsResponse, error) {
	if len(req.Tag) > 0 {
		if err := trouble(ctx, req.Tag[0]); err != nil {
			return nil, err
		}
	}
	products := []apiv1.Product{}
	for _, tag := range req.Tag {
		products = append(products, apiv1.Product{ID: "1", Name: &tag})
	}
	return serverv1.ListProducts200{Body: products}, nil
}
