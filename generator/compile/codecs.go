package compile

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// codecs writes decoders and encoders for the types of the models.
type codecs struct {
	options Options
	types   map[string]*ast.TypeSpec   // of the models
	methods map[string]map[string]bool // by type
	imports map[string]string          // paths by package name, as the models' source has them
	used    map[string]string          // of imports
	names   map[string]bool
	done    map[string]bool // functions that are written or queued, by name
	queue   []func()
	body    bytes.Buffer
}

func newCodecs(o Options) *codecs {
	return &codecs{
		options: o,
		types:   map[string]*ast.TypeSpec{},
		methods: map[string]map[string]bool{},
		imports: map[string]string{
			"uuid": "github.com/google/uuid", "nullable": "github.com/oapi-codegen/nullable", "time": "time",
			"json": "encoding/json", "openapi_types": "github.com/oapi-codegen/runtime/types",
		},
		used:  map[string]string{},
		names: map[string]bool{},
		done:  map[string]bool{},
	}
}

// UseModels makes the types of the models' source known to Decoder and Encoder.
func (u *Unit) UseModels(src []byte) error {
	return u.codecs.use(src)
}

// Decoder returns a Go expression of type func([]byte, *T) error that decodes validated JSON, for the type as it is
// written in the generated package. Numbers such as 1.0 and 1e2 are integers; names of members match exactly; all else
// is as encoding/json has it.
func (u *Unit) Decoder(goType string) string {
	return u.codecs.wrapper(goType, "decode", "func %s(data []byte, v *%s) error {\nreturn codec.Decode(data, v, %s)\n}\n", (*codecs).reader)
}

// Encoder returns a Go expression of type func([]byte, *T) ([]byte, error) that appends the JSON of a value.
func (u *Unit) Encoder(goType string) string {
	return u.codecs.wrapper(goType, "encode", "func %s(buffer []byte, v *%s) ([]byte, error) {\nreturn codec.Encode(buffer, v, %s)\n}\n", (*codecs).writer)
}

func (c *codecs) use(src []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), "models.go", src, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("models: %w", err)
	}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("models: import %s: %w", spec.Path.Value, err)
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		c.imports[name] = importPath
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					c.types[t.Name.Name] = t
				}
			}
		case *ast.FuncDecl:
			if name := receiver(decl); name != "" {
				if c.methods[name] == nil {
					c.methods[name] = map[string]bool{}
				}
				c.methods[name][decl.Name.Name] = true
			}
		}
	}
	return nil
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// wrapper writes the function that is called with a document, once for each type.
func (c *codecs) wrapper(goType, verb, source string, function func(*codecs, ast.Expr) string) string {
	expr, err := parser.ParseExpr(goType)
	if err != nil {
		panic(fmt.Sprintf("type %q: %v", goType, err)) // written by the generator
	}
	expr = c.local(expr)
	text := c.text(expr)
	id := verb + " " + text
	name := verb + typeName(text, c.options.ModelsPackage) + "JSON"
	for n := 2; c.names[name] && !c.done[id+" "+name]; n++ {
		name = verb + typeName(text, c.options.ModelsPackage) + strconv.Itoa(n) + "JSON"
	}
	if c.done[id+" "+name] {
		return name
	}
	c.names[name], c.done[id+" "+name] = true, true
	body := fmt.Sprintf(source, name, text, function(c, expr))
	c.body.WriteString("\n" + body)
	c.drain()
	return name
}

func (c *codecs) drain() {
	for len(c.queue) > 0 {
		next := c.queue[0]
		c.queue = c.queue[1:]
		next()
	}
}

// typeName makes a part of a Go name of a type.
func typeName(text, models string) string {
	text = strings.ReplaceAll(text, models+".", "")
	text = strings.NewReplacer("[]", "SliceOf.", "map[string]", "MapOf.", "*", "PointerTo.").Replace(text)
	var b strings.Builder
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '[' || r == ']' || r == ' ' || r == '{' || r == '}' }) {
		first, size := utf8.DecodeRuneInString(word)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(word[size:])
	}
	return b.String()
}

// local rewrites a type as the generated package writes it into one as the models' package writes it.
func (c *codecs) local(expr ast.Expr) ast.Expr {
	switch t := expr.(type) {
	case *ast.SelectorExpr:
		if x, ok := t.X.(*ast.Ident); ok && x.Name == c.options.ModelsPackage {
			return t.Sel
		}
	case *ast.StarExpr:
		return &ast.StarExpr{X: c.local(t.X)}
	case *ast.ArrayType:
		return &ast.ArrayType{Len: t.Len, Elt: c.local(t.Elt)}
	case *ast.MapType:
		return &ast.MapType{Key: c.local(t.Key), Value: c.local(t.Value)}
	case *ast.IndexExpr:
		return &ast.IndexExpr{X: t.X, Index: c.local(t.Index)}
	}
	return expr
}

// text writes a type of the models' package as the generated package has it, and notes the imports.
func (c *codecs) text(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.Ident:
		if c.types[t.Name] == nil {
			return t.Name
		}
		c.used[c.options.ModelsPackage] = c.options.ModelsImport
		return c.options.ModelsPackage + "." + t.Name
	case *ast.SelectorExpr:
		pkg := t.X.(*ast.Ident).Name
		c.used[pkg] = c.imports[pkg]
		return pkg + "." + t.Sel.Name
	case *ast.StarExpr:
		return "*" + c.text(t.X)
	case *ast.ArrayType:
		if t.Len != nil {
			if n, ok := t.Len.(*ast.BasicLit); ok {
				return "[" + n.Value + "]" + c.text(t.Elt)
			}
		}
		return "[]" + c.text(t.Elt)
	case *ast.MapType:
		return "map[" + c.text(t.Key) + "]" + c.text(t.Value)
	case *ast.IndexExpr:
		return c.text(t.X) + "[" + c.text(t.Index) + "]"
	case *ast.InterfaceType:
		return "any"
	}
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), expr); err != nil {
		panic(fmt.Sprintf("type in the models: %v", err))
	}
	return b.String()
}

// source returns the file, nil when nothing was asked for.
func (c *codecs) source() ([]byte, error) {
	if c.body.Len() == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated by msgen. DO NOT EDIT.\n\npackage %s\n\nimport (\n", c.options.Package)
	body := c.body.String()
	lines := []string{strconv.Quote(c.options.KitImport + "/codec")}
	for name, importPath := range c.used {
		if !strings.Contains(body, name+".") {
			continue
		}
		line := strconv.Quote(importPath)
		if path.Base(importPath) != name {
			line = name + " " + line
		}
		lines = append(lines, line)
	}
	sort.Strings(lines)
	b.WriteString("\t" + strings.Join(lines, "\n\t") + "\n)\n" + body)
	source, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("generated codecs: %w", err)
	}
	return source, nil
}

// field is a field of a struct as encoding/json sees it.
type field struct {
	goName   string
	jsonName string
	typ      ast.Expr
	tag      string // omitempty, omitzero or ""
}

// fields returns the fields of a struct, and the type of the values of AdditionalProperties. It reports false for a
// struct that only encoding/json understands.
func (c *codecs) fields(name string, t *ast.StructType) (list []field, additional ast.Expr, ok bool) {
	custom := c.methods[name]["UnmarshalJSON"] || c.methods[name]["MarshalJSON"]
	for _, f := range t.Fields.List {
		if len(f.Names) == 0 {
			return nil, nil, false
		}
		tag := ""
		if f.Tag != nil {
			text, err := strconv.Unquote(f.Tag.Value)
			if err != nil {
				return nil, nil, false
			}
			tag = reflect.StructTag(text).Get("json")
		}
		for _, ident := range f.Names {
			switch {
			case ident.Name == "AdditionalProperties" && tag == "-":
				m, isMap := f.Type.(*ast.MapType)
				if !isMap || !custom {
					return nil, nil, false
				}
				additional = m.Value
				continue
			case !ident.IsExported() && custom:
				return nil, nil, false // a union keeps its JSON in an unexported field
			case !ident.IsExported() || tag == "-":
				continue
			}
			jsonName, options, _ := strings.Cut(tag, ",")
			if jsonName == "" {
				jsonName = ident.Name
			}
			if options != "" && options != "omitempty" && options != "omitzero" {
				return nil, nil, false
			}
			list = append(list, field{ident.Name, jsonName, f.Type, options})
		}
	}
	return list, additional, !custom || additional != nil
}
