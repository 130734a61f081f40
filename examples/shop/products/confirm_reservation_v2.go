package products

import (
	"context"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ConfirmReservation answers POST /v2/reservations/{id}/confirm: The reservation is paid; its stock is sold
func (v V2) ConfirmReservation(ctx context.Context, req serverv2.ConfirmReservationRequest) (serverv2.ConfirmReservationResponse, error) {
	r, err := v.store.Confirm(ctx, req.ID, owner(ctx), v.now)
	if err != nil {
		return nil, reservationFault(r, err)
	}
	return serverv2.ConfirmReservation200{Body: reservation(r)}, nil
}
