package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/config"
	"github.com/msgen/msgen/kit/docs"
	"github.com/msgen/msgen/kit/router"
	"github.com/msgen/msgen/kit/server"
)

// TestMain turns the test binary into a service when a test starts it as one.
func TestMain(m *testing.M) {
	if os.Getenv("BE_A_SERVICE") != "" {
		os.Exit(program().Main())
	}
	os.Exit(m.Run())
}

// program is a service whose operations take as long as they are told, or until there is the file GATE.
func program() server.Program {
	var c config.Config
	return server.Program{
		Name: "slow", Version: "1.2.3", Config: &c,
		Start: func(_ context.Context, _ *slog.Logger) (server.App, error) {
			rt, err := router.New([]router.Route{
				{Method: "GET", Path: "/hello", Handle: hello},
				{Method: "GET", Path: "/wait/{time}", Handle: func(w http.ResponseWriter, r *http.Request, p *router.Params) error {
					d, err := time.ParseDuration(p.Get("time"))
					if err != nil {
						return err
					}
					time.Sleep(d)
					return hello(w, r, p)
				}},
				{Method: "GET", Path: "/gate", Handle: func(w http.ResponseWriter, r *http.Request, p *router.Params) error {
					for _, err := os.Stat(os.Getenv("GATE")); err != nil; _, err = os.Stat(os.Getenv("GATE")) {
						time.Sleep(5 * time.Millisecond)
					}
					return hello(w, r, p)
				}},
				{Method: "GET", Path: "/events", Stream: true, Handle: func(w http.ResponseWriter, r *http.Request, _ *router.Params) error {
					_, _ = io.WriteString(w, "data: 1\n\n")
					w.(http.Flusher).Flush()
					<-r.Context().Done()
					_, err := io.WriteString(w, "data: end\n\n")
					return err
				}},
			}, router.Options{})
			ready := server.Check{Name: "file", Ready: func(context.Context) error {
				if name := os.Getenv("READY_FILE"); name != "" {
					_, err := os.Stat(name)
					return err
				}
				return nil
			}}
			return server.App{Handler: rt, Ready: []server.Check{ready}, Docs: docs.Options{Contracts: []docs.Contract{{Version: "v1", JSON: []byte(`{}`)}}}}, err
		},
	}
}

// process is a service in a process of its own.
type process struct {
	*running
	cmd   *exec.Cmd
	admin string
	ended chan struct{}
}

func launch(t *testing.T, env ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "BE_A_SERVICE=1", "HTTP_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0"), env...)
	log := &lines{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{running: &running{log: log}, cmd: cmd, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // its state says how it ended
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.ended
	})
	line := log.find(t, `"msg":"listening"`)
	p.addr, p.admin = line["addr"].(string), line["admin"].(string)
	return p
}

func (p *process) signal(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// code waits for the end and is the exit code.
func (p *process) code(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatalf("the process doesn't end:\n%s", p.log)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) ask(t *testing.T, path string) int {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + p.admin + path)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func request(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" }

func TestSignalWithRequestInFlight(t *testing.T) {
	gate := t.TempDir() + "/gate"
	p := launch(t, "DRAIN_DELAY=1h", "DRAIN_QUIET=50ms", "SHUTDOWN_GRACE=2h", "GATE="+gate)
	slow := make(chan answer, 1)
	go func() { slow <- p.raw(t, request("/gate")) }() // nothing is quiet while it is in flight
	stream := make(chan answer, 1)
	go func() { stream <- p.raw(t, request("/events")) }()
	kept := p.dial(t)
	_, _ = io.WriteString(kept, request("/hello"))
	keptReader := bufio.NewReader(kept)
	read(t, keptReader, "GET")
	eventually(t, "the requests", func() bool {
		return p.metricsHave(t, `http_requests_in_flight{method="GET",route="/gate"} 1`, `route="/events"} 1`)
	})
	if p.ask(t, "/readyz") != 200 {
		t.Error("the service isn't ready")
	}
	p.signal(t)
	eventually(t, "503 from /readyz", func() bool { return p.ask(t, "/readyz") == 503 })
	if p.ask(t, "/livez") != 200 {
		t.Error("/livez fails while draining")
	}
	if a := p.raw(t, request("/hello")); a.StatusCode != 200 || !a.Close {
		t.Errorf("new connection: got %d, close %v; want 200 and close", a.StatusCode, a.Close)
	}
	_, _ = io.WriteString(kept, request("/hello"))
	if a := read(t, keptReader, "GET"); a.StatusCode != 200 || !a.Close {
		t.Errorf("kept connection: got %d, close %v; want 200 and close", a.StatusCode, a.Close)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if a := <-slow; a.StatusCode != 200 {
		t.Errorf("in flight: got %d, want 200", a.StatusCode)
	}
	if a := <-stream; !strings.HasSuffix(a.body, "data: end\n\n") {
		t.Errorf("stream: got %q, want it ended by its handler", a.body)
	}
	if code := p.code(t); code != 0 {
		t.Errorf("got exit code %d:\n%s", code, p.log)
	}
}

func (p *process) metricsHave(t *testing.T, wants ...string) bool {
	t.Helper()
	resp, err := http.Get("http://" + p.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	for _, want := range wants {
		if !strings.Contains(string(b), want) {
			return false
		}
	}
	return true
}

// Without anything to wait for, the delay ends early: it is an hour here.
func TestSignalWithIdleConnections(t *testing.T) {
	p := launch(t, "DRAIN_DELAY=1h", "DRAIN_QUIET=50ms", "SHUTDOWN_GRACE=2h")
	var kept []net.Conn
	for range 20 {
		c := p.dial(t)
		_, _ = io.WriteString(c, request("/hello"))
		read(t, bufio.NewReader(c), "GET")
		kept = append(kept, c)
	}
	p.signal(t)
	if code := p.code(t); code != 0 {
		t.Errorf("got exit code %d:\n%s", code, p.log)
	}
	for _, c := range kept {
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("an idle connection ended with %v", err)
		}
	}
}

func TestStuckRequestsAreNamed(t *testing.T) {
	p := launch(t, "DRAIN_DELAY=10ms", "SHUTDOWN_GRACE=100ms")
	_, _ = io.WriteString(p.dial(t), request("/wait/1h"))
	eventually(t, "the request", func() bool { return p.metricsHave(t, `route="/wait/{time}"} 1`) })
	p.signal(t)
	if code := p.code(t); code != 1 {
		t.Errorf("got exit code %d, want 1", code)
	}
	if line := p.log.find(t, "exiting with requests"); !strings.Contains(fmt.Sprint(line["stuck"]), "GET /wait/{time} (1)") {
		t.Errorf("got %v, want the stuck route", line)
	}
}

func TestSecondSignalForces(t *testing.T) {
	p := launch(t, "DRAIN_DELAY=1h", "DRAIN_QUIET=0s", "SHUTDOWN_GRACE=2h")
	p.signal(t)
	eventually(t, "503 from /readyz", func() bool { return p.ask(t, "/readyz") == 503 })
	eventually(t, "the end", func() bool { // one that comes at once counts as the first
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails once the process ended
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	})
	if code := p.code(t); code != 1 {
		t.Errorf("got exit code %d, want 1:\n%s", code, p.log)
	}
}

// timeout(1) signals the process and its group.
func TestSignalThatComesTwiceAtOnceIsOne(t *testing.T) {
	code := 1
	for tries := 0; code == 1 && tries < 10; tries++ { // on a busy machine the second one may come late
		p := launch(t)
		p.signal(t)
		_ = p.cmd.Process.Signal(syscall.SIGINT) // fails once the process ended
		code = p.code(t)
	}
	if code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
}

// No request that is sent while the service goes down may be lost.
func TestSignalUnderLoad(t *testing.T) {
	p := launch(t, "DRAIN_DELAY=300ms")
	var refused, done atomic.Int64
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			client := http.Client{Transport: &http.Transport{}}
			for {
				resp, err := client.Get("http://" + p.addr + "/wait/2ms")
				switch {
				case errors.Is(err, syscall.ECONNREFUSED):
					refused.Add(1)
					return
				case err != nil:
					t.Errorf("a request is lost: %v", err)
					return
				case resp.StatusCode != 200:
					t.Errorf("got %d, want 200", resp.StatusCode)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				done.Add(1)
			}
		})
	}
	eventually(t, "some load", func() bool { return done.Load() > 20 })
	p.signal(t)
	clients.Wait()
	if code := p.code(t); code != 0 || refused.Load() != 4 {
		t.Errorf("got exit code %d, %d clients refused at the end", code, refused.Load())
	}
}

func TestReadiness(t *testing.T) {
	file := t.TempDir() + "/ready"
	p := launch(t, "READY_FILE="+file)
	if got := p.ask(t, "/readyz"); got != 503 {
		t.Errorf("got %d, want 503", got)
	}
	if err := server.Healthcheck(t.Context(), p.admin, true); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v, want an error with 503", err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := p.ask(t, "/readyz"); got != 200 {
		t.Errorf("got %d, want 200", got)
	}
	for path, want := range map[string]int{"/livez": 200, "/metrics": 200, "/nope": 404} {
		if got := p.ask(t, path); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	for _, ready := range []bool{false, true} {
		if err := server.Healthcheck(t.Context(), p.admin, ready); err != nil {
			t.Error(err)
		}
	}
	if a := p.raw(t, request("/docs")); a.StatusCode != 404 {
		t.Errorf("/docs outside of development: got %d, want 404", a.StatusCode)
	}
}

func TestDocsInDevelopment(t *testing.T) {
	p := launch(t, "AUTH_DEV=true")
	if a := p.raw(t, request("/openapi.json")); a.StatusCode != 200 || a.body != "{}" {
		t.Errorf("got %d %q", a.StatusCode, a.body)
	}
}

// invoke runs the program in this process.
func invoke(env []string, args ...string) (code int, stdout, stderr string) {
	var out, err lines
	code = program().Run(context.Background(), args, func(name string) (string, bool) {
		for _, e := range env {
			if n, v, _ := strings.Cut(e, "="); n == name {
				return v, true
			}
		}
		return "", false
	}, &out, &err)
	return code, out.String(), err.String()
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, stdout, _ := invoke([]string{"HTTP_ADDR=" + l.Addr().String(), "ADMIN_ADDR=127.0.0.1:0"})
	if want := "HTTP_ADDR: \\\"" + l.Addr().String() + "\\\" is in use"; code != 1 || !strings.Contains(stdout, want) {
		t.Errorf("got %d and %s, want 1 and %s", code, stdout, want)
	}
	code, stdout, _ = invoke([]string{"ADMIN_ADDR=" + l.Addr().String(), "HTTP_ADDR=127.0.0.1:0"})
	if code != 1 || !strings.Contains(stdout, "ADMIN_ADDR") {
		t.Errorf("got %d and %s, want 1 and ADMIN_ADDR", code, stdout)
	}
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{[]string{"--help"}, 0, "healthcheck", ""},
		{[]string{"--print-config"}, 0, "HTTP_ADDR=:8080 # default", ""},
		{[]string{"version"}, 0, "slow 1.2.3\n", ""},
		{[]string{"--nope"}, 2, "", `unknown flag "--nope"`},
		{[]string{"--http-addr=x"}, 2, "", `--http-addr: "x" is no address`},
		{[]string{"nope"}, 2, "", `unknown command "nope"`},
		{[]string{"--admin-addr=127.0.0.1:1", "healthcheck"}, 1, "", "the service doesn't answer"},
	}
	for _, tt := range tests {
		code, stdout, stderr := invoke(nil, tt.args...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%v: got %d, stdout %q, stderr %q", tt.args, code, stdout, stderr)
		}
	}
}
