package store

import (
	"context"
	"path/filepath"
	"testing"
)

// What passes by itself is told apart from what does not.
func TestUnavailable(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "users.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := func(statements ...string) (err error) {
		for _, statement := range statements {
			_, err = s.db.ExecContext(t.Context(), statement)
		}
		return err
	}
	if err := run("CREATE TABLE kept (x BLOB UNIQUE)", "INSERT INTO kept VALUES ('once')"); err != nil {
		t.Fatal(err)
	}
	_, refused := Open(t.Context(), "postgres://test@127.0.0.1:1/test?sslmode=disable")
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"the disk is full":            {run("PRAGMA max_page_count = 1", "INSERT INTO kept VALUES (zeroblob(1000000))"), true},
		"the file may not be written": {run("PRAGMA max_page_count = 1000000", "PRAGMA query_only = 1", "INSERT INTO kept VALUES ('again')"), true},
		"it works again":              {run("PRAGMA query_only = 0", "INSERT INTO kept VALUES ('again')"), false},
		"a constraint is violated":    {run("INSERT INTO kept VALUES ('once')"), false},
		"the statement is wrong":      {run("INSERT INTO lost VALUES (1)"), false},
		"nobody listens":              {refused, true},
		"the request has gone away":   {context.Canceled, false},
		"there is no such row":        {ErrNotFound, false},
	} {
		if got := Unavailable(tt.err); got != tt.want {
			t.Errorf("%s: %v: got %v, want %v", name, tt.err, got, tt.want)
		}
	}
}
