package hostile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
)

// builtWide is the binary of the service of testdata/wide: every style, content and scheme, and operations that say what
// they read.
var builtWide = sync.OnceValues(func() (string, error) {
	dir, err := built()
	if err != nil {
		return "", err
	}
	tree := filepath.Join(dir, "wide")
	if err := run(".", filepath.Join(dir, "msgen"), "new", "service", "wide", "--spec", "testdata/wide/openapi.yaml", "--dir", tree); err != nil {
		return "", err
	}
	if err := answerAll(tree); err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "wide-service")
	return binary, run(tree, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "./cmd/wide")
})

var (
	notImplemented = regexp.MustCompile(`(?s)\) \(serverv1\.(\w+)Response, error\) \{\n\treturn nil, problem\.NotImplemented\("\w+"\)`)
	problemImport  = regexp.MustCompile(`\t"example\.com/wide/internal/kit/problem"\n`)
)

// answerAll lets every operation answer with what it read.
func answerAll(tree string) error {
	names, err := filepath.Glob(filepath.Join(tree, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if !notImplemented.Match(source) {
			continue
		}
		source = notImplemented.ReplaceAll(source, []byte(`) (serverv1.${1}Response, error) {
	body, err := echo(req)
	if err != nil {
		return nil, err
	}
	return serverv1.${1}200{Body: body}, nil`))
		if err := os.WriteFile(name, problemImport.ReplaceAll(source, nil), 0o644); err != nil {
			return err
		}
	}
	echo, err := os.ReadFile("testdata/wide/echo.go")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(tree, "echo.go"), echo, 0o644)
}

// wideCommand is the service, ready to be started, with a key and a user.
func wideCommand(t *testing.T) *exec.Cmd {
	t.Helper()
	if testing.Short() {
		t.Skip("runs a service as a process")
	}
	binary, err := builtWide()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("key-of-the-test"))
	password := sha256.Sum256([]byte("pass:word"))
	cmd := exec.Command(binary)
	cmd.Env = []string{
		"HTTP_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "RESPONSE_VALIDATION=enforce",
		"AUTH_API_KEYS=test:" + hex.EncodeToString(sum[:]), "AUTH_BASIC_USERS=user:" + hex.EncodeToString(password[:]),
	}
	return cmd
}

// TestWideCases sends the cases of testdata/wide.
func TestWideCases(t *testing.T) {
	s := launchCommand(t, wideCommand(t))
	names, err := filepath.Glob("testdata/wide/cases*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no cases", err)
	}
	for _, name := range names {
		cases := readSuite(t, name)
		for _, c := range cases.Cases {
			c.Token = "none"
			t.Run(c.Area+"/"+c.ID, func(t *testing.T) {
				t.Parallel()
				c.check(t, s, cases.Order)
				if a := s.get(t, "/text/x", ""); a.status != 200 || !bytes.Contains(a.body, []byte(`"x"`)) {
					t.Errorf("the next request got %d %s, want 200", a.status, a.body)
				}
			})
		}
	}
	t.Cleanup(func() { noAlarm(t, s) })
}
