package spec

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const small = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"

// tree writes files below a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func refer(to string) string {
	return small + "components: {schemas: {A: {$ref: '" + to + "'}}}\n"
}

// wantError loads and wants an error that holds the text.
func wantError(t *testing.T, ref string, o Options, text string) {
	t.Helper()
	_, err := Load(context.Background(), ref, o)
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: got error %v, want one with %q", ref, err, text)
	}
}

func TestLoadFileFolderAndStdin(t *testing.T) {
	dir := tree(t, map[string]string{"api/openapi.yml": refer("parts/a.yaml#/A"), "api/parts/a.yaml": "A: {$ref: ../b%20c.json}\n", "api/b c.json": `{"type":"string"}`, "empty/x": ""})
	for _, name := range []string{"api", "api/openapi.yml", filepath.Join(dir, "api"), "./api/../api"} {
		d, err := Load(context.Background(), name, Options{Dir: dir})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := d.Deref(d.Root.At("/components/schemas/A")).Str("type"); got != "string" {
			t.Errorf("%s: got type %q through two files, want string", name, got)
		}
		if len(d.Files()) != 3 {
			t.Errorf("got files %q", d.Files())
		}
		for _, n := range []*Node{d.Root.At("/components/schemas/A/$ref"), d.Deref(d.Root.At("/components/schemas/A"))} {
			if d.NodeAt(n.Location()) != n {
				t.Errorf("%s is not found again", n.Location())
			}
		}
	}
	wantError(t, "empty", Options{Dir: dir}, "the folder has no openapi.yaml")
	wantError(t, "missing.yaml", Options{Dir: dir}, "no such file")
	wantError(t, "", Options{Dir: dir}, "no contract is named")
	d, err := Load(context.Background(), "-", Options{Stdin: strings.NewReader(small)})
	if err != nil || d.Root.Position().File != "stdin" {
		t.Errorf("got %v and %v from standard input", d, err)
	}
	wantError(t, "-", Options{}, "no standard input")
	wantError(t, "-", Options{Stdin: strings.NewReader(refer("a.yaml"))}, "did not come from a folder")
	if _, err := Load(context.Background(), "-", Options{Stdin: strings.NewReader(refer("parts/a.yaml#/A")), Root: filepath.Join(dir, "api")}); err != nil {
		t.Errorf("references of standard input below a given root: %v", err)
	}
}

func TestLoadKeepsInsideTheFolder(t *testing.T) {
	dir := tree(t, map[string]string{
		"secret.yaml": "type: string\n", "api/inside.yaml": "type: string\n", "api/dots.yaml": refer("../secret.yaml"), "api/absolute.yaml": refer("/etc/passwd"),
		"api/encoded.yaml": refer("%2e%2e/secret.yaml"), "api/back.yaml": refer(`..\\secret.yaml`), "api/link.yaml": refer("out.yaml"), "api/dirlink.yaml": refer("up/secret.yaml"),
		"api/good.yaml": refer("in.yaml"), "api/scheme.yaml": refer("file:///etc/passwd"), "api/remote.yaml": refer("https://example.com/a.yaml"),
	})
	for link, target := range map[string]string{"out.yaml": "../secret.yaml", "in.yaml": "inside.yaml", "up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, "api", link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"dots": "outside the contract's folder", "absolute": "absolute path", "encoded": "outside the contract's folder", "back": "outside the contract's folder",
		"link": "leaves the contract's folder", "dirlink": "leaves the contract's folder", "scheme": "on the network", "remote": "on the network",
	} {
		wantError(t, "api/"+name+".yaml", Options{Dir: dir}, text)
	}
	if _, err := Load(context.Background(), "api/good.yaml", Options{Dir: dir}); err != nil {
		t.Errorf("a link that stays inside: %v", err)
	}
	if _, err := Load(context.Background(), "api/dots.yaml", Options{Dir: dir, Root: "."}); err != nil {
		t.Errorf("with a wider root: %v", err)
	}
	wantError(t, "secret.yaml", Options{Dir: dir, Root: "api"}, "not inside the folder")
}

func TestLoadReadsRegularFilesOnly(t *testing.T) {
	dir := tree(t, map[string]string{"fiforef.yaml": refer("fifo"), "dirref.yaml": refer("folder"), "folder/x": ""})
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Skip(err)
	}
	wantError(t, "fifo", Options{Dir: dir}, "not a regular file")
	wantError(t, "/dev/zero", Options{Dir: dir}, "not a regular file")
	wantError(t, "fiforef.yaml", Options{Dir: dir}, "not a regular file")
	wantError(t, "dirref.yaml", Options{Dir: dir}, "not a regular file")
	big := filepath.Join(dir, "big.yaml")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, maxFile+1); err != nil {
		t.Fatal(err)
	}
	wantError(t, big, Options{}, "big.yaml:1:1: error: the file is larger than 32 MiB")
}

func runGit(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

func TestLoadGitRevision(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir := tree(t, map[string]string{
		"api/openapi.yaml": refer("parts.yaml#/A"), "api/parts.yaml": "A: {type: string}\n", "api/out.yaml": refer("../../x.yaml"),
		"api/link.yaml": refer("link"), "odd/a*b.yaml": small,
	})
	if err := os.Symlink("parts.yaml", filepath.Join(dir, "api/link")); err != nil {
		t.Fatal(err)
	}
	runGit(t, dir, "init", "-q")
	runGit(t, dir, "add", ".")
	runGit(t, dir, "commit", "-q", "-m", "one")
	runGit(t, dir, "tag", "v1")
	for _, name := range []string{"api/openapi.yaml", "api/parts.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("broken: ["), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, ref := range []string{"HEAD:api/openapi.yaml", "v1:api", "main:./api/openapi.yaml", "v1^{commit}:api/openapi.yaml", "v1:odd/a*b.yaml"} {
		d, err := Load(context.Background(), ref, Options{Dir: dir})
		if err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		if strings.Contains(ref, "api") && d.Deref(d.Root.At("/components/schemas/A")).Str("type") != "string" {
			t.Errorf("%s: the reference to another file of the revision is not followed", ref)
		}
	}
	if d, err := Load(context.Background(), "HEAD:./openapi.yaml", Options{Dir: filepath.Join(dir, "api")}); err != nil {
		t.Error(err)
	} else if got := d.Deref(d.Root.At("/components/schemas/A")).Position().String(); got != "HEAD:api/parts.yaml:1:4" {
		t.Errorf("got position %s", got)
	}
	o := Options{Dir: dir}
	wantError(t, "HEAD:api/missing.yaml", o, "no such file in that revision")
	wantError(t, "HEAD:odd", o, "the folder has no openapi.yaml")
	wantError(t, "nope:api/openapi.yaml", o, "neither a file nor a path in a git revision")
	wantError(t, "--output=x:api/openapi.yaml", o, "does not begin with a dash")
	wantError(t, "HEAD:../../etc/passwd", o, "outside the repository")
	wantError(t, "HEAD:/etc/passwd", o, "outside the repository")
	wantError(t, "HEAD:api/out.yaml", o, "outside the contract's folder")
	wantError(t, "HEAD:api/link", o, "not a regular file")
	wantError(t, "HEAD:api/link.yaml", o, "not a regular file")
}

func TestLoadURL(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, small) }))
	defer other.Close()
	mux := http.NewServeMux()
	files := map[string]string{"/api/openapi.yaml": refer("parts.yaml#/A"), "/api/parts.yaml": "A: {type: string}\n", "/foreign.yaml": refer(other.URL + "/a.yaml")}
	for name, text := range files {
		mux.HandleFunc(name, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
	}
	mux.Handle("/same", http.RedirectHandler("/api/openapi.yaml", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler(other.URL, http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for range 40 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	o := Options{AllowRemote: []string{host}, AllowPrivate: true}
	for _, name := range []string{"/api/openapi.yaml", "/same"} {
		d, err := Load(context.Background(), server.URL+name, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d.Deref(d.Root.At("/components/schemas/A")).Str("type") != "string" {
			t.Errorf("%s: the reference to another file of the host is not followed", name)
		}
	}
	wantError(t, server.URL+"/away", o, "redirects to another host")
	wantError(t, server.URL+"/loop", o, "more than 5 redirects")
	wantError(t, server.URL+"/endless", o, "larger than 32 MiB")
	wantError(t, server.URL+"/missing", o, "404 Not Found")
	wantError(t, server.URL+"/foreign.yaml", o, "another host")
	wantError(t, server.URL+"/api/openapi.yaml", Options{}, "--allow-remote "+host)
	wantError(t, server.URL+"/api/openapi.yaml", Options{AllowRemote: []string{host}}, "private address")
	wantError(t, "http://user:secret@"+host+"/a", o, "user name or password")

	dir := tree(t, map[string]string{"a.yaml": refer(server.URL + "/api/parts.yaml#/A")})
	if _, err := Load(context.Background(), "a.yaml", Options{Dir: dir, AllowRemote: []string{host}, AllowPrivate: true}); err != nil {
		t.Errorf("a local contract that refers to a permitted host: %v", err)
	}
	wantError(t, "a.yaml", Options{Dir: dir, AllowRemote: []string{"example.com"}}, "is not allowed")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Load(ctx, server.URL+"/api/openapi.yaml", o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after cancelling", err)
	}
}

func TestPrivateAddresses(t *testing.T) {
	for address, private := range map[string]bool{
		"127.0.0.1:80": true, "10.1.2.3:80": true, "192.168.0.1:80": true, "172.16.0.1:80": true, "169.254.169.254:80": true, "0.0.0.0:80": true,
		"100.64.0.1:80": true, "224.0.0.1:80": true, "255.255.255.255:80": true, "[::1]:80": true, "[::]:80": true, "[fe80::1%eth0]:80": true,
		"[fd00::1]:80": true, "[::ffff:127.0.0.1]:80": true, "[64:ff9b::7f00:1]:80": true, "[2002:7f00:1::]:80": true, "nonsense": true,
		"93.184.215.14:443": false, "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443": false,
	} {
		if got := publicAddress(address) != nil; got != private {
			t.Errorf("%s: got private %v, want %v", address, got, private)
		}
	}
}
