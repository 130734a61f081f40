package param

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/schema"
)

func anything(s *schema.Scanner) bool { return s.Any() }

// path stands for the router's parameters.
type path map[string]string

func (p path) Raw(name string) string { return p[name] }

// read reads one parameter as JSON from a request in which text stands in its place.
func read(p Spec, text string) (string, []problem.FieldError) {
	r := &http.Request{Header: http.Header{}, URL: &url.URL{}}
	values := path{}
	switch p.In {
	case Path:
		values[p.Name] = text
	case Query, QueryString:
		r.URL.RawQuery = text
	case Header:
		for line := range strings.SplitSeq(text, "\n") {
			r.Header.Add(p.Name, line)
		}
	case Cookie:
		r.Header.Set("Cookie", text)
	}
	if p.Validate == nil {
		p.Validate = anything
	}
	in := NewReader(r, values)
	defer in.Close()
	if !in.value(&p) {
		return "", in.errs
	}
	return string(in.json), in.errs
}

var (
	integers = Value{Types: Array, Items: &Value{Types: Integer}}
	texts    = Value{Types: Array, Items: &Value{Types: String}}
	color    = Value{Types: Object, Members: []Spec{
		{Name: "R", Value: Value{Types: Integer}}, {Name: "G", Value: Value{Types: Integer}},
	}}
	tree = Value{Types: Object, Members: []Spec{
		{Name: "name", Value: Value{Types: String}},
		{Name: "ids", Value: integers},
		{Name: "inner", Value: color},
		{Name: "list", Value: Value{Types: Array, Items: &color}},
	}}
)

func TestStylesBecomeJSON(t *testing.T) {
	for name, c := range map[string]struct {
		spec Spec
		text string
		want string
	}{
		"path simple":                {Spec{In: Path, Name: "p", Value: Value{Types: String}}, "a%2Fb+c", `"a/b+c"`},
		"path simple array":          {Spec{In: Path, Name: "p", Value: texts}, "a,b%2Cc", `["a","b,c"]`},
		"path simple object":         {Spec{In: Path, Name: "p", Value: color}, "R,100,G,200", `{"R":100,"G":200}`},
		"path simple object explode": {Spec{In: Path, Name: "p", Explode: true, Value: color}, "R=100,G=200", `{"R":100,"G":200}`},
		"path label":                 {Spec{In: Path, Name: "p", Style: Label, Value: Value{Types: Integer}}, ".5", `5`},
		"path label array":           {Spec{In: Path, Name: "p", Style: Label, Value: integers}, ".3,4,5", `[3,4,5]`},
		"path label array dots":      {Spec{In: Path, Name: "p", Style: Label, Value: integers}, ".3.4.5", `[3,4,5]`},
		"path label array explode":   {Spec{In: Path, Name: "p", Style: Label, Explode: true, Value: texts}, ".3.4.5", `["3","4","5"]`},
		"path label object explode":  {Spec{In: Path, Name: "p", Style: Label, Explode: true, Value: color}, ".R=1.G=2", `{"R":1,"G":2}`},
		"path label object":          {Spec{In: Path, Name: "p", Style: Label, Value: color}, ".R,1,G,2", `{"R":1,"G":2}`},
		"path matrix":                {Spec{In: Path, Name: "p", Style: Matrix, Value: Value{Types: Integer}}, ";p=5", `5`},
		"path matrix array":          {Spec{In: Path, Name: "p", Style: Matrix, Value: integers}, ";p=3,4", `[3,4]`},
		"path matrix array explode":  {Spec{In: Path, Name: "p", Style: Matrix, Explode: true, Value: integers}, ";p=3;p=4", `[3,4]`},
		"path matrix object":         {Spec{In: Path, Name: "p", Style: Matrix, Value: color}, ";p=R,1,G,2", `{"R":1,"G":2}`},
		"path matrix object explode": {Spec{In: Path, Name: "p", Style: Matrix, Explode: true, Value: color}, ";R=1;G=2", `{"R":1,"G":2}`},

		"query":                    {Spec{In: Query, Name: "p", Style: Form, Explode: true, Value: Value{Types: String}}, "x=1&p=a+b%20c", `"a b c"`},
		"query escaped name":       {Spec{In: Query, Name: "p p", Style: Form, Explode: true, Value: Value{Types: Integer}}, "p%20p=1", `1`},
		"query bool":               {Spec{In: Query, Name: "p", Style: Form, Value: Value{Types: Boolean}}, "p=true", `true`},
		"query array":              {Spec{In: Query, Name: "p", Style: Form, Explode: true, Value: integers}, "p=1&p=2", `[1,2]`},
		"query array of one":       {Spec{In: Query, Name: "p", Style: Form, Explode: true, Value: integers}, "p=1", `[1]`},
		"query array joined":       {Spec{In: Query, Name: "p", Style: Form, Value: texts}, "p=a,b%2Cc", `["a","b,c"]`},
		"query array empty":        {Spec{In: Query, Name: "p", Style: Form, Value: texts}, "p=", `[]`},
		"query spaces":             {Spec{In: Query, Name: "p", Style: SpaceDelimited, Value: integers}, "p=1%202+3", `[1,2,3]`},
		"query pipes":              {Spec{In: Query, Name: "p", Style: PipeDelimited, Value: integers}, "p=1|2%7c3", `[1,2,3]`},
		"query object":             {Spec{In: Query, Name: "p", Style: Form, Value: color}, "p=R,1,G,2", `{"R":1,"G":2}`},
		"query object explode":     {Spec{In: Query, Name: "p", Style: Form, Explode: true, Value: color}, "G=2&x=5&R=1", `{"G":2,"R":1}`},
		"query deep":               {Spec{In: Query, Name: "p", Style: DeepObject, Value: color}, "p[R]=1&p%5BG%5D=2", `{"R":1,"G":2}`},
		"query deeper":             {Spec{In: Query, Name: "p", Style: DeepObject, Value: tree}, "p[inner][R]=1&p[name]=7&p[inner][G]=2&p[ids][]=4&p[ids][]=5", `{"inner":{"R":1,"G":2},"name":"7","ids":[4,5]}`},
		"query deep list":          {Spec{In: Query, Name: "p", Style: DeepObject, Value: tree}, "p[list][9][R]=1&p[list][9][G]=3&p[list][70000000][R]=2", `{"list":[{"R":1,"G":3},{"R":2}]}`},
		"query union number":       {Spec{In: Query, Name: "p", Style: Form, Value: Value{Types: Integer | String}}, "p=12", `12`},
		"query union text":         {Spec{In: Query, Name: "p", Style: Form, Value: Value{Types: Integer | String}}, "p=12a", `"12a"`},
		"query union array":        {Spec{In: Query, Name: "p", Style: Form, Explode: true, Value: Value{Types: String | Array, Items: &Value{Types: String}}}, "p=a&p=b", `["a","b"]`},
		"query content":            {Spec{In: Query, Name: "p", JSON: true, Value: Value{Types: Object}}, "p=%7B%22a%22:1%7D", `{"a":1}`},
		"query null":               {Spec{In: Query, Name: "p", Style: Form, Value: Value{Types: Integer | Null}}, "p=null", `null`},
		"query object of anything": {Spec{In: Query, Name: "p", Style: Form, Explode: true, Others: []string{"x"}, Value: Value{Types: Object, Additional: &Value{Types: String}}}, "G=2&x=5&R=1", `{"G":"2","R":"1"}`},

		"header":                {Spec{In: Header, Name: "X-P", Value: Value{Types: String}}, "a%20b", `"a%20b"`},
		"header array":          {Spec{In: Header, Name: "X-P", Value: integers}, "1, 2\n3", `[1,2,3]`},
		"header object":         {Spec{In: Header, Name: "X-P", Value: color}, "R, 1, G, 2", `{"R":1,"G":2}`},
		"header object explode": {Spec{In: Header, Name: "X-P", Explode: true, Value: color}, "R=1,G=2", `{"R":1,"G":2}`},

		"cookie":                {Spec{In: Cookie, Name: "p", Style: Form, Value: Value{Types: String}}, `a=1; p="x%20y"; b=2`, `"x y"`},
		"cookie behind others":  {Spec{In: Cookie, Name: "p", Style: Form, Value: Value{Types: String}}, strings.Repeat("a=1; ", 3000) + "p=x", `"x"`},
		"cookie array":          {Spec{In: Cookie, Name: "p", Style: Form, Value: integers}, `p=1,2`, `[1,2]`},
		"cookie array explode":  {Spec{In: Cookie, Name: "p", Style: Form, Explode: true, Value: integers}, `p=1; p=2`, `[1,2]`},
		"cookie object explode": {Spec{In: Cookie, Name: "p", Style: Form, Explode: true, Value: color}, `R=1; G=2`, `{"R":1,"G":2}`},

		"querystring form": {Spec{In: QueryString, Name: "q", Form: true, Value: tree}, "name=a&x=1", `{"name":"a","x":"1"}`},
		"querystring JSON": {Spec{In: QueryString, Name: "q", JSON: true, Value: tree}, "%7B%22name%22%3A%22a%22%7D", `{"name":"a"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.spec.In == QueryString && c.spec.Form {
				for i := range c.spec.Value.Members {
					c.spec.Value.Members[i].Style, c.spec.Value.Members[i].Explode = Form, true
				}
			}
			got, errs := read(c.spec, c.text)
			if got != c.want || errs != nil {
				t.Errorf("%s: got %s (%v), want %s", c.text, got, errs, c.want)
			}
		})
	}
}

func TestFaultsAreNamed(t *testing.T) {
	limit := Spec{In: Query, Name: "limit", Style: Form, Explode: true, Value: Value{Types: Integer}}
	for text, want := range map[string]string{
		"limit=0x10":        "/query/limit type",
		"limit=%2B5":        "/query/limit type",
		"limit=":            "/query/limit type",
		"limit":             "/query/limit type",
		"limit=05":          "/query/limit type",
		"limit=1&limit=2":   "/query/limit type",
		"limit=%zz":         "/query ",
		"other=%z":          "/query ",
		"limit=1e":          "/query/limit type",
		"limit=%D9%A1":      "/query/limit type",
		"limit=1&limit=1":   "/query/limit type",
		"%6Cimit=x":         "/query/limit type",
		"limit=true":        "/query/limit type",
		"limit[50000000]=x": "",
		"nothing=1":         "",
	} {
		got, errs := read(limit, text)
		if got != "" {
			t.Errorf("%s: got %s, want nothing", text, got)
		}
		var names []string
		for _, e := range errs {
			names = append(names, e.Pointer+" "+e.Keyword)
		}
		if got := strings.Join(names, "; "); got != want {
			t.Errorf("%s: got errors %q, want %q", text, got, want)
		}
	}
}

func TestFaultsInsideOfValues(t *testing.T) {
	for _, c := range []struct {
		spec       Spec
		text, want string
	}{
		{Spec{In: Query, Name: "p", Style: Form, Explode: true, Value: integers}, "p=1&p=x", "/query/p/1"},
		{Spec{In: Query, Name: "p", Style: DeepObject, Value: tree}, "p[inner][R]=x", "/query/p/inner/R"},
		{Spec{In: Query, Name: "p", Style: DeepObject, Value: color}, "p[R]=1&p[R]=2", "/query/p/R"},
		{Spec{In: Query, Name: "p", Style: DeepObject, Value: color}, "p[R=1", "/query/p"},
		{Spec{In: Query, Name: "p", Style: DeepObject, Value: tree}, "p" + strings.Repeat("[a]", 50) + "=1", "/query/p"},
		{Spec{In: Path, Name: "a/b", Style: Label, Value: integers}, "3", "/path/a~1b"},
		{Spec{In: Query, Name: "p", Style: Form, Value: color}, "p=R,1,G", "/query/p"},
		{Spec{In: Query, Name: "p", Style: Form, Value: Value{Types: String}}, "p=%ff", "/query/p"},
		{Spec{In: Header, Name: "X-P", Value: Value{Types: String}}, "a\nb", "/header/X-P"},
		{Spec{In: Query, Name: "p", Required: true}, "", "/query/p"},
	} {
		got, errs := read(c.spec, c.text)
		if got != "" || len(errs) != 1 || errs[0].Pointer != c.want || errs[0].Detail == "" {
			t.Errorf("%s: got %s, %v; want one error at %s", c.text, got, errs, c.want)
		}
	}
}

func TestTextsThatValidationRefusesAreReadAsStrings(t *testing.T) {
	onlyStrings := func(s *schema.Scanner) bool { return s.Kind() == schema.KindString && s.Any() }
	got, errs := read(Spec{In: Query, Name: "p", Style: Form, Value: Value{Types: Integer | String}, Validate: onlyStrings}, "p=12")
	if got != `"12"` || errs != nil {
		t.Errorf("got %s, %v", got, errs)
	}
}

func TestParamDecodes(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/?n=1e2&s=x&id=3f2504e0-4f89-41d3-9a0c-0305e82c3301&small=300", nil)
	in := NewReader(r, nil)
	defer in.Close()
	n := Param[int]{Spec: Spec{In: Query, Name: "n", Style: Form, Value: Value{Types: Integer}, Validate: anything}, Text: ParseInt[int]}
	s := Param[string]{Spec: Spec{In: Query, Name: "s", Style: Form, Value: Value{Types: String}, Validate: anything}, Text: ParseString[string]}
	id := Param[[16]byte]{Spec: Spec{In: Query, Name: "id", Style: Form, Value: Value{Types: String}, Validate: anything}, Text: ParseUUID[[16]byte]}
	small := Param[int8]{Spec: Spec{In: Query, Name: "small", Style: Form, Value: Value{Types: Integer}, Validate: anything}, Text: ParseInt[int8]}
	absent := Param[int]{Spec: Spec{In: Query, Name: "absent", Validate: anything}, Text: ParseInt[int]}
	var got struct {
		N      int
		S      *string
		ID     [16]byte
		Small  int8
		Absent *int
	}
	n.Read(in, &got.N)
	s.ReadOptional(in, &got.S)
	id.Read(in, &got.ID)
	small.Read(in, &got.Small)
	absent.ReadOptional(in, &got.Absent)
	if got.N != 100 || got.S == nil || *got.S != "x" || got.ID[0] != 0x3f || got.ID[15] != 1 || got.Absent != nil {
		t.Errorf("got %+v", got)
	}
	want := []problem.FieldError{{Pointer: "/query/small", Detail: "is out of the range of its type", Keyword: "format"}}
	if diff := cmp.Diff(want, in.errs); diff != "" {
		t.Error(diff)
	}
}

func TestScalarParametersDoNotAllocate(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/?limit=20&tag=a&tag=b", nil)
	limit := Param[int]{Spec: Spec{In: Query, Name: "limit", Style: Form, Value: Value{Types: Integer}, Validate: anything}, Text: ParseInt[int]}
	tag := Param[string]{Spec: Spec{In: Query, Name: "other", Style: Form, Value: Value{Types: String}, Validate: anything}, Text: ParseString[string]}
	var n int
	var s string
	least := 1e9
	for range 50 { // the race detector makes pools forget now and then
		least = min(least, testing.AllocsPerRun(1, func() {
			in := NewReader(r, nil)
			limit.Read(in, &n)
			tag.Read(in, &s)
			in.Close()
		}))
	}
	if least > 0 {
		t.Errorf("got %v allocations, want none", least)
	}
}

func TestFormBodies(t *testing.T) {
	form := Value{Types: Object, Additional: &Value{Types: Integer}, Members: []Spec{
		{Name: "name", Style: Form, Explode: true, Value: Value{Types: String}},
		{Name: "ids", Style: Form, Explode: true, Value: integers},
		{Name: "csv", Style: Form, Value: texts},
		{Name: "meta", JSON: true, Style: Form, Explode: true, Value: Value{Types: Object}},
	}}
	got, errs := AppendForm(nil, "ids=1&name=a+b&ids=2&csv=x,y&meta=%7B%7D&more=7", &form, false)
	if want := `{"name":"a b","ids":[1,2],"csv":["x","y"],"meta":{},"more":7}`; string(got) != want || errs != nil {
		t.Errorf("got %s (%v), want %s", got, errs, want)
	}
	for body, want := range map[string]string{"name=a&name=b": "/name", "more=x": "/more", "ids=q": "/ids/0", "name=%": ""} {
		if _, errs := AppendForm(nil, body, &form, false); len(errs) != 1 || errs[0].Pointer != want {
			t.Errorf("%s: got %v, want an error at %q", body, errs, want)
		}
	}
}
