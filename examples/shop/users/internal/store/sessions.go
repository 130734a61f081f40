package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
)

// ErrReused is the error of a refresh token that was used before: its session is revoked.
var ErrReused = errors.New("the refresh token was used before")

// Start starts a session of a person with its first refresh token, and forgets those of theirs that have expired.
// ErrNotFound when the password is theirs no longer: it was changed since it was checked.
func (s *Store) Start(ctx context.Context, session uuid.UUID, p Person, hash string, now, expires time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		// The update makes a change of the password wait for us, or us for it.
		same, err := tx.ExecContext(ctx, `UPDATE people SET password = password WHERE id = $1 AND password = $2`, p.ID.String(), p.Password)
		if err != nil {
			return err
		}
		if n, err := same.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		if err := forget(ctx, tx, p.ID.String(), now); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sessions (id, person_id, started_at) VALUES ($1, $2, $3)`,
			session.String(), p.ID.String(), millis(now))
		if err != nil {
			return err
		}
		return addToken(ctx, tx, hash, session.String(), expires)
	})
}

// forget removes the refresh tokens of a person that have expired, and their sessions that have none left.
func forget(ctx context.Context, tx *sql.Tx, person string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM refresh_tokens WHERE expires_at <= $1
		AND session_id IN (SELECT id FROM sessions WHERE person_id = $2)`, millis(now), person)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM sessions WHERE person_id = $1
		AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session_id = sessions.id)`, person)
	return err
}

func addToken(ctx context.Context, tx *sql.Tx, hash, session string, expires time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES ($1, $2, $3)`,
		hash, session, millis(expires))
	return err
}

// Rotate trades one refresh token for the next and tells whose session it is: all that the answer needs is known when the
// old token is used up. ErrNotFound for a token that is unknown, expired or of an ended session; ErrReused, with the session
// ended, for one that was traded before.
func (s *Store) Rotate(ctx context.Context, old, next string, now, expires time.Time) (session uuid.UUID, p Person, err error) {
	reused := false
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var sessionID, personID string
		var expiry int64
		var revoked sql.NullInt64
		row := tx.QueryRowContext(ctx, `SELECT s.id, s.person_id, s.revoked_at, t.expires_at FROM refresh_tokens t
			JOIN sessions s ON s.id = t.session_id WHERE t.hash = $1`, old)
		if err := row.Scan(&sessionID, &personID, &revoked, &expiry); err != nil {
			return found(err)
		}
		if p, err = scanPerson(tx.QueryRowContext(ctx, selectPerson+`WHERE id = $1`, personID)); err != nil {
			return err
		}
		if revoked.Valid || expiry <= millis(now) {
			return ErrNotFound
		}
		// The update decides which of two concurrent requests trades the token.
		used, err := tx.ExecContext(ctx, `UPDATE refresh_tokens SET used_at = $1 WHERE hash = $2 AND used_at IS NULL`, millis(now), old)
		if err != nil {
			return err
		}
		if n, err := used.RowsAffected(); err != nil || n == 0 {
			reused = err == nil
			_, end := tx.ExecContext(ctx, `UPDATE sessions SET revoked_at = $1 WHERE id = $2`, millis(now), sessionID)
			return errors.Join(err, end)
		}
		if session, err = uuid.Parse(sessionID); err != nil {
			return err
		}
		return addToken(ctx, tx, next, sessionID, expires)
	})
	if err == nil && reused {
		err = ErrReused
	}
	return session, p, err
}

// End ends the session of a refresh token; an unknown token ends nothing.
func (s *Store) End(ctx context.Context, hash string, now time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE sessions SET revoked_at = $1 WHERE revoked_at IS NULL AND id IN
		(SELECT session_id FROM refresh_tokens WHERE hash = $2)`, millis(now), hash)
	return err
}

// Live tells whether a session has not ended.
func (s *Store) Live(ctx context.Context, session uuid.UUID) (bool, error) {
	var revoked sql.NullInt64
	err := s.db.QueryRowContext(ctx, `SELECT revoked_at FROM sessions WHERE id = $1`, session.String()).Scan(&revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && !revoked.Valid, err
}

// Key is a signing key.
type Key struct {
	ID        string
	PEM       string
	CreatedAt time.Time
}

// Keys returns the signing keys, newest first.
func (s *Store) Keys(ctx context.Context) ([]Key, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT kid, private, created_at FROM signing_keys ORDER BY created_at DESC, kid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []Key
	for rows.Next() {
		var k Key
		var at int64
		if err := rows.Scan(&k.ID, &k.PEM, &at); err != nil {
			return nil, err
		}
		k.CreatedAt = fromMillis(at)
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// AddKey adds a signing key and removes those created before oldest.
func (s *Store) AddKey(ctx context.Context, k Key, oldest time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO signing_keys (kid, private, created_at) VALUES ($1, $2, $3)`, k.ID, k.PEM, millis(k.CreatedAt))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM signing_keys WHERE created_at < $1`, millis(oldest))
		return err
	})
}
