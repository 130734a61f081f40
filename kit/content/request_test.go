package content

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"

	"github.com/msgen/msgen/kit/param"
	"github.com/msgen/msgen/kit/problem"
	"github.com/msgen/msgen/kit/schema"
)

// item is a body as a generated model would be.
type item struct {
	Name  string   `json:"name"`
	Count int      `json:"count,omitempty"`
	Tags  []string `json:"tags,omitempty"`
}

// items stands for the generated code of item.
var items = Codec[item]{
	Check:  func(s *schema.Scanner) bool { return s.Kind() == schema.KindObject && s.Any() },
	Decode: func(b []byte, v *item) error { return json.Unmarshal(b, v) },
	Encode: func(dst []byte, v *item) ([]byte, error) {
		b, err := json.Marshal(v)
		return append(dst, b...), err
	},
}

var texts = Codec[string]{
	Check:  func(s *schema.Scanner) bool { return s.Any() },
	Decode: func(b []byte, v *string) error { return json.Unmarshal(b, v) },
}

var everything = Body{Required: true, Contents: []Media{
	{Type: "application/json"}, {Type: "application/x-www-form-urlencoded", Kind: Form}, {Type: "multipart/form-data", Kind: Multipart},
	{Type: "text/plain", Kind: Text}, {Type: "image/*", Kind: Binary},
}}

var onlyJSON = Body{Required: true, Contents: []Media{{Type: "application/json"}}}

func request(body io.Reader, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// status is the status that an error becomes, 0 for none.
func status(err error) int {
	if err == nil {
		return 0
	}
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return http.StatusInternalServerError
}

// readItem reads a JSON body.
func readItem(b *Body, r *http.Request, o *Options) (item, bool, error) {
	var v item
	m, err := b.Open(r, o)
	if err != nil || m.Index == None {
		return v, false, err
	}
	defer m.Close()
	ok, err := ReadJSON(&m, &items, &v)
	return v, ok, err
}

func TestMediaTypesOfRequests(t *testing.T) {
	for _, c := range []struct {
		header string
		want   int
	}{
		{"Content-Type: application/json", 0},
		{"Content-Type: Application/JSON", 0},
		{"Content-Type: application/json; charset=utf-8", 0},
		{"Content-Type: application/json;charset=UTF-8", 0},
		{`Content-Type: application/json; charset="utf-8"`, 0},
		{"Content-Type: application/json; charset=latin1", 415},
		{"Content-Type: application/json; charset=utf-8; charset=utf-16", 415},
		{"Content-Type: text/plain", 415},
		{"Content-Type: application/x-www-form-urlencoded", 415},
		{"Content-Type: application/json, text/plain", 415},
		{"Content-Type: ;;;=", 415},
		{"Content-Type: application", 415},
		{"Content-Type: application/jsonx", 415},
		{"Content-Type: ", 415},
		{"X-Other: 1", 415},
	} {
		_, _, err := readItem(&onlyJSON, request(strings.NewReader(`{"name":"a"}`), c.header), &Options{})
		if got := status(err); got != c.want {
			t.Errorf("%s: got %d (%v), want %d", c.header, got, err, c.want)
		}
	}
	twice := request(strings.NewReader(`{}`), "Content-Type: text/plain", "Content-Type: application/json")
	if _, _, err := readItem(&onlyJSON, twice, &Options{}); status(err) != 415 {
		t.Errorf("two Content-Types: got %v", err)
	}
	coded := request(strings.NewReader(`{}`), "Content-Type: application/json", "Content-Encoding: gzip")
	if _, _, err := readItem(&onlyJSON, coded, &Options{}); status(err) != 415 {
		t.Errorf("gzip: got %v", err)
	}
}

func TestUnsupportedMediaTypeNamesTheSupportedOnes(t *testing.T) {
	_, _, err := readItem(&onlyJSON, request(strings.NewReader("x"), "Content-Type: text/plain"), &Options{})
	var p *problem.Problem
	if !errors.As(err, &p) || p.Headers().Get("Accept") != "application/json, application/msgpack" {
		t.Errorf("got %v", err)
	}
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestSizesOfRequests(t *testing.T) {
	small := &Options{MaxBody: 100}
	body := `{"name":"` + strings.Repeat("a", 100) + `"}`
	for name, c := range map[string]struct {
		body   io.Reader
		length int64
		want   int
	}{
		"announced":        {strings.NewReader(body), int64(len(body)), 413},
		"not announced":    {strings.NewReader(body), -1, 413},
		"endless":          {endless{}, -1, 413},
		"lie":              {strings.NewReader(`{"name":"a"}`), 50, 400},
		"cut":              {io.MultiReader(strings.NewReader(`{"name"`), failing{io.ErrUnexpectedEOF}), 90, 400},
		"broken":           {failing{errors.New("chunk")}, -1, 400},
		"fits":             {strings.NewReader(`{"name":"a"}`), 12, 0},
		"fits, no length":  {strings.NewReader(`{"name":"a"}`), -1, 0},
		"empty":            {http.NoBody, 0, 400},
		"empty, no length": {strings.NewReader(""), -1, 400},
	} {
		r := request(c.body, "Content-Type: application/json")
		r.ContentLength = c.length
		_, _, err := readItem(&onlyJSON, r, small)
		if got := status(err); got != c.want {
			t.Errorf("%s: got %d (%v), want %d", name, got, err, c.want)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestOptionalBodies(t *testing.T) {
	optional := Body{Contents: onlyJSON.Contents}
	for _, length := range []int64{0, -1} {
		r := request(strings.NewReader(""))
		r.ContentLength = length
		if _, ok, err := readItem(&optional, r, &Options{}); ok || err != nil {
			t.Errorf("length %d: got %v, %v", length, ok, err)
		}
	}
	r := request(strings.NewReader("x"))
	r.ContentLength = -1
	if _, _, err := readItem(&optional, r, &Options{}); status(err) != 415 {
		t.Errorf("a body without a type: got %v", err)
	}
}

func TestSyntaxAndSchemaAreToldApart(t *testing.T) {
	for body, want := range map[string]int{
		`{"name":"a"}`: 0, `{"name":`: 400, `{} {}`: 400, `[]`: 422, `{"name":"\ud800"}`: 400, `{"count":1.5}`: 422, "\xef\xbb\xbf{}": 400,
	} {
		_, _, err := readItem(&onlyJSON, request(strings.NewReader(body), "Content-Type: application/json"), &Options{})
		if got := status(err); got != want {
			t.Errorf("%s: got %d (%v), want %d", body, got, err, want)
		}
	}
}

func TestFormBody(t *testing.T) {
	form := param.Value{Types: param.Object, Members: []param.Spec{
		{Name: "name", Style: param.Form, Explode: true, Value: param.Value{Types: param.String}},
		{Name: "count", Style: param.Form, Explode: true, Value: param.Value{Types: param.Integer}},
		{Name: "tags", Style: param.Form, Explode: true, Value: param.Value{Types: param.Array, Items: &param.Value{Types: param.String}}},
	}}
	r := request(strings.NewReader("name=a+b&count=3&tags=x&tags=y"), "Content-Type: application/x-www-form-urlencoded")
	m, err := everything.Open(r, &Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var got item
	if _, err := ReadForm(&m, &form, &items, &got); err != nil || m.Index != 1 {
		t.Fatal(m.Index, err)
	}
	if diff := cmp.Diff(item{"a b", 3, []string{"x", "y"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextBody(t *testing.T) {
	for body, want := range map[string]int{"a \"quoted\"\ntext": 0, "\xff": 400, "": 400} {
		r := request(strings.NewReader(body), "Content-Type: text/plain; charset=utf-8")
		r.ContentLength = -1
		m, err := everything.Open(r, &Options{})
		var got string
		if err == nil {
			_, err = ReadText(&m, &texts, &got)
		}
		if want == 400 && body == "" {
			want = 0 // an empty text is a text
		}
		if status(err) != want || want == 0 && got != body {
			t.Errorf("%q: got %q, %v", body, got, err)
		}
	}
}

func TestBinaryBodyIsStreamedUpToTheLimit(t *testing.T) {
	r := request(io.LimitReader(endless{}, 5000), "Content-Type: image/png")
	r.ContentLength = -1
	m, err := everything.Open(r, &Options{MaxUpload: 4000})
	if err != nil || m.Index != 4 {
		t.Fatal(m.Index, err)
	}
	n, err := io.Copy(io.Discard, m.Stream())
	if n != 4000 || status(err) != 413 {
		t.Errorf("got %d bytes, %v", n, err)
	}
}

// part is a part of a multipart body.
type part struct{ name, filename, contentType, text string }

func multipartRequest(parts ...part) *http.Request {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf("form-data; name=%q", p.name)
		if p.filename != "" {
			disposition += fmt.Sprintf("; filename=%q", p.filename)
		}
		h.Set("Content-Disposition", disposition)
		if p.contentType != "" {
			h.Set("Content-Type", p.contentType)
		}
		part, _ := w.CreatePart(h)
		_, _ = io.WriteString(part, p.text)
	}
	_ = w.Close()
	return request(&b, "Content-Type: "+w.FormDataContentType())
}

var upload = Parts{
	Fields: param.Value{Types: param.Object, Members: []param.Spec{
		{Name: "name", Value: param.Value{Types: param.String}},
		{Name: "count", Value: param.Value{Types: param.Integer}},
		{Name: "tags", Value: param.Value{Types: param.Array, Items: &param.Value{Types: param.String}}},
	}},
	Parts: []Part{
		{Name: "name"}, {Name: "count"}, {Name: "tags", Array: true},
		{Name: "photo", File: true, Required: true, Types: []string{"image/*"}}, {Name: "more", File: true, Array: true},
	},
	Closed: true,
}

// readUpload reads a multipart body with all of its files.
func readUpload(r *http.Request, o *Options) (got item, files []string, err error) {
	m, err := everything.Open(r, o)
	if err != nil {
		return got, nil, err
	}
	defer m.Close()
	all, _, err := ReadMultipart(&m, &upload, &items, &got)
	if err != nil {
		return got, nil, err
	}
	for file, err := range all {
		if err != nil {
			return got, files, err
		}
		text, err := io.ReadAll(file)
		if err != nil {
			return got, files, err
		}
		files = append(files, file.Name+"="+file.Filename+":"+string(text))
	}
	return got, files, nil
}

func TestMultipart(t *testing.T) {
	photo := part{"photo", "a.png", "image/png", "PNG"}
	got, files, err := readUpload(multipartRequest(part{name: "name", text: "12"}, part{name: "count", text: "3"},
		part{name: "tags", text: "x"}, part{name: "tags", text: "y"}, photo, part{"more", "1", "", "one"}, part{"more", "2", "", "two"}), &Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(item{"12", 3, []string{"x", "y"}}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"photo=a.png:PNG", "more=1:one", "more=2:two"}, files); diff != "" {
		t.Error(diff)
	}
}

func TestMultipartFaults(t *testing.T) {
	photo := part{"photo", "a.png", "image/png", "PNG"}
	name := part{name: "name", text: "a"}
	many := make([]part, maxParts+1)
	for i := range many {
		many[i] = part{name: "tags", text: "x"}
	}
	for what, c := range map[string]struct {
		parts []part
		want  int
	}{
		"file missing":        {[]part{name}, 422},
		"file twice":          {[]part{name, photo, photo}, 422},
		"file of wrong type":  {[]part{name, {"photo", "a", "text/html", "x"}}, 415},
		"file without type":   {[]part{name, {"photo", "a", "", "x"}}, 415},
		"field twice":         {[]part{name, name, photo}, 400},
		"field behind a file": {[]part{photo, name}, 400},
		"field is no number":  {[]part{{name: "count", text: "x"}, photo}, 400},
		"field of wrong type": {[]part{{name: "name", contentType: "text/plain; charset=utf-16", text: "x"}}, 415},
		"field too large":     {[]part{{name: "name", text: strings.Repeat("x", DefaultMaxBody+1)}}, 413},
		"unknown file":        {[]part{name, photo, {"other", "x", "", "x"}}, 422},
		"part without a name": {[]part{{name: "", text: "x"}}, 400},
		"header too large":    {[]part{{name: "name", filename: strings.Repeat("x", 2*maxPartHeader), text: "x"}}, 400},
		"too many parts":      {many, 400},
	} {
		if _, _, err := readUpload(multipartRequest(c.parts...), &Options{}); status(err) != c.want {
			t.Errorf("%s: got %d (%v), want %d", what, status(err), err, c.want)
		}
	}
	for what, body := range map[string]string{"empty": "", "cut": "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nabc", "no boundary": "hello"} {
		r := request(strings.NewReader(body), "Content-Type: multipart/form-data; boundary=b")
		r.ContentLength = -1
		if _, _, err := readUpload(r, &Options{}); status(err) != 400 {
			t.Errorf("%s: got %v, want 400", what, err)
		}
	}
	r := request(strings.NewReader("x"), "Content-Type: multipart/form-data")
	if _, _, err := readUpload(r, &Options{}); status(err) != 400 {
		t.Errorf("Content-Type without a boundary: got %v, want 400", err)
	}
	if _, _, err := readUpload(multipartRequest(name, part{"photo", "a", "image/png", strings.Repeat("x", 5000)}), &Options{MaxUpload: 3000}); status(err) != 413 {
		t.Errorf("upload too large: got %v, want 413", err)
	}
}

// A loop over the files alone compiles, too: what is wrong then fails the reading, and nothing panics.
func TestMultipartFaultsFailTheReading(t *testing.T) {
	name := part{name: "name", text: "a"}
	for what, parts := range map[string][]part{
		"missing": {name}, "wrong type": {name, {"photo", "a", "text/html", "x"}}, "field behind": {{"photo", "a", "image/png", "x"}, name},
	} {
		m, err := everything.Open(multipartRequest(parts...), &Options{})
		if err != nil {
			t.Fatal(err)
		}
		files, _, err := ReadMultipart(&m, &upload, &items, new(item))
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for file := range files {
			_, last = io.ReadAll(file)
		}
		if status(last) < 400 || status(last) >= 500 {
			t.Errorf("%s: reading gave %v, want a fault of the client", what, last)
		}
		m.Close()
	}
}

func TestMessagePackRequests(t *testing.T) {
	body := msgp.AppendMapHeader(nil, 3)
	body = msgp.AppendString(body, "name")
	body = msgp.AppendString(body, "a \"b\" ☃")
	body = msgp.AppendString(body, "count")
	body = msgp.AppendInt(body, 7)
	body = msgp.AppendString(body, "tags")
	body = msgp.AppendArrayHeader(body, 1)
	body = msgp.AppendBytes(body, []byte{1, 2})
	got, _, err := readItem(&onlyJSON, request(bytes.NewReader(body), "Content-Type: application/msgpack"), &Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(item{"a \"b\" ☃", 7, []string{"AQI="}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHostileMessagePack(t *testing.T) {
	deep := bytes.Repeat([]byte{0x91}, 100_000)
	for name, body := range map[string][]byte{
		"nothing": {}, "cut": {0x82, 0xa1}, "huge map": {0xdf, 0xff, 0xff, 0xff, 0xff}, "huge array": {0xdd, 0xff, 0xff, 0xff, 0xff},
		"huge string": {0xdb, 0xff, 0xff, 0xff, 0xff, 'a'}, "deep": deep, "key is a number": {0x81, 0x01, 0x02},
		"extension": {0xd4, 0x09, 0x01}, "reserved": {0xc1}, "trailing": {0x80, 0x80}, "not UTF-8": {0x81, 0xa1, 0xff, 0x01},
		"NaN": append([]byte{0x81, 0xa1, 'a'}, msgp.AppendFloat64(nil, nan())...),
	} {
		_, _, err := readItem(&onlyJSON, request(bytes.NewReader(body), "Content-Type: application/msgpack"), &Options{})
		if status(err) != 400 {
			t.Errorf("%s: got %v, want 400", name, err)
		}
	}
}

func nan() float64 {
	var zero float64
	return zero / zero
}
