package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Person is somebody who registered.
type Person struct {
	ID           uuid.UUID
	Email, Name  string
	Password     string // argon2id in PHC form
	RegisteredAt time.Time
}

// Add adds a person; ErrTaken when somebody has the address.
func (s *Store) Add(ctx context.Context, p Person) error {
	if err := storable(p.Name, p.Email); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx,
		`INSERT INTO people (id, email, email_key, name, password, registered_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID.String(), p.Email, strings.ToLower(p.Email), p.Name, p.Password, millis(p.RegisteredAt))
	if taken(err) {
		return ErrTaken
	}
	return err
}

const selectPerson = `SELECT id, email, name, password, registered_at FROM people `

// ByEmail finds a person by address, without regard to case; ErrNotFound when there is none.
func (s *Store) ByEmail(ctx context.Context, email string) (Person, error) {
	return scanPerson(s.db.QueryRowContext(ctx, selectPerson+`WHERE email_key = $1`, strings.ToLower(email)))
}

// ByID finds a person; ErrNotFound when there is none.
func (s *Store) ByID(ctx context.Context, id uuid.UUID) (Person, error) {
	return scanPerson(s.db.QueryRowContext(ctx, selectPerson+`WHERE id = $1`, id.String()))
}

func scanPerson(row *sql.Row) (Person, error) {
	var p Person
	var id string
	var at int64
	if err := row.Scan(&id, &p.Email, &p.Name, &p.Password, &at); err != nil {
		return Person{}, found(err)
	}
	parsed, err := uuid.Parse(id)
	p.ID, p.RegisteredAt = parsed, fromMillis(at)
	return p, err
}

// Change changes the name and the address of a person; nil keeps one. ErrTaken when somebody else has the address.
func (s *Store) Change(ctx context.Context, id uuid.UUID, name, email *string) error {
	var key *string
	if email != nil {
		lower := strings.ToLower(*email)
		key = &lower
	}
	for _, text := range []*string{name, email} {
		if text != nil && storable(*text) != nil {
			return ErrText
		}
	}
	_, err := s.db.ExecContext(ctx,
		`UPDATE people SET name = COALESCE($1, name), email = COALESCE($2, email), email_key = COALESCE($3, email_key) WHERE id = $4`,
		name, email, key, id.String())
	if taken(err) {
		return ErrTaken
	}
	return err
}

// ChangePassword changes the password of a person and ends all of their sessions, also one that is about to start: see
// Start.
func (s *Store) ChangePassword(ctx context.Context, id uuid.UUID, password string, now time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE people SET password = $1 WHERE id = $2`, password, id.String()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE sessions SET revoked_at = $1 WHERE person_id = $2 AND revoked_at IS NULL`,
			millis(now), id.String())
		return err
	})
}
