package payments

import (
	"context"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// Quote answers POST /quotes: What would this basket cost now?
func (v V1) Quote(ctx context.Context, req serverv1.QuoteRequest) (serverv1.QuoteResponse, error) {
	return nil, problem.NotImplemented("quote")
}
