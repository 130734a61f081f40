package products

import (
	"context"
	"errors"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// ChangePrice answers POST /v2/products/{id}/change-price: Change the price; reservations keep theirs
func (v V2) ChangePrice(ctx context.Context, req serverv2.ChangePriceRequest) (serverv2.ChangePriceResponse, error) {
	err := v.store.ChangePrice(ctx, req.ID, store.Money{Amount: req.Body.Price.Amount, Currency: string(req.Body.Price.Currency)})
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoProduct
	}
	if err != nil {
		return nil, err
	}
	p, err := v.product(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return serverv2.ChangePrice200{Body: p}, nil
}
