package generator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEntriesKeepTheTextAroundThem(t *testing.T) {
	for name, test := range map[string]struct{ old, want string }{
		"no list":       {"a: 1 # x\n\n", "a: 1 # x\nlist: # why\n  - name: n\n    spec: s\n"},
		"no newline":    {"a: 1", "a: 1\nlist: # why\n  - name: n\n    spec: s\n"},
		"empty list":    {"list: [ ] # none\na: 1\n", "list: # none\n  - name: n\n    spec: s\na: 1\n"},
		"other indent":  {"list:\n- name: m # the m\n  spec: t\n\n# end\na: 1\n", "list:\n- name: m # the m\n  spec: t\n- name: n\n  spec: s\n\n# end\na: 1\n"},
		"windows lines": {"list:\r\n    - spec: t\r\n      name: m\r\n", "list:\r\n    - spec: t\r\n      name: m\r\n    - name: n\r\n      spec: s\r\n"},
	} {
		got, err := insertEntry([]byte(test.old), "list", "# why", "name: n", "spec: s")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got, err := insertEntry([]byte("list: [{name: m, spec: t}]\n"), "list", "", "name: n"); err == nil {
		t.Errorf("added to a list in one line: %s", got)
	}
}
