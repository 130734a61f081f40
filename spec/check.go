package spec

import (
	"errors"
	"fmt"
	"strings"
)

// checker walks a document along the grammar and collects what is wrong.
type checker struct {
	d       *Document
	edition editions
	grammar map[string]*kind
	keys    map[string]map[string]*field // object to its fields of this edition
	others  map[string]map[string]bool   // object to the keys of its other editions
	done    map[visit]bool
	faults  Diagnostics
	ids     map[string]*Node

	brokenFiles map[*file]bool // whose faults are reported
}

// visit is a node that has been checked as an object.
type visit struct {
	n  *Node
	as string
}

// check reports the faults of structure and the references without target.
func (d *Document) check() Diagnostics {
	c := &checker{d: d, edition: d.Version.edition(), grammar: grammar(), done: map[visit]bool{}, ids: map[string]*Node{}, brokenFiles: map[*file]bool{}}
	c.prepare()
	top := "OpenAPI"
	if d.Version == Swagger20 {
		top = "Swagger"
	}
	c.object(d.Root, top)
	return c.faults
}

func (c *checker) prepare() {
	c.keys = make(map[string]map[string]*field, len(c.grammar))
	c.others = make(map[string]map[string]bool, len(c.grammar))
	for name, k := range c.grammar {
		c.keys[name], c.others[name] = map[string]*field{}, map[string]bool{}
		for i := range k.fields {
			if f := &k.fields[i]; f.in&c.edition != 0 {
				c.keys[name][f.key] = f
			} else {
				c.others[name][f.key] = true
			}
		}
	}
}

// fault adds a diagnostic at a value; at its key when key is true.
func (c *checker) fault(n *Node, key bool, severity Severity, rule, message, remedy string) {
	if len(c.faults) > 20*maxDiagnostics {
		return
	}
	d := faultAt(n, severity, rule, message, remedy)
	if key {
		f := n.file()
		d.Position = f.position(f.keyOffset(n))
		d.Line = f.line(d.Position)
	}
	c.faults = append(c.faults, d)
}

// object checks n as the object of that name, once. References are followed.
func (c *checker) object(n *Node, name string) {
	k := c.grammar[name]
	if ref := n.Get("$ref"); ref != nil && !c.reference(n, ref, name, k) {
		return
	}
	if c.done[visit{n, name}] {
		return
	}
	c.done[visit{n, name}] = true
	c.members(n, name, k)
	if k.extra != nil {
		k.extra(c, n)
	}
}

// reference checks a $ref and reports whether what stands beside it is to be checked as well.
func (c *checker) reference(n, ref *Node, name string, k *kind) bool {
	if k.refs&c.edition == 0 {
		if whole[name] && ref.Kind() == String {
			c.fault(ref, true, Warning, "misplaced-ref", fmt.Sprintf("$ref has no meaning in %s: it is read as what it refers to", k.words), "write the object here, or bundle the contract")
			if target := c.follow(n, ref); target != nil {
				c.as(target, shape{kinds: isObject, object: name}, k.words)
			}
			return false
		}
		if ref.Kind() == String {
			c.fault(ref, true, Error, "misplaced-ref", fmt.Sprintf("$ref has no meaning in %s", k.words), "write the object here, or refer to a part that may be referred to")
		}
		return false
	}
	if ref.Kind() != String {
		if name == "Schema" && ref.Kind() == Object {
			return true
		}
		c.fault(ref, false, Error, "wrong-kind", fmt.Sprintf("$ref is %s, not a string", ref.Kind()), `write "$ref": "#/components/..."`)
		return false
	}
	if name == "Items" {
		c.fault(ref, true, Warning, "items-ref", "$ref has no meaning in the items of a parameter of Swagger 2.0: it is read as a schema", "write the items out, or use OpenAPI 3")
		name = "Schema"
	}
	if target := c.follow(n, ref); target != nil {
		c.as(target, shape{kinds: isObject, object: name}, k.words)
	}
	return name == "PathItem" || (name == "Schema" && c.edition&v31up != 0)
}

// follow finds the end of a chain of references and reports a missing target or a circle.
func (c *checker) follow(n, ref *Node) *Node {
	seen := map[*Node]bool{n: true}
	for {
		target, err := c.d.lookup(ref, ref.text)
		if broken := (*brokenFile)(nil); errors.As(err, &broken) {
			c.broken(broken)
			return nil
		}
		if err != nil {
			c.fault(ref, false, Error, "unresolved-ref", err.Error(), "define the target, or correct the reference")
			return nil
		}
		next := target.Get("$ref")
		if next.Kind() != String {
			return target
		}
		if seen[target] || len(seen) > maxHops {
			c.fault(ref, false, Error, "circular-ref", fmt.Sprintf("the reference %q leads back to itself, or through more than %d others", clip(ref.text), maxHops),
				"let one of the references name a definition")
			return nil
		}
		if c.edition&v31up != 0 && target.Len() > 1 {
			return target
		}
		seen[target] = true
		ref = next
	}
}

// broken reports the faults of a file once, however many references lead to it.
func (c *checker) broken(b *brokenFile) {
	if !c.brokenFiles[b.file] {
		c.brokenFiles[b.file] = true
		c.faults = append(c.faults, b.faults...)
	}
}

// members checks the keys of an object and their values.
func (c *checker) members(n *Node, name string, k *kind) {
	known := c.keys[name]
	for key, v := range n.All() {
		f := known[key]
		switch {
		case f != nil:
			c.as(v, f.is, key)
			continue
		case strings.HasPrefix(key, "x-") || key == "$ref":
			continue
		case k.other.kinds != 0:
			c.as(v, k.other, key)
			continue
		}
		c.unknown(v, key, name, k)
	}
	for i := range k.fields {
		f := &k.fields[i]
		if f.must&c.edition != 0 && n.Get(f.key) == nil {
			c.missing(n, f.key, name, k)
		}
	}
}

// optional are keys that the specification requires and that a service can do without.
var optional = map[string]string{
	"Info.title": "the service is called by its folder", "Info.version": "the version stays empty",
	"Response.description": "it stays empty", "Tag.name": "the tag is ignored", "RequestBody.content": "any content is accepted",
	"Server.url": "it stands for /",
}

func (c *checker) missing(n *Node, key, name string, k *kind) {
	severity, tail := Error, ""
	if why, ok := optional[name+"."+key]; ok {
		severity, tail = Warning, ": "+why
	}
	c.fault(n, n.Parent() != nil, severity, "missing-key", fmt.Sprintf("%s has no %q%s", k.words, key, tail), fmt.Sprintf("add %q", key))
}

// unknown reports a key that the object does not have: a near miss of one that it has is an error.
func (c *checker) unknown(v *Node, key, name string, k *kind) {
	if c.others[name][key] {
		c.fault(v, true, Warning, "unknown-key", fmt.Sprintf("key %q has no meaning in %s of %s: it is ignored", key, k.words, c.d.Version), "remove it, or use an edition that has it")
		return
	}
	for i := range k.fields {
		if f := &k.fields[i]; f.in&c.edition != 0 && near(key, f.key) {
			c.fault(v, true, Error, "near-miss", fmt.Sprintf("key %q is not known in %s: is %q meant?", clip(key), k.words, f.key),
				fmt.Sprintf("write %q, or begin the key with x- if it is an extension", f.key))
			return
		}
	}
	if k.open&c.edition == 0 {
		c.fault(v, true, Warning, "unknown-key", fmt.Sprintf("key %q is not known in %s: it is ignored", clip(key), k.words), "remove it, or begin it with x- if it is an extension")
	}
}

// as checks a value against a shape.
func (c *checker) as(v *Node, s shape, key string) {
	if s.kinds&one(v.Kind()) == 0 {
		c.kind(v, s, key)
		return
	}
	switch {
	case s.object != "" && s.list:
		for i := range v.Len() {
			_, item := v.at(i)
			c.as(item, shape{kinds: isObject, object: s.object}, fmt.Sprintf("an item of %q", key))
		}
	case s.object != "" && s.dict:
		if ref := v.Get("$ref"); ref.Kind() == String {
			c.fault(ref, true, Error, "misplaced-ref", fmt.Sprintf("$ref has no meaning in %q", key), "write the members here, each of which may be a reference")
			return
		}
		for name, member := range v.All() {
			if !strings.HasPrefix(name, "x-") || s.object == "Schema" || s.object == "Header" {
				c.as(member, shape{kinds: isObject, object: s.object}, name)
			}
		}
	case s.object != "" && v.Kind() == Object:
		c.object(v, s.object)
	case s.items != 0:
		for i := range v.Len() {
			if _, item := v.at(i); v.kind == Array && s.items&one(item.Kind()) == 0 {
				c.kind(item, shape{kinds: s.items}, fmt.Sprintf("an item of %q", key))
			}
		}
	case s.count:
		c.natural(v, key)
	case s.oneOf != nil:
		c.choose(v, s.oneOf, key)
	}
}

func (c *checker) choose(v *Node, of []string, key string) {
	for _, o := range of {
		if v.text == o {
			return
		}
	}
	remedy := "write one of " + strings.Join(of, ", ")
	for _, o := range of {
		if near(v.text, o) {
			remedy = fmt.Sprintf("write %q", o)
		}
	}
	c.fault(v, false, Error, "unknown-value", fmt.Sprintf("%q is no value of %q", clip(v.text), key), remedy)
}

func (c *checker) natural(v *Node, key string) {
	canonical := canonicalNumber(v.text)
	if strings.HasPrefix(canonical, "-") || strings.Contains(canonical, "e-") {
		c.fault(v, false, Error, "wrong-kind", fmt.Sprintf("%q is %s, not a non-negative integer", key, clip(v.text)), "write 0 or more, without a fraction")
	}
}

// needed are the objects that null can't stand for: elsewhere it means that the key is absent.
var needed = map[string]bool{
	"Schema": true, "Operation": true, "Parameter": true, "Header": true, "SecurityScheme": true, "RequestBody": true, "OAuthFlow": true,
	"SecurityRequirement": true, "Server": true,
}

// kind reports a value of the wrong JSON type.
func (c *checker) kind(v *Node, s shape, key string) {
	var want []string
	for k := Null; k <= Object; k++ {
		if s.kinds&one(k) != 0 {
			want = append(want, k.String())
		}
	}
	if s.object == "Schema" && v.Kind() == Bool && c.edition&v31up != 0 {
		return
	}
	severity, remedy := Error, "write "+strings.Join(want, " or ")
	switch {
	case v.Kind() == Number && (key == "openapi" || key == "swagger" || key == "version"):
		severity, remedy = Warning, fmt.Sprintf("quote it: %q", v.text)
	case v.Kind() == Null && (!needed[s.object] || (s.list || s.dict) && s.object != "SecurityRequirement"):
		severity, remedy = Warning, "remove the key, or write "+strings.Join(want, " or ")
	case s.kinds == isString && (v.Kind() == Number || v.Kind() == Bool):
		remedy = fmt.Sprintf("quote it: %q", v.text)
	case s.kinds == isBool && v.Kind() == String:
		remedy = "write true or false, without quotes"
	}
	if !strings.HasPrefix(key, "an item of") {
		key = fmt.Sprintf("%q", clip(key))
	}
	c.fault(v, false, severity, "wrong-kind", fmt.Sprintf("%s is %s, not %s", key, v.Kind(), strings.Join(want, " or ")), remedy)
}
