package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ChangePrice answers POST /products/{id}/change-price: Change the price; reservations keep theirs
func (v V2) ChangePrice(ctx context.Context, req serverv2.ChangePriceRequest) (serverv2.ChangePriceResponse, error) {
	return nil, problem.NotImplemented("changePrice")
}
