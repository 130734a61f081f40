package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ShowReservation answers GET /reservations/{id}: Look at a reservation
func (v V2) ShowReservation(ctx context.Context, req serverv2.ShowReservationRequest) (serverv2.ShowReservationResponse, error) {
	return nil, problem.NotImplemented("showReservation")
}
