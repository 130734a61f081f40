package spec

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

const (
	// maxAliased bounds the values that YAML aliases add when they are written out.
	maxAliased = 1_000_000
	// maxYAML bounds the estimated number of values of a YAML file: the YAML library needs about
	// 300 bytes for each.
	maxYAML = 800_000
)

// yamlParser turns the node tree of the YAML library into Nodes: aliases share their anchor's content, merge keys are
// applied, and plain scalars mean what the core schema of YAML 1.2 says, dates and "no" being strings.
type yamlParser struct {
	builder
	anchors map[*yaml.Node]*anchored
	aliased int
	stop    *Diagnostic
	cursor  cursor
}

// anchored is a finished anchor: its node and how much writing it out adds.
type anchored struct {
	node   Node
	size   int
	height int
	done   bool
}

// parseYAML parses f.data and sets f.root, unless the text is not YAML.
func parseYAML(f *file) Diagnostics {
	f.yaml = true
	if n := estimate(f.data); n > maxYAML {
		return Diagnostics{f.fault(0, Error, "too-large", fmt.Sprintf("the YAML file has about %d values, more than %d", n, maxYAML), "split the contract, or write it as JSON")}
	}
	p := yamlParser{builder: builder{file: f}, anchors: map[*yaml.Node]*anchored{}, cursor: cursor{f: f}}
	doc, fault := p.read()
	if fault != nil {
		return Diagnostics{*fault}
	}
	if doc == nil {
		return nil
	}
	var root Node
	size, height := 0, 0
	if p.value(&root, doc, 0, &size, &height) {
		f.root = p.finish(root)
	}
	if p.stop != nil {
		p.faults = append(p.faults, *p.stop)
	}
	return p.faults
}

// estimate bounds the number of values from what may start one: a colon makes a key and its value.
func estimate(s string) int {
	return 2*strings.Count(s, ":") + strings.Count(s, "- ") + strings.Count(s, "-\n") + strings.Count(s, ",") + strings.Count(s, "[") + strings.Count(s, "{")
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// read runs the YAML library, whose faults become diagnostics.
func (p *yamlParser) read() (doc *yaml.Node, fault *Diagnostic) {
	defer func() {
		if r := recover(); r != nil {
			d := p.file.fault(0, Error, "yaml-syntax", "the YAML can't be parsed", "simplify the file, or write it as JSON")
			doc, fault = nil, &d
		}
	}()
	dec := yaml.NewDecoder(strings.NewReader(p.file.data))
	var first, second yaml.Node
	if err := dec.Decode(&first); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, p.syntax(err)
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		d := p.at(&second, "trailing-data", "a second YAML document follows the contract", "keep one document in a file")
		return nil, &d
	case !errors.Is(err, io.EOF):
		return nil, p.syntax(err)
	}
	if first.Kind == yaml.DocumentNode && len(first.Content) == 1 {
		return first.Content[0], nil
	}
	return nil, nil
}

func (p *yamlParser) syntax(err error) *Diagnostic {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(text, "exceeded max depth") {
		d := p.file.tooDeep(0)
		return &d
	}
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	remedy := "correct the YAML on this line, or on one beside it"
	d := p.file.fault(p.cursor.offset(line, 1), Error, "yaml-syntax", clip(text), remedy)
	if indent := d.Line[:len(d.Line)-len(strings.TrimLeft(d.Line, " \t"))]; strings.Contains(indent, "\t") {
		d.Message, d.Remedy = "the line is indented with a tab", "indent YAML with spaces"
	}
	return &d
}

func (p *yamlParser) at(y *yaml.Node, rule, message, remedy string) Diagnostic {
	return p.file.fault(p.cursor.offset(y.Line, y.Column), Error, rule, message, remedy)
}

func (p *yamlParser) fail(y *yaml.Node, rule, message, remedy string) bool {
	if p.stop == nil {
		d := p.at(y, rule, message, remedy)
		p.stop = &d
	}
	return false
}

func (p *yamlParser) deep(y *yaml.Node) bool {
	if p.stop == nil {
		d := p.file.tooDeep(p.cursor.offset(y.Line, y.Column))
		p.stop = &d
	}
	return false
}

// value converts y; size grows by the number of values that it stands for, height becomes the depth below it.
func (p *yamlParser) value(n *Node, y *yaml.Node, depth int, size, height *int) bool {
	if depth >= maxDepth {
		return p.deep(y)
	}
	if y.Kind == yaml.AliasNode {
		return p.alias(n, y, depth, size, height)
	}
	var mark *anchored
	if y.Anchor != "" {
		mark = &anchored{}
		p.anchors[y] = mark
	}
	n.start = uint32(p.cursor.offset(y.Line, y.Column))
	if n.name == "" {
		n.end = n.start
	}
	mySize, below := 1, 0
	var ok bool
	switch y.Kind {
	case yaml.ScalarNode:
		ok = p.scalar(n, y)
	case yaml.SequenceNode:
		ok = p.sequence(n, y, depth, &mySize, &below)
	case yaml.MappingNode:
		ok = p.mapping(n, y, depth, &mySize, &below)
	default:
		return p.fail(y, "yaml-syntax", "unexpected YAML node", "write plain mappings, sequences and scalars")
	}
	*size += mySize
	*height = max(*height, below)
	if mark != nil {
		*mark = anchored{node: *n, size: mySize, height: below, done: true}
	}
	return ok
}

func (p *yamlParser) alias(n *Node, y *yaml.Node, depth int, size, height *int) bool {
	a := p.anchors[y.Alias]
	if a == nil || !a.done {
		return p.fail(y, "yaml-alias", fmt.Sprintf("alias %q stands inside the value that it names", clip(y.Value)), "use $ref for recursive structures")
	}
	if p.aliased += a.size; p.aliased > maxAliased {
		return p.fail(y, "yaml-alias", fmt.Sprintf("aliases add more than %d values", maxAliased), "use $ref instead of YAML aliases")
	}
	if depth+a.height >= maxDepth {
		return p.deep(y)
	}
	name, end := n.name, n.end
	*n = a.node
	n.name, n.end = name, end
	n.flags |= flagAlias
	*size += a.size
	*height = max(*height, a.height)
	return true
}

func (p *yamlParser) sequence(n *Node, y *yaml.Node, depth int, size, height *int) bool {
	base, below := len(p.stack), 0
	for _, item := range y.Content {
		var child Node
		if !p.value(&child, item, depth+1, size, &below) {
			return false
		}
		p.stack = append(p.stack, child)
	}
	*height = below + 1
	p.close(n, Array, base)
	return true
}

func (p *yamlParser) mapping(n *Node, y *yaml.Node, depth int, size, height *int) bool {
	base, below := len(p.stack), 0
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		for key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return p.fail(y.Content[i], "yaml-key", "a key is no plain scalar", "use strings as keys")
		}
		if key.Tag == "!!merge" {
			merges = append(merges, value)
			continue
		}
		child := Node{name: key.Value, end: uint32(p.cursor.offset(y.Content[i].Line, y.Content[i].Column))}
		if !p.value(&child, value, depth+1, size, &below) {
			return false
		}
		p.stack = append(p.stack, child)
	}
	for _, m := range merges {
		if !p.merge(base, m, depth, size, &below) {
			return false
		}
	}
	*height = below + 1
	p.close(n, Object, base)
	return true
}

// merge adds the members of a merge key's value that the mapping does not have itself.
func (p *yamlParser) merge(base int, y *yaml.Node, depth int, size, height *int) bool {
	if y.Kind == yaml.SequenceNode {
		for _, item := range y.Content {
			if !p.merge(base, item, depth, size, height) {
				return false
			}
		}
		return true
	}
	var source Node
	if !p.value(&source, y, depth, size, height) {
		return false
	}
	if source.kind != Object {
		return p.fail(y, "yaml-merge", "a merge key (<<) needs a mapping or a sequence of mappings", "name a mapping with an alias: <<: *base")
	}
	have := make(map[string]bool, len(p.stack)-base)
	for i := base; i < len(p.stack); i++ {
		have[p.stack[i].name] = true
	}
	for i := range source.body.nodes {
		if c := source.body.nodes[i]; !have[c.name] {
			c.flags |= flagAlias
			p.stack = append(p.stack, c)
		}
	}
	return true
}

var (
	coreInt   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	coreFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	coreOctal = regexp.MustCompile(`^0o[0-7]+$`)
	coreHex   = regexp.MustCompile(`^0x[0-9a-fA-F]+$`)
	coreInf   = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// scalar resolves a scalar by its style, its explicit tag, or the core schema of YAML 1.2 (section 10.3.2).
func (p *yamlParser) scalar(n *Node, y *yaml.Node) bool {
	n.kind, n.text = String, y.Value
	tagged := y.Style&yaml.TaggedStyle != 0
	if tagged {
		switch y.ShortTag() {
		case "!!str", "!!binary", "!!timestamp", "!":
			return true
		}
	} else if y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return true
	}
	kind, text := coreScalar(y.Value)
	if kind == Absent {
		return p.fail(y, "yaml-number", fmt.Sprintf("%q is no JSON value", clip(y.Value)), "quote it, or write a finite number")
	}
	n.kind, n.text = kind, text
	if want, ok := tagKinds[y.ShortTag()]; tagged && ok && want != kind {
		return p.fail(y, "yaml-tag", fmt.Sprintf("%q is not of its tag %s", clip(y.Value), y.ShortTag()), "remove the tag or correct the value")
	}
	if kind == Number && octalLooking(y.Value) {
		p.warn(y, "yaml-octal", fmt.Sprintf("%q is decimal in YAML 1.2 and octal in YAML 1.1", clip(y.Value)), "remove the leading zero, or quote it if it is a string")
	}
	return true
}

var tagKinds = map[string]Kind{"!!int": Number, "!!float": Number, "!!bool": Bool, "!!null": Null}

func octalLooking(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return len(s) > 1 && s[0] == '0' && coreInt.MatchString(s) && !strings.ContainsAny(s, "89")
}

func (p *yamlParser) warn(y *yaml.Node, rule, message, remedy string) {
	if len(p.faults) < maxDiagnostics {
		d := p.at(y, rule, message, remedy)
		d.Severity = Warning
		p.faults = append(p.faults, d)
	}
}

// coreScalar returns the kind and JSON text of a plain scalar; Absent for infinities and NaN.
func coreScalar(s string) (Kind, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null, "null"
	case "true", "True", "TRUE":
		return Bool, "true"
	case "false", "False", "FALSE":
		return Bool, "false"
	}
	if c := s[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return String, s
	}
	switch {
	case coreInt.MatchString(s), coreFloat.MatchString(s):
		return Number, jsonNumber(s)
	case coreOctal.MatchString(s):
		return based(s, 8)
	case coreHex.MatchString(s):
		return based(s, 16)
	case coreInf.MatchString(s):
		return Absent, ""
	}
	return String, s
}

func based(s string, base int) (Kind, string) {
	v, err := strconv.ParseUint(s[2:], base, 64)
	if err != nil {
		return String, s
	}
	return Number, strconv.FormatUint(v, 10)
}

// jsonNumber spells a YAML number as JSON has it: no plus sign, no leading zeros, digits on both sides of the point.
func jsonNumber(s string) string {
	sign := ""
	switch s[0] {
	case '-':
		sign, s = "-", s[1:]
	case '+':
		s = s[1:]
	}
	mantissa, exponent := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction + exponent
}

// cursor finds byte offsets for the lines and columns of the YAML library. Asked in the order of the document, it
// never reads a line twice.
type cursor struct {
	f            *file
	line, column int
	at           int
}

func (c *cursor) offset(line, column int) int {
	c.f.once.Do(c.f.index)
	if line < 1 || line > len(c.f.lines) {
		return len(c.f.data)
	}
	if line != c.line || column < c.column {
		c.line, c.column, c.at = line, 1, int(c.f.lines[line-1])
	}
	for c.column < column && c.at < len(c.f.data) {
		_, size := utf8.DecodeRuneInString(c.f.data[c.at:])
		c.at += size
		c.column++
	}
	return c.at
}
