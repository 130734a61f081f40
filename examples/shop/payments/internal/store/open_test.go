package store

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
)

// Replicas that start together on an empty PostgreSQL, where TEST_DATABASE_URL names one, all come up.
func TestReplicasStartTogether(t *testing.T) {
	postgres := os.Getenv("TEST_DATABASE_URL")
	if postgres == "" {
		t.Skip("TEST_DATABASE_URL names no PostgreSQL")
	}
	db, err := sql.Open("pgx", postgres)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	schema := "replicas_" + strconv.FormatInt(time.Now().UnixNano(), 36)
	if _, err := db.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	defer db.Exec("DROP SCHEMA " + schema + " CASCADE")
	u, err := url.Parse(postgres)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			s, err := Open(t.Context(), u.String())
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	wait.Wait()
}

func TestMigrationsGoBothWays(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "payments.db")
	for range 2 {
		s, err := Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		provider, err := migrator(s.db, goose.DialectSQLite3)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := provider.DownTo(t.Context(), 0); err != nil {
			t.Error(err)
		}
		s.Close()
	}
}
