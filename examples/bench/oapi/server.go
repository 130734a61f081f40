// Package oapi serves the contract as users of oapi-codegen do: its strict server behind nethttp-middleware, which
// validates requests with kin-openapi. Tokens are verified by the same verifier as in the other servers.
package oapi

import (
	"context"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"
	middleware "github.com/oapi-codegen/nethttp-middleware"

	"bench.test/shop/internal/kit/auth"
)

type handler struct{ catalogue []Product }

func (h handler) ListProducts(_ context.Context, req ListProductsRequestObject) (ListProductsResponseObject, error) {
	limit := int32(20)
	if req.Params.Limit != nil {
		limit = *req.Params.Limit
	}
	return ListProducts200JSONResponse(h.catalogue[:limit]), nil
}

func (h handler) GetProduct(_ context.Context, req GetProductRequestObject) (GetProductResponseObject, error) {
	return GetProduct200JSONResponse(h.catalogue[req.Id[15]%100]), nil
}

func (h handler) CreateOrder(_ context.Context, req CreateOrderRequestObject) (CreateOrderResponseObject, error) {
	total := 0.0
	for _, item := range req.Body.Items {
		total += float64(item.Price) * float64(item.Quantity)
	}
	return CreateOrder201JSONResponse{Id: uuid.UUID{1}, Total: float32(total), Items: int32(len(req.Body.Items))}, nil
}

// New returns the server.
func New(a *auth.Authenticator) http.Handler {
	text := "A thing of beauty that is a joy for ever, in three colours and with free returns."
	h := handler{catalogue: make([]Product, 100)}
	for i := range h.catalogue {
		h.catalogue[i] = Product{
			Id: uuid.UUID{15: byte(i)}, Name: "Product with a name", Description: &text, Price: 12.5 + float32(i),
			Tags: []string{"home", "garden", "sale"}, Stock: int32(i),
		}
	}
	doc, err := GetSwagger()
	if err != nil {
		panic(err)
	}
	options := &middleware.Options{Options: openapi3filter.Options{
		AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
			_, err := a.Authenticate(in.RequestValidationInput.Request, auth.Requirements{{{Scheme: in.SecuritySchemeName, Scopes: in.Scopes}}})
			return err
		},
	}, SilenceServersWarning: true}
	mux := http.NewServeMux()
	HandlerWithOptions(NewStrictHandler(h, nil), StdHTTPServerOptions{BaseURL: "/v1", BaseRouter: mux})
	return middleware.OapiRequestValidatorWithOptions(doc, options)(mux)
}
