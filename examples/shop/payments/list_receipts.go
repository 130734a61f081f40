package payments

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	apiv1 "github.com/msgen/msgen/examples/shop/payments/api/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/store"
)

// ListReceipts answers GET /receipts: The caller's receipts, newest first
func (v V1) ListReceipts(ctx context.Context, req serverv1.ListReceiptsRequest) (serverv1.ListReceiptsResponse, error) {
	before, beforeID := time.UnixMilli(1<<52), ""
	if req.Cursor != nil {
		var err error
		if before, beforeID, err = parseCursor(*req.Cursor); err != nil {
			return nil, problem.New(http.StatusUnprocessableEntity, "the request is not what the contract asks for").
				With(problem.FieldError{Pointer: "/query/cursor", Detail: "is not the nextCursor of a page"})
		}
	}
	found, err := v.store.Receipts(ctx, payer(ctx), before, beforeID, int(req.Limit)+1)
	if err != nil {
		return nil, err
	}
	page := apiv1.ReceiptPage{Receipts: []apiv1.Receipt{}}
	for i, c := range found {
		if i == int(req.Limit) {
			next := cursor(found[i-1])
			page.NextCursor = &next
			break
		}
		page.Receipts = append(page.Receipts, receipt(c))
	}
	return serverv1.ListReceipts200{Body: page}, nil
}

// cursor names the place after a receipt.
func cursor(c store.Checkout) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", c.PaidAt.UnixMilli(), c.ID))
}

func parseCursor(text string) (time.Time, string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return time.Time{}, "", err
	}
	at, id, _ := strings.Cut(string(raw), " ")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return time.Time{}, "", err
	}
	return time.UnixMilli(ms), id, uuid.Validate(id)
}
