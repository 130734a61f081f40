package hostile

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	inFlight   = `http_requests_in_flight{method="GET",route="/v1/products"}`
	goroutines = `go_goroutines`
	panics     = `http_panics_total{method="GET",route="/v1/products"}`
)

func TestPanicBecomesAProblem(t *testing.T) {
	s := start(t, newIssuer(t))
	c := s.dial(t)
	for range 2 { // the connection goes on
		_, _ = io.WriteString(c, listing("?tag=panic"))
		a, err := c.read("GET")
		if err != nil {
			t.Fatal(err)
		}
		if a.status != 500 || a.close {
			t.Errorf("got %d, close %v; want 500 on a connection that stays", a.status, a.close)
		}
		judgeProblem(t, a)
	}
	if got := s.metric(t, panics); got != 2 {
		t.Errorf("got %v panics counted, want 2", got)
	}
	s.eventually(t, "the panic in the log", func() bool { return s.log.line("handler panicked") != nil })
	if line := s.log.line("handler panicked"); !strings.Contains(line["stack"].(string), "trouble.go") {
		t.Errorf("the log doesn't show where the handler panicked: %v", line)
	}
}

func TestUnknownErrorIsNotShown(t *testing.T) {
	s := start(t, newIssuer(t))
	a := s.get(t, "/v1/products?tag=fail", token(""))
	if a.status != 500 {
		t.Errorf("got %d, want 500", a.status)
	}
	judgeProblem(t, a)
	s.eventually(t, "the error in the log", func() bool { return s.log.line("secret-of-the-handler") != nil })
}

func TestPanicAfterWriteCutsTheConnection(t *testing.T) {
	s := start(t, newIssuer(t))
	a := s.get(t, "/half-an-answer", token(""))
	if a.status != 200 || !errors.Is(a.err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d %q and %v; want half an answer that is cut off", a.status, a.body, a.err)
	}
	if bytes.Contains(a.body, []byte("HTTP/1.1")) {
		t.Errorf("there is a second answer in %q", a.body)
	}
	if s.get(t, "/v1/products", token("")).status != 200 {
		t.Error("the service doesn't go on")
	}
}

func TestClientLeaves(t *testing.T) {
	s := start(t, newIssuer(t), "REQUEST_TIMEOUT=1h")
	s.get(t, "/v1/products", token(""))
	before := s.metric(t, goroutines)
	for range 20 {
		c := s.dial(t)
		_, _ = io.WriteString(c, listing("?tag=sleep=1h"))
		s.eventually(t, "the request", func() bool { return s.metric(t, inFlight) == 1 })
		_ = c.Close()
		s.eventually(t, "the end of the handler", func() bool { return s.metric(t, inFlight) == 0 })
	}
	s.eventually(t, "the goroutines to end", func() bool { return s.metric(t, goroutines) <= before+2 })
	if line := s.log.line(`"level":"ERROR"`); line != nil {
		t.Errorf("the log takes a client that left for an error: %v", line)
	}
}

func TestDeadline(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	s := start(t, newIssuer(t), "REQUEST_TIMEOUT=100ms", "GATE="+gate)
	for _, trouble := range []string{"sleep=1h", "wait"} {
		a := s.get(t, "/v1/products?tag="+trouble, token(""))
		if a.status != 503 && a.status != 504 {
			t.Errorf("%s: got %d, want 503 or 504", trouble, a.status)
		}
		judgeProblem(t, a)
	}
	open(t, gate)
	s.eventually(t, "the end of the handlers", func() bool { return s.metric(t, inFlight) == 0 })
}

// open lets the requests go on that wait for the file GATE.
func open(t *testing.T, gate string) {
	t.Helper()
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// overload is what clients saw.
type overload struct {
	mu             sync.Mutex
	accepted, shed []time.Duration
	faults         []string
}

func (o *overload) note(a answer, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil:
		o.faults = append(o.faults, err.Error())
	case a.status == 200:
		o.accepted = append(o.accepted, a.took)
	case a.status == 503:
		o.shed = append(o.shed, a.took)
		if n, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || n < 1 {
			o.faults = append(o.faults, "Retry-After: "+a.header.Get("Retry-After"))
		}
	default:
		o.faults = append(o.faults, string(a.body))
	}
}

// quantile is the duration that the part q of all is not above.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[int(q*float64(len(sorted)-1))]
}

// TestOverload sends 2000 requests at once to a service that serves 64 at a time.
func TestOverload(t *testing.T) {
	s := start(t, newIssuer(t), "MAX_IN_FLIGHT=64", "ACCESS_LOG=off")
	request := []byte(strings.Replace(listing("?tag=sleep=100ms"), "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
	var clients sync.WaitGroup
	var o overload
	ready := make(chan struct{})
	for range 2000 {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		clients.Go(func() {
			defer c.Close()
			<-ready
			begin := time.Now()
			_ = c.SetDeadline(begin.Add(2 * time.Minute))
			if _, err := c.Write(request); err != nil {
				o.note(answer{}, err)
				return
			}
			a, err := newConversation(c).read("GET")
			a.took = time.Since(begin)
			o.note(a, err)
		})
	}
	close(ready)
	for range 5 {
		if status := s.ask("/livez"); status != 200 {
			t.Errorf("/livez under load: got %d, want 200", status)
		}
		time.Sleep(10 * time.Millisecond)
	}
	clients.Wait()
	if len(o.faults) > 0 || len(o.accepted)+len(o.shed) != 2000 || len(o.accepted) < 64 {
		t.Errorf("%d accepted, %d shed, faults: %q", len(o.accepted), len(o.shed), o.faults)
	}
	memory := s.metric(t, "process_resident_memory_bytes")
	t.Logf("%d accepted (p99 %v), %d shed (p50 %v, p99 %v), %.0f MiB", len(o.accepted), quantile(o.accepted, .99), len(o.shed),
		quantile(o.shed, .5), quantile(o.shed, .99), memory/(1<<20))
	if memory > 256<<20 && os.Getenv("HOSTILE_RACE") == "" {
		t.Errorf("the service takes %.0f bytes", memory)
	}
	if got := s.get(t, "/v1/products", token("")).status; got != 200 {
		t.Errorf("after the load: got %d, want 200", got)
	}
}

func TestPortBusy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, name := range []string{"HTTP_ADDR", "ADMIN_ADDR"} {
		cmd := command(t, newIssuer(t), name+"="+l.Addr().String())
		limit := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		out, err := cmd.CombinedOutput()
		limit.Stop()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("%s: got %v, want exit code 1", name, err)
		}
		if !strings.Contains(string(out), name) || !strings.Contains(string(out), l.Addr().String()) {
			t.Errorf("the message doesn't name %s and %s:\n%s", name, l.Addr(), out)
		}
	}
}

// TestNothingLeaks sends all cases again and again, and compares what the service holds.
func TestNothingLeaks(t *testing.T) {
	s := start(t, newIssuer(t), append([]string{"ACCESS_LOG=off"}, impatient...)...)
	round := func() {
		for _, name := range suites {
			cases := readSuite(t, name)
			var group sync.WaitGroup
			slots := make(chan struct{}, 32)
			for _, c := range cases.Cases {
				slots <- struct{}{}
				group.Go(func() {
					_, _ = c.send(s, cases.Order, 3*time.Second) // TestCases looks at what comes back
					<-slots
				})
			}
			group.Wait()
		}
		http.DefaultClient.CloseIdleConnections()
	}
	held := func() [2]float64 { return [2]float64{s.metric(t, goroutines), s.metric(t, "process_open_fds")} }
	round()
	s.eventually(t, "the requests to end", func() bool { return held()[0] < 60 })
	first := held()
	firstMemory := s.metric(t, "process_resident_memory_bytes")
	for range rounds() {
		round()
	}
	s.eventually(t, "goroutines and files to be given back", func() bool {
		now := held()
		return now[0] <= first[0]*1.1+2 && now[1] <= first[1]*1.1+2
	})
	memory := s.metric(t, "process_resident_memory_bytes")
	t.Logf("goroutines and files: %v before, %v after; memory %.0f MiB before, %.0f MiB after", first, held(),
		firstMemory/(1<<20), memory/(1<<20))
	if memory > firstMemory*1.5+16<<20 {
		t.Errorf("memory grew from %.0f to %.0f bytes", firstMemory, memory)
	}
}
