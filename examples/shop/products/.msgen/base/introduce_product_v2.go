package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// IntroduceProduct answers POST /products: Introduce a product
func (v V2) IntroduceProduct(ctx context.Context, req serverv2.IntroduceProductRequest) (serverv2.IntroduceProductResponse, error) {
	return nil, problem.NotImplemented("introduceProduct")
}
