package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// demo runs the parts of the demonstration. The first thing that goes otherwise than it says ends the part, by a panic
// with a failure that play turns into an error.
type demo struct {
	ctx               context.Context
	root, work, msgen string
	token             string // sent with every call
	header            map[string]string
	running           []*process
	port              int // the last that address looked at
}

type failure struct{ err error }

// process is a service that runs.
type process struct {
	name, url   string
	environment []string
	cmd         *exec.Cmd
	log         *syncBuffer
	done        chan error
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (d *demo) play(part func(*demo)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			err = f.err
			if d.ctx.Err() != nil {
				err = errors.New("interrupted")
			}
		}
	}()
	part(d)
	return nil
}

func (d *demo) fail(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

func (d *demo) must(err error) {
	if err != nil {
		panic(failure{err})
	}
}

func (d *demo) title(text string) { fmt.Printf("\n== %s\n", text) }

func (d *demo) say(text string) { fmt.Printf("\n# %s\n", text) }

// prepare makes a command that ends with the demo; "msgen" is the one that was built.
func (d *demo) prepare(dir string, environment []string, name string, args ...string) *exec.Cmd {
	if name == "msgen" {
		name = d.msgen
	}
	cmd := exec.CommandContext(d.ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), environment...)
	return cmd
}

func (d *demo) shown(name string, args []string) string {
	words := append([]string{filepath.Base(name)}, args...)
	for i, word := range words {
		words[i] = strings.NewReplacer(d.work+"/", "", d.root+"/", "").Replace(word)
	}
	return strings.Join(words, " ")
}

// command runs a command, shows what it prints, and wants exit code 0.
func (d *demo) command(dir, name string, args ...string) {
	fmt.Printf("$ %s\n", d.shown(name, args))
	output, err := d.prepare(dir, nil, name, args...).CombinedOutput()
	d.print(string(output))
	if err != nil {
		d.fail("%s: %w", d.shown(name, args), err)
	}
}

// refused runs a command, shows what it prints, and wants exit code 1.
func (d *demo) refused(dir, name string, args ...string) {
	fmt.Printf("$ %s\n", d.shown(name, args))
	output, err := d.prepare(dir, nil, name, args...).CombinedOutput()
	d.print(string(output))
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		d.fail("%s: got %v, want exit code 1", d.shown(name, args), err)
	}
}

// output runs a command and returns what it prints.
func (d *demo) output(dir string, environment []string, name string, args ...string) string {
	fmt.Printf("$ %s\n", d.shown(name, args))
	var stderr bytes.Buffer
	cmd := d.prepare(dir, environment, name, args...)
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		d.fail("%s: %w: %s", d.shown(name, args), err, stderr.String())
	}
	return strings.TrimSpace(string(output))
}

// piped runs a command with a standard input and returns what it prints.
func (d *demo) piped(input, name string, args ...string) string {
	cmd := d.prepare(d.work, nil, name, args...)
	cmd.Stdin = strings.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		d.fail("%s: %w", d.shown(name, args), err)
	}
	return strings.TrimSpace(string(output))
}

func (d *demo) print(output string) {
	output = strings.NewReplacer(d.work+"/", "", d.root+"/", "").Replace(strings.TrimRight(output, "\n"))
	if output == "" {
		return
	}
	for line := range strings.Lines(output + "\n") {
		fmt.Print("  " + line)
	}
}

func (d *demo) write(file string, data []byte) { d.must(os.WriteFile(file, data, 0o644)) }

func (d *demo) embedded(name string) []byte {
	data, err := behaviour.ReadFile(name)
	d.must(err)
	return data
}

// replace copies a file with one text replaced by another.
func (d *demo) replace(from, to, old, text string) {
	data, err := os.ReadFile(from)
	d.must(err)
	if !strings.Contains(string(data), old) {
		d.fail("%s has no %q", from, old)
	}
	d.write(to, []byte(strings.Replace(string(data), old, text, 1)))
}

// address is a free address on this machine, whose port no connection gets before the service has it: those have ports from
// 32768 on (Linux) or 49152 on (RFC 6335).
func (d *demo) address() string {
	if d.port == 0 {
		d.port = 24_000 + rand.IntN(6_000) // differs from run to run
	}
	for range 1000 {
		d.port++
		address := fmt.Sprintf("127.0.0.1:%d", d.port)
		if l, err := net.Listen("tcp", address); err == nil {
			d.must(l.Close())
			return address
		}
	}
	d.fail("there is no free port")
	return ""
}

// start starts a service and waits until it is ready. HTTP_ADDR is chosen unless the environment has one.
func (d *demo) start(name, binary, dir string, environment ...string) *process {
	address := ""
	for _, entry := range environment {
		if value, ok := strings.CutPrefix(entry, "HTTP_ADDR="); ok {
			address = value
		}
	}
	if address == "" {
		address = d.address()
		environment = append(environment, "HTTP_ADDR="+address)
	}
	admin := d.address()
	environment = append(environment, "ADMIN_ADDR="+admin)
	p := &process{name: name, url: "http://" + address, environment: environment, log: &syncBuffer{}, done: make(chan error, 1)}
	p.cmd = d.prepare(dir, environment, binary)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 10 * time.Second
	d.must(p.cmd.Start())
	d.running = append(d.running, p)
	go func() { p.done <- p.cmd.Wait() }()
	fmt.Printf("$ %s &\n", name)
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		response, err := http.Get("http://" + admin + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return p
			}
		}
		select {
		case err := <-p.done:
			d.fail("%s ended: %v\n%s", name, err, p.log)
		case <-d.ctx.Done():
			d.must(d.ctx.Err())
		default:
		}
		if time.Now().After(end) {
			d.fail("%s is not ready\n%s", name, p.log)
		}
	}
}

// stop ends a service as an orchestrator does, and wants exit code 0.
func (d *demo) stop(p *process) {
	d.must(p.cmd.Process.Signal(syscall.SIGTERM))
	if err := <-p.done; err != nil {
		d.fail("%s: %v\n%s", p.name, err, p.log)
	}
	fmt.Printf("  %s ended with exit code 0\n", p.name)
	for i, other := range d.running {
		if other == p {
			d.running = append(d.running[:i], d.running[i+1:]...)
			break
		}
	}
}

// stopAll ends what still runs.
func (d *demo) stopAll() {
	for _, p := range d.running {
		p.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
	}
	for _, p := range d.running {
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			p.cmd.Process.Kill() //nolint:errcheck // it may have ended
		}
	}
}

// call calls a service, shows the exchange, and wants a status.
func (d *demo) call(p *process, method, path, body string, want int) map[string]any {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(d.ctx, method, p.url+path, reader)
	d.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if d.token != "" {
		r.Header.Set("Authorization", "Bearer "+d.token)
	}
	for key, value := range d.header {
		r.Header.Set(key, value)
	}
	response, err := http.DefaultClient.Do(r)
	d.must(err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	d.must(err)
	fmt.Printf("  %s %s%s %s\n  %d %s\n", method, p.name, path, short(body), response.StatusCode, response.Header.Get("Content-Type"))
	if len(raw) > 0 {
		fmt.Println("  " + short(string(raw)))
	}
	if response.StatusCode != want {
		d.fail("%s %s: got %d, want %d\n%s\n%s", method, path, response.StatusCode, want, raw, p.log)
	}
	if want >= 400 && response.Header.Get("Content-Type") != "application/problem+json" {
		d.fail("%s %s: the answer is no problem", method, path)
	}
	answer := map[string]any{}
	if len(raw) > 0 {
		d.must(json.Unmarshal(raw, &answer))
	}
	return answer
}

func short(text string) string {
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > 400 {
		return string(runes[:400]) + "…"
	}
	return text
}

// text is a string member of an answer.
func text(answer map[string]any, name string) string {
	value, _ := answer[name].(string)
	return value
}
