package content

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"

	"github.com/msgen/msgen/kit/schema"
)

// answer runs write with an Out for a request with the Accept header.
func answer(method, accept string, o *Options, write func(Out) error) (*httptest.ResponseRecorder, error) {
	r := httptest.NewRequest(method, "/", nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	return w, write(Out{W: w, R: r, Operation: "op", Options: o})
}

func TestAccept(t *testing.T) {
	offer := Offer{"application/json", "application/msgpack"}
	for accept, want := range map[string]string{
		"":                          "application/json",
		"*/*":                       "application/json",
		"application/*":             "application/json",
		"application/json":          "application/json",
		"APPLICATION/JSON":          "application/json",
		"application/msgpack":       "application/msgpack",
		"application/x-msgpack":     "application/msgpack",
		"text/html, */*;q=0.1":      "application/json",
		"text/html":                 "",
		"application/json;q=0":      "",
		"application/json;q=0, */*": "application/msgpack",
		"application/json;q=0.5, application/msgpack;q=0.9": "application/msgpack",
		"application/msgpack;q=0.5, application/json":       "application/json",
		"application/json;q=2":                              "application/json",
		"application/json;q=2, text/html":                   "",
		"nonsense":                                          "application/json",
		"application/json ; q=0.2":                          "application/json",
		strings.Repeat("a/b,", 5000):                        "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if got := AcceptOf(r).Best(offer...); got != want {
			t.Errorf("%.60q: got %q, want %q", accept, got, want)
		}
		refused := status(offer.Check(r)) == http.StatusNotAcceptable
		if refused != (want == "") {
			t.Errorf("%.60q: refused %t", accept, refused)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept", "application/json")
	if err := (Offer{"application/vnd.shop+json"}).Check(r); err != nil {
		t.Errorf("who takes JSON takes a kind of JSON: %v", err)
	}
	r.Header.Set("Accept", "image/png")
	if err := (Offer{"image/*"}).Check(r); err != nil {
		t.Errorf("a range is offered: %v", err)
	}
}

func TestJSONResponses(t *testing.T) {
	count := 3
	write := func(o Out) error {
		return WriteJSON(o, 201, "application/json", &items, &item{Name: "a", Count: count}, TextHeader("Location", "/x"))
	}
	w, err := answer(http.MethodPost, "", &Options{}, write)
	if err != nil || w.Code != 201 || w.Body.String() != `{"name":"a","count":3}` {
		t.Errorf("got %d %s, %v", w.Code, w.Body, err)
	}
	want := http.Header{"Content-Type": {"application/json"}, "Content-Length": {"22"}, "Location": {"/x"}}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Error(diff)
	}
	w, err = answer(http.MethodHead, "", &Options{}, write)
	if err != nil || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "22" {
		t.Errorf("HEAD: got %s, %v", w.Body, err)
	}
	w, err = answer(http.MethodPost, "application/msgpack", &Options{}, write)
	if err != nil || w.Header().Get("Content-Type") != "application/msgpack" {
		t.Fatalf("got %v, %v", w.Header(), err)
	}
	var back bytes.Buffer
	if _, err := msgp.UnmarshalAsJSON(&back, w.Body.Bytes()); err != nil || back.String() != `{"name":"a","count":3}` {
		t.Errorf("got %s, %v", back.String(), err)
	}
}

func TestWrongResponses(t *testing.T) {
	refuse := Codec[item]{Check: func(*schema.Scanner) bool { return false }, Encode: items.Encode}
	write := func(o Out) error {
		return WriteJSON(o, 200, "application/json", &refuse, &item{Name: "secret"}, TextHeader("X-A", "1"))
	}
	for _, c := range []struct {
		mode Mode
		fail bool
	}{{Enforce, true}, {Off, false}} {
		var log bytes.Buffer
		o := &Options{Responses: c.mode, Log: slog.New(slog.NewTextHandler(&log, nil))}
		w, err := answer(http.MethodGet, "", o, write)
		if (err != nil) != c.fail || c.fail != strings.Contains(log.String(), "response breaks the contract") {
			t.Errorf("%v: got %v, log %q", c.mode, err, log.String())
		}
		if c.fail && (len(w.Header()) > 0 || w.Body.Len() > 0 || strings.Contains(err.Error()+log.String(), "secret")) {
			t.Errorf("%v: something was sent or told: %v %v %s", c.mode, w.Header(), err, log.String())
		}
	}
	sampledOut := &Options{Responses: Sample, Log: slog.New(slog.DiscardHandler)}
	for range 3 * sampled {
		if _, err := answer(http.MethodGet, "", sampledOut, write); err != nil {
			t.Fatalf("sample: got %v", err)
		}
	}
	if err := (Out{Operation: "op"}).Covers(204, 200, 299, 200, 204); err == nil {
		t.Error("a declared status passes for a range")
	}
	if err := (Out{Operation: "op"}).Covers(299, 200, 299, 200); err != nil {
		t.Error(err)
	}
	_, err := answer(http.MethodGet, "", &Options{}, func(o Out) error { return WriteEmpty(o, 204, TextHeader("X", "a\r\nb")) })
	if err == nil {
		t.Error("a header with a line break is sent")
	}
}

func TestHeaders(t *testing.T) {
	ints := func(dst []byte, v *[]int) ([]byte, error) { b, err := json.Marshal(*v); return append(dst, b...), err }
	objects := func(dst []byte, v *item) ([]byte, error) { b, err := json.Marshal(v); return append(dst, b...), err }
	fail := func(dst []byte, v *item) ([]byte, error) { return dst, errors.New("no") }
	list, object, empty := []int{1, 2}, item{Name: "a,b", Count: 2}, []int(nil)
	w, err := answer(http.MethodGet, "", &Options{}, func(o Out) error {
		return WriteEmpty(o, 204, EncodedHeader("A", ints, &list, false), EncodedHeader("B", objects, &object, false),
			EncodedHeader("C", objects, &object, true), JSONHeader("D", objects, &object), EncodedHeader("E", ints, &empty, false),
			OptionalTextHeader[string]("F", nil), Cookies([]string{"a=1", "b=2"}), Cookies([]string(nil)), EncodedHeader[item]("G", objects, nil, false))
	})
	want := http.Header{"A": {"1,2"}, "B": {"name,a,b,count,2"}, "C": {"name=a,b,count=2"}, "D": {`{"name":"a,b","count":2}`},
		"Set-Cookie": {"a=1", "b=2"}}
	if diff := cmp.Diff(want, w.Header()); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if _, err := answer(http.MethodGet, "", &Options{}, func(o Out) error { return WriteEmpty(o, 204, EncodedHeader("X", fail, &object, false)) }); err == nil {
		t.Error("a header that can't be encoded is no error")
	}
}

// closing is a body that notes its end.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestStreams(t *testing.T) {
	body := &closing{Reader: strings.NewReader("bytes")}
	w, err := answer(http.MethodGet, "", &Options{}, func(o Out) error { return WriteStream(o, 200, "image/png", body) })
	if err != nil || w.Body.String() != "bytes" || !body.closed || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("got %s %v, %v", w.Body, w.Header(), err)
	}
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("a body that breaks off: recovered %v", got)
		}
	}()
	_, _ = answer(http.MethodGet, "", &Options{Log: slog.New(slog.DiscardHandler)}, func(o Out) error {
		return WriteStream(o, 200, "image/png", io.MultiReader(strings.NewReader("a"), failing{errors.New("disk")}))
	})
}

func TestTextResponses(t *testing.T) {
	w, err := answer(http.MethodGet, "", &Options{}, func(o Out) error { return WriteText(o, 200, "text/csv", texts.Check, "a,b\n") })
	if err != nil || w.Body.String() != "a,b\n" || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("got %s %v, %v", w.Body, w.Header(), err)
	}
	if _, err := answer(http.MethodGet, "", &Options{}, func(o Out) error { return WriteText(o, 200, "text/csv", texts.Check, "\xff") }); err == nil {
		t.Error("text that is not UTF-8 is sent")
	}
}

func TestEvents(t *testing.T) {
	events := func(yield func(Event) bool) {
		_ = yield(Event{ID: "1", Name: "tick", Data: "a\nb"}) && yield(Event{Data: "x\r\ny"}) && yield(Event{}) &&
			yield(Event{Name: "a\nb", Retry: 2 * time.Second})
	}
	w, err := answer(http.MethodGet, "", &Options{}, func(o Out) error {
		return WriteEvents(o, 200, "text/event-stream", iter.Seq[Event](events))
	})
	want := "id: 1\nevent: tick\ndata: a\ndata: b\n\ndata: x\ndata: y\n\n:\n\nevent: a b\nretry: 2000\ndata: \n\n"
	if diff := cmp.Diff(want, w.Body.String()); diff != "" || err != nil || !w.Flushed {
		t.Error(err, w.Flushed, diff)
	}
}

func TestEventsEndWithTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
	n := 0
	err := WriteEvents(Out{W: httptest.NewRecorder(), R: r, Options: &Options{}}, 200, "text/event-stream", func(yield func(Event) bool) {
		for yield(Event{Data: "x"}) {
			if n++; n == 3 {
				cancel()
			}
		}
	})
	if err != nil || n != 3 {
		t.Errorf("got %d events, %v", n, err)
	}
}

func TestPackIsTheInverseOfUnpack(t *testing.T) {
	for _, doc := range []string{
		`null`, `true`, `[]`, `{}`, `""`, `"a\u0041\n\ud83d\ude00"`, `-1`, `18446744073709551615`, `1.5`, `1e3`,
		`[1,[2,[3,{"a":{"b":[]}}]]]`, `{"a":1,"b":[true,false,null],"c":"☃"}`,
		"[" + strings.Repeat("1,", 70_000) + "1]", `{"k":"` + strings.Repeat("x", 70_000) + `"}`,
	} {
		packed, err := appendMsgpack([]byte("prefix"), []byte(doc))
		if err != nil {
			t.Errorf("%.40s: %v", doc, err)
			continue
		}
		back, err := appendJSON(nil, packed[len("prefix"):])
		if err != nil {
			t.Errorf("%.40s: %v", doc, err)
			continue
		}
		var want, got any
		if err := json.Unmarshal([]byte(doc), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(back, &got); err != nil {
			t.Errorf("%.40s became %.40s: %v", doc, back, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.40s: %.200s", doc, diff)
		}
	}
}

func FuzzMessagePack(f *testing.F) {
	f.Add([]byte{0x81, 0xa1, 'a', 0x92, 0x01, 0xc0})
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := appendJSON(nil, data)
		if err != nil {
			return
		}
		if !json.Valid(doc) {
			t.Fatalf("%x becomes %q, which is no JSON", data, doc)
		}
		if _, err := appendMsgpack(nil, doc); err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
	})
}

func FuzzMediaType(f *testing.F) {
	f.Add(`text/plain; charset="utf-8"`)
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := parseMediaType(s)
		if ok && (strings.Count(m.essence, "/") < 1 || strings.ContainsAny(m.essence, " ,;")) {
			t.Fatalf("%q becomes %+v", s, m)
		}
		_ = Accept{s}.Best("application/json", "text/plain")
	})
}

func TestWrongHeadersAreWrongResponses(t *testing.T) {
	ints := func(dst []byte, v *int) ([]byte, error) { return strconv.AppendInt(dst, int64(*v), 10), nil }
	short := func(s *schema.Scanner) bool { return s.Text(&schema.Text{Max: 3}) }
	small := func(s *schema.Scanner) bool { return s.Number(&schema.Number{Max: "9"}) }
	for _, c := range []struct {
		text   string
		number int
		mode   Mode
		fail   string
	}{
		{"abc", 9, Enforce, ""}, {"secret", 9, Enforce, "header X-Text"}, {"abc", 4711, Enforce, "header X-Number"},
		{"secret", 4711, Off, ""}, {"\xff", 9, Enforce, "X-Text is not UTF-8"},
	} {
		var log bytes.Buffer
		o := &Options{Responses: c.mode, Log: slog.New(slog.NewTextHandler(&log, nil))}
		w, err := answer(http.MethodGet, "", o, func(o Out) error {
			return WriteEmpty(o, 204, TextHeader("X-Text", c.text).Checked(short), EncodedHeader("X-Number", ints, &c.number, false).Checked(small),
				OptionalTextHeader[string]("X-None", nil).Checked(short))
		})
		if (err != nil) != (c.fail != "") || err != nil && !strings.Contains(err.Error(), c.fail) {
			t.Errorf("%q, %d, %v: got %v, want %q", c.text, c.number, c.mode, err, c.fail)
		}
		if err != nil && (len(w.Header()) > 0 || strings.Contains(err.Error()+log.String(), "secret") || strings.Contains(log.String(), "4711")) {
			t.Errorf("%q, %d: something was sent or told: %v %v %s", c.text, c.number, w.Header(), err, log.String())
		}
	}
}
