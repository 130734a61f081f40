package auth_test

import (
	"testing"

	"github.com/msgen/msgen/kit/auth"
	"github.com/msgen/msgen/kit/auth/authtest"
)

func benchmark(b *testing.B, cacheSize int, token func(*authtest.Issuer) string, req auth.Requirements) {
	issuer := authtest.New(b)
	c := issuer.Config()
	c.CacheSize = cacheSize
	a := authenticator(b, c)
	r := bearer(token(issuer))
	_, _ = a.Authenticate(r, req)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = a.Authenticate(r, req)
	}
}

func good(i *authtest.Issuer) string { return i.Token("orders:write products:read") }

func BenchmarkRememberedToken(b *testing.B) { benchmark(b, 0, good, readScope) }

func BenchmarkVerifiedToken(b *testing.B) { benchmark(b, -1, good, readScope) }

func BenchmarkForgedToken(b *testing.B) {
	benchmark(b, 0, func(*authtest.Issuer) string { return unsigned(`{"alg":"RS256","kid":"nobody"}`, []byte("{}"), "AAAA") }, readScope)
}

func BenchmarkNothingAsked(b *testing.B) { benchmark(b, 0, good, nil) }
