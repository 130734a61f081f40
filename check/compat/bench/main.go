// Bench runs msgen check-compat beside oasdiff on pairs of large real contracts, in one run, and fails when a target is
// missed. .ci/bench-compat builds both and calls it.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"syscall"
	"time"
)

// usage is what one run of a process took.
type usage struct {
	wall, cpu time.Duration
	memory    int64 // bytes, the most at any time
}

// rounds is how often each command runs; the medians count.
const rounds = 3

func main() {
	msgen := flag.String("msgen", "", "the `binary` of msgen")
	oasdiff := flag.String("oasdiff", "", "the `binary` of oasdiff")
	github := flag.String("github", "", "`folder` with ghes-3.18.json and ghes-3.19.json")
	flag.Parse()
	if err := run(*msgen, *oasdiff, *github); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(msgen, oasdiff, github string) error {
	fmt.Printf("%-34s %10s %10s %10s %9s\n", "", "wall", "cpu", "memory", "findings")
	return errors.Join(enterprise(msgen, oasdiff, github), stripe(msgen), tiny(msgen))
}

// enterprise compares GitHub Enterprise 3.18 with 3.19: at most an eighth of oasdiff's time, at most its memory.
func enterprise(msgen, oasdiff, dir string) error {
	old, revision := filepath.Join(dir, "ghes-3.18.json"), filepath.Join(dir, "ghes-3.19.json")
	ours, theirs, err := interleaved([]string{msgen, "check-compat", old, revision, "--format", "json"}, []string{oasdiff, "breaking", old, revision})
	if err != nil {
		return err
	}
	findings, _, err := count(msgen, old, revision)
	if err != nil {
		return err
	}
	print("GitHub Enterprise, oasdiff v1.35.0", theirs, -1)
	print("GitHub Enterprise, msgen", ours, findings)
	if ours.wall*8 > theirs.wall {
		err = errors.Join(err, fmt.Errorf("GitHub Enterprise: %v is more than an eighth of %v", ours.wall, theirs.wall))
	}
	if ours.memory > theirs.memory {
		err = errors.Join(err, fmt.Errorf("GitHub Enterprise: more memory than oasdiff"))
	}
	return err
}

// stripe compares two contracts of Stripe a year apart: at most 5 s and 600 MB, fewer than 150 findings.
func stripe(msgen string) error {
	old, err := module("github.com/stripe/stripe-mock@v0.197.0")
	if err != nil {
		return err
	}
	revision, err := module("github.com/stripe/stripe-mock@v0.203.0")
	if err != nil {
		return err
	}
	old, revision = filepath.Join(old, "embedded/openapi/spec3.json"), filepath.Join(revision, "embedded/openapi/spec3.json")
	u, err := median([]string{msgen, "check-compat", old, revision, "--format", "json"})
	if err != nil {
		return err
	}
	findings, undecided, err := count(msgen, old, revision)
	if err != nil {
		return err
	}
	print("Stripe, msgen", u, findings)
	if u.wall > 5*time.Second || u.memory > 600<<20 || findings >= 150 || undecided > 0 {
		return fmt.Errorf("Stripe: want at most 5s, 600 MB and fewer than 150 findings, all of them decided; %d are not", undecided)
	}
	return nil
}

// tiny compares two contracts of one operation: at most 30 ms of process time.
func tiny(msgen string) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	contract := "openapi: 3.1.0\ninfo: {title: t, version: 1.0.0}\npaths:\n  /x:\n    post:\n      requestBody:\n        content:\n" +
		"          application/json:\n            schema: {type: object, properties: {name: {type: string, maxLength: %d}}}\n" +
		"      responses: {'200': {description: ok}}\n"
	names := []string{filepath.Join(dir, "old.yaml"), filepath.Join(dir, "new.yaml")}
	for i, length := range []int{20, 10} {
		if err := os.WriteFile(names[i], fmt.Appendf(nil, contract, length), 0o644); err != nil {
			return err
		}
	}
	u, err := median([]string{msgen, "check-compat", names[0], names[1]})
	if err != nil {
		return err
	}
	print("tiny pair, msgen", u, 1)
	if u.cpu > 30*time.Millisecond {
		return fmt.Errorf("tiny pair: %v of process time, want at most 30ms", u.cpu)
	}
	return nil
}

// interleaved measures two commands in turn, so that both see the same machine.
func interleaved(a, b []string) (usage, usage, error) {
	var first, second []usage
	for range rounds {
		x, err := measure(a)
		if err != nil {
			return usage{}, usage{}, err
		}
		y, err := measure(b)
		if err != nil {
			return usage{}, usage{}, err
		}
		first, second = append(first, x), append(second, y)
	}
	return middle(first), middle(second), nil
}

func median(command []string) (usage, error) {
	var all []usage
	for range rounds {
		u, err := measure(command)
		if err != nil {
			return usage{}, err
		}
		all = append(all, u)
	}
	return middle(all), nil
}

func middle(all []usage) usage {
	sort.Slice(all, func(i, j int) bool { return all[i].wall < all[j].wall })
	return all[len(all)/2]
}

// measure runs a command; exit code 1 says that it found something.
func measure(command []string) (usage, error) {
	cmd := exec.Command(command[0], command[1:]...)
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
		return usage{}, fmt.Errorf("%s: %w", filepath.Base(command[0]), err)
	}
	state := cmd.ProcessState
	u := usage{wall: wall, cpu: state.UserTime() + state.SystemTime()}
	if r, ok := state.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss << 10
	}
	return u, nil
}

// count returns the number of findings of msgen.
func count(msgen, old, revision string) (findings, undecided int, err error) {
	out, err := exec.Command(msgen, "check-compat", old, revision, "--format", "json", "--fail-on", "none").Output()
	if err != nil {
		return 0, 0, err
	}
	var report struct{ Findings []struct{ Rule string } }
	err = json.Unmarshal(out, &report)
	for _, f := range report.Findings {
		if f.Rule == "schema-not-decided" {
			undecided++
		}
	}
	return len(report.Findings), undecided, err
}

// module downloads a Go module and returns its folder.
func module(version string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", version)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s%s", version, err, out, problem.Bytes())
	}
	var downloaded struct{ Dir string }
	err = json.Unmarshal(out, &downloaded)
	return downloaded.Dir, err
}

func print(name string, u usage, findings int) {
	shown := ""
	if findings >= 0 {
		shown = fmt.Sprint(findings)
	}
	fmt.Printf("%-34s %10v %10v %7d MB %9s\n", name, u.wall.Round(time.Millisecond), u.cpu.Round(time.Millisecond), u.memory>>20, shown)
}
