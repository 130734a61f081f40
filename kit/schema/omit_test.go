package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/msgen/msgen/kit/schema"
)

// account refuses members other than name and the readOnly id and role; nested accounts stand in "of".
func account(s *schema.Scanner) bool {
	var o schema.Members
	if !s.Object(&o) {
		return s.Wrong("object")
	}
	for s.Member(&o) {
		ok := false
		switch string(s.Key(&o)) {
		case "id":
			ok = s.Seen(&o, 0) && s.Omit(&o)
		case "role":
			ok = s.Seen(&o, 1) && s.Omit(&o)
		case "name":
			ok = s.Seen(&o, 2) && s.String(0, 10)
		case "of":
			ok = s.Seen(&o, 3) && account(s)
		default:
			ok = s.Refuse()
		}
		if !ok {
			return false
		}
	}
	return s.EndObject(&o, nil)
}

// open accepts objects with any members.
func open(s *schema.Scanner) bool { return s.Any() }

func TestOmittedMembersAreBlanked(t *testing.T) {
	twice := func(s *schema.Scanner) bool { return s.All(account, account) }
	branch := func(s *schema.Scanner) bool {
		return s.AnyOf(func(s *schema.Scanner) bool { return account(s) && s.Refuse() }, open)
	}
	for _, c := range []struct {
		name     string
		check    schema.Func
		in, want string
	}{
		{"none", account, `{"name":"a"}`, `{"name":"a"}`},
		{"only", account, `{"id":1}`, `{}`},
		{"all", account, `{ "id" : 1 , "role":[{"id":2}] }`, `{}`},
		{"first", account, `{"id":1,"name":"a"}`, `{"name":"a"}`},
		{"last", account, `{"name":"a","id":1}`, `{"name":"a"}`},
		{"around", account, `{"id":1,"name":"a","role":"b"}`, `{"name":"a"}`},
		{"between", account, "{\"name\":\"a\",\n\t\"id\":1 ,\"of\":{}}", `{"name":"a","of":{}}`},
		{"next to each other", account, `{"name":"a","id":1,"role":2}`, `{"name":"a"}`},
		{"nested", account, `{"of":{"id":"}","of":{"role":",","name":"b"}},"id":{"of":1}}`, `{"of":{"of":{"name":"b"}}}`},
		{"name with escapes", account, `{"r\u006fle":1,"name":"a"}`, `{"name":"a"}`},
		{"said twice", twice, `{"name":"a","id":1,"role":2}`, `{"name":"a"}`},
		{"in a branch that does not hold", branch, `{"id":1}`, `{"id":1}`},
	} {
		data := []byte(c.in)
		if errs := schema.Validate(data, c.check, schema.Limits{}); errs != nil {
			t.Errorf("%s: got %v", c.name, errs)
		}
		var got, want any
		if err := json.Unmarshal(data, &got); err != nil {
			t.Errorf("%s: %s: %v", c.name, data, err)
			continue
		}
		_ = json.Unmarshal([]byte(c.want), &want)
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if string(a) != string(b) {
			t.Errorf("%s: got %s, want %s", c.name, a, b)
		}
	}
	refused := []byte(`{"id":1,"other":2}`)
	if errs := schema.Validate(refused, account, schema.Limits{}); errs == nil || string(refused) != `{"id":1,"other":2}` {
		t.Errorf("refused: got %v, %s", errs, refused)
	}
}
