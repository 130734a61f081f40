package codec

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/msgen/msgen/kit/schema"
)

// pet is what the models of a service hold.
type pet struct {
	Name    string            `json:"name"`
	Age     *int64            `json:"age,omitempty"`
	Tags    []string          `json:"tags,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Mother  *pet              `json:"mother,omitempty"`
	Weights []float64         `json:"weights,omitempty"`
	Tame    *bool             `json:"tame,omitempty"`
	Raw     json.RawMessage   `json:"raw,omitempty"`
}

func readPet(d *Decoder, v *pet) {
	if !d.Object() {
		return
	}
	for d.Member() {
		switch string(d.Key()) {
		case "name":
			String(d, &v.Name)
		case "age":
			Pointer(d, &v.Age, Int[int64])
		case "tags":
			Strings(d, &v.Tags)
		case "labels":
			Map(d, &v.Labels, String[string])
		case "mother":
			Pointer(d, &v.Mother, readPet)
		case "weights":
			Slice(d, &v.Weights, Float[float64])
		case "tame":
			Pointer(d, &v.Tame, Bool[bool])
		case "raw":
			RawMessage(d, &v.Raw)
		default:
			d.Skip()
		}
	}
}

func writePet(e *Encoder, v *pet) {
	e.Begin()
	e.Key(`"name":`)
	PutString(e, &v.Name)
	if v.Age != nil {
		e.Key(`"age":`)
		PutInt(e, v.Age)
	}
	if len(v.Tags) > 0 {
		e.Key(`"tags":`)
		PutSlice(e, &v.Tags, PutString[string])
	}
	if len(v.Labels) > 0 {
		e.Key(`"labels":`)
		PutMap(e, &v.Labels, PutString[string])
	}
	if v.Mother != nil {
		e.Key(`"mother":`)
		writePet(e, v.Mother)
	}
	if len(v.Weights) > 0 {
		e.Key(`"weights":`)
		PutSlice(e, &v.Weights, PutFloat[float64])
	}
	if v.Tame != nil {
		e.Key(`"tame":`)
		PutBool(e, v.Tame)
	}
	if len(v.Raw) > 0 {
		e.Key(`"raw":`)
		PutRaw(e, &v.Raw)
	}
	e.End()
}

var pets = []string{
	`{}`, `{"name":"Rex","age":3,"tags":["a","b\n\u00e9"],"labels":{"k":"v","":""},"mother":{"name":"\ud83d\ude00","mother":null},"weights":[1,2.5,-3e2]}`,
	` { "unknown" : { "a" : [ 1 , "}" , { } ] } , "name" : "x" , "tame":false, "raw": {"a": [1, 2]} } `, `{"tags":[],"weights":null,"labels":{},"age":null,"name":null}`,
	`{"weights":[` + strings.Repeat("1.5,", 200) + `2],"tags":[` + strings.Repeat(`"t",`, 50) + `"u"]}`, `null`,
}

func TestDecodeAgreesWithEncodingJSON(t *testing.T) {
	for _, text := range pets {
		var want, got pet
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if err := Decode([]byte(text), &got, readPet); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
		wantText, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		gotText, err := Encode([]byte("x"), &got, writePet)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(wantText, &a) != nil || json.Unmarshal(gotText[1:], &b) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("encoded as %s, want %s", gotText[1:], wantText)
		}
	}
}

func TestVariablesAreNotShared(t *testing.T) {
	var v pet
	text := `{"tags":["a","b"],"age":1,"mother":{"tags":["c"],"age":2,"mother":{"tags":["d","e","f"],"age":3}}}`
	if err := Decode([]byte(text), &v, readPet); err != nil {
		t.Fatal(err)
	}
	v.Tags = append(v.Tags, "x")
	v.Mother.Tags = append(v.Mother.Tags, "y")
	*v.Age = 9
	if v.Mother.Tags[0] != "c" || v.Mother.Mother.Tags[0] != "d" || *v.Mother.Age != 2 || *v.Mother.Mother.Age != 3 {
		t.Errorf("got %+v, %+v", v.Mother, v.Mother.Mother)
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-01-02T03:04:05Z"`: "2026-01-02T03:04:05Z", `"2026-01-02t03:04:05.5z"`: "2026-01-02T03:04:05.5Z",
		`"1990-12-31T23:59:60Z"`: "1991-01-01T00:00:00Z", `"2026-01-02T03:04:05+01:00"`: "2026-01-02T02:04:05Z",
	} {
		var v time.Time
		if err := Decode([]byte(text), &v, Time); err != nil || v.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%s: got %v, %v", text, v, err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, v := range map[string]pet{"NaN": {Weights: []float64{math.NaN()}}, "raw": {Raw: json.RawMessage("{")}} {
		if text, err := Encode(nil, &v, writePet); err == nil {
			t.Errorf("%s: got %s", name, text)
		}
	}
	day := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	if text, err := Encode(nil, &day, PutTime); err == nil {
		t.Errorf("got %s", text)
	}
}

// FuzzDecode feeds what no validator has seen: the decoder may refuse it or not, but it ends, and what it makes of JSON
// is what encoding/json makes of it.
func FuzzDecode(f *testing.F) {
	for _, text := range pets {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want pet
		err := Decode(data, &got, readPet)
		if err != nil {
			return
		}
		if text, err := Encode(nil, &got, writePet); err == nil && !json.Valid(text) {
			t.Fatalf("%q was encoded as %q", data, text)
		}
		strict := schema.Validate(data, (*schema.Scanner).Any, schema.Limits{}) == nil
		folded := strings.ContainsAny(strings.ToLower(string(data)), "ſ\\") || strings.ToLower(string(data)) != string(data)
		if strict && !folded && json.Unmarshal(data, &want) == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %+v, want %+v", data, got, want)
		}
	})
}

func TestNumbersAreReadAsStrconvReadsThem(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "1", "-1", "0.1", "0.30000000000000004", "123456789012345", "1234567890123456", "9007199254740993", "1.0", "-2.50",
		"12345678901234.5", "0.000000000000001", "1e3", "1E-3", "3.5e2", "99999999999999999999", "0.1e-400", "100000000000000.25", "-0.0",
	} {
		want, err := strconv.ParseFloat(text, 64)
		var got float64
		if fault := Decode([]byte(text), &got, Float[float64]); err != nil || fault != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s: got %v (%v), want %v", text, got, fault, want)
		}
	}
	for text, want := range map[string]int64{"0": 0, "-0": 0, "-12": -12, "1.0": 1, "1e2": 100, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64, "123456789012345": 123456789012345, "1234567890123456": 1234567890123456} {
		var got int64
		if err := Decode([]byte(text), &got, Int[int64]); err != nil || got != want {
			t.Errorf("%s: got %d (%v)", text, got, err)
		}
	}
	for _, text := range []string{".5", "1.5", "--1", "1e", "300"} {
		var got int8
		if err := Decode([]byte(text), &got, Int[int8]); err == nil {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

func TestStringsAreOwned(t *testing.T) {
	long := strings.Repeat("é", 5000)
	var want []string
	for i := range 300 {
		want = append(want, strings.Repeat("x", i%70)+strconv.Itoa(i), long[:2*(i%9)], "a\"\\\n\u2028")
	}
	want = append(want, long, "")
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := Decode(data, &got, Strings[[]string]); err != nil {
		t.Fatal(err)
	}
	clear(data) // the document is its reader's again
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
