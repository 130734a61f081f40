package payments

import (
	"context"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// ListReceipts answers GET /receipts: The caller's receipts, newest first
func (v V1) ListReceipts(ctx context.Context, req serverv1.ListReceiptsRequest) (serverv1.ListReceiptsResponse, error) {
	return nil, problem.NotImplemented("listReceipts")
}
