package payments

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	apiv1 "github.com/msgen/msgen/examples/shop/payments/api/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// ShowReceipt answers GET /receipts/{id}: One receipt
func (v V1) ShowReceipt(ctx context.Context, req serverv1.ShowReceiptRequest) (serverv1.ShowReceiptResponse, error) {
	c, err := v.receipt(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return serverv1.ShowReceipt200{Body: receipt(c)}, nil
}

// receipt finds a receipt of the caller.
func (s *Service) receipt(ctx context.Context, id uuid.UUID) (store.Checkout, error) {
	c, err := s.store.Receipt(ctx, id, payer(ctx))
	if errors.Is(err, store.ErrNotFound) {
		return c, problem.New(http.StatusNotFound, "there is no such receipt")
	}
	return c, err
}

// receipt shows a paid checkout.
func receipt(c store.Checkout) apiv1.Receipt {
	r := apiv1.Receipt{
		ID: c.ID, State: apiv1.ReceiptStatePaid, Total: shown(c.Total), PaidAt: c.PaidAt,
		BilledTo: &apiv1.ReceiptBilledTo{Name: c.Name, Email: c.Email}, Lines: make([]apiv1.ReceiptLinesItem, len(c.Lines)),
	}
	for i, l := range c.Lines {
		r.Lines[i] = apiv1.ReceiptLinesItem{ProductID: l.ProductID, Name: l.Name, Quantity: l.Quantity, Price: shown(l.Price)}
	}
	if refunded(c) {
		r.State, r.RefundedAt = apiv1.ReceiptStateRefunded, nullable.NewNullableWithValue(c.RefundedAt)
	}
	return r
}

func shown(m store.Money) apiv1.Money {
	return apiv1.Money{Amount: m.Amount, Currency: apiv1.MoneyCurrency(m.Currency)}
}
