package config_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/kit/config"
)

// own is a configuration as a service extends it.
type own struct {
	config.Config
	Greeting string
	Colours  []string
}

func (o *own) Register(s *config.Set) {
	o.Config.Register(s)
	s.String(&o.Greeting, "GREETING", "hello", "what to say")
	s.List(&o.Colours, "COLOURS", "red, green", "colours to use")
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, p := range pairs {
			if n, v, _ := strings.Cut(p, "="); n == name {
				return v, true
			}
		}
		return "", false
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	var o own
	s := config.NewSet("users")
	o.Register(s)
	rest, err := s.Parse([]string{"--http-addr=:1", "--GREETING", "hi there", "-auth-dev", "--max_body_bytes=2KiB", "token", "--scope", "x"},
		env("HTTP_ADDR=:2", "ADMIN_ADDR=127.0.0.1:3", "GREETING=no", "READ_TIMEOUT=1m", "LOG_LEVEL=", "COLOURS=a,, b"))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{o.HTTPAddr, o.AdminAddr, o.Greeting, o.Auth.Dev, o.MaxBodyBytes, o.ReadTimeout, o.LogLevel, o.Colours, rest}
	want := []any{":1", "127.0.0.1:3", "hi there", true, int64(2048), time.Minute, "info", []string{"a", "b"}, []string{"token", "--scope", "x"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if o.Validation() != "enforce" || !o.ShowDocs() {
		t.Errorf("got validation %q, docs %v; want those of development", o.Validation(), o.ShowDocs())
	}
}

func TestDefaults(t *testing.T) {
	c := config.Default()
	got := []any{c.HTTPAddr, c.AdminAddr, c.ReadHeaderTimeout, c.ReadTimeout, c.WriteTimeout, c.IdleTimeout, c.MaxHeaderBytes,
		c.MaxHeaderFields, c.MaxBodyBytes, c.ShowDocs(), c.Validation()}
	want := []any{":8080", "127.0.0.1:9090", 5 * time.Second, 30 * time.Second, 30 * time.Second, time.Minute, int64(60 << 10),
		100, int64(1 << 20), false, "sample"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsNameVariableValueAndRemedy(t *testing.T) {
	tests := []struct {
		args []string
		env  []string
		want string
	}{
		{nil, []string{"HTTP_ADDR=8080"}, `HTTP_ADDR: "8080" is no address; use host:port with a port from 0 to 65535, such as :8080 or 127.0.0.1:9090`},
		{nil, []string{"ADMIN_ADDR=:99999"}, `ADMIN_ADDR: ":99999" is no address`},
		{nil, []string{"READ_TIMEOUT=30"}, `READ_TIMEOUT: "30" is no time span; use a number with a unit, such as 500ms, 30s or 5m`},
		{nil, []string{"READ_TIMEOUT=-1s"}, `READ_TIMEOUT: "-1s" is no time span`},
		{nil, []string{"MAX_BODY_BYTES=1MB"}, `MAX_BODY_BYTES: "1MB" is no size`},
		{nil, []string{"MAX_IN_FLIGHT=0"}, `MAX_IN_FLIGHT: "0" is no whole number from 1; use one, such as 512`},
		{nil, []string{"AUTH_DEV=maybe"}, `AUTH_DEV: "maybe" is no truth value; use true or false`},
		{nil, []string{"LOG_LEVEL=loud"}, `LOG_LEVEL: "loud" is none of info, debug, warn, error; choose one`},
		{[]string{"--log-level=loud"}, nil, `--log-level: "loud" is none of`},
		{[]string{"--htp-addr=:1"}, nil, `unknown flag "--htp-addr"; did you mean --http-addr?`},
		{[]string{"--zzz"}, nil, `unknown flag "--zzz"; --help lists the flags`},
		{[]string{"--http-addr"}, nil, `flag --http-addr has no value; write --http-addr=VALUE`},
	}
	for _, tt := range tests {
		var c config.Config
		s := config.NewSet("users")
		c.Register(s)
		_, err := s.Parse(tt.args, env(tt.env...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v %v: got error %v, want %q", tt.args, tt.env, err, tt.want)
		}
	}
}

func TestAllFaultsAreReported(t *testing.T) {
	var c config.Config
	s := config.NewSet("users")
	c.Register(s)
	_, err := s.Parse([]string{"--zzz", "--read-timeout=x"}, env("HTTP_ADDR=x"))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v, want three faults", err)
	}
}

func TestPrintHidesSecrets(t *testing.T) {
	var o own
	s := config.NewSet("users")
	o.Register(s)
	_, err := s.Parse([]string{"--print-config", "--greeting=a b"},
		env("DATABASE_URL=postgres://u:hunter2@db/x", "AUTH_CLIENT_SECRET=hunter2", "AUTH_API_KEYS=hunter2", "AUTH_JWKS_URL=https://u:hunter2@iss/keys"))
	if err != nil || !s.Printing() {
		t.Fatalf("got error %v, printing %v", err, s.Printing())
	}
	var b bytes.Buffer
	s.Print(&b)
	if strings.Contains(b.String(), "hunter2") {
		t.Errorf("a secret is shown:\n%s", &b)
	}
	for _, line := range []string{"GREETING=\"a b\" # flag\n", "DATABASE_URL=\"(hidden)\" # environment\n", "HTTP_ADDR=:8080 # default\n",
		"AUTH_JWKS_URL=\"https://(hidden)@iss/keys\" # environment\n"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is missing from:\n%s", line, &b)
		}
	}
}

func TestHelp(t *testing.T) {
	var c config.Config
	s := config.NewSet("users")
	c.Register(s)
	if _, err := s.Parse([]string{"--help"}, env()); !errors.Is(err, config.ErrHelp) {
		t.Errorf("got %v, want ErrHelp", err)
	}
	var b bytes.Buffer
	s.Usage(&b)
	for _, want := range []string{"Usage: users [flags] [command]", "--http-addr, HTTP_ADDR (default :8080)", "--print-config"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from:\n%s", want, &b)
		}
	}
}
