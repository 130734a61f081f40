package products

import (
	"context"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
)

// ReleaseReservation answers POST /reservations/{id}/release: The stock of the reservation is free again
//
// Releasing a released or expired reservation changes nothing and answers alike.
func (v V2) ReleaseReservation(ctx context.Context, req serverv2.ReleaseReservationRequest) (serverv2.ReleaseReservationResponse, error) {
	return nil, problem.NotImplemented("releaseReservation")
}
