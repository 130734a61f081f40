package products

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// defaultHold is the default of holdSeconds in the contract.
const defaultHold = 900 * time.Second

// Reserve answers POST /v2/reservations: Hold stock for a while
//
// All lines or none. The same idempotency key with the same body answers with the same reservation; with another body it is 422 (draft-ietf-httpapi-idempotency-key-header). The key may be quoted, as the draft has it, and does not expire.
func (v V2) Reserve(ctx context.Context, req serverv2.ReserveRequest) (serverv2.ReserveResponse, error) {
	hold := store.Hold{Owner: owner(ctx), Key: strings.Trim(req.IdempotencyKey, `"`), Quantities: map[uuid.UUID]int64{}, For: defaultHold}
	for _, line := range req.Body.Lines {
		hold.Quantities[line.ProductID] += int64(line.Quantity)
	}
	if req.Body.HoldSeconds != nil {
		hold.For = time.Duration(*req.Body.HoldSeconds) * time.Second
	}
	asked, err := json.Marshal([]any{hold.Quantities, hold.For}) // maps are written in the order of their keys
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(asked)
	hold.Request = hex.EncodeToString(sum[:])
	made, err := v.store.Reserve(ctx, hold, v.now)
	if err != nil {
		return nil, reserveFault(req, err)
	}
	return serverv2.Reserve201{Body: reservation(made), Location: "/v2/reservations/" + made.ID.String()}, nil
}

// reserveFault says which line can't be reserved, and why.
func reserveFault(req serverv2.ReserveRequest, err error) error {
	if errors.Is(err, store.ErrTaken) {
		return problem.New(http.StatusUnprocessableEntity, "the idempotency key was used for another reservation; use a new one")
	}
	if errors.Is(err, store.ErrTotal) {
		return problem.New(http.StatusConflict, "the products cost too much together; reserve fewer at once")
	}
	var line *store.LineError
	if !errors.As(err, &line) {
		return err
	}
	detail := map[error]string{
		store.ErrNotFound: "there is no such product",
		store.ErrStock:    "there is not enough in stock",
		store.ErrCurrency: "its price is in another currency than that of the other products",
	}[line.Err]
	p := problem.New(http.StatusConflict, "the products can't be reserved")
	for i, asked := range req.Body.Lines {
		if asked.ProductID == line.ProductID {
			p = p.With(problem.FieldError{Pointer: fmt.Sprintf("/lines/%d", i), Detail: detail})
		}
	}
	return p
}
