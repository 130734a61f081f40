package server

import (
	"context"
	"testing"
)

type testKey struct{ int }

// A context is looked into while it is given a value: the race detector sees what this test is for.
func TestContextIsCarriedWhileOthersLook(t *testing.T) {
	c := &requestContext{Context: context.WithValue(t.Context(), testKey{1}, "parent")}
	looked := make(chan any)
	go func() {
		background := context.WithoutCancel(c)
		for range 100 {
			background.Value(testKey{2})
		}
		looked <- background.Value(testKey{1})
	}()
	c.Carry(testKey{2}, "carried")
	if got := <-looked; got != "parent" {
		t.Errorf("got %v, want what the parent knows", got)
	}
	if got := c.Value(testKey{2}); got != "carried" {
		t.Errorf("got %v, want what is carried", got)
	}
	_ = c.Done() // its child looks here, too
	if got := c.Value(testKey{2}); got != "carried" {
		t.Errorf("with a child: got %v", got)
	}
}
