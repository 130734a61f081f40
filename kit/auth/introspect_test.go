package auth_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
)

var (
	opaqueScheme = auth.Scheme{Name: "opaque", Kind: auth.Opaque}
	opaqueRead   = auth.Requirements{{use("opaque", "read")}}
)

func introspecting(issuer *authtest.Issuer) auth.Config {
	return auth.Config{
		Service: "test", IntrospectionURL: issuer.URL() + "/introspect", ClientID: "service", ClientSecret: "secret",
	}
}

func TestOpaqueTokensAreIntrospected(t *testing.T) {
	issuer := authtest.New(t)
	a := authenticator(t, introspecting(issuer), opaqueScheme)
	strict := introspecting(issuer)
	strict.Issuer, strict.Audience = "https://iss.test", []string{"test"}
	b := authenticator(t, strict, opaqueScheme)
	now := time.Now().Unix()
	for name, c := range map[string]struct {
		answer        map[string]any
		loose, strict int
	}{
		"good":           {map[string]any{"active": true, "scope": "read", "sub": "u"}, 200, 200},
		"in full":        {map[string]any{"active": true, "scope": "read", "iss": "https://iss.test", "aud": "test", "exp": now + 60, "token_type": "Bearer"}, 200, 200},
		"inactive":       {map[string]any{"active": false, "scope": "read"}, 401, 401},
		"active text":    {map[string]any{"active": "true", "scope": "read"}, 401, 401},
		"not said":       {map[string]any{"scope": "read"}, 401, 401},
		"expired":        {map[string]any{"active": true, "scope": "read", "exp": now - 60}, 401, 401},
		"exp text":       {map[string]any{"active": true, "scope": "read", "exp": "soon"}, 401, 401},
		"other issuer":   {map[string]any{"active": true, "scope": "read", "iss": "https://evil.test"}, 200, 401},
		"other audience": {map[string]any{"active": true, "scope": "read", "aud": []string{"other"}}, 200, 401},
		"other type":     {map[string]any{"active": true, "scope": "read", "token_type": "DPoP"}, 401, 401},
		"other scope":    {map[string]any{"active": true, "scope": "reader"}, 403, 403},
	} {
		token := strings.ReplaceAll(name, " ", "-")
		issuer.Opaque(token, c.answer)
		for range 2 {
			if status, challenge := answer(a, bearer(token), opaqueRead); status != c.loose {
				t.Errorf("%s: got %d with %q, want %d", name, status, challenge, c.loose)
			}
			if status, challenge := answer(b, bearer(token), opaqueRead); status != c.strict {
				t.Errorf("%s, issuer and audience configured: got %d with %q, want %d", name, status, challenge, c.strict)
			}
		}
	}
	for _, token := range []string{"unknown", "a b", "ü", "=", "a=b"} {
		if status, _ := answer(a, bearer(token), opaqueRead); status != http.StatusUnauthorized {
			t.Errorf("%q: got %d, want 401", token, status)
		}
	}
}

func TestIntrospectionIsRemembered(t *testing.T) {
	issuer := authtest.New(t)
	clock := newClock()
	c := introspecting(issuer)
	c.Now = clock.Now
	a := authenticator(t, c, opaqueScheme)
	issuer.Opaque("good", map[string]any{"active": true, "scope": "read", "exp": clock.Now().Unix() + 90})
	ask := func(token string, want int) {
		t.Helper()
		if status, _ := answer(a, bearer(token), opaqueRead); status != want {
			t.Errorf("%s: got %d, want %d", token, status, want)
		}
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { ask("good", 200) })
	}
	wg.Wait()
	ask("bad", 401)
	ask("bad", 401)
	if n := issuer.Introspections(); n != 2 {
		t.Errorf("got %d calls for two tokens, want 2", n)
	}
	issuer.Opaque("good", map[string]any{"active": false})
	ask("good", 200)
	clock.Advance(61 * time.Second)
	ask("good", 401)
	issuer.Opaque("bad", map[string]any{"active": true, "scope": "read"})
	ask("bad", 200)
}

func TestIntrospectionThatFailsIsNotARefusal(t *testing.T) {
	issuer := authtest.New(t)
	c := introspecting(issuer)
	c.ClientSecret = "wrong"
	a := authenticator(t, c, opaqueScheme)
	if status, _ := answer(a, bearer("token"), opaqueRead); status != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", status)
	}
	if status, _ := answer(a, request(), opaqueRead); status != http.StatusUnauthorized {
		t.Errorf("without a token: got %d, want 401", status)
	}
}
