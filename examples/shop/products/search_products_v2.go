package products

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	apiv2 "github.com/msgen/msgen/examples/shop/products/api/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/problem"
	serverv2 "github.com/msgen/msgen/examples/shop/products/internal/server/v2"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

// SearchProducts answers GET /v2/products: Search the catalogue
func (v V2) SearchProducts(ctx context.Context, req serverv2.SearchProductsRequest) (serverv2.SearchProductsResponse, error) {
	query := store.Query{Tags: req.Tag, InStock: req.InStock, Limit: int(req.Limit) + 1}
	if req.Q != nil {
		query.Words = strings.Fields(*req.Q)
	}
	if req.Cursor != nil {
		name, id, ok := readCursor(*req.Cursor)
		if !ok {
			return nil, problem.New(http.StatusUnprocessableEntity, "the cursor is not one that we gave").
				With(problem.FieldError{Pointer: "/query/cursor", Detail: "use nextCursor of the page before"})
		}
		query.AfterName, query.AfterID = name, id
	}
	found, err := v.store.Search(ctx, query, v.now())
	if err != nil {
		return nil, err
	}
	page := apiv2.ProductPage{Products: make([]apiv2.Product, 0, req.Limit)}
	for i, p := range found {
		if i == int(req.Limit) { // one more than asked for: there is a next page
			last := found[i-1]
			cursor := writeCursor(last.Name, last.ID)
			page.NextCursor = &cursor
			break
		}
		page.Products = append(page.Products, shown(p))
	}
	return serverv2.SearchProducts200{Body: page}, nil
}

// writeCursor is the place of a product in the order of the search: its id and its name.
func writeCursor(name string, id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append(id[:], name...))
}

func readCursor(cursor string) (name, id string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < 17 || !utf8.Valid(raw[16:]) {
		return "", "", false
	}
	parsed, err := uuid.FromBytes(raw[:16])
	return string(raw[16:]), parsed.String(), err == nil
}
