package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"msgen": main})
}

// TestScripts runs the stories of testdata/script: what a user types, and what comes of it.
func TestScripts(t *testing.T) {
	goEnv := goEnvironment(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, goEnv...)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"seeded": seeded, "unseeded": unseeded, "withoutgit": withoutGit,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, nil
		},
	})
}

// seeded makes a service one in which msgen wrote a file with another text: seeded FILE TEXT. The file itself stays.
func seeded(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(".msgen/base/"+args[0]), []byte(text), 0o666))
	relock(ts, args[0], fmt.Sprintf("you sha256:%x %s\n", sha256.Sum256([]byte(text)), args[0]))
}

// unseeded takes the line of a file out of the lock: unseeded FILE.
func unseeded(ts *testscript.TestScript, _ bool, args []string) { relock(ts, args[0], "") }

// relock replaces the line of a file in the lock.
func relock(ts *testscript.TestScript, name, line string) {
	lock := regexp.MustCompile(`(?m)^you \S+ `+regexp.QuoteMeta(name)+`\n`).ReplaceAllString(ts.ReadFile("msgen.lock"), line)
	ts.Check(os.WriteFile(ts.MkAbs("msgen.lock"), []byte(lock), 0o666))
}

// withoutGit leaves msgen alone on the PATH.
func withoutGit(ts *testscript.TestScript, _ bool, _ []string) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "msgen")); err == nil {
			ts.Setenv("PATH", dir)
			return
		}
	}
	ts.Fatalf("msgen is not on the PATH")
}

// goEnvironment is what the go command needs inside of a script: its caches and its proxy. Without the folders in what is
// built, the services of all scripts and runs share what they have in common.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOSUMDB", "GONOSUMDB", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	values := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var env []string
	for i, name := range names {
		if name == "GOFLAGS" {
			values[i] += " -trimpath"
		}
		env = append(env, name+"="+values[i])
	}
	return env
}
