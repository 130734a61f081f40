package param

import (
	"encoding/json"
	"testing"

	"github.com/msgen/msgen/kit/schema"
)

// FuzzStyles reads any text in every place, style and shape: what comes out is JSON.
func FuzzStyles(f *testing.F) {
	for _, text := range []string{
		"p=1&p=2", "p[R]=1&p[inner][G]=2", "p=R,100,G,200", ";p=3;p=4", ".R=100.G=200", "p=%7B%7D", "p=a%20b|c", "R=1; p=2", "p[list][1][R]=%ff",
	} {
		f.Add(text)
	}
	values := []Value{{}, {Types: Integer}, {Types: Boolean | Null | String}, integers, texts, color, tree, {Types: Any},
		{Types: String | Array | Object, Items: &Value{Types: Object}, Additional: &Value{Types: Integer}}}
	f.Fuzz(func(t *testing.T, text string) {
		for _, in := range []In{Query, Path, Header, Cookie, QueryString} {
			for style := Simple; style <= DeepObject; style++ {
				for _, v := range values {
					for _, explode := range []bool{false, true} {
						p := Spec{Name: "p", In: in, Style: style, Explode: explode, Value: v, Form: in == QueryString && explode}
						p.Validate = func(s *schema.Scanner) bool { return s.Any() }
						if got, _ := read(p, text); got != "" && !json.Valid([]byte(got)) {
							t.Fatalf("%q as %+v becomes %s, which is no JSON", text, p, got)
						}
						p.Validate = func(*schema.Scanner) bool { return false }
						_, _ = read(p, text)
					}
				}
			}
		}
		form := tree
		doc, errs := AppendForm(nil, text, &form, false)
		if errs == nil && !json.Valid(doc) {
			t.Fatalf("%q becomes %s, which is no JSON", text, doc)
		}
	})
}
