package main

import (
	"fmt"

	"github.com/msgen/msgen/generator"
	"github.com/msgen/msgen/spec"
)

// result is what a command that writes a service has to tell.
type result struct {
	dir      string
	written  *generator.Written
	warnings spec.Diagnostics
	dryRun   bool
	fresh    bool     // the service is new
	next     []string // the commands to go on with
}

// resultJSON is a result as machines read it.
type resultJSON struct {
	Dir         string             `json:"dir"`
	Written     bool               `json:"written"`
	Files       []generator.Change `json:"files"`
	Diagnostics []diagnosticJSON   `json:"diagnostics"`
	Next        []string           `json:"next,omitempty"`
}

// report writes the result; it is an error when files of the user are in the way.
func (r *result) report(t *terminal) error {
	if len(r.warnings) > 0 {
		t.diagnostics(r.warnings)
	}
	if r.written.Recovered {
		t.say("finished the write that an earlier run of msgen was stopped in")
	}
	if t.json {
		t.writeJSON(resultJSON{r.dir, r.written.Applied, r.written.Plan.Changes, diagnosticsJSON(r.warnings), r.next})
	}
	if err := conflicts(t, r.written.Plan); err != nil {
		return err
	}
	if !t.json {
		r.text(t)
	}
	return nil
}

// conflicts shows what keeps msgen from writing.
func conflicts(t *terminal, p *generator.Plan) error {
	list := p.Conflicts()
	if len(list) == 0 {
		return nil
	}
	for _, c := range list {
		t.say("%s: %s", c.Path, c.Reason)
		if diff := c.Diff(); diff != "" {
			fmt.Fprint(t.err, diff)
		}
	}
	return found{fmt.Sprintf("%s in the way, nothing was written", plural(len(list), "file"))}
}

// text tells what was written and whose it is.
func (r *result) text(t *terminal) {
	if r.dryRun {
		for _, c := range r.written.Plan.Changes {
			fmt.Fprintf(t.out, "%-9s  %-5s  %s\n", c.Action, c.Owner, c.Path)
		}
		return
	}
	counts := map[generator.Owner]int{}
	var changed []generator.Change
	for _, c := range r.written.Plan.Changes {
		switch c.Action {
		case generator.Create, generator.Update, generator.Delete:
			changed = append(changed, c)
			counts[c.Owner]++
		case generator.Keep:
			if r.fresh {
				t.say("%s: was there already, and stays as it is", c.Path)
			}
		case generator.Orphan:
			t.say("%s: %s", c.Path, c.Reason)
		}
	}
	if len(changed) == 0 {
		fmt.Fprintln(t.out, "up to date")
		return
	}
	fmt.Fprintf(t.out, "wrote %s to %s\n", plural(len(changed), "file"), r.dir)
	if r.fresh {
		fmt.Fprintf(t.out, "  yours   %4d  the contract, the operations, configuration, deployment: edit them, msgen leaves them alone\n", counts[generator.Seeded])
		fmt.Fprintf(t.out, "  msgen's %4d  api/*/*.gen.go, internal/server, internal/kit: change the contract and run msgen generate\n", counts[generator.Generated])
	} else {
		r.changes(t, changed, counts)
	}
	if len(r.next) > 0 {
		fmt.Fprintln(t.out, "next:")
		for _, command := range r.next {
			fmt.Fprintf(t.out, "  %s\n", command)
		}
	}
}

// changes lists what changed of an existing service: each file of the user's, and where there are few, of msgen's.
func (r *result) changes(t *terminal, changed []generator.Change, counts map[generator.Owner]int) {
	for _, c := range changed {
		if c.Owner != generator.Seeded {
			continue
		}
		reason := ""
		if c.Reason != "" {
			reason = " (" + c.Reason + ")"
		}
		fmt.Fprintf(t.out, "  yours    %-7s %s%s\n", c.Action, c.Path, reason)
	}
	if counts[generator.Generated] > 12 {
		fmt.Fprintf(t.out, "  msgen's  %s\n", plural(counts[generator.Generated], "file"))
		return
	}
	for _, c := range changed {
		if c.Owner == generator.Generated {
			fmt.Fprintf(t.out, "  msgen's  %-7s %s\n", c.Action, c.Path)
		}
	}
}
