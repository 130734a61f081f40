package payments

import (
	"context"

	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// ShowReceipt answers GET /receipts/{id}: One receipt
func (v V1) ShowReceipt(ctx context.Context, req serverv1.ShowReceiptRequest) (serverv1.ShowReceiptResponse, error) {
	return nil, problem.NotImplemented("showReceipt")
}
