package server

import "testing"

func TestPercentFollowsTheLiveHeap(t *testing.T) {
	for _, tt := range []struct {
		live uint64
		want int
	}{
		{0, 800}, {1 << 20, 800}, {4 << 20, 700}, {8 << 20, 300}, {16 << 20, 100}, {32 << 20, 100}, {1 << 30, 100},
	} {
		if got := percentFor(tt.live); got != tt.want {
			t.Errorf("a live heap of %d MiB: got %d, want %d", tt.live>>20, got, tt.want)
		}
	}
}
