package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// TakeBackReservation answers POST /reservations/{id}/take-back: The sale is called off; what was sold is on the shelf again
//
// The reservation counts as released then. Taking back again changes nothing and answers alike; 409 before it is confirmed.
func (v V2) TakeBackReservation(ctx context.Context, req serverv2.TakeBackReservationRequest) (serverv2.TakeBackReservationResponse, error) {
	return nil, problem.NotImplemented("takeBackReservation")
}
