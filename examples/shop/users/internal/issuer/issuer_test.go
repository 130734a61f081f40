package issuer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/msgen/msgen/examples/shop/users/internal/store"
)

// keys is a store of keys that can be away.
type keys struct {
	all  []store.Key
	away error
	read int
}

func (k *keys) Keys(context.Context) ([]store.Key, error) {
	k.read++
	return k.all, k.away
}

func (k *keys) AddKey(_ context.Context, key store.Key, oldest time.Time) error {
	kept := []store.Key{key}
	for _, old := range k.all {
		if !old.CreatedAt.Before(oldest) {
			kept = append(kept, old)
		}
	}
	k.all = kept
	return k.away
}

func TestKeysAreGoodWhileTheStoreIsAway(t *testing.T) {
	kept, now := &keys{}, time.Unix(1e9, 0)
	i, err := New(t.Context(), Config{Issuer: "x", Lifetime: time.Minute, Publish: time.Minute, Now: func() time.Time { return now }}, kept)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := i.Token(t.Context(), Grant{Subject: "ada"}); err != nil {
		t.Fatal(err)
	}
	kept.away, kept.read = errors.New("away"), 0
	now = now.Add(refresh)
	for range 100 {
		if _, _, err := i.Token(t.Context(), Grant{Subject: "ada"}); err != nil {
			t.Fatal(err)
		}
	}
	if kept.read != 1 {
		t.Errorf("the store was asked %d times within a moment, want once", kept.read)
	}
	now = now.Add(retry)
	kept.away = nil
	if _, err := i.KeySet(t.Context()); err != nil || kept.read != 2 {
		t.Errorf("got %v after %d reads, want the store to be asked again", err, kept.read)
	}
}

// A new key is published before it signs, and an old one stays until the last token that it signed has expired.
func TestRotationOverlaps(t *testing.T) {
	kept, now := &keys{}, time.Unix(1e9, 0)
	i, err := New(t.Context(), Config{Issuer: "x", Lifetime: time.Minute, Publish: time.Minute, Now: func() time.Time { return now }}, kept)
	if err != nil {
		t.Fatal(err)
	}
	signs := func() string {
		key, err := i.signer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return key.id
	}
	old := signs()
	now = now.Add(time.Hour)
	if err := i.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if signs() != old {
		t.Error("the new key signs before others can know it")
	}
	now = now.Add(time.Minute)
	if signs() == old {
		t.Error("the old key still signs")
	}
	set, err := i.KeySet(t.Context())
	if err != nil || len(set.Keys) != 2 || !set.Keys[0].IsPublic() {
		t.Errorf("got %v, %v, want two public keys", set, err)
	}
}
