package products

import (
	"context"

	apiv1 "github.com/msgen/msgen/examples/shop/products/api/v1"
	serverv1 "github.com/msgen/msgen/examples/shop/products/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// pageSize is how many products version 1 shows on a page.
const pageSize = 20

// ListProducts answers GET /v1/products: List the catalogue
func (v V1) ListProducts(ctx context.Context, req serverv1.ListProductsRequest) (serverv1.ListProductsResponse, error) {
	query := store.Query{Skip: int(req.Page-1) * pageSize, Limit: pageSize}
	if req.Tag != nil {
		query.Tags = []string{*req.Tag}
	}
	found, err := v.store.Search(ctx, query, v.now())
	if err != nil {
		return nil, err
	}
	body := make([]apiv1.Product, len(found))
	for i, p := range found {
		body[i] = shownV1(p)
	}
	return serverv1.ListProducts200{Body: body}, nil
}

// shownV1 is a product as version 1 shows it: the price is a decimal number of an unnamed currency.
func shownV1(p store.Product) apiv1.Product {
	out := apiv1.Product{ID: p.ID, Name: p.Name, Tags: p.Tags, Price: float64(p.Price.Amount) / 100, InStock: p.Available > 0}
	if p.Description != "" {
		out.Description = &p.Description
	}
	return out
}
