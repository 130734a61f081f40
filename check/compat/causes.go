package compat

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/msgen/msgen/check"
	"github.com/msgen/msgen/schema"
	"github.com/msgen/msgen/spec"
)

// broken reports the root causes for which the receiver does not take, or does not surely take, what the sender may send.
// Where all of them are known from other operations, no witness is needed, and none is sought.
func (s *schemas) broken(use comparison, sender, receiver *schema.Schema) {
	shown := false
	var open, fresh, exhausted []schema.Difference
	for _, d := range schema.Differences(sender, receiver, s.options(use.side)) {
		finding := s.cause(use, d)
		if s.joins(finding) {
			s.report(finding)
			shown = true
			continue
		}
		if s.attempts[identity(finding)] >= maxAttempts && d.Answer == schema.No {
			exhausted = append(exhausted, d)
			continue
		}
		fresh = append(fresh, d)
	}
	if len(fresh) == 0 && shown {
		for _, d := range exhausted {
			s.postpone(use, sender, receiver, d)
		}
		return
	}
	fresh = append(fresh, exhausted...)
	if len(fresh) == 0 {
		return
	}
	result := schema.Subset(sender, receiver, s.options(use.side))
	if result.Answer == schema.Yes {
		return
	}
	for _, d := range fresh {
		finding := s.cause(use, d)
		if witness, ok := s.attempt(use, sender, receiver, d, result, finding); ok {
			s.report(s.proven(use, finding, witness))
			shown = true
			continue
		}
		open = append(open, d)
	}
	for _, d := range open {
		switch {
		case d.Answer == schema.No && shown:
			s.postpone(use, sender, receiver, d)
		case result.Answer == schema.No:
			s.report(s.proven(use, s.cause(use, d), result.Witness))
			shown = true
		default:
			s.open(use, d, result.Reason)
		}
	}
	if result.Answer == schema.No && !shown {
		s.report(s.proven(use, s.cause(use, schema.Difference{Sender: sender, Receiver: receiver}), result.Witness))
	}
}

// maxAttempts bounds how often a message is sought that shows a root cause: once for each operation that it reaches.
const maxAttempts = 3

// attempt seeks a message that shows a root cause.
func (s *schemas) attempt(use comparison, sender, receiver *schema.Schema, d schema.Difference, result schema.Result,
	finding check.Diagnostic) (any, bool) {
	key := identity(finding)
	if s.attempts[key] >= maxAttempts {
		return nil, false
	}
	s.attempts[key]++
	return s.whole(use.side, sender, receiver, d, result.Witness, result.Answer == schema.No)
}

// postponed is a root cause that breaks at its place, but for which no whole message was found yet, where it is seen at the
// least depth: there a message is the easiest to find.
type postponed struct {
	finding          check.Diagnostic
	use              comparison
	sender, receiver *schema.Schema
	difference       schema.Difference
}

// postpone keeps a root cause that breaks at its place, but for which no whole message was found: another operation may
// show it.
func (s *schemas) postpone(use comparison, sender, receiver *schema.Schema, d schema.Difference) {
	finding := s.cause(use, d)
	key := identity(finding)
	known, ok := s.waiting[key]
	if !ok {
		s.waiting[key] = &postponed{finding, use, sender, receiver, d}
		s.postponed = append(s.postponed, s.waiting[key])
		return
	}
	finding.Operations = union(known.finding.Operations, finding.Operations)
	if strings.Count(d.Path, "/") < strings.Count(known.difference.Path, "/") {
		*known = postponed{finding, use, sender, receiver, d}
	}
	known.finding.Operations = finding.Operations
}

// remaining reports the root causes that no operation has shown.
func (s *schemas) remaining() {
	for _, p := range s.postponed {
		d := p.finding
		if s.joins(d) {
			s.report(d)
			continue
		}
		if witness, ok := s.whole(p.use.side, p.sender, p.receiver, p.difference, nil, false); ok {
			s.report(s.proven(p.use, d, witness))
			continue
		}
		d.Rule, d.Severity, d.Proof = "schema-not-decided", check.Off, check.Unknown
		d.Reason = "it breaks at this place, but no whole message was found that shows it"
		s.report(d)
	}
}

// proven adds the witness to a finding.
func (s *schemas) proven(use comparison, d check.Diagnostic, witness any) check.Diagnostic {
	if use.witness != nil {
		witness = use.witness
	}
	raw, err := json.Marshal(use.tag.on(witness))
	if err != nil {
		panic(err) // witnesses are JSON values
	}
	d.Witness, d.Proof = raw, check.Proven
	if use.exchange != nil {
		d.Exchange = use.exchange(raw)
	}
	return d
}

// open reports a difference that could not be decided.
func (s *schemas) open(use comparison, d schema.Difference, reason string) {
	old, revision := s.ends(use, d)
	if d.Reason != "" {
		reason = d.Reason
	}
	s.undecided(use, old, revision, reason)
}

// cause is the finding of a root cause, without its witness.
func (s *schemas) cause(use comparison, d schema.Difference) check.Diagnostic {
	if d.Keyword == "enum" && d.Receiver.Const {
		d.Keyword = "const"
	}
	old, revision := s.ends(use, d)
	before, after := keywordPlace(old, d.Keyword, d.Name), keywordPlace(revision, d.Keyword, d.Name)
	what := use.what
	if d.Path != "" {
		what += " at " + d.Path
	}
	finding := use.pair.finding(keywordRule(use.side, d.Keyword), what+": "+s.phrase(use.side, d, old, revision), before, after)
	finding.Side = use.side
	if d.Keyword == "properties" && declaresNothing(d.Sender) {
		finding.Severity = check.Warning
		finding.Remedy = "say additionalProperties: true where members without a declaration are really sent, else nothing"
	}
	return finding
}

// declaresNothing tells whether a schema is an object of which nothing is said. A sender is read closed, so that it sends
// no members; but people write it for objects that hold anything. The first member that the other side declares is
// therefore a warning.
func declaresNothing(s *schema.Schema) bool {
	if s = s.Target(); s == nil || s.Types&^schema.Null != schema.Object {
		return false
	}
	return len(s.Properties)+len(s.PatternProperties)+len(s.AllOf)+len(s.AnyOf)+len(s.OneOf)+len(s.Required) == 0 &&
		s.AdditionalProperties == nil && s.UnevaluatedProperties == nil && s.PropertyNames == nil && s.Ref == nil
}

// ends are the nodes of a difference; those of the use where a schema stands in no contract.
func (s *schemas) ends(use comparison, d schema.Difference) (old, revision *spec.Node) {
	a, b := d.Sender, d.Receiver
	if use.side == "response" {
		a, b = b, a
	}
	if old = s.old.place(a); old == nil {
		old = use.old
	}
	if revision = s.new.place(b); revision == nil {
		revision = use.new
	}
	return old, revision
}

// spellings are the keywords that a canonical keyword may be written as.
var spellings = map[string][]string{
	"enum": {"enum", "const"}, "const": {"const", "enum"}, "exclusiveMinimum": {"exclusiveMinimum", "minimum"}, "exclusiveMaximum": {"exclusiveMaximum", "maximum"},
	"prefixItems": {"prefixItems", "items"}, "items": {"items", "additionalItems"}, "type": {"type", "nullable", "x-nullable"},
	"dependentRequired": {"dependentRequired", "dependencies"}, "dependentSchemas": {"dependentSchemas", "dependencies"},
}

// keywordNode is the keyword of a schema node that a difference is about, or nil.
func keywordNode(n *spec.Node, keyword, name string) *spec.Node {
	names := spellings[keyword]
	if names == nil {
		names = []string{keyword}
	}
	for _, spelling := range names {
		found := n.Get(spelling)
		if found == nil {
			continue
		}
		if inner := found.Get(name); inner != nil && name != "" {
			return inner
		}
		return found
	}
	return nil
}

func keywordPlace(n *spec.Node, keyword, name string) *spec.Node {
	if found := keywordNode(n, keyword, name); found != nil {
		return found
	}
	return n
}

// phrase says what has changed at a difference.
func (s *schemas) phrase(side string, d schema.Difference, old, revision *spec.Node) string {
	request := side == "request"
	switch d.Keyword {
	case "required":
		members, are := fmt.Sprintf("member %q", d.Name), "is"
		if len(d.Names) > 1 {
			members, are = "members "+quoted(d.Names), "are"
		}
		if request {
			return members + " " + are + " required now"
		}
		return members + " may be missing now"
	case "enum", "const":
		if len(d.Values) > 0 {
			if request {
				return "no longer takes " + listed(d.Values)
			}
			return "may be " + listed(d.Values) + " now"
		}
	case "type":
		if text := types(side, d); text != "" {
			return text
		}
	case "additionalProperties", "unevaluatedProperties":
		member := "undeclared members"
		if d.Name != "" {
			member = fmt.Sprintf("member %q", d.Name)
		}
		if request {
			return member + " no longer taken as before"
		}
		return member + " may come that were not announced"
	case "oneOf", "anyOf":
		if name := component(d.Sender); name != "" {
			return fmt.Sprintf("%s: it has no alternative for all of %q", s.change(side, d, old, revision), name)
		}
	}
	return s.change(side, d, old, revision)
}

// component is the name of a schema among the components of its contract, or empty.
func component(s *schema.Schema) string {
	_, pointer, _ := strings.Cut(s.Location, "#")
	for _, home := range []string{"/components/schemas/", "/definitions/"} {
		if name, ok := strings.CutPrefix(pointer, home); ok && !strings.Contains(name, "/") {
			return spec.UnescapePointer(name)
		}
	}
	return ""
}

// typeNames are the types in the order that they are named in.
var typeNames = []struct {
	types schema.Types
	name  string
}{
	{schema.Null, "null"}, {schema.Boolean, "boolean"}, {schema.Integer, "integer"}, {schema.Number, "number"},
	{schema.String, "string"}, {schema.Array, "array"}, {schema.Object, "object"},
}

// types says which types the receiver lacks, or "" where the sender's are not stated.
func types(side string, d schema.Difference) string {
	from, to := d.Sender.Types, d.Receiver.Types
	if to&schema.Number != 0 {
		to |= schema.Integer
	}
	var lacking []string
	for _, t := range typeNames {
		if from&t.types != 0 && to&t.types == 0 {
			lacking = append(lacking, t.name)
		}
	}
	switch {
	case len(lacking) == 0:
		return ""
	case side == "request":
		return "no longer takes the type " + strings.Join(lacking, ", ")
	}
	return "may be of the type " + strings.Join(lacking, ", ") + " now"
}

// change says how a keyword has changed, with both values where they are short.
func (s *schemas) change(side string, d schema.Difference, old, revision *spec.Node) string {
	keyword := d.Keyword
	if d.Name != "" && d.Keyword != "prefixItems" {
		keyword = fmt.Sprintf("%s %q", keyword, d.Name)
	}
	before, after := keywordNode(old, d.Keyword, d.Name), keywordNode(revision, d.Keyword, d.Name)
	a, b := brief(before), brief(after)
	switch {
	case keyword == "":
	case before == nil && after != nil && b != "":
		return fmt.Sprintf("%s is %s now", keyword, b)
	case before != nil && after == nil && a != "":
		return fmt.Sprintf("%s was %s and is gone", keyword, a)
	case a != "" && b != "" && a != b:
		return fmt.Sprintf("%s was %s and is %s", keyword, a, b)
	case side == "request":
		return keyword + " takes less than before"
	default:
		return keyword + " lets through what was not announced"
	}
	if side == "request" {
		return "values that were accepted are refused"
	}
	return "values may come that were not announced"
}

const maxBrief = 80

// brief is the JSON text of a node when it is short, else "".
func brief(n *spec.Node) string {
	if n == nil {
		return ""
	}
	raw, err := json.Marshal(n.Value())
	if err != nil || len(raw) > maxBrief {
		return ""
	}
	return string(raw)
}

// quoted lists names, the first ten of many.
func quoted(names []string) string {
	texts := make([]string, 0, len(names))
	for i, name := range names {
		if i == 10 {
			texts = append(texts, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		texts = append(texts, strconv.Quote(name))
	}
	return strings.Join(texts, ", ")
}

func listed(values []any) string {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			continue
		}
		texts = append(texts, string(raw))
	}
	return strings.Join(texts, ", ")
}
