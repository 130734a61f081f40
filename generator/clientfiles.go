package generator

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/msgen/msgen/spec"
	"github.com/msgen/msgen/templates"
)

// clientsDir holds a folder for each service that the service calls: its contract, and the client made from it.
const clientsDir = "internal/clients/"

// Client is a service that the service calls.
type Client struct {
	Name     string // names the folder internal/clients/<name>
	Package  string // Go package of the client
	Title    string
	Spec     string // path of the provider's contract in the service
	Document *spec.Document
	Models   *Models
}

// ClientPath is where the contract of a service that is called stands unless msgen.yaml says otherwise.
func ClientPath(name string) string { return clientsDir + name + "/openapi.yaml" }

// newClient settles the client of one called service. c.Name is the name of the service.
func newClient(c Contract, svc *Service) (*Client, []spec.Diagnostic, error) {
	client := &Client{Name: c.Name, Package: PackageName(c.Name), Spec: c.Spec, Document: c.Document}
	if client.Spec == "" {
		client.Spec = ClientPath(c.Name)
		if c.Document.FileCount() > 1 { // the service will hold the contract in one file
			bundle, err := bundled(c.Document, client.Spec)
			if err != nil {
				return nil, nil, err
			}
			client.Document = bundle
		}
	}
	v, diagnostics, err := NewVersion(client.Document, ModelOptions{
		Package: client.Package, ModelsImport: svc.Module + "/" + clientsDir + c.Name, TrustExtensions: svc.TrustExtensions,
		Client: true, Consumer: true, KitImport: svc.Module + "/internal/kit",
	})
	if err != nil {
		return nil, nil, fmt.Errorf("client %s: %w", c.Name, err)
	}
	if v != nil {
		client.Models, client.Title = v.Models, oneLine(v.Title)
	}
	if client.Title == "" {
		client.Title = c.Name
	}
	return client, diagnostics, nil
}

// addClients settles the clients of a service. Their order is that of their names.
func (svc *Service) addClients(contracts []Contract) (warnings, faults spec.Diagnostics, err error) {
	for _, c := range contracts {
		if err := ValidateName(c.Name); err != nil {
			return nil, nil, fmt.Errorf("client %q: %w", c.Name, err)
		}
		client, diagnostics, err := newClient(c, svc)
		if err != nil {
			return nil, nil, err
		}
		bySeverity(diagnostics, &warnings, &faults)
		svc.Clients = append(svc.Clients, client)
	}
	return warnings, faults, nil
}

// clientView is what the templates of a client see.
type clientView struct {
	*Client
	Module string
}

// clientFiles are the files of a called service: its contract, which is the owner's to replace, and the client.
func clientFiles(svc *Service, c *Client) ([]File, error) {
	dir := clientsDir + c.Name + "/"
	t, err := parseTemplate(templates.Client, "client/service.gen.go.tmpl")
	if err != nil {
		return nil, err
	}
	service, err := render(t, dir+"service.gen.go", clientView{c, svc.Module})
	if err != nil {
		return nil, err
	}
	mark := []byte(GeneratedHeader + "\n\n")
	models := bytes.TrimPrefix(c.Models.Source, []byte(modelsDoc(c.Package)))
	return []File{
		{Path: c.Spec, Content: c.Document.Text(), Owner: Seeded, input: true},
		{Path: dir + "models.gen.go", Content: slices.Concat(mark, models), Owner: Generated},
		{Path: dir + "client.gen.go", Content: slices.Concat(mark, c.Models.Client), Owner: Generated},
		{Path: dir + "service.gen.go", Content: service, Owner: Generated},
	}, nil
}
