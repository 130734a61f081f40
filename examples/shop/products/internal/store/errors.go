package store

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("not found")
	ErrTaken    = errors.New("taken")
	ErrStock    = errors.New("not enough in stock")
	ErrCurrency = errors.New("products of several currencies")
	ErrTotal    = errors.New("products for more than can be reserved at once")
	ErrState    = errors.New("the reservation is in another state")
	ErrText     = errors.New("a text holds NUL, which PostgreSQL can't keep")
)

// storable says ErrText unless each text can be kept in either database.
func storable(texts ...string) error {
	for _, text := range texts {
		if strings.ContainsRune(text, 0) {
			return ErrText
		}
	}
	return nil
}

// found says ErrNotFound where there is no row.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// taken tells a violated unique constraint from other errors.
func taken(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// Unavailable tells whether the database does not work now, so that the same request may succeed later: it lets nobody
// in, or its file is locked, full or not to be read. Connections that break say so themselves: see problem.Unavailable.
func Unavailable(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff { // an extended code has the plain one in its last byte
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
			sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL:
			return true
		}
		return false
	}
	var refused *pgconn.ConnectError
	return errors.As(err, &refused) || pgconn.SafeToRetry(err)
}
