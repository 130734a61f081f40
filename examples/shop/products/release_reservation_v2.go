package products

import (
	"context"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ReleaseReservation answers POST /v2/reservations/{id}/release: The stock of the reservation is free again
func (v V2) ReleaseReservation(ctx context.Context, req serverv2.ReleaseReservationRequest) (serverv2.ReleaseReservationResponse, error) {
	r, err := v.store.Release(ctx, req.ID, owner(ctx), v.now)
	if err != nil {
		return nil, reservationFault(r, err)
	}
	return serverv2.ReleaseReservation200{Body: reservation(r)}, nil
}
