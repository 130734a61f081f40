// Command load serves the search of products over loopback, by what msgen generated or by oapi-codegen's strict server
// behind nethttp-middleware, on the same store and with the same verifier of tokens. It prints a token, and serves until
// it is told to stop. .ci/load puts it into a copy of examples/shop/products.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"
	middleware "github.com/oapi-codegen/nethttp-middleware"

	products "github.com/msgen/msgen/examples/shop/products"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/auth"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/config"
	"github.com/msgen/msgen/examples/shop/products/internal/kit/server"
	"github.com/msgen/msgen/examples/shop/products/internal/oapi"
	"github.com/msgen/msgen/examples/shop/products/internal/store"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name, addr, database string) error {
	ctx := context.Background()
	keys, token, err := issuer()
	if err != nil {
		return err
	}
	trust := auth.Config{
		Issuer: "https://iss.test", Audience: []string{"products"}, FetchKeys: func(context.Context) ([]byte, error) { return keys, nil },
	}
	if err := seed(ctx, database); err != nil {
		return err
	}
	h, err := handler(ctx, name, database, trust)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println(token)
	return http.Serve(l, h)
}

// issuer makes a key and a token that it signed.
func issuer() (keys []byte, token string, err error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, "", err
	}
	keys, err = json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	if err != nil {
		return nil, "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "k"))
	if err != nil {
		return nil, "", err
	}
	token, err = jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: "https://iss.test", Audience: jwt.Audience{"products"}, Subject: "u", Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}).Claims(map[string]any{"scope": "products.read"}).Serialize()
	return keys, token, err
}

// seed fills an empty store with 500 products.
func seed(ctx context.Context, database string) error {
	s, err := store.Open(ctx, database)
	if err != nil {
		return err
	}
	defer s.Close()
	if page, err := s.Search(ctx, store.Query{Limit: 1}, time.Now()); err != nil || len(page) > 0 {
		return err
	}
	for i := range 500 {
		err := s.AddProduct(ctx, store.Product{
			ID: uuid.New(), SKU: fmt.Sprintf("ABC-%d", i), Name: fmt.Sprintf("Product %03d", i), Tags: []string{"home", "sale"}, Available: 10,
			Description: "A thing of beauty that is a joy for ever.", Price: store.Money{Amount: int64(i), Currency: "EUR"},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func handler(ctx context.Context, name, database string, trust auth.Config) (http.Handler, error) {
	log := slog.New(slog.DiscardHandler)
	if name == "oapi-codegen" {
		return oapiHandler(ctx, database, trust)
	}
	c := products.Config{Config: config.Default()}
	c.Auth, c.DatabaseURL, c.AccessLog = trust, database, "off"
	s, err := products.New(ctx, c)
	if err != nil {
		return nil, err
	}
	a, err := s.App(ctx, log)
	if err != nil {
		return nil, err
	}
	return server.NewHandler(a.Handler, c.Config, log, a.Metrics...)
}

// strict answers the search as products does, and nothing else.
type strict struct {
	oapi.StrictServerInterface
	store *store.Store
}

func (h strict) SearchProducts(ctx context.Context, req oapi.SearchProductsRequestObject) (oapi.SearchProductsResponseObject, error) {
	query := store.Query{Limit: 21}
	if req.Params.Limit != nil {
		query.Limit = int(*req.Params.Limit) + 1
	}
	if req.Params.Q != nil {
		query.Words = strings.Fields(*req.Params.Q)
	}
	if req.Params.Tag != nil {
		query.Tags = *req.Params.Tag
	}
	found, err := h.store.Search(ctx, query, time.Now())
	if err != nil {
		return nil, err
	}
	page := oapi.ProductPage{Products: make([]oapi.Product, 0, query.Limit)}
	for _, p := range found[:min(len(found), query.Limit-1)] {
		page.Products = append(page.Products, oapi.Product{
			Id: p.ID, Sku: p.SKU, Name: p.Name, Description: &p.Description, Tags: p.Tags, Available: int32(p.Available),
			Price: oapi.Money{Amount: p.Price.Amount, Currency: oapi.MoneyCurrency(p.Price.Currency)},
		})
	}
	return oapi.SearchProducts200JSONResponse(page), nil
}

func oapiHandler(ctx context.Context, database string, trust auth.Config) (http.Handler, error) {
	a, err := auth.New(ctx, trust, []auth.Scheme{{Name: "bearer", Kind: auth.JWT}})
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, database)
	if err != nil {
		return nil, err
	}
	doc, err := oapi.GetSwagger()
	if err != nil {
		return nil, err
	}
	options := &middleware.Options{Options: openapi3filter.Options{
		AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
			_, err := a.Authenticate(in.RequestValidationInput.Request, auth.Requirements{{{Scheme: in.SecuritySchemeName, Scopes: in.Scopes}}})
			return err
		},
	}, SilenceServersWarning: true}
	mux := http.NewServeMux()
	oapi.HandlerWithOptions(oapi.NewStrictHandler(strict{store: s}, nil), oapi.StdHTTPServerOptions{BaseURL: "/v2", BaseRouter: mux})
	return middleware.OapiRequestValidatorWithOptions(doc, options)(mux), nil
}
