package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"testing"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
)

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func basicValue(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func manySchemes() []auth.Scheme {
	return []auth.Scheme{
		jwtScheme,
		{Name: "key", Kind: auth.APIKey, In: "header", Key: "X-API-Key"},
		{Name: "query", Kind: auth.APIKey, In: "query", Key: "api key"},
		{Name: "cookie", Kind: auth.APIKey, In: "cookie", Key: "session"},
		{Name: "basic", Kind: auth.Basic},
	}
}

func use(scheme string, scopes ...string) auth.Use { return auth.Use{Scheme: scheme, Scopes: scopes} }

func TestRequirementsAreAlternativesOfConjunctions(t *testing.T) {
	issuer := authtest.New(t)
	c := issuer.Config()
	c.APIKeys = "robot:" + hashed("k1") + ":a b, query/limited:" + hashed("k2")
	c.BasicUsers = "ann:" + hashed("pw") + ":a"
	a := authenticator(t, c, manySchemes()...)
	tokenA, tokenB := "Bearer "+issuer.Token("a"), "Bearer "+issuer.Token("b")
	both := auth.Requirements{{use("bearer", "a"), use("key")}}
	either := auth.Requirements{{use("bearer", "a")}, {use("key", "b")}}
	optional := auth.Requirements{{}, {use("bearer", "a")}}
	plain := `^Bearer realm="test"$`
	keyHeader := `ApiKey realm="test", in="header", name="X-API-Key"`
	for name, c := range map[string]struct {
		req       auth.Requirements
		headers   []string
		want      int
		challenge string
		subject   string // of the principal; empty: anonymous
	}{
		"nothing asked":                 {nil, nil, 200, "", ""},
		"nothing asked, bad token":      {nil, []string{"Authorization", "Bearer x"}, 200, "", ""},
		"none presented":                {readScope, nil, 401, plain, ""},
		"another scheme presented":      {readScope, []string{"Authorization", basicValue("ann", "pw")}, 401, plain, ""},
		"both, none":                    {both, nil, 401, `^Bearer realm="test", ` + keyHeader + `$`, ""},
		"both, token only":              {both, []string{"Authorization", tokenA}, 401, "^" + keyHeader + "$", ""},
		"both, key only":                {both, []string{"X-API-Key", "k1"}, 401, plain, ""},
		"both, both":                    {both, []string{"Authorization", tokenA, "X-API-Key", "k1"}, 200, "", "user-1"},
		"both, wrong scope":             {both, []string{"Authorization", tokenB, "X-API-Key", "k1"}, 403, `^Bearer realm="test", error="insufficient_scope", scope="a"$`, ""},
		"both, wrong key":               {both, []string{"Authorization", tokenA, "X-API-Key", "k9"}, 401, "^" + keyHeader + "$", ""},
		"either, token":                 {either, []string{"Authorization", tokenA}, 200, "", "user-1"},
		"either, key":                   {either, []string{"X-API-Key", "k1"}, 200, "", "robot"},
		"either, bad token, good key":   {either, []string{"Authorization", "Bearer x", "X-API-Key", "k1"}, 200, "", "robot"},
		"either, token without scope":   {either, []string{"Authorization", tokenB}, 403, `scope="a"`, ""},
		"either, weak token, good key":  {either, []string{"Authorization", tokenB, "X-API-Key", "k1"}, 200, "", "robot"},
		"optional, none":                {optional, nil, 200, "", ""},
		"optional, token":               {optional, []string{"Authorization", tokenA}, 200, "", "user-1"},
		"optional, token without scope": {optional, []string{"Authorization", tokenB}, 200, "", ""},
		"optional, bad token":           {optional, []string{"Authorization", "Bearer x"}, 401, "invalid_token", ""},
		"several scopes":                {auth.Requirements{{use("bearer", "a", "b")}}, []string{"Authorization", tokenA}, 403, `scope="a b"`, ""},
		"scope of a key":                {auth.Requirements{{use("key", "c")}}, []string{"X-API-Key", "k1"}, 403, `^$`, ""},
		"key twice":                     {auth.Requirements{{use("key")}}, []string{"X-API-Key", "k1", "X-API-Key", "k1"}, 401, keyHeader, ""},
		"key empty":                     {auth.Requirements{{use("key")}}, []string{"X-API-Key", ""}, 401, keyHeader, ""},
		"key of another scheme":         {auth.Requirements{{use("key")}}, []string{"X-API-Key", "k2"}, 401, keyHeader, ""},
		"the hash is not the key":       {auth.Requirements{{use("key")}}, []string{"X-API-Key", hashed("k1")}, 401, keyHeader, ""},
		"basic":                         {auth.Requirements{{use("basic", "a")}}, []string{"Authorization", basicValue("ann", "pw")}, 200, "", "ann"},
		"basic, wrong password":         {auth.Requirements{{use("basic")}}, []string{"Authorization", basicValue("ann", "px")}, 401, `^Basic realm="test", charset="UTF-8"$`, ""},
		"basic, unknown user":           {auth.Requirements{{use("basic")}}, []string{"Authorization", basicValue("bob", "pw")}, 401, "Basic", ""},
		"basic, no colon":               {auth.Requirements{{use("basic")}}, []string{"Authorization", "Basic YW5u"}, 401, "Basic", ""},
		"basic, unpadded":               {auth.Requirements{{use("basic")}}, []string{"Authorization", "Basic YW5uOnB3Cg="}, 401, "Basic", ""},
		"basic, none":                   {auth.Requirements{{use("basic")}}, nil, 401, "^Basic", ""},
		"unknown scheme":                {auth.Requirements{{use("nobody")}}, nil, 503, "", ""},
		"cookie":                        {auth.Requirements{{use("cookie")}}, []string{"Cookie", "session=k1"}, 200, "", "robot"},
		"cookie twice":                  {auth.Requirements{{use("cookie")}}, []string{"Cookie", "session=k1; session=k1"}, 401, "cookie", ""},
		"five schemes": {auth.Requirements{{use("cookie")}, {use("query")}, {use("basic")}, {use("bearer")}, {use("key")}},
			[]string{"X-API-Key", "k1"}, 200, "", "robot"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(c.headers...)
			status, challenge := answer(a, r, c.req)
			if status != c.want || !regexp.MustCompile(c.challenge).MatchString(challenge) {
				t.Errorf("got %d with %q, want %d with /%s/", status, challenge, c.want, c.challenge)
			}
			if status != http.StatusOK {
				return
			}
			ctx, _ := a.Authenticate(r, c.req)
			p, ok := auth.FromContext(ctx)
			if ok != (c.subject != "") || ok && p.Subject != c.subject {
				t.Errorf("got principal %+v, want subject %q", p, c.subject)
			}
		})
	}
}

func TestAPIKeyInTheQuery(t *testing.T) {
	a := authenticator(t, auth.Config{APIKeys: "robot:" + hashed("k 1")}, manySchemes()[2])
	for query, want := range map[string]int{
		"api+key=k+1":                 200,
		"a=b&api%20key=k%201&c":       200,
		"api%20key=k%201&api+key=k+1": 401,
		"api+key=":                    401,
		"api+key=%zz":                 401,
		"API+KEY=k+1":                 401,
		"":                            401,
	} {
		r := request()
		r.URL.RawQuery = query
		if status, _ := answer(a, r, auth.Requirements{{use("query")}}); status != want {
			t.Errorf("%q: got %d, want %d", query, status, want)
		}
	}
}

func TestSeveralSchemesGiveSeveralPrincipals(t *testing.T) {
	issuer := authtest.New(t)
	c := issuer.Config()
	c.APIKeys = "robot:" + hashed("k1")
	a := authenticator(t, c, manySchemes()[:2]...)
	r := request("Authorization", "Bearer "+issuer.Token(""), "X-API-Key", "k1")
	for range 2 {
		ctx, err := a.Authenticate(r, auth.Requirements{{use("bearer"), use("key")}})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := auth.FromContext(ctx)
		if p.Subject != "user-1" || len(p.Others) != 1 || p.Others[0].Subject != "robot" {
			t.Errorf("got %+v", p)
		}
	}
}

func TestVerifiersOfTheService(t *testing.T) {
	refuse := map[string]error{"bad": auth.ErrRefused, "down": errors.New("database")}
	check := func(_ context.Context, s auth.Scheme, secret string) (*auth.Principal, error) {
		if err, ok := refuse[secret]; ok {
			return nil, err
		}
		if secret == "nobody" {
			return nil, nil
		}
		return &auth.Principal{Subject: secret}, nil
	}
	a := authenticator(t, auth.Config{
		APIKeyVerifier: check, TokenVerifier: check,
		BasicVerifier: func(ctx context.Context, s auth.Scheme, _, password string) (*auth.Principal, error) {
			return check(ctx, s, password)
		},
		Check: func(_ context.Context, p *auth.Principal) error {
			if p.Subject == "revoked" {
				return auth.ErrRefused
			}
			return nil
		},
	}, manySchemes()...)
	for secret, want := range map[string]int{"good": 200, "bad": 401, "nobody": 401, "down": 503, "revoked": 401} {
		for scheme, headers := range map[string][]string{
			"key": {"X-API-Key", secret}, "bearer": {"Authorization", "Bearer " + secret}, "basic": {"Authorization", basicValue("u", secret)},
		} {
			r := request(headers...)
			if status, _ := answer(a, r, auth.Requirements{{use(scheme)}}); status != want {
				t.Errorf("%s %s: got %d, want %d", scheme, secret, status, want)
			}
			if want != http.StatusOK {
				continue
			}
			ctx, _ := a.Authenticate(r, auth.Requirements{{use(scheme)}})
			if p, _ := auth.FromContext(ctx); p.Scheme != scheme {
				t.Errorf("%s: the principal names scheme %q", scheme, p.Scheme)
			}
		}
	}
}
