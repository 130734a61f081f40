// Package hostile holds what a hostile client, a bad issuer and a busy day do to a generated service: tests generate the
// service of testdata/shop.yaml, put handlers in it, build it, run it as a process and talk to it over TCP. It has no code
// of its own.
package hostile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the folder of the binary; TestMain takes it away.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return "", err
	}
	return dir, buildService(dir)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := built(); err == nil {
		_ = os.RemoveAll(dir) // what is left of it does no harm
	}
	os.Exit(code)
}

// buildService generates the service, writes its handlers and builds dir/shop. HOSTILE_RACE=1 adds the race detector.
func buildService(dir string) error {
	tree := filepath.Join(dir, "tree")
	if err := run(".", "go", "build", "-o", filepath.Join(dir, "msgen"), "../../cmd/msgen"); err != nil {
		return err
	}
	if err := run(".", filepath.Join(dir, "msgen"), "new", "service", "shop", "--spec", "testdata/shop.yaml", "--dir", tree); err != nil {
		return err
	}
	handlers, err := filepath.Glob("testdata/service/*.go")
	if err != nil {
		return err
	}
	for _, name := range handlers {
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(tree, filepath.Base(name)), source, 0o644); err != nil {
			return err
		}
	}
	if err := wrapApp(filepath.Join(tree, "cmd", "shop", "main.go")); err != nil {
		return err
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(dir, "shop"), "./cmd/shop"}
	if os.Getenv("HOSTILE_RACE") != "" {
		args = append([]string{"build", "-race"}, args[1:]...)
	}
	return run(tree, "go", args...)
}

// wrapApp lets main serve the paths of testdata/service/trouble.go, too.
func wrapApp(name string) error {
	source, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	const plain, wrapped = "return s.App(ctx, log)", "return service.WithTrouble(s.App(ctx, log))"
	if !bytes.Contains(source, []byte(plain)) {
		return fmt.Errorf("%s has no %q to be wrapped", name, plain)
	}
	return os.WriteFile(name, bytes.Replace(source, []byte(plain), []byte(wrapped), 1), 0o644)
}

func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// transcript is what a process wrote.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// line is the first record that holds text, nil when there is none.
func (l *transcript) line(text string) map[string]any {
	for record := range strings.Lines(l.String()) {
		var fields map[string]any
		if strings.Contains(record, text) && json.Unmarshal([]byte(record), &fields) == nil {
			return fields
		}
	}
	return nil
}

// service is the service as a process.
type service struct {
	addr, admin string
	log         *transcript
	cmd         *exec.Cmd
	ended       chan struct{}
}

// command is the service, ready to be started. It trusts the issuer.
func command(t testing.TB, i *issuer, env ...string) *exec.Cmd {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "shop"))
	cmd.Env = append([]string{
		"HTTP_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "AUTH_ISSUER=" + issuerName, "AUTH_AUDIENCE=" + audience,
		"AUTH_JWKS_URL=" + i.url, "AUTH_ALLOW_HTTP=true", "RESPONSE_VALIDATION=enforce",
	}, env...)
	return cmd
}

// launch starts the service and waits until its ports are open. It is killed at the end of the test.
func launch(t testing.TB, i *issuer, env ...string) *service {
	t.Helper()
	if testing.Short() {
		t.Skip("runs a service as a process")
	}
	return launchCommand(t, command(t, i, env...))
}

// launchCommand is launch for a command.
func launchCommand(t testing.TB, cmd *exec.Cmd) *service {
	t.Helper()
	s := &service{log: &transcript{}, cmd: cmd, ended: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // its state says how it ended
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended
		<-s.ended
		if strings.Contains(s.log.String(), "DATA RACE") {
			t.Errorf("the service has a data race:\n%s", s.log)
		}
	})
	s.eventually(t, "its ports", func() bool { return s.log.line(`"msg":"listening"`) != nil })
	listening := s.log.line(`"msg":"listening"`)
	s.addr, s.admin = listening["addr"].(string), listening["admin"].(string)
	return s
}

// start is launch, and waits until the service is ready.
func start(t testing.TB, i *issuer, env ...string) *service {
	t.Helper()
	s := launch(t, i, env...)
	s.eventually(t, "200 from /readyz", func() bool { return s.ask("/readyz") == 200 })
	return s
}

// patience is how long a test waits for what must come, on a machine that is busy with other things.
const patience = time.Minute

// eventually waits for a condition, and gives up when it loses patience or the process ends.
func (s *service) eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
		select {
		case <-s.ended:
			if holds() {
				return
			}
			t.Fatalf("the process ended before %s:\n%s", what, s.log)
		default:
		}
	}
	t.Fatalf("no %s after %v:\n%s", what, patience, s.log)
}

// terminate sends SIGTERM.
func (s *service) terminate(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// exit waits for the end of the process and returns its exit code.
func (s *service) exit(t testing.TB) int {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatalf("the process doesn't end:\n%s", s.log)
	}
	return s.cmd.ProcessState.ExitCode()
}

// ask gets a path of the private port and returns the status, 0 when nobody answers.
func (s *service) ask(path string) int {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Get("http://" + s.admin + path)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// metric is the value of a metric by its name, labels included; 0 when it isn't there.
func (s *service) metric(t testing.TB, name string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + s.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	return 0
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	close  bool
	err    error // of the body
	took   time.Duration
}

// get asks for a path with a token, on a connection of its own.
func (s *service) get(t testing.TB, path, token string) answer {
	t.Helper()
	a, err := s.tryGet(path, token)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *service) tryGet(path, token string) (answer, error) {
	begin := time.Now()
	c, err := net.DialTimeout("tcp", s.addr, patience)
	if err != nil {
		return answer{}, err
	}
	defer c.Close()
	head := "GET " + path + " HTTP/1.1\r\nHost: shop.test\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n"
	_ = c.SetDeadline(begin.Add(patience))
	if _, err := io.WriteString(c, head); err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		return answer{}, err
	}
	a, err := newConversation(c).read("GET")
	a.took = time.Since(begin)
	return a, err
}
