// Command bench serves one of the servers over loopback, prints a token, and serves until it is told to stop.
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
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	shop "bench.test/shop"
	"bench.test/shop/internal/jx"
	"bench.test/shop/internal/kit/auth"
	"bench.test/shop/internal/kit/config"
	"bench.test/shop/internal/kit/content"
	"bench.test/shop/internal/kit/router"
	"bench.test/shop/internal/kit/server"
	"bench.test/shop/internal/oapi"
	serverv1 "bench.test/shop/internal/server/v1"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name, addr string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	if err != nil {
		return err
	}
	ctx := context.Background()
	a, err := auth.New(ctx, auth.Config{
		Issuer: "https://iss.test", Audience: []string{"shop"}, FetchKeys: func(context.Context) ([]byte, error) { return set, nil },
	}, serverv1.Schemes())
	if err != nil {
		return err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "k"))
	if err != nil {
		return err
	}
	token, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: "https://iss.test", Audience: jwt.Audience{"shop"}, Subject: "u", Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}).Claims(map[string]any{"scope": "products.read orders.write"}).Serialize()
	if err != nil {
		return err
	}
	if name == "msgen" {
		return serveMsgen(ctx, a, addr, token)
	}
	h, err := handler(name, a)
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

func handler(name string, a *auth.Authenticator) (http.Handler, error) {
	switch name {
	case "oapi-codegen":
		return oapi.New(a), nil
	case "jx-by-hand":
		return jx.New(a), nil
	}
	return nil, fmt.Errorf("no server %q", name)
}

// serveMsgen runs the service as its own main does: with limits, metrics, request ids and everything else around its
// routes.
func serveMsgen(ctx context.Context, a *auth.Authenticator, addr, token string) error {
	log := slog.New(slog.DiscardHandler)
	routes, err := router.New(serverv1.Routes(shop.V1{}, serverv1.Options{Log: log, Responses: content.Off}), router.Options{Authenticator: a})
	if err != nil {
		return err
	}
	c := config.Default()
	c.HTTPAddr, c.AdminAddr = addr, "127.0.0.1:0"
	return server.Run(ctx, c, server.App{Handler: routes, Listen: func(string, string) { fmt.Println(token) }}, log)
}
