package server

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Answers that leave one by one wake whoever reads them one by one, and under load the waking costs the kernel a good
// part of the time that a request takes. So a handler's answer lets the requests that are ready run first: their answers
// then leave together. On an idle server nothing is ready, and nothing waits.
const (
	patience = 5 * time.Millisecond   // what an answer may wait before this does more harm than good
	respite  = 100 * time.Millisecond // for how long no answer waits then
)

// pace is what the connections of one listener know of that.
type pace struct {
	start time.Time    // from which the others count
	rest  atomic.Int64 // until when no answer waits
}

// yield lets others run. Where those are busy for long, as with handlers that compute, it leaves them alone for a while.
func (p *pace) yield() {
	began := time.Since(p.start)
	if int64(began) < p.rest.Load() {
		return
	}
	runtime.Gosched()
	if ended := time.Since(p.start); ended-began > patience {
		p.rest.Store(int64(ended + respite))
	}
}
