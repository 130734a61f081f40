// Package batch builds one program from many compiled schemas and feeds it values, so that tests of the compiler pay for
// one run of the Go compiler only.
package batch

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/msgen/msgen/generator/compile"
)

// Module is the name of the module that is built; its runtime is Module + "/kit".
const Module = "batch"

// Verdict is what a validator says of a value.
type Verdict byte

// The verdicts.
const (
	Valid Verdict = iota
	Invalid
	Syntax
	Unworded // refused, and the second pass found no reason
)

// Package is one generated package with the expressions of its validators.
type Package struct {
	Name  string
	Unit  *compile.Unit
	Exprs []string
}

// NewPackage returns an empty package.
func NewPackage(name string, o compile.Options) *Package {
	o.Package, o.KitImport = name, Module+"/kit"
	return &Package{Name: name, Unit: compile.New(o)}
}

// Program is a program that was built.
type Program struct{ path string }

// Build writes the packages into dir, with a copy of the runtime in kitDir, and builds them. Validators are numbered
// through the packages in their order.
func Build(dir, kitDir string, packages ...*Package) (*Program, error) {
	for _, name := range []string{"schema"} {
		if err := copyPackage(filepath.Join(kitDir, name), filepath.Join(dir, "kit", name)); err != nil {
			return nil, err
		}
	}
	var imports, tables strings.Builder
	for _, p := range packages {
		if err := p.write(filepath.Join(dir, p.Name)); err != nil {
			return nil, err
		}
		fmt.Fprintf(&imports, "\t%q\n", Module+"/"+p.Name)
		fmt.Fprintf(&tables, "\tvalidators = append(validators, %s.Validators...)\n", p.Name)
	}
	main := strings.NewReplacer("IMPORTS", imports.String(), "TABLES", tables.String()).Replace(mainSource)
	for name, content := range map[string]string{"go.mod": "module " + Module + "\n\ngo 1.24\n", "main.go": main} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	program := &Program{filepath.Join(dir, "program")}
	build := exec.Command("go", "build", "-o", program.path, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false -trimpath", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	return program, nil
}

func (p *Package) write(dir string) error {
	files, err := p.Unit.Files()
	if err != nil {
		return err
	}
	table := "package " + p.Name + "\n\nimport \"" + Module + "/kit/schema\"\n\nvar Validators = []schema.Func{\n\t" +
		strings.Join(p.Exprs, ",\n\t") + ",\n}\n"
	files["table.go"] = []byte(table)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func copyPackage(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

const mainSource = `package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"batch/kit/schema"
IMPORTS)

func main() {
	var validators []schema.Func
TABLES
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriterSize(os.Stdout, 1<<16)
	defer out.Flush()
	var head [8]byte
	var value []byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		n := int(binary.LittleEndian.Uint32(head[4:]))
		if n > cap(value) {
			value = make([]byte, 2*n)
		}
		if _, err := io.ReadFull(in, value[:n]); err != nil {
			return
		}
		verdict := byte(0)
		if e := schema.Validate(value[:n], validators[binary.LittleEndian.Uint32(head[:])], schema.Limits{}); e != nil {
			verdict = 1
			switch {
			case e.Syntax:
				verdict = 2
			case e.List[0].Keyword == "schema":
				verdict = 3
			}
		}
		out.WriteByte(verdict)
	}
}
`

// Run feeds the values that feed yields, each for a validator, and returns the verdicts in their order.
func (p *Program) Run(feed func(yield func(validator int, value []byte))) ([]Verdict, error) {
	run := exec.Command(p.path)
	run.Stderr = os.Stderr
	stdin, err := run.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := run.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := run.Start(); err != nil {
		return nil, err
	}
	go func() {
		out := bufio.NewWriterSize(stdin, 1<<20)
		feed(func(validator int, value []byte) {
			var head [8]byte
			binary.LittleEndian.PutUint32(head[:], uint32(validator))
			binary.LittleEndian.PutUint32(head[4:], uint32(len(value)))
			out.Write(head[:])
			out.Write(value)
		})
		out.Flush()
		stdin.Close()
	}()
	bytes, err := io.ReadAll(stdout)
	if err != nil {
		return nil, err
	}
	if err := run.Wait(); err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(bytes))
	for i, b := range bytes {
		verdicts[i] = Verdict(b)
	}
	return verdicts, nil
}
