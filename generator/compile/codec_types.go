package compile

import (
	"fmt"
	"go/ast"
	"strconv"
	"strings"
)

// direction of a codec: the names of the functions of kit/codec differ by it.
type codecSide struct {
	prefix   string // of functions in kit/codec
	function string // prefix of generated functions
	receiver string
	params   string
}

var (
	readSide  = codecSide{"", "read", "d", "d *codec.Decoder"}
	writeSide = codecSide{"Put", "write", "e", "e *codec.Encoder"}
)

// scalars maps the basic types to the functions of kit/codec.
var scalars = map[string]string{
	"string": "String", "bool": "Bool", "int": "Int", "int8": "Int", "int16": "Int", "int32": "Int", "int64": "Int",
	"uint": "Uint", "uint8": "Uint", "uint16": "Uint", "uint32": "Uint", "uint64": "Uint", "byte": "Uint",
	"float32": "Float", "float64": "Float", "rune": "Int",
}

func (c *codecs) reader(t ast.Expr) string { return c.value(readSide, t) }

func (c *codecs) writer(t ast.Expr) string { return c.value(writeSide, t) }

// value returns a Go expression of type func(*codec.Decoder, *T) or func(*codec.Encoder, *T).
func (c *codecs) value(side codecSide, t ast.Expr) string {
	call := c.call(side, t, "v")
	if name, ok := strings.CutSuffix(call, "("+side.receiver+", v)"); ok && !strings.Contains(name, "(") {
		if !strings.HasPrefix(name, "codec.") || name == "codec.Time" || name == "codec.PutTime" {
			return name
		}
		return name + "[" + c.text(t) + "]"
	}
	return "func(" + side.params + ", v *" + c.text(t) + ") { " + call + " }"
}

// call returns the statement that reads into, or writes, what the expression target points to.
func (c *codecs) call(side codecSide, t ast.Expr, target string) string {
	simple := func(name string) string {
		return "codec." + side.prefix + name + "(" + side.receiver + ", " + target + ")"
	}
	with := func(name, target string, element ast.Expr) string {
		return "codec." + side.prefix + name + "(" + side.receiver + ", " + target + ", " + c.value(side, element) + ")"
	}
	switch t := t.(type) {
	case *ast.Ident:
		return c.named(side, t.Name, target, simple, with)
	case *ast.SelectorExpr:
		return c.foreign(t, target, simple)
	case *ast.StarExpr:
		return with("Pointer", target, t.X)
	case *ast.ArrayType:
		if element, ok := t.Elt.(*ast.Ident); ok && (element.Name == "byte" || element.Name == "uint8") && t.Len == nil {
			return simple("Bytes")
		}
		if element, ok := t.Elt.(*ast.Ident); ok && element.Name == "string" && t.Len == nil && side.prefix == "" {
			return simple("Strings")
		}
		if t.Len == nil {
			return with("Slice", target, t.Elt)
		}
	case *ast.MapType:
		if c.stringKind(t.Key) {
			return with("Map", target, t.Value)
		}
	case *ast.IndexExpr:
		if s, ok := t.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Nullable" {
			return with("Nullable", target, t.Index)
		}
	}
	return simple("JSON")
}

// stringKind tells whether a type is a string without methods.
func (c *codecs) stringKind(t ast.Expr) bool {
	for range 20 {
		ident, ok := t.(*ast.Ident)
		if !ok {
			return false
		}
		if ident.Name == "string" && c.types["string"] == nil {
			return true
		}
		spec := c.types[ident.Name]
		if spec == nil || c.customised(ident.Name) || c.methods[ident.Name]["MarshalText"] || c.methods[ident.Name]["UnmarshalText"] {
			return false
		}
		t = spec.Type
	}
	return false
}

// foreign handles the types of other packages.
func (c *codecs) foreign(t *ast.SelectorExpr, target string, simple func(string) string) string {
	pkg, _ := t.X.(*ast.Ident)
	field := func(name, part string) string {
		return strings.Replace(simple(name), ", "+target+")", ", &"+strings.TrimPrefix(target, "&")+part+")", 1)
	}
	switch c.imports[pkg.Name] + "." + t.Sel.Name {
	case "time.Time":
		return simple("Time")
	case "encoding/json.RawMessage":
		if strings.Contains(simple("X"), "PutX") {
			return simple("Raw")
		}
		return simple("RawMessage")
	case "encoding/json.Number":
		return simple("Number")
	case "github.com/google/uuid.UUID", "github.com/oapi-codegen/runtime/types.UUID":
		return simple("UUID")
	case "github.com/oapi-codegen/runtime/types.Date":
		return field("Date", ".Time")
	case "github.com/oapi-codegen/runtime/types.Email":
		return simple("String")
	}
	return simple("JSON")
}

func (c *codecs) customised(name string) bool {
	m := c.methods[name]
	return m["UnmarshalJSON"] || m["MarshalJSON"] || m["UnmarshalText"] || m["MarshalText"]
}

// named handles the types of the models, and the basic types.
func (c *codecs) named(side codecSide, name, target string, simple func(string) string, with func(string, string, ast.Expr) string) string {
	spec := c.types[name]
	if spec == nil {
		if function, ok := scalars[name]; ok {
			return simple(function)
		}
		return simple("JSON")
	}
	if spec.TypeParams != nil || !spec.Name.IsExported() {
		return simple("JSON")
	}
	if spec.Assign.IsValid() {
		return c.call(side, spec.Type, target)
	}
	if structure, ok := spec.Type.(*ast.StructType); ok {
		return c.structure(side, name, structure, target, simple)
	}
	if c.customised(name) {
		return c.method(side, name, simple)
	}
	switch t := spec.Type.(type) {
	case *ast.Ident:
		if inner := c.types[t.Name]; inner != nil {
			// A defined type has the fields of the other, but none of its methods.
			if _, isStruct := inner.Type.(*ast.StructType); isStruct || c.customised(t.Name) {
				return simple("JSON")
			}
		}
		return c.call(side, t, target)
	case *ast.ArrayType, *ast.MapType:
		return c.container(side, name, spec.Type, target)
	}
	return simple("JSON")
}

// container writes a function for a named slice or map, which may hold itself.
func (c *codecs) container(side codecSide, name string, t ast.Expr, target string) string {
	function := side.function + name + "Value"
	if !c.done[function] {
		c.done[function] = true
		c.queue = append(c.queue, func() {
			full := c.text(&ast.Ident{Name: name})
			fmt.Fprintf(&c.body, "\nfunc %s(%s, v *%s) {\n%s\n}\n", function, side.params, full, c.call(side, t, "v"))
		})
	}
	return function + "(" + side.receiver + ", " + target + ")"
}

func (c *codecs) method(side codecSide, name string, simple func(string) string) string {
	m := c.methods[name]
	if side.prefix == "" && m["UnmarshalJSON"] || side.prefix != "" && m["MarshalJSON"] {
		return simple("Method")
	}
	return simple("JSON")
}

// structure writes the function of a struct, once, and returns its call.
func (c *codecs) structure(side codecSide, name string, t *ast.StructType, target string, simple func(string) string) string {
	fields, additional, ok := c.fields(name, t)
	if ok && side.prefix != "" {
		ok = c.omittable(fields)
	}
	if !ok {
		if c.customised(name) {
			return c.method(side, name, simple)
		}
		return simple("JSON")
	}
	function := side.function + name + "Value"
	if !c.done[function] {
		c.done[function] = true
		c.queue = append(c.queue, func() {
			if side.prefix == "" {
				c.readStruct(function, name, fields, additional)
			} else {
				c.writeStruct(function, name, fields, additional)
			}
		})
	}
	return function + "(" + side.receiver + ", " + target + ")"
}

func (c *codecs) readStruct(function, name string, fields []field, additional ast.Expr) {
	full := c.text(&ast.Ident{Name: name})
	b := &strings.Builder{}
	fmt.Fprintf(b, "\nfunc %s(d *codec.Decoder, v *%s) {\nif !d.Object() {\nreturn\n}\nfor d.Member() {\n", function, full)
	other := "d.Skip()"
	if additional != nil {
		other = "codec.Entry(d, &v.AdditionalProperties, " + c.reader(additional) + ")"
	}
	if len(fields) == 0 {
		b.WriteString(other + "\n")
	} else {
		b.WriteString("switch string(d.Key()) {\n")
		for _, f := range fields {
			fmt.Fprintf(b, "case %s:\n%s\n", strconv.Quote(f.jsonName), c.call(readSide, f.typ, "&v."+f.goName))
		}
		b.WriteString("default:\n" + other + "\n}\n")
	}
	b.WriteString("}\n}\n")
	c.body.WriteString(b.String())
}

func (c *codecs) writeStruct(function, name string, fields []field, additional ast.Expr) {
	full := c.text(&ast.Ident{Name: name})
	b := &strings.Builder{}
	fmt.Fprintf(b, "\nfunc %s(e *codec.Encoder, v *%s) {\ne.Begin()\n", function, full)
	var names []string
	for _, f := range fields {
		condition, _ := c.present(f)
		key := strconv.Quote(string(appendKey(f.jsonName)))
		names = append(names, strconv.Quote(f.jsonName))
		value := c.call(writeSide, f.typ, "&v."+f.goName)
		if star, ok := f.typ.(*ast.StarExpr); ok && f.tag != "" {
			value = c.call(writeSide, star.X, "v."+f.goName)
		}
		if condition == "" {
			fmt.Fprintf(b, "e.Key(%s)\n%s\n", key, value)
		} else {
			fmt.Fprintf(b, "if %s {\ne.Key(%s)\n%s\n}\n", condition, key, value)
		}
	}
	if additional != nil {
		declared := "nil"
		if len(names) > 0 {
			declared = "func(name string) bool {\nswitch name {\ncase " + strings.Join(names, ", ") + ":\nreturn true\n}\nreturn false\n}"
		}
		fmt.Fprintf(b, "codec.PutEntries(e, &v.AdditionalProperties, %s, %s)\n", declared, c.writer(additional))
	}
	b.WriteString("e.End()\n}\n")
	c.body.WriteString(b.String())
}

// appendKey writes the name of a member as JSON, with its colon.
func appendKey(name string) []byte {
	b := []byte{'"'}
	for _, r := range name {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ' || r == 0x2028 || r == 0x2029:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"', ':')
}

func (c *codecs) omittable(fields []field) bool {
	for _, f := range fields {
		if _, ok := c.present(f); !ok {
			return false
		}
	}
	return true
}

// present returns the condition under which a field is written, empty for always.
func (c *codecs) present(f field) (condition string, ok bool) {
	if f.tag == "" {
		return "", true
	}
	target := "v." + f.goName
	switch kind := c.kind(f.typ); kind {
	case "pointer":
		return target + " != nil", true
	case "slice", "map":
		if f.tag == "omitzero" {
			return target + " != nil", true
		}
		return "len(" + target + ") > 0", true
	case "string":
		return target + ` != ""`, true
	case "number":
		return target + " != 0", true
	case "bool":
		return target, true
	case "time":
		if f.tag == "omitzero" {
			return "!" + target + ".IsZero()", true
		}
		return "", true
	case "struct":
		return "", f.tag == "omitempty"
	}
	return "", false
}

// kind tells how encoding/json sees the zero value of a type.
func (c *codecs) kind(t ast.Expr) string {
	for range 20 {
		switch x := t.(type) {
		case *ast.StarExpr:
			return "pointer"
		case *ast.ArrayType:
			if x.Len == nil {
				return "slice"
			}
			return ""
		case *ast.MapType:
			return "map"
		case *ast.IndexExpr:
			if s, ok := x.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Nullable" {
				return "map"
			}
			return ""
		case *ast.StructType:
			return "struct"
		case *ast.SelectorExpr:
			switch x.Sel.Name {
			case "Time", "Date":
				return "time"
			case "RawMessage":
				return "slice"
			case "Email", "Number":
				return "string"
			}
			return ""
		case *ast.Ident:
			if spec := c.types[x.Name]; spec != nil {
				t = spec.Type
				continue
			}
			switch scalars[x.Name] {
			case "String":
				return "string"
			case "Bool":
				return "bool"
			case "Int", "Uint", "Float":
				return "number"
			}
			return ""
		default:
			return ""
		}
	}
	return ""
}
