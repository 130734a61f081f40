package server

import (
	"os"
	"runtime"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
)

// A service's live heap is mostly a few megabytes. At the runtime's default it is then collected every 4 MiB of garbage,
// many times a second under load; what the collector saves is memory that nobody misses. These are the heap that a
// collection should not come before, and the most that the runtime may be told for a small one.
const (
	quietHeap      = 32 << 20
	defaultPercent = 100
	mostPercent    = 800 // of the runtime's least heap of 4 MiB: quietHeap
)

// relaxCollector lets the heap grow to 32 MiB before it is collected, and leaves larger heaps as they are: after each
// collection the percentage follows the live heap. GOGC and GOMEMLIMIT, where they are set, win.
func relaxCollector() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(percentFor(liveHeap()))
	afterCollection()
}

// percentFor is the percentage at which a live heap grows to about quietHeap, and no less than the default.
func percentFor(live uint64) int {
	if live == 0 {
		return mostPercent
	}
	return int(min(max(uint64(defaultPercent), (quietHeap-min(live, quietHeap))*100/live), mostPercent))
}

// afterCollection sets the percentage anew after each collection: the object that it makes is garbage at once, and the
// runtime calls the finalizer when it finds that.
func afterCollection() {
	type sentinel struct{ _ [4]*byte }
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		debug.SetGCPercent(percentFor(liveHeap()))
		afterCollection()
	})
}

// liveHeap is what the last collection found alive, in bytes.
func liveHeap() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtimemetrics.Read(sample)
	if sample[0].Value.Kind() != runtimemetrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
