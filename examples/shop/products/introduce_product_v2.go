package products

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// IntroduceProduct answers POST /v2/products: Introduce a product
func (v V2) IntroduceProduct(ctx context.Context, req serverv2.IntroduceProductRequest) (serverv2.IntroduceProductResponse, error) {
	p := store.Product{
		ID: uuid.New(), SKU: req.Body.SKU, Name: req.Body.Name, Tags: req.Body.Tags,
		Price: store.Money{Amount: req.Body.Price.Amount, Currency: string(req.Body.Price.Currency)},
	}
	if p.Tags == nil {
		p.Tags = []string{}
	}
	if req.Body.Description != nil {
		p.Description = *req.Body.Description
	}
	if req.Body.Stock != nil {
		p.Available = int64(*req.Body.Stock)
	}
	err := v.store.AddProduct(ctx, p)
	if errors.Is(err, store.ErrTaken) {
		return nil, problem.New(http.StatusConflict, "another product has the SKU")
	}
	if err != nil {
		return nil, err
	}
	return serverv2.IntroduceProduct201{Body: shown(p), Location: "/v2/products/" + p.ID.String()}, nil
}
