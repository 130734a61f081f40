// Package store keeps people, their sessions and the signing keys: in an embedded SQLite file by default, in PostgreSQL
// where DATABASE_URL names one. Both run the same statements and the same migrations.
package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the database. It is safe for concurrent use.
type Store struct{ db *sql.DB }

// Open opens the database and brings its tables up to date. The URL is postgres://..., sqlite:FILE or, for an empty one,
// a database in memory that ends with the process.
func Open(ctx context.Context, databaseURL string) (*Store, error) {
	driver, source, dialect := "sqlite", "", goose.DialectSQLite3
	switch {
	case strings.HasPrefix(databaseURL, "postgres://"), strings.HasPrefix(databaseURL, "postgresql://"):
		driver, source, dialect = "pgx", databaseURL, goose.DialectPostgres
	case databaseURL == "":
		source = "file:memory?mode=memory&" + pragmas
	default:
		file, ok := strings.CutPrefix(databaseURL, "sqlite:")
		if !ok {
			return nil, fmt.Errorf("DATABASE_URL: the scheme is not one of postgres and sqlite: write sqlite:users.db or postgres://...")
		}
		source = "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + pragmas
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if driver == "sqlite" {
		db.SetMaxOpenConns(1) // one writer; reads are in memory
	} else {
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(16)
		db.SetConnMaxLifetime(30 * time.Minute)
	}
	if err := migrate(ctx, db, dialect); err != nil {
		db.Close()
		return nil, err
	}
	return &Store{db: db}, nil
}

const pragmas = "_pragma=journal_mode(WAL)&_pragma=busy_timeout(1000)&_pragma=foreign_keys(1)&_pragma=synchronous(NORMAL)&_txlock=immediate"

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect) error {
	provider, err := migrator(db, dialect)
	if err == nil {
		_, err = provider.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// migrator knows the migrations. Replicas that start together wait for the first: PostgreSQL has a lock for that.
func migrator(db *sql.DB, dialect goose.Dialect) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	var options []goose.ProviderOption
	if dialect == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // seconds between tries, and how many
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db, files, options...)
}

// Ping tells whether the database takes transactions, which for SQLite means that nobody else has it locked.
func (s *Store) Ping(ctx context.Context) error {
	return s.inTx(ctx, func(*sql.Tx) error { return nil })
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// inTx runs work in a transaction: all of it or none.
func (s *Store) inTx(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
