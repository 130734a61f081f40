package products

import (
	"context"

	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// TakeBackReservation answers POST /v2/reservations/{id}/take-back: The sale is called off; what was sold is on the shelf again
func (v V2) TakeBackReservation(ctx context.Context, req serverv2.TakeBackReservationRequest) (serverv2.TakeBackReservationResponse, error) {
	r, err := v.store.TakeBack(ctx, req.ID, owner(ctx), v.now)
	if err != nil {
		return nil, reservationFault(r, err)
	}
	return serverv2.TakeBackReservation200{Body: reservation(r)}, nil
}
