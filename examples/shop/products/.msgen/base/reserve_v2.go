package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// Reserve answers POST /reservations: Hold stock for a while
//
// All lines or none. The same idempotency key with the same body answers with the same reservation; with another body it is 422 (draft-ietf-httpapi-idempotency-key-header). The key may be quoted, as the draft has it, and does not expire.
func (v V2) Reserve(ctx context.Context, req serverv2.ReserveRequest) (serverv2.ReserveResponse, error) {
	return nil, problem.NotImplemented("reserve")
}
