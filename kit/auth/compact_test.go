package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func FuzzInspect(f *testing.F) {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"k1","typ":"JWT"}`))
	for _, seed := range []string{
		header + ".e30.AAAA", header + ".e30.", "..", "a.b.c.d.e", header + ".e30.AAB", header + "\n.e30.AAAA", header + "=.e30.AAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		h, payload, err := inspect(token, algorithms[:])
		if err != nil {
			return
		}
		part := strings.Split(token, ".")
		if len(part) != 3 || len(token) > maxAuthorization || base64.RawURLEncoding.EncodeToString(payload) != part[1] {
			t.Fatalf("accepted in another spelling: %q", token)
		}
		raw, err := base64.RawURLEncoding.DecodeString(part[0])
		if err != nil || base64.RawURLEncoding.EncodeToString(raw) != part[0] {
			t.Fatalf("header in another spelling: %q", part[0])
		}
		var members map[string]any
		if err := json.Unmarshal(raw, &members); err != nil || members["alg"] != h.alg {
			t.Fatalf("header %q is read as alg %q", raw, h.alg)
		}
		for _, name := range forbidden {
			if _, ok := members[name]; ok {
				t.Fatalf("header with %s accepted: %q", name, raw)
			}
		}
	})
}

func FuzzClaims(f *testing.F) {
	f.Add([]byte(`{"iss":"i","aud":["a"],"exp":1000000100,"scope":"x y","x":[{"a":1}]}`))
	f.Add([]byte(`{"iss":"i","aud":"a","exp":1e9,"nbf":-1,"sub":"s"}`))
	f.Add([]byte(`{"a":{"b":1,"b":2}}`))
	now := time.Unix(1_000_000_000, 0)
	rules := &claimRules{issuer: "i", audience: []string{"a"}, scopes: []string{"scope", "scp"}, now: func() time.Time { return now }}
	f.Fuzz(func(t *testing.T, payload []byte) {
		p, expiry, err := rules.accept(payload)
		if err != nil {
			return
		}
		var claims struct {
			Iss string  `json:"iss"`
			Exp float64 `json:"exp"`
		}
		if !json.Valid(payload) {
			t.Fatalf("accepted, though not JSON: %q", payload)
		}
		var exact map[string]json.RawMessage
		if err := json.Unmarshal(payload, &exact); err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal(exact["iss"], &claims.Iss) != nil || json.Unmarshal(exact["exp"], &claims.Exp) != nil {
			t.Fatalf("accepted: %q", payload)
		}
		if claims.Iss != "i" || p.Issuer != "i" || claims.Exp <= float64(now.Unix()) || expiry.Before(now) {
			t.Fatalf("accepted: %q until %v", payload, expiry)
		}
	})
}

func TestCacheIsBoundedAndForgets(t *testing.T) {
	c := newCache[digest](64)
	now := time.Now()
	sum := func(i int) digest {
		return digest{byte(i), byte(i >> 8), 0, 0, 0, 0, 0, 0, byte(i), byte(i >> 8)}
	}
	for i := range 1000 {
		c.remember(sum(i), 1, &Principal{}, now, now.Add(time.Hour))
	}
	kept := 0
	for i := range 1000 {
		if c.find(sum(i), 1, now) != nil {
			kept++
		}
	}
	if kept == 0 || kept > 64 {
		t.Errorf("got %d of 1000 remembered, want some and at most 64", kept)
	}
	last := sum(999)
	if c.find(last, 1, now) == nil {
		t.Error("the last one is not remembered")
	}
	if c.find(last, 2, now) != nil {
		t.Error("it outlives a change of keys")
	}
	if c.find(last, 1, now.Add(maxRemembered)) != nil {
		t.Error("it is remembered for more than 5 minutes")
	}
	c.remember(last, 1, &Principal{}, now, now.Add(time.Second))
	if c.find(last, 1, now.Add(time.Second)) != nil {
		t.Error("it outlives the token")
	}
	var none *cache[digest]
	none.remember(last, 1, &Principal{}, now, now.Add(time.Hour))
	if none.find(last, 1, now) != nil {
		t.Error("a cache that is off remembers")
	}
}

func BenchmarkCacheHit(b *testing.B) {
	c := newCache[signed](1024)
	token, now := strings.Repeat("t", 600), time.Now()
	c.remember(signedBy(token).kept(), 1, &Principal{}, now, now.Add(time.Hour))
	b.ReportAllocs()
	for b.Loop() {
		if c.find(signedBy(token), 1, now) == nil {
			b.Fatal("a miss")
		}
	}
}

// carrier is the context of a request that takes its principal.
type carrier struct {
	context.Context
	key, value any
}

func (c *carrier) Carry(key, value any) { c.key, c.value = key, value }

func (c *carrier) Value(key any) any {
	if key == c.key {
		return c.value
	}
	return c.Context.Value(key)
}

func TestContextThatCarriesItsPrincipal(t *testing.T) {
	p := &Principal{Subject: "ada"}
	c := &carrier{Context: context.Background()}
	if ctx := carried(c, p); ctx != context.Context(c) {
		t.Errorf("got another context: %v", ctx)
	}
	if found, ok := FromContext(c); !ok || found != p {
		t.Errorf("got %v, %v", found, ok)
	}
	ctx := carried(t.Context(), p)
	if found, ok := FromContext(ctx); !ok || found != p {
		t.Errorf("of another context: got %v, %v", found, ok)
	}
}
