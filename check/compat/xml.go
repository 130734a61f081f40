package compat

import (
	"fmt"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

func isXML(media string) bool {
	name, _, _ := strings.Cut(media, ";")
	return name == "application/xml" || name == "text/xml" || strings.HasSuffix(name, "+xml")
}

// element is how a value is written in XML (OpenAPI 3.1 section 4.8.26). The prefix of a namespace means nothing.
type element struct {
	name, namespace    string
	attribute, wrapped bool
}

// element reads the XML object of a schema, whose value is the member called name, or "" for a whole document, of which
// only a name that is given is known.
func (s *side) element(of *schema.Schema, name string) element {
	e := element{name: name}
	s.readXML(&e, s.place(of), of.Target().Types == schema.Array, 0)
	return e
}

// readXML reads the XML objects of what a schema refers to or is made of by allOf, and then its own.
func (s *side) readXML(e *element, n *spec.Node, list bool, depth int) {
	if depth == maxExtends {
		return
	}
	if n.Ref() != "" {
		s.readXML(e, s.doc.Deref(n), list, depth+1)
	}
	for _, part := range n.Get("allOf").Items() {
		s.readXML(e, part, list, depth+1)
	}
	xml := n.Get("xml")
	if given := xml.Str("name"); given != "" {
		e.name = given
	}
	if given := xml.Str("namespace"); given != "" {
		e.namespace = given
	}
	e.attribute = e.attribute || xml.Bool("attribute") || xml.Str("nodeType") == "attribute"
	e.wrapped = e.wrapped || xml.Bool("wrapped") || xml.Str("nodeType") == "element" && list
}

// text shows an element with a value.
func (e element) text() string {
	switch {
	case e.attribute:
		return e.name + `="..."`
	case e.namespace != "":
		return fmt.Sprintf("<%s xmlns=%q>", e.name, e.namespace)
	}
	return "<" + e.name + ">"
}

// document is a piece of a document with the value.
func (e element) document() string {
	if e.attribute {
		return fmt.Sprintf("<... %s=%q>", e.name, "...")
	}
	return fmt.Sprintf("%s...</%s>", e.text(), e.name)
}

// xml compares how the values of two schemas are written in XML.
type xml struct {
	*comparer
	use  comparison
	seen map[[2]*schema.Schema]bool
}

func (x xml) compare(old, revision *schema.Schema, before, after string) {
	a, b := old.Target(), revision.Target()
	if a == nil || b == nil || x.seen[[2]*schema.Schema{a, b}] {
		return
	}
	x.seen[[2]*schema.Schema{a, b}] = true
	from, to := x.old.element(old, before), x.new.element(revision, after)
	list := a.Types == schema.Array && b.Types == schema.Array
	if list && !from.wrapped && !to.wrapped {
		from.name, to.name = "", "" // an array that is not wrapped has no element of its own
	}
	if from != to && from.name != "" && to.name != "" || from.wrapped != to.wrapped || from.attribute != to.attribute {
		x.changed(old, revision, from, to)
	}
	if list {
		x.compare(a.Items, b.Items, before, after)
	}
	members, others := declared(a), declared(b)
	for _, name := range keys(members) {
		if others[name] != nil {
			x.compare(members[name], others[name], name, name)
		}
	}
	for _, branches := range [][2][]*schema.Schema{{a.AnyOf, b.AnyOf}, {a.OneOf, b.OneOf}} {
		for i, j := range partners(branches[0], branches[1]) {
			x.compare(branches[0][i], branches[1][j], before, after)
		}
	}
}

func (x xml) changed(old, revision *schema.Schema, from, to element) {
	message := fmt.Sprintf("%s: what was %s in XML is %s", x.use.what, from.text(), to.text())
	if from.text() == to.text() {
		message = fmt.Sprintf("%s: the items of %s are wrapped in an element on one side only", x.use.what, from.text())
	}
	d := x.use.pair.finding(x.use.side+"-xml-changed", message, x.old.place(old), x.new.place(revision))
	d.Side = x.use.side
	shown := from
	if x.use.side == "response" {
		shown = to
	}
	what, media, _ := strings.Cut(x.use.what, " (")
	m := &check.Message{Status: code(strings.TrimPrefix(what, "response ")), Differs: message}
	if _, ok := statusOf(what); !ok {
		m = x.sent(x.use.pair, nil).Message(message)
	}
	m.Header("Content-Type", strings.TrimSuffix(media, ")"))
	m.SetBody(shown.document())
	d.Witness = m.JSON()
	x.report(d)
}
