package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/msgen/msgen/generator"
	"github.com/msgen/msgen/spec"
)

// newClientOptions are the flags of msgen new client.
type newClientOptions struct {
	name, spec, dir, format string
	allowRemote             []string
	verify, dryRun          bool
}

// newNewClientCommand adds the client of another service.
func newNewClientCommand(t *terminal) *cobra.Command {
	var o newClientOptions
	cmd := &cobra.Command{
		Use:   "client NAME --spec SOURCE",
		Short: "Add the client of a service that this one calls",
		Long: `Add the client of another service to the service in this folder. The provider's contract is copied to
internal/clients/NAME/openapi.yaml, the client made from it stands beside it: oapi-codegen's, with a bound on time,
retries, a circuit breaker, credentials and typed errors around it. When the provider's contract changes, put the new one
in the place of the copy and run msgen generate.`,
		Example: "  msgen new client products --spec ../products/api/v2/openapi.yaml",
		Args:    oneArgument("the NAME of the service to call, for example: msgen new client products --spec ../products/api/v1/openapi.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runNewClient(cmd.Context(), t, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.spec, "spec", "", "contract of the service to call: `SOURCE` is a file, a URL, GITREF:PATH or - (required)")
	f.StringVar(&o.dir, "dir", ".", "`FOLDER` of the service that calls")
	f.StringArrayVar(&o.allowRemote, "allow-remote", nil, "`HOST` that contracts may be fetched from (repeatable)")
	f.BoolVar(&o.verify, "verify", false, "run go vet on the service before the files are put in place")
	f.BoolVar(&o.dryRun, "dry-run", false, "list the files with their owner, write nothing")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of the result: text or json")
	return cmd
}

// runNewClient adds the client.
func runNewClient(ctx context.Context, t *terminal, o newClientOptions) error {
	if err := t.useFormat(o.format); err != nil {
		return err
	}
	if err := generator.ValidateName(o.name); err != nil {
		return err
	}
	if o.spec == "" {
		return fmt.Errorf("--spec is missing: name the contract of %s, for example --spec ../%s/api/v1/openapi.yaml", o.name, o.name)
	}
	p, err := loadProject(ctx, o.dir, nil)
	if err != nil {
		return err
	}
	for _, c := range p.config.Clients {
		if c.Name == o.name {
			return fmt.Errorf("the service has a client %s already; to follow a new contract, put it in the place of %s and run msgen generate", o.name, c.Spec)
		}
	}
	doc, err := spec.Load(ctx, o.spec, spec.Options{AllowRemote: o.allowRemote, Stdin: t.in})
	if err != nil {
		return err
	}
	p.clients = append(p.clients, generator.Contract{Name: o.name, Document: doc})
	p.warnings = append(p.warnings, doc.Warnings...)
	files, warnings, err := p.files()
	if err != nil {
		return err
	}
	generator.AddClient(files, o.name)
	w, err := generator.Write(ctx, o.dir, files, generator.WriteOptions{DryRun: o.dryRun, Verify: o.verify})
	if err != nil {
		return err
	}
	r := &result{dir: o.dir, written: w, warnings: warnings, dryRun: o.dryRun}
	if err := r.report(t); err != nil || t.json || o.dryRun {
		return err
	}
	fmt.Fprintf(t.out, "%s.New in %s/internal/clients/%s makes the client; give it client.Config{URL: ...} of %s/internal/kit/client\n",
		generator.PackageName(o.name), p.module, o.name, p.module)
	return nil
}
