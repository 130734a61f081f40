package spec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// large is a contract of about 13 MB, the size of GitHub's.
func large() []byte {
	var b strings.Builder
	b.WriteString(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{`)
	for i := range 5_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"/items%d/{id}":{"get":{"operationId":"get%d","description":%q,"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
      "responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/S%d"},"examples":{"one":{"value":{"id":1,"name":"a \"quoted\" name","tags":["x","y"]}}}}}}}}}`,
			i, i, strings.Repeat("what the operation does, in many words; ", 30), i)
	}
	b.WriteString(`},"components":{"schemas":{`)
	for i := range 5_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"S%d":{"type":"object","required":["id"],"properties":{"id":{"type":"integer","minimum":0},"name":{"type":"string","maxLength":50,"description":%q},"tags":{"type":"array","items":{"type":"string"}}}}`,
			i, strings.Repeat("more words ", 50))
	}
	b.WriteString(`}}}`)
	return []byte(b.String())
}

func benchmarkParse(b *testing.B, name string, data []byte, o Options) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(name, data, o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseLenient(b *testing.B) {
	benchmarkParse(b, "a.json", large(), Options{Lenient: true})
}
func BenchmarkParseChecked(b *testing.B) { benchmarkParse(b, "a.json", large(), Options{}) }

func BenchmarkParseYAML(b *testing.B) {
	data := "# a comment makes it YAML\n" + string(large())
	benchmarkParse(b, "a.yaml", []byte(data), Options{})
}

func BenchmarkEncodingJSON(b *testing.B) {
	data := large()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	data := large()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		d, err := Parse("a.json", data, Options{Lenient: true})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		d.Root.Hash()
	}
}
