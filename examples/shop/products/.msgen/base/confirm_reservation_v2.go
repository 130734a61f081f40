package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ConfirmReservation answers POST /reservations/{id}/confirm: The reservation is paid; its stock is sold
//
// Confirming a confirmed reservation changes nothing and answers alike.
func (v V2) ConfirmReservation(ctx context.Context, req serverv2.ConfirmReservationRequest) (serverv2.ConfirmReservationResponse, error) {
	return nil, problem.NotImplemented("confirmReservation")
}
