package products

import (
	"context"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ShowReservation answers GET /v2/reservations/{id}: Look at a reservation
func (v V2) ShowReservation(ctx context.Context, req serverv2.ShowReservationRequest) (serverv2.ShowReservationResponse, error) {
	r, err := v.store.Reservation(ctx, req.ID, owner(ctx), v.now())
	if err != nil {
		return nil, reservationFault(r, err)
	}
	return serverv2.ShowReservation200{Body: reservation(r)}, nil
}
