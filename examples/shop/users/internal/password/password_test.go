package password

import (
	"context"
	"errors"
	"testing"
)

func TestHashAndCheck(t *testing.T) {
	h := New()
	hash, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		password, hash string
		want           bool
	}{
		{"correct horse battery", hash, true}, {"wrong", hash, false}, {"", hash, false},
		{"nobody's password", "", false}, // the hash that stands for nobody's is nobody's
	} {
		if got, err := h.Check(t.Context(), tt.password, tt.hash); got != tt.want || err != nil {
			t.Errorf("%q: got %v, %v, want %v", tt.password, got, err, tt.want)
		}
	}
	for _, damaged := range []string{"x", "$argon2i$v=19$m=1,t=1,p=1$c2FsdA$a2V5", "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$a2V5"} {
		if _, err := h.Check(t.Context(), "x", damaged); err == nil {
			t.Errorf("%s is taken for a hash", damaged)
		}
	}
}

// A flood waits in a short queue; who does not fit is told so at once, and who goes away leaves the queue.
func TestAFloodIsSentAway(t *testing.T) {
	h := New()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, leave := context.WithCancel(t.Context())
	waited := make(chan error)
	room := queue * cap(h.slots)
	for range room {
		go func() { _, err := h.Hash(ctx, "x"); waited <- err }()
	}
	for h.waiting.Load() < int64(room) { // they come
	}
	if _, err := h.Check(t.Context(), "x", ""); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	leave()
	for range room {
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	}
	<-h.slots
	if _, err := h.Hash(t.Context(), "x"); err != nil {
		t.Errorf("got %v when there is room again", err)
	}
}
