package e2e

import (
	"bytes"
	crand "crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// binaries is where TestMain built the services.
var binaries string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil { // stories wait more than they work
		panic(err)
	}
	dir, err := os.MkdirTemp("", "shop-e2e-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	binaries = dir
	for _, name := range []string{"users", "products", "payments"} {
		args := []string{"build", "-buildvcs=false", "-o", filepath.Join(dir, name)}
		if raceWorks() {
			args = append(args, "-race")
		}
		build := exec.Command("go", append(args, "./cmd/"+name)...)
		build.Dir = filepath.Join("..", name)
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", name, err, out)
			return 1
		}
	}
	return m.Run()
}

// raceWorks tells whether the race detector can be built in: it needs cgo and a C compiler.
func raceWorks() bool {
	out, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) < 2 || fields[0] != "1" {
		return false
	}
	_, err = exec.LookPath(fields[1])
	return err == nil
}

// system is the three services with their stores and a payment provider.
type system struct {
	*testing.T
	name                      string // of the kind of store
	users, products, payments *process
	provider                  *provider
	stores                    map[string]string // DATABASE_URL by service
	admin                     *sql.DB           // of PostgreSQL; nil for SQLite
	secret                    string
}

// onEach runs a story on SQLite, and on PostgreSQL where TEST_DATABASE_URL names one that lets us create databases.
func onEach(t *testing.T, story func(*system), settings ...string) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := &system{T: t, name: "sqlite", stores: map[string]string{}}
		for _, name := range []string{"users", "products", "payments"} {
			s.stores[name] = "sqlite:" + filepath.Join(t.TempDir(), name+".db")
		}
		s.start(settings)
		story(s)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		postgres := os.Getenv("TEST_DATABASE_URL")
		if postgres == "" {
			t.Skip("TEST_DATABASE_URL names no PostgreSQL")
		}
		s := &system{T: t, name: "postgres", stores: map[string]string{}}
		s.createDatabases(postgres)
		s.start(settings)
		story(s)
	})
}

func (s *system) createDatabases(postgres string) {
	s.Helper()
	var err error
	if s.admin, err = sql.Open("pgx", postgres); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { s.admin.Close() })
	for _, name := range []string{"users", "products", "payments"} {
		database := name + "_" + random(8)
		if _, err := s.admin.Exec("CREATE DATABASE " + database); err != nil {
			s.Fatal(err)
		}
		s.Cleanup(func() {
			if _, err := s.admin.Exec("DROP DATABASE " + database + " WITH (FORCE)"); err != nil {
				s.Error(err)
			}
		})
		u, err := url.Parse(postgres)
		if err != nil {
			s.Fatal(err)
		}
		u.Path = "/" + database
		s.stores[name] = u.String()
	}
}

func random(bytes int) string {
	raw := make([]byte, bytes)
	crand.Read(raw) //nolint:errcheck // never fails
	return hex.EncodeToString(raw)
}

const maintainer = "maintainer@example.com"

func (s *system) start(settings []string) {
	s.Helper()
	s.provider = newProvider(s.T)
	s.secret = random(16)
	hash := sha256.Sum256([]byte(s.secret))
	s.users, s.products, s.payments = s.process("users"), s.process("products"), s.process("payments")
	s.users.env = append(s.users.env,
		"MAINTAINERS="+maintainer, "AUTH_BASIC_USERS=payments:"+hex.EncodeToString(hash[:])+":products.read products.reserve")
	s.payments.env = append(s.payments.env,
		"PRODUCTS_URL="+s.products.url, "USERS_URL="+s.users.url, "CHARGER_URL="+s.provider.url, "CLIENT_SECRET="+s.secret,
		"CHECKOUT_LEASE=3s", "RECOVER_EVERY=200ms", "CALL_TIMEOUT=2s")
	all := []*process{s.users, s.products, s.payments}
	s.Cleanup(func() { s.end(all) })
	for _, p := range all {
		p.env = append(p.env, "AUTH_ISSUER="+s.users.url, "AUTH_AUDIENCE="+p.name)
		p.env = append(p.env, settings...)
		p.start()
		if p == s.users {
			p.wait() // the others load its keys
		}
	}
	for _, p := range all {
		p.wait()
	}
}

// end ends the processes, and wants none to have found a race or panicked.
func (s *system) end(all []*process) {
	var wait sync.WaitGroup
	for _, p := range all {
		wait.Go(p.end)
	}
	wait.Wait()
	for _, p := range all {
		text := p.log.String()
		if strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic") {
			s.Errorf("%s said:\n%s", p.name, text)
		}
		if s.Failed() {
			s.Logf("the last that %s said:\n%s", p.name, text[max(0, len(text)-3000):])
		}
	}
}

// process is one service.
type process struct {
	*testing.T
	name, url, admin string
	env              []string

	cmd  *exec.Cmd
	log  *output
	done chan error
}

// output keeps what a process says.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// ports are taken in turn, from a place that differs from run to run.
var ports = sync.OnceValue(func() *atomic.Uint32 {
	next := &atomic.Uint32{}
	next.Store(rand.Uint32N(10_000))
	return next
})

// address is one that nobody listens on now, and that nobody gets for a connection of theirs while a process is restarted:
// those have ports from 32768 on (Linux) or 49152 on (RFC 6335).
func address(t *testing.T) string {
	t.Helper()
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", 22_000+ports().Add(1)%10_000)
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// process prepares a service on ports that are free now.
func (s *system) process(name string) *process {
	s.Helper()
	addrs := []string{address(s.T), address(s.T)}
	p := &process{T: s.T, name: name, url: "http://" + addrs[0], admin: "http://" + addrs[1], log: &output{}}
	p.env = []string{
		"HTTP_ADDR=" + addrs[0], "ADMIN_ADDR=" + addrs[1], "DATABASE_URL=" + s.stores[name], "RESPONSE_VALIDATION=enforce",
		"ACCESS_LOG=errors", "DRAIN_DELAY=0s", "HOME=" + s.TempDir(), "GORACE=halt_on_error=0 exitcode=66",
	}
	return p
}

func (p *process) start() {
	p.Helper()
	p.cmd = exec.Command(filepath.Join(binaries, p.name))
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, p.log, p.log
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	cmd, done := p.cmd, make(chan error, 1)
	p.done = done
	go func() { done <- cmd.Wait() }()
}

// wait waits until the service is ready.
func (p *process) wait() {
	p.Helper()
	p.eventually(30*time.Second, "be ready", func() error {
		response, err := http.Get(p.admin + "/readyz")
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return nil
	})
}

// kill ends the process as a crash does.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
	p.cmd = nil
}

func (p *process) restart() {
	p.Helper()
	p.start()
	p.wait()
}

func (p *process) signal(sig syscall.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.Errorf("%s: %v", p.name, err)
	}
}

// end asks the process to end, as an orchestrator does, and wants it to end in order.
func (p *process) end() {
	if p.cmd == nil {
		return
	}
	p.signal(syscall.SIGCONT)
	p.signal(syscall.SIGTERM)
	select {
	case err := <-p.done:
		if err != nil {
			p.Errorf("%s: %v", p.name, err)
		}
	case <-time.After(30 * time.Second):
		p.kill()
		p.Errorf("%s did not end", p.name)
	}
}

// eventually wants something to hold before long.
func (p *process) eventually(patience time.Duration, what string, holds func() error) {
	p.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	p.Fatalf("%s does not %s: %v\n%s", p.name, what, err, p.log)
}
