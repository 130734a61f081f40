package generator

import (
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/msgen/msgen/templates"
)

// seedView is what the templates of the seeded files see.
type seedView struct {
	*Service
	Title    string // of the first version's contract
	GoMinor  int    // the minor version of Go 1 that the service is built with
	Versions []versionView
}

// versionView is a version as the seeded files see it.
type versionView struct {
	*Version
	Handler string // Go type of the handlers: "V1"
	API     string // package of the models: "apiv1"
	Server  string // package of the server: "serverv1"
	Module  string
}

// operationView is what the template of an operation's file sees.
type operationView struct {
	seedView
	Version   versionView
	Operation *Operation
}

// newSeedView prepares what the templates of the seeded files see.
func newSeedView(svc *Service) seedView {
	view := seedView{Service: svc, GoMinor: goMinor}
	for _, v := range svc.Versions {
		view.Versions = append(view.Versions, versionView{
			Version: v, Handler: strings.ToUpper(v.Name[:1]) + v.Name[1:],
			API: "api" + v.Name, Server: "server" + v.Name, Module: svc.Module,
		})
	}
	view.Title = svc.Name
	if title := oneLine(svc.Versions[0].Title); title != "" {
		view.Title = title
	}
	return view
}

// contractPath is where the contract of a version stands in the service unless msgen.yaml says otherwise.
func contractPath(v *Version) string { return "api/" + v.Name + "/openapi.yaml" }

// Secured tells whether some operation asks for credentials.
func (s seedView) Secured() bool {
	return slices.ContainsFunc(s.Service.Versions, func(v *Version) bool { return len(v.Schemes) > 0 })
}

// Summary is what an operation says of itself in one line, or "".
func (o operationView) Summary() string { return oneLine(o.Operation.Summary) }

// Doc is the doc comment of the operation's method: what it answers, and what the contract says of it.
func (o operationView) Doc() string {
	op := o.Operation
	doc := fmt.Sprintf("%s answers %s", op.Name, o.route())
	if summary := oneLine(op.Summary); summary != "" {
		doc += ": " + summary
	}
	doc += "\n"
	if text := strings.Join(commentLines(op.Description), "\n"); text != "" && oneLine(text) != oneLine(op.Summary) {
		doc += "\n" + text + "\n"
	}
	if op.Deprecated {
		doc += "\nDeprecated: the contract says so.\n"
	}
	return doc
}

// route is what an operation answers.
func (o operationView) route() string { return o.Operation.Method + " " + o.Operation.Template }

// seeds renders the seeded files of a service from the tree of templates.
func seeds(svc *Service) ([]File, error) {
	view := newSeedView(svc)
	var files []File
	err := fs.WalkDir(templates.Service, "service", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t, err := parseTemplate(templates.Service, name)
		if err != nil {
			return err
		}
		target := strings.TrimSuffix(strings.TrimPrefix(name, "service/"), ".tmpl")
		target = strings.ReplaceAll(target, "NAME", svc.Name)
		if strings.Contains(target, "OPERATION") {
			operations, err := operationSeeds(t, view, target)
			files = append(files, operations...)
			return err
		}
		content, err := render(t, target, view)
		files = append(files, File{Path: target, Content: content, Owner: Seeded, input: target == configFile})
		return err
	})
	return files, err
}

// operationSeeds renders one file for each operation. The operations of later versions get the version in the name of
// their file, and a name that is taken a number.
func operationSeeds(t *template.Template, view seedView, target string) ([]File, error) {
	taken := map[string]bool{view.Name: true, view.Name + "_test": true}
	var files []File
	for i, v := range view.Versions {
		for _, op := range v.Operations {
			base := op.File
			if i > 0 {
				base += "_" + v.Name
			}
			if taken[base] {
				base += "_operation"
			}
			name := base
			for n := 2; taken[name]; n++ {
				name = base + strconv.Itoa(n)
			}
			taken[name] = true
			seen := operationView{view, v, op}
			file := File{Path: strings.ReplaceAll(target, "OPERATION", name), Owner: Seeded, method: v.Handler + "." + op.Name, route: seen.route()}
			var err error
			if file.Content, err = render(t, file.Path, seen); err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

// parseTemplate parses one template of an embedded tree, and refuses it when an action lacks a sink.
func parseTemplate(tree fs.FS, name string) (*template.Template, error) {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(path.Base(name)).Option("missingkey=error").Funcs(functions()).Parse(string(text))
	if err != nil {
		return nil, err
	}
	return t, checkSinks(t.Root)
}

// checkSinks refuses a template in which a value gets out other than through a sink.
func checkSinks(node parse.Node) error {
	switch node := node.(type) {
	case *parse.ListNode:
		if node == nil {
			return nil
		}
		for _, child := range node.Nodes {
			if err := checkSinks(child); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return checkBranches(&node.BranchNode)
	case *parse.RangeNode:
		return checkBranches(&node.BranchNode)
	case *parse.WithNode:
		return checkBranches(&node.BranchNode)
	case *parse.ActionNode:
		if len(node.Pipe.Decl) > 0 {
			return nil
		}
		last := node.Pipe.Cmds[len(node.Pipe.Cmds)-1]
		switch first := last.Args[0].(type) {
		case *parse.StringNode:
			return nil
		case *parse.IdentifierNode:
			if _, ok := sinks[first.Ident]; ok {
				return nil
			}
		}
		return fmt.Errorf("template action %s names no sink", node)
	}
	return nil
}

// checkBranches checks both branches of a control structure.
func checkBranches(node *parse.BranchNode) error {
	if err := checkSinks(node.List); err != nil {
		return err
	}
	return checkSinks(node.ElseList)
}

// render fills a template, and formats what is Go.
func render(t *template.Template, target string, view any) ([]byte, error) {
	text, err := execute(t, target, view)
	if err != nil || path.Ext(target) != ".go" {
		return text, err
	}
	source, err := format.Source(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", target, err, text)
	}
	return source, nil
}

// Summary is the first paragraph of the contract's description in one line, cut where it grows long.
func (s seedView) Summary() string {
	paragraph, _, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(s.Service.Versions[0].Description, "\r\n", "\n")), "\n\n")
	text := []rune(oneLine(paragraph))
	if len(text) > 400 {
		return string(text[:400]) + "…"
	}
	return string(text)
}

// FewOperations tells whether a table of all operations can be read.
func (s seedView) FewOperations() bool {
	count := 0
	for _, v := range s.Service.Versions {
		count += len(v.Operations)
	}
	return count > 0 && count <= 60
}

// MainFile is the file of what the operations share.
func (s seedView) MainFile() string { return s.Name + ".go" }

// TestFile is the file that starts the service for tests.
func (s seedView) TestFile() string { return s.Name + "_test.go" }

// CommandDir is the folder of the command.
func (s seedView) CommandDir() string { return "cmd/" + s.Name }

// ModelsDir is the folder of the version's models.
func (v versionView) ModelsDir() string { return "api/" + v.Name }

// ServerDir is the folder of the version's server.
func (v versionView) ServerDir() string { return "internal/server/" + v.Name }
