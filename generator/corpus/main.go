// Command corpus generates services from a sample of real contracts, type-checks each one, and prints what became of
// them. It fails when a contract makes msgen panic or write code that does not compile, when a refusal has no place or no
// remedy, and when fewer than 97 % of the contracts that kin-openapi loads become services.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

type options struct {
	dir, msgen, n, match string
	seed                 uint64
	swagger, jobs        int
	verbose, keep        bool
	timeout              time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", ".corpus", "folder that holds the contracts, or into which they are fetched")
	flag.StringVar(&o.msgen, "msgen", "bin/msgen", "the msgen to run")
	flag.StringVar(&o.n, "n", "200", "size of the sample, or all")
	flag.StringVar(&o.match, "match", "", "only contracts whose path has this in it")
	flag.Uint64Var(&o.seed, "seed", 1, "of the sample")
	flag.IntVar(&o.swagger, "swagger", 25, "contracts of the sample to convert down to Swagger 2.0 and try, too")
	flag.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "services at a time")
	flag.BoolVar(&o.verbose, "v", false, "print every contract")
	flag.BoolVar(&o.keep, "keep", false, "keep the services that failed")
	flag.DurationVar(&o.timeout, "timeout", 15*time.Minute, "for one contract")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if err := fetch(ctx, o.dir); err != nil {
		return err
	}
	files, err := sample(o)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "corpus")
	if err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(work)
	}
	converted, err := downConvert(files, filepath.Join(work, "swagger"), o.swagger)
	if err != nil {
		return err
	}
	outcomes := try(ctx, o, work, append(files, converted...))
	return report(outcomes, o)
}

// try makes a service of every contract, some at a time.
func try(ctx context.Context, o options, work string, files []string) []outcome {
	outcomes := make([]outcome, len(files))
	next := make(chan int)
	var wait sync.WaitGroup
	for range max(o.jobs, 1) {
		wait.Go(func() {
			for i := range next {
				one, cancel := context.WithTimeout(ctx, o.timeout)
				outcomes[i] = attempt(one, o, filepath.Join(work, strconv.Itoa(i)), files[i])
				cancel()
				if o.verbose || outcomes[i].class == failed {
					fmt.Printf("%-9s %6.1fs %s %s\n", outcomes[i].class, outcomes[i].took.Seconds(), files[i], outcomes[i].why)
				}
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wait.Wait()
	return outcomes
}

// report prints the table and judges it.
func report(outcomes []outcome, o options) error {
	kinds := []string{"all", "OpenAPI 3.0", "OpenAPI 3.1", "Swagger 2.0"}
	counts := map[string]map[class]int{}
	loads, made := 0, 0
	for _, out := range outcomes {
		for _, kind := range []string{"all", out.kind} {
			if counts[kind] == nil {
				counts[kind] = map[class]int{}
			}
			counts[kind][out.class]++
		}
		if out.kinLoads {
			loads++
			if out.class == compiles {
				made++
			}
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "contracts\tgenerated and compiles\trefused with a diagnostic\tfailed\t")
	for _, kind := range kinds {
		if c := counts[kind]; c != nil {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", kind, c[compiles], c[refused], c[failed])
		}
	}
	w.Flush()
	var reasons []string
	for _, out := range outcomes {
		if out.class == refused {
			reasons = append(reasons, "  "+filepath.Base(out.file)+": "+out.why)
		}
	}
	sort.Strings(reasons)
	if len(reasons) > 0 {
		fmt.Println("refused:\n" + strings.Join(reasons, "\n"))
	}
	share := 100.0
	if loads > 0 {
		share = 100 * float64(made) / float64(loads)
	}
	fmt.Printf("of %d contracts that kin-openapi loads, %.1f %% became services that pass go vet\n", loads, share)
	if n := counts["all"][failed]; n > 0 {
		return fmt.Errorf("%d contracts failed", n)
	}
	if share < 97 {
		return fmt.Errorf("%.1f %% is less than 97 %%", share)
	}
	return nil
}
