package schema

import (
	"slices"
	"strings"
	"testing"
)

// person is what a generated validator looks like.
func person(s *Scanner) bool {
	var o Members
	if !s.Object(&o) {
		return s.Wrong("object")
	}
	for s.Member(&o) {
		ok := false
		switch string(s.Key(&o)) {
		case "name":
			ok = s.Seen(&o, 0) && s.String(1, 5)
		case "kind":
			ok = s.Seen(&o, 1) && s.Only("const", "person")
		case "friends":
			ok = s.Seen(&o, 2) && s.List(0, 2, person)
		default:
			ok = s.Refuse()
		}
		if !ok {
			return false
		}
	}
	return s.EndObject(&o, []string{"name", "kind"})
}

func company(s *Scanner) bool {
	return s.Map(func(s *Scanner) bool { return s.Only("const", "company") })
}

func TestErrors(t *testing.T) {
	either := func(s *Scanner) bool { return s.OneOf((*Scanner).Bool, company, person) }
	for _, test := range []struct {
		name, text string
		f          Func
		want       []Error
	}{
		{"all of them, with pointers", `{"name":"too long","friends":[{"kind":"person"},{"name":"","kind":"person","a/b~c":1}]}`, person, []Error{
			{"/name", "maxLength", "must have at most 5 characters"},
			{"/friends/0", "required", `member "name" is missing`},
			{"/friends/1/name", "minLength", "must have at least 1 character"},
			{"/friends/1/a~1b~0c", "additionalProperties", "is not allowed here"},
			{"", "required", `member "kind" is missing`},
		}},
		{"type", `[]`, person, []Error{{"", "type", "must be an object"}}},
		{"closest branch", `{"name":"Ada","kind":"person","friends":[1]}`, either, []Error{{"/friends/0", "type", "must be an object"}}},
		{"no branch is close", `12`, either, []Error{{"", "oneOf", "fits none of the alternatives"}}},
		{"two branches", `{}`, func(s *Scanner) bool { return s.OneOf(company, (*Scanner).AnyObject) },
			[]Error{{"", "oneOf", "fits more than one of the alternatives of which it must fit one"}}},
		{"escaped name", `{"name":"Ada","kind":"person","\u0041\n":1}`, person, []Error{{"/A\n", "additionalProperties", "is not allowed here"}}},
		{"fail closed", `1`, func(s *Scanner) bool { return s.explain && s.Any() }, []Error{{"", "schema", "does not match the schema"}}},
	} {
		e := Validate([]byte(test.text), test.f, Limits{})
		if e == nil || e.Syntax {
			t.Errorf("%s: got %+v", test.name, e)
			continue
		}
		if !slices.Equal(e.List, test.want) {
			t.Errorf("%s: got %+v, want %+v", test.name, e.List, test.want)
		}
	}
}

func TestErrorsAreBounded(t *testing.T) {
	text := `{"friends":[` + strings.Repeat(`{},`, 99) + `{}]}`
	if e := Validate([]byte(text), person, Limits{}); e == nil || len(e.List) != 32 {
		t.Errorf("got %v", e)
	}
	name := strings.Repeat("é", 10_000)
	e := Validate([]byte(`{"`+name+`":1}`), person, Limits{})
	if e == nil || len(e.List[0].Pointer) > 300 {
		t.Errorf("got %v", e)
	}
}

func TestErrorsNeverHoldTheValue(t *testing.T) {
	text := `{"name":"SECRETSECRET","kind":"SECRET","friends":["SECRET",{"name":"SECRET","kind":7,"friends":"SECRET"}]}`
	e := Validate([]byte(text), func(s *Scanner) bool { return s.All(person, func(s *Scanner) bool { return s.AnyOf(company, person) }) }, Limits{})
	if e == nil || strings.Contains(e.Error(), "SECRET") {
		t.Fatalf("got %v", e)
	}
	for _, each := range e.List {
		if strings.Contains(each.Detail+each.Pointer, "SECRET") {
			t.Errorf("got %+v", each)
		}
	}
}

// branching is a schema whose branches double with each level of the value.
func branching(s *Scanner) bool {
	branch := func(s *Scanner) bool {
		return s.OneOfKinds("object or null", KindObject, KindNull) && false
	}
	return s.AnyOf(func(s *Scanner) bool { return s.List(1, -1, branching) }, func(s *Scanner) bool { return s.List(1, -1, branching) }, branch)
}

func TestExponentialSchemasEnd(t *testing.T) {
	for _, depth := range []int{10, 60} {
		text := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		if e := Validate([]byte(text), branching, Limits{}); e == nil || e.Syntax {
			t.Errorf("depth %d: got %v", depth, e)
		}
	}
}

func TestAllocationsOfRepeats(t *testing.T) {
	text := []byte(`{"name":"Ada","kind":"person","friends":[{"name":"Bob","kind":"person"}]}`)
	f := func(s *Scanner) bool { return s.All(person, func(s *Scanner) bool { return s.OneOf(company, person) }) }
	if n := allocations(text, f); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
