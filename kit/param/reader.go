package param

import (
	"net/http"
	"strings"
	"sync"

	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/schema"
)

// Limits of what is read, whatever the schema allows.
const (
	maxPairs   = 1000 // pairs of a query or form
	maxMembers = 256  // members of one object
	maxDepth   = 8    // levels of a deepObject
	maxErrors  = 32   // errors collected
)

// PathValues yields the raw, still escaped values of the path parameters.
type PathValues interface {
	Raw(name string) string
}

// Reader reads the parameters of one request and collects what is wrong with them. Get one from [NewReader], read every
// parameter, ask [Reader.Err], and give it back with [Reader.Close].
type Reader struct {
	request *http.Request
	path    PathValues

	parsed bool   // the query is in pairs
	broken string // what is wrong with the query as a whole
	pairs  []pair

	// The parameter at hand: its occurrences as sent, its text when it is a scalar, and its JSON.
	absent bool
	raws   []string
	items  []string
	fields []field
	scalar bool
	text   string
	json   []byte
	spare  []byte

	errs []problem.FieldError
}

// pair is one name and its raw value.
type pair struct{ name, raw string }

// field is one member of an object, its name decoded.
type field struct{ name, text string }

// fault says what is wrong at which place in a parameter; the zero value means nothing.
type fault struct{ pointer, keyword, detail string }

var readers = sync.Pool{New: func() any { return new(Reader) }}

// NewReader returns a reader of the parameters of r; path may be nil when there are no path parameters.
func NewReader(r *http.Request, path PathValues) *Reader {
	in := readers.Get().(*Reader)
	in.request, in.path = r, path
	return in
}

// Close gives the reader back. It must not be used any more; what it has decoded stays valid.
func (in *Reader) Close() {
	clear(in.pairs)
	clear(in.raws)
	clear(in.items)
	clear(in.fields)
	keep := Reader{pairs: in.pairs[:0], raws: in.raws[:0], items: in.items[:0], fields: in.fields[:0]}
	if cap(in.json) <= 64<<10 {
		keep.json, keep.spare = in.json[:0], in.spare[:0]
	}
	*in = keep
	readers.Put(in)
}

// Done closes the reader and returns the problem that tells all collected errors, or nil.
func (in *Reader) Done() error {
	err := in.Err()
	in.Close()
	return err
}

// Err returns the problem that tells all collected errors, or nil.
func (in *Reader) Err() error {
	if len(in.errs) == 0 {
		return nil
	}
	return problem.New(http.StatusBadRequest, "A parameter of the request is wrong.").With(in.errs...)
}

// fail records an error at a place in the parameter.
func (in *Reader) fail(p *Spec, pointer, keyword, detail string) {
	if len(in.errs) >= maxErrors {
		return
	}
	at := make([]byte, 0, 32)
	at = append(at, '/')
	at = append(at, p.In.String()...)
	at = appendPointer(at, p.Name)
	at = append(at, pointer...)
	in.errs = append(in.errs, problem.FieldError{Pointer: string(at), Detail: detail, Keyword: keyword})
}

// value reads the parameter into in.json (and in.text, when it is a scalar), validated. It reports whether there is a
// value to decode.
func (in *Reader) value(p *Spec) bool {
	if !in.collect(p) {
		return false
	}
	var errs *schema.Errors
	var wrong, wrongToo fault
	in.scalar = false
	if in.json, wrong = in.append(in.json[:0], p, false); wrong == (fault{}) {
		if p.Empty && in.scalar && in.text == "" {
			return true
		}
		if errs = schema.Validate(in.json, p.Validate, schema.Limits{}); errs == nil {
			return true
		}
	}
	in.scalar = false
	in.spare, wrongToo = in.append(in.spare[:0], p, true)
	if wrongToo == (fault{}) && (errs == nil || string(in.spare) != string(in.json)) &&
		schema.Validate(in.spare, p.Validate, schema.Limits{}) == nil {
		in.json, in.spare = in.spare, in.json
		return true
	}
	if wrong != (fault{}) {
		in.fail(p, wrong.pointer, wrong.keyword, wrong.detail)
		return false
	}
	for _, e := range errs.List {
		in.fail(p, e.Pointer, e.Keyword, e.Detail)
	}
	return false
}

// collect finds the occurrences of the parameter and reports whether there is something to parse.
func (in *Reader) collect(p *Spec) bool {
	in.raws = in.raws[:0]
	in.absent = false
	present := false
	switch p.In {
	case Path:
		raw := in.path.Raw(p.Name)
		in.raws, present = append(in.raws, raw), raw != ""
	case Header:
		present = in.header(p)
	case Cookie:
		present = in.cookies(p)
	case Query:
		present = in.query(p)
	case QueryString:
		in.raws = append(in.raws, in.request.URL.RawQuery)
		present = in.request.URL.RawQuery != ""
	}
	if in.broken != "" && (p.In == Query || p.In == QueryString) {
		return false
	}
	if present && p.Empty && len(in.raws) == 1 && in.raws[0] == "" && p.Value.Types&String == 0 {
		in.absent = true
		return false
	}
	in.absent = !present
	if !present && p.Required {
		in.fail(p, "", "required", "is required")
	}
	return present
}

// header collects the lines of a header parameter.
func (in *Reader) header(p *Spec) bool {
	if strings.EqualFold(p.Name, "Host") {
		in.raws = append(in.raws, in.request.Host)
		return true
	}
	in.raws = append(in.raws, in.request.Header.Values(p.Name)...)
	return len(in.raws) > 0
}

// cookies collects the cookies that make up a cookie parameter (RFC 6265 section 4.2).
func (in *Reader) cookies(p *Spec) bool {
	in.pairs, in.parsed = in.pairs[:0], false
	for _, line := range in.request.Header["Cookie"] {
		for len(line) > 0 {
			var crumb string
			crumb, line, _ = strings.Cut(line, ";")
			name, value, ok := strings.Cut(strings.Trim(crumb, " \t"), "=")
			if !ok || name != p.Name && !(p.exploded() && p.takes(name)) {
				continue // however many others there are
			}
			if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			in.pairs = append(in.pairs, pair{name, value})
		}
	}
	return in.find(p)
}

// query collects the pairs of the query that make up the parameter.
func (in *Reader) query(p *Spec) bool {
	if !in.parsed {
		in.broken = in.parse(in.request.URL.RawQuery)
		if in.broken != "" && len(in.errs) < maxErrors {
			in.errs = append(in.errs, problem.FieldError{Pointer: "/query", Detail: in.broken})
		}
	}
	return in.broken == "" && in.find(p)
}

// parse splits a query or a form body (WHATWG URL section 5.1) and returns what is wrong with it.
func (in *Reader) parse(query string) string {
	in.parsed = true
	in.pairs = in.pairs[:0]
	if !escaped(query) {
		return "has a malformed percent-encoding"
	}
	for query != "" {
		var part string
		part, query, _ = strings.Cut(query, "&")
		if part == "" {
			continue
		}
		if len(in.pairs) == maxPairs {
			return "has too many parameters"
		}
		name, raw, _ := strings.Cut(part, "=")
		name, _ = unescape(name, true)
		in.pairs = append(in.pairs, pair{name, raw})
	}
	return ""
}

// find collects the raw values of the pairs with the parameter's name and reports whether the parameter is present.
func (in *Reader) find(p *Spec) bool {
	present := false
	for _, q := range in.pairs {
		if q.name == p.Name {
			in.raws = append(in.raws, q.raw)
			present = true
		} else if p.Style == DeepObject && deepName(q.name, p.Name) {
			present = true
		}
	}
	if !present && p.exploded() {
		for _, q := range in.pairs {
			if p.takes(q.name) {
				return true
			}
		}
	}
	return present
}

// exploded reports whether the members of the parameter stand in the query (or the cookies) by their own names.
func (p *Spec) exploded() bool {
	return p.Style == Form && p.Explode && p.Value.Types&Object != 0 && !p.JSON && p.Value.Types != Any
}

// takes reports whether the exploded parameter has the member name.
func (p *Spec) takes(name string) bool {
	for i := range p.Value.Members {
		if p.Value.Members[i].Name == name {
			return true
		}
	}
	if p.Value.Additional == nil {
		return false
	}
	for _, other := range p.Others {
		if name == other || deepName(name, other) {
			return false
		}
	}
	return name != ""
}

// deepName reports whether name is name[..., a member of a deepObject.
func deepName(name, object string) bool {
	return len(name) > len(object)+1 && name[len(object)] == '[' && name[:len(object)] == object
}
