package auth_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/msgen/msgen/kit/auth"
)

// TestMain runs the token command instead of the tests when it is asked to, so that it can be tried as another process.
func TestMain(m *testing.M) {
	if file := os.Getenv("TOKEN_COMMAND_KEY"); file != "" {
		os.Exit(auth.TokenCommand(auth.Config{Service: "shop", DevKeyFile: file}, []string{"products:read"}, os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func token(t *testing.T, c auth.Config, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := auth.TokenCommand(c, []string{"products:read", "a"}, args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return strings.TrimSuffix(stdout.String(), "\n")
}

func TestDevelopmentTokens(t *testing.T) {
	c := auth.Config{Service: "shop", Dev: true, DevKeyFile: filepath.Join(t.TempDir(), "sub", "key")}
	a := authenticator(t, c, manySchemes()...)
	good := token(t, c)
	for name, k := range map[string]struct {
		header []string
		use    auth.Use
		want   int
	}{
		"bearer":           {[]string{"Authorization", "Bearer " + good}, use("bearer", "products:read", "a"), 200},
		"scopes":           {[]string{"Authorization", "Bearer " + token(t, c, "--scope", "x y")}, use("bearer", "y"), 200},
		"other scopes":     {[]string{"Authorization", "Bearer " + token(t, c, "--scope", "x")}, use("bearer", "a"), 403},
		"other audience":   {[]string{"Authorization", "Bearer " + token(t, c, "--audience", "x")}, use("bearer"), 401},
		"as key":           {[]string{"X-API-Key", good}, use("key"), 200},
		"no key":           {[]string{"X-API-Key", "x"}, use("key"), 401},
		"as password":      {[]string{"Authorization", basicValue("developer", good)}, use("basic"), 200},
		"of somebody else": {[]string{"Authorization", basicValue("admin", good)}, use("basic"), 401},
	} {
		if status, challenge := answer(a, request(k.header...), auth.Requirements{{k.use}}); status != k.want {
			t.Errorf("%s: got %d with %q, want %d", name, status, challenge, k.want)
		}
	}
	ctx, err := a.Authenticate(bearer(token(t, c, "--sub", "ann", "--claim", "tenant=7", "--claim", "name=Ann")), auth.Requirements{{use("bearer")}})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := auth.FromContext(ctx)
	if p.Subject != "ann" || string(p.Claims["tenant"]) != "7" || string(p.Claims["name"]) != `"Ann"` {
		t.Errorf("got %+v", p)
	}
}

func TestTokenCommandIsAnotherProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, "--ttl", "5m")
	command.Env = append(os.Environ(), "TOKEN_COMMAND_KEY="+file)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	a := authenticator(t, auth.Config{Service: "shop", Dev: true, DevKeyFile: file})
	if status, challenge := answer(a, bearer(strings.TrimSpace(string(out))), readScope); status != http.StatusOK {
		t.Errorf("got %d with %q, want 200", status, challenge)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file: %v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestTokenCommandRefuses(t *testing.T) {
	file, plain := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config auth.Config
		args   []string
		want   string
	}{
		"real issuer": {auth.Config{Issuer: "https://iss.test", DevKeyFile: file}, nil, "AUTH_ISSUER"},
		"argument":    {auth.Config{DevKeyFile: file}, []string{"x"}, "unexpected"},
		"ttl":         {auth.Config{DevKeyFile: file}, []string{"--ttl", "-1s"}, "ttl"},
		"claim":       {auth.Config{DevKeyFile: file}, []string{"--claim", "x"}, "name=value"},
		"flag":        {auth.Config{DevKeyFile: file}, []string{"--nope"}, "nope"},
		"no place":    {auth.Config{DevKeyFile: filepath.Join(plain, "key")}, nil, plain},
	} {
		var stdout, stderr bytes.Buffer
		if code := auth.TokenCommand(c.config, nil, c.args, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: got %d with %q, want 2 with %q", name, code, stderr.String(), c.want)
		}
		if stdout.Len() > 0 {
			t.Errorf("%s: stdout is not empty", name)
		}
	}
}

func TestDevelopmentKeyOfOthersIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if _, err := auth.OpenDevKey(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenDevKey(file); err == nil {
		t.Error("a key that others can read is taken")
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenDevKey(file); err == nil {
		t.Error("a broken key is taken")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenDevKey(link); err == nil {
		t.Error("a symbolic link is followed")
	}
}

func TestDevelopmentKeyIsMadeOnce(t *testing.T) {
	c := auth.Config{Service: "shop", Dev: true, DevKeyFile: filepath.Join(t.TempDir(), "key")}
	tokens := make([]string, 8)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() { tokens[i] = token(t, c) })
	}
	wg.Wait()
	a := authenticator(t, c)
	for _, token := range tokens {
		if status, _ := answer(a, bearer(token), readScope); status != http.StatusOK {
			t.Errorf("got %d, want 200: all processes must use one key", status)
		}
	}
}
