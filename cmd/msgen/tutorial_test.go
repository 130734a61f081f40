//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestReadme walks the first five minutes of README.md.
func TestReadme(t *testing.T) { walk(t, "../../README.md") }

// TestTutorial walks docs/tutorial.md.
func TestTutorial(t *testing.T) { walk(t, "../../docs/tutorial.md") }

// walk walks a page: files and diffs are put where they belong, the commands of the sessions are run one after the
// other in one shell, and every line that the page shows must be among what they print.
func walk(t *testing.T, file string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds and runs two services")
	}
	for _, tool := range []string{"bash", "curl", "git", "make"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "msgen"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, ".curlrc"), []byte("silent\n"), 0o666); err != nil { // no progress
		t.Fatal(err)
	}
	script, want := tutorialScript(t, dir, onFreePorts(t, string(page)))
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = filepath.Join(dir, "empty")
	if err := os.Mkdir(cmd.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(append(os.Environ(), goEnvironment(t)...), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"XDG_CACHE_HOME="+dir, "CURL_HOME="+dir, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.CombinedOutput()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the services, when the page failed before it ended them
	printed := map[string]bool{}
	for line := range strings.Lines(settle(string(out))) {
		printed[strings.TrimRight(line, "\r\n")] = true
	}
	for line := range strings.Lines(settle(want)) {
		if line = strings.TrimRight(line, "\n"); !printed[line] {
			t.Errorf("the page shows a line that no command printed:\n%s", line)
		}
	}
	if err != nil || t.Failed() {
		t.Fatalf("%v\n%s", err, out)
	}
}

// fence finds the blocks of a page: what they are, and what they hold.
var fence = regexp.MustCompile("(?ms)^```(\\S+)(?: (\\S+))?\n(.*?)^```$")

// tutorialScript makes a script of a page, and the lines that it has to print.
func tutorialScript(t *testing.T, dir, page string) (script, want string) {
	var b strings.Builder
	b.WriteString("top=$PWD\n")
	for i, block := range fence.FindAllStringSubmatch(page, -1) {
		kind, name, text := block[1], block[2], block[3]
		kept := filepath.Join(dir, fmt.Sprint("block", i))
		if kind == "diff" {
			text = fmt.Sprintf("--- a/%s\n+++ b/%s\n%s", name, name, text)
		}
		if err := os.WriteFile(kept, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		switch {
		case kind == "diff":
			fmt.Fprintf(&b, "(cd $top && GIT_CEILING_DIRECTORIES=$top git apply %s) || exit 9\n", kept)
		case name != "":
			fmt.Fprintf(&b, "cp %s $top/%s || exit 9\n", kept, name)
		default:
			for line := range strings.Lines(text) {
				if command, ok := strings.CutPrefix(line, "$ "); ok {
					b.WriteString(command)
					b.WriteString("echo\n") // some answers end without a new line
				} else {
					want += line
				}
			}
		}
	}
	return b.String(), want
}

// onFreePorts gives a page other ports, of those that no connection gets while its services start: connections have ports
// from 32768 on (Linux) or 49152 on (RFC 6335).
func onFreePorts(t *testing.T, page string) string {
	var pairs []string
	for _, port := range []string{"8080", "8081", "9090", "9091"} {
		var free string
		for {
			free = strconv.Itoa(24_000 + rand.IntN(6_000))
			if l, err := net.Listen("tcp", ":"+free); err == nil {
				defer l.Close()
				break
			}
		}
		pairs = append(pairs, port, free)
	}
	t.Setenv("HTTP_ADDR", ":"+pairs[1])
	t.Setenv("ADMIN_ADDR", "127.0.0.1:"+pairs[5])
	return strings.NewReplacer(pairs...).Replace(page)
}

// settle replaces what differs from run to run.
func settle(text string) string {
	for _, differs := range []*regexp.Regexp{
		regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}`),
		regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`),
		regexp.MustCompile(`localhost:\d+`),
		regexp.MustCompile(`by \d+ [A-Z][a-z]+`),
		regexp.MustCompile(`(?m)\t(\(cached\)|[0-9.]+s)$`),
		regexp.MustCompile(`wrote \d{3} files`),
		regexp.MustCompile(`msgen's +\d+ `),
	} {
		text = differs.ReplaceAllString(text, "*")
	}
	return text
}
