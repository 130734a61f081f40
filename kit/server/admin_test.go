package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/kit/config"
)

// A check that does not heed its context keeps /readyz from no answer.
func TestReadinessWaitsForNobody(t *testing.T) {
	h, err := NewHandler(http.NotFoundHandler(), config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		defer close(never)
		admin := h.Admin([]Check{
			{"there", func(context.Context) error { return nil }},
			{"stuck", func(context.Context) error { <-never; return nil }},
			{"gone", func(context.Context) error { return errors.New("no route") }},
		})
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/readyz", nil))
		var got struct {
			Status string
			Faults map[string]string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusServiceUnavailable {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if diff := cmp.Diff(map[string]string{"stuck": "it does not answer", "gone": "no route"}, got.Faults); diff != "" {
			t.Error(diff)
		}
	})
}
