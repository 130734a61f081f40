package server

import (
	"math"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestYieldLetsOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	ran := make(chan struct{})
	go close(ran)
	for range 100 { // now and then the scheduler takes whoever yields first; without a turn of others this ends at once
		p := pace{start: time.Now()}
		p.yield()
		select {
		case <-ran:
			return
		default:
		}
	}
	t.Error("no answer let another request run")
}

func TestYieldRestsWhileOthersCompute(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := pace{start: time.Now()}
	var stop atomic.Bool
	defer stop.Store(true)
	for range 4 {
		go func() {
			for !stop.Load() {
				continue
			}
		}()
	}
	for p.rest.Load() == 0 { // a turn of the others takes the runtime's time slices
		p.yield()
	}
	p.rest.Store(math.MaxInt64)
	p.yield()
	if got := p.rest.Load(); got != math.MaxInt64 {
		t.Errorf("it waited while it should rest: got %d", got)
	}
}

func BenchmarkYield(b *testing.B) {
	p := pace{start: time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		p.yield()
	}
}
