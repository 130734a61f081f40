package main

import (
	"fmt"
	"path/filepath"

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

// report writes the result; it is an error when files of the user are in the way, or can't be merged.
func (r *result) report(t *terminal) error {
	diagnostics := r.diagnostics(t)
	if r.written.Recovered {
		t.say("finished the write that an earlier run of msgen was stopped in")
	}
	if t.json {
		t.writeJSON(resultJSON{r.dir, r.written.Applied, r.written.Plan.Changes, diagnosticsJSON(diagnostics), r.next})
	}
	if err := conflicts(t, r.written.Plan); err != nil {
		return err
	}
	if r.written.Unvetted {
		return found{"there would be merge conflicts in Go files, which --verify can't vet; nothing was written: run msgen generate without --verify and resolve them"}
	}
	if !t.json {
		r.text(t)
	}
	if n := len(r.written.Plan.Unmerged()); n > 0 {
		if r.dryRun {
			return found{fmt.Sprintf("%s of yours can't be merged", plural(n, "file"))}
		}
		return found{fmt.Sprintf("%s of yours can't be merged; all other files are up to date", plural(n, "file"))}
	}
	return nil
}

// diagnostics shows the warnings and the merge conflicts, and returns them.
func (r *result) diagnostics(t *terminal) spec.Diagnostics {
	list := append(spec.Diagnostics{}, r.warnings...)
	for _, c := range r.written.Plan.Unmerged() {
		list = append(list, r.unmerged(c)...)
	}
	if len(list) > 0 {
		t.diagnostics(list)
	}
	return list
}

// unmerged tells of each conflict of a file, or why a file is left alone.
func (r *result) unmerged(c generator.Change) spec.Diagnostics {
	fault := spec.Diagnostic{Severity: spec.Error, Rule: "merge-conflict", Message: c.Reason}
	fault.Position = spec.Position{File: filepath.ToSlash(filepath.Join(r.dir, c.Path)), Line: 1, Column: 1}
	if len(c.Lines) == 0 {
		return spec.Diagnostics{fault}
	}
	if fault.Message == "" {
		fault.Message = "you and msgen changed the same lines"
	}
	fault.Remedy = "make one text of your lines and msgen's, delete the markers, then run msgen generate again"
	if c.Reason == "" && !r.written.Applied {
		fault.Remedy = "run msgen generate: it puts both between markers, for you to make one text of"
	}
	var list spec.Diagnostics
	for _, line := range c.Lines {
		fault.Position.Line = line
		list = append(list, fault)
	}
	return list
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
		switch {
		case c.Writes():
			changed = append(changed, c)
			counts[c.Owner]++
		case c.Action == generator.Keep && r.fresh:
			t.say("%s: was there already, and stays as it is", c.Path)
		case c.Action == generator.Orphan:
			t.say("%s: %s", c.Path, c.Reason)
		}
	}
	if len(changed) == 0 {
		if len(r.written.Plan.Unmerged()) == 0 {
			fmt.Fprintln(t.out, "up to date")
		}
		return
	}
	fmt.Fprintf(t.out, "wrote %s to %s\n", plural(len(changed), "file"), r.dir)
	if r.fresh {
		fmt.Fprintf(t.out, "  yours   %4d  the contract, the operations, configuration, deployment: edit them, msgen keeps your edits\n", counts[generator.Seeded])
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
