package server_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/msgen/msgen/generator/compile/golden/apiv1"
	"github.com/msgen/msgen/generator/compile/golden/server"
	"github.com/msgen/msgen/kit/schema"
)

// fill sets v to a random value that JSON can carry.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC()))
		return
	case json.RawMessage:
		v.SetBytes([]byte([]string{`1`, `"x"`, `{"a":[1,2,null]}`, `true`, `[]`}[r.IntN(5)]))
		return
	case uuid.UUID:
		var id uuid.UUID
		for i := range id {
			id[i] = byte(r.Uint32())
		}
		v.Set(reflect.ValueOf(id))
		return
	case apiv1.Payment:
		text := []string{`{"kind":"card","number":"4111111111111","expires":"12/30"}`, `{"kind":"transfer","iban":"DE12345678901234"}`}[r.IntN(2)]
		if err := json.Unmarshal([]byte(text), v.Addr().Interface()); err != nil {
			panic(err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type().Name() == "Date" {
			v.Field(0).Set(reflect.ValueOf(time.Date(1900+r.IntN(300), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(r, v.Field(i), depth+1)
		}
	case reflect.Pointer:
		if r.IntN(2+depth) < 2 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth+1)
		}
	case reflect.Slice:
		if r.IntN(2+depth) < 2 {
			n := r.IntN(4)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(r, v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		if r.IntN(2+depth) < 2 {
			fillMap(r, v, depth)
		}
	case reflect.String:
		v.SetString(word(r))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{0, 1, -1.5, 1e21, 1e-7, 123456789.125, r.NormFloat64()}[r.IntN(7)])
	default:
		if v.CanInt() {
			v.SetInt(r.Int64() >> (64 - v.Type().Bits()))
		} else {
			v.SetUint(r.Uint64())
		}
	}
}

func fillMap(r *rand.Rand, v reflect.Value, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	value := reflect.New(v.Type().Elem()).Elem()
	if v.Type().Key().Kind() == reflect.Bool { // nullable.Nullable
		some := r.IntN(2) == 0
		if some {
			fill(r, value, 0)
			if value.Kind() == reflect.Slice && value.IsNil() {
				value.Set(reflect.MakeSlice(value.Type(), 0, 0))
			}
		}
		v.SetMapIndex(reflect.ValueOf(some), value)
		return
	}
	for range r.IntN(4) {
		value := reflect.New(v.Type().Elem()).Elem()
		fill(r, value, depth+1)
		v.SetMapIndex(reflect.ValueOf("key "+word(r)), value)
	}
}

func word(r *rand.Rand) string {
	return strings.Repeat([]string{"a", "é", `"`, `\`, "\n", "<&>", "😀", "\u2028", "\x01", "~"}[r.IntN(10)], r.IntN(4)) + "x"
}

// roundTrip encodes and decodes with generated code and with encoding/json, which must agree.
func roundTrip[T any](t *testing.T, v *T, encode func([]byte, *T) ([]byte, error), decode func([]byte, *T) error) {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := encode(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	var wantTree, gotTree any
	if err := json.Unmarshal(want, &wantTree); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &gotTree); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if diff := cmp.Diff(wantTree, gotTree); diff != "" {
		t.Fatalf("encoding: -encoding/json +generated\n%s", diff)
	}
	var a, b T
	if err := json.Unmarshal(want, &a); err != nil {
		t.Fatal(err)
	}
	if err := decode(want, &b); err != nil {
		t.Fatalf("%v: %s", err, want)
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("decoding %s: -encoding/json +generated\n%s", want, cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true })))
	}
}

func TestCodecAgreesWithEncodingJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var order apiv1.Order
		fill(r, reflect.ValueOf(&order).Elem(), 0)
		order.Customer.Email = "someone@example.com"
		roundTrip(t, &order, server.EncodeOrder, server.DecodeOrder)
		var everything apiv1.Everything
		fill(r, reflect.ValueOf(&everything).Elem(), 0)
		if everything.Data == nil {
			everything.Data = []byte{} // its MarshalJSON writes null, which is not what the schema says
		}
		roundTrip(t, &everything, server.EncodeEverything, server.DecodeEverything)
	}
}

func TestDecoderReadsIntegersInEveryForm(t *testing.T) {
	for text, want := range map[string]int64{`{"large":1.0}`: 1, `{"large":1e2}`: 100, `{"large":-9.223372036854775808e18}`: -1 << 63, `{"large":120e-1}`: 12, `{"large":0.0e5}`: 0} {
		var v apiv1.Everything
		if err := server.DecodeEverything([]byte(text), &v); err != nil || v.Large == nil || *v.Large != want {
			t.Errorf("%s: got %v, %v", text, v.Large, err)
		}
	}
	for _, text := range []string{`{"large":1.5}`, `{"large":9223372036854775808}`, `{"small":2147483648}`, `{"unsigned":-1}`, `{"large":1e30}`} {
		var v apiv1.Everything
		if err := server.DecodeEverything([]byte(text), &v); err == nil {
			t.Errorf("%s: decoded", text)
		}
	}
}

func TestDecoderNeverPanics(t *testing.T) {
	valid := []byte(`{"large":1,"map":{"a":{"sku":"A\u00e9","tags":["x"]}},"ids":["3f2504e0-4f89-41d3-9a0c-0305e82c3301"],"tree":{"value":"v","children":[]}}`)
	for i := range valid {
		var v apiv1.Everything
		_ = server.DecodeEverything(valid[:i], &v)
		for _, c := range []byte(`{}[]",:\n1`) {
			mutated := append([]byte(nil), valid...)
			mutated[i] = c
			v = apiv1.Everything{}
			_ = server.DecodeEverything(mutated, &v)
		}
	}
}

const order = `{"id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","created":"2026-01-02T03:04:05Z",
"customer":{"name":"Ada Lovelace","email":"ada@example.com","born":"1815-12-10","address":{"street":"12 St James's Square","city":"London","country":"GB"}},
"labels":{"channel":"web","campaign":"spring"},"note":"Leave it at the door, please.","payment":{"kind":"card","number":"4111111111111111","expires":"12/30"},"total":1234.56,"items":[`

func orderOf(items int) []byte {
	item := `{"sku":"ABC-12345","quantity":3,"price":19.99,"gift":true,"tags":["new","sale"],"size":"M"}`
	return []byte(order + strings.Repeat(item+",", items-1) + item + "]}")
}

func TestValidOrder(t *testing.T) {
	if e := schema.Validate(orderOf(15), server.ValidOrder, schema.Limits{}); e != nil {
		t.Fatal(e)
	}
	for text, want := range map[string]schema.Error{
		`"sku":"ABC-12345"|"sku":"abc"`:              {Pointer: "/items/0/sku", Keyword: "pattern"},
		`"quantity":3|"quantity":300`:                {Pointer: "/items/0/quantity", Keyword: "maximum"},
		`"tags":["new","sale"]|"tags":["new","new"]`: {Pointer: "/items/0/tags", Keyword: "uniqueItems"},
		`"price":19.99,|`:                            {Pointer: "/items/0", Keyword: "required"},
		`"gift":true|"admin":true`:                   {Pointer: "/items/0/admin", Keyword: "additionalProperties"},
		`"expires":"12/30"|"expires":"13/30"`:        {Pointer: "/payment/expires", Keyword: "pattern"},
		`"kind":"card"|"kind":"cash"`:                {Pointer: "/payment/kind", Keyword: "const"},
		`1234.56|1234.567`:                           {Pointer: "/total", Keyword: "multipleOf"},
		`ada@|ada`:                                   {Pointer: "/customer/email", Keyword: "format"},
	} {
		from, to, _ := strings.Cut(text, "|")
		e := schema.Validate([]byte(strings.Replace(string(orderOf(2)), from, to, 1)), server.ValidOrder, schema.Limits{})
		if e == nil || e.Syntax || len(e.List) == 0 || e.List[0].Pointer != want.Pointer || e.List[0].Keyword != want.Keyword {
			t.Errorf("%s: got %+v, want %+v", text, e, want)
		}
	}
}

func benchmark(b *testing.B, doc []byte, f func() error) {
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOrder2KB(b *testing.B) {
	doc := orderOf(16)
	var v apiv1.Order
	b.Run("validate", func(b *testing.B) {
		benchmark(b, doc, func() error {
			if e := schema.Validate(doc, server.ValidOrder, schema.Limits{}); e != nil {
				return e
			}
			return nil
		})
	})
	b.Run("decode", func(b *testing.B) {
		benchmark(b, doc, func() error { v = apiv1.Order{}; return server.DecodeOrder(doc, &v) })
	})
	var buffer []byte
	b.Run("encode", func(b *testing.B) {
		benchmark(b, doc, func() (err error) { buffer, err = server.EncodeOrder(buffer[:0], &v); return err })
	})
	b.Run("encoding-json-decode", func(b *testing.B) {
		benchmark(b, doc, func() error { v = apiv1.Order{}; return json.Unmarshal(doc, &v) })
	})
	b.Run("encoding-json-encode", func(b *testing.B) {
		benchmark(b, doc, func() error { _, err := json.Marshal(&v); return err })
	})
	invalid := []byte(strings.Replace(string(doc), `12/30`, `13/30`, 1))
	b.Run("invalid", func(b *testing.B) {
		benchmark(b, doc, func() error { schema.Validate(invalid, server.ValidOrder, schema.Limits{}); return nil })
	})
}
