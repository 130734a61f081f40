package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
)

// How a reservation ends, each once: doing it again changes nothing, and ErrState with the reservation as it is says that
// it has ended otherwise.

// Confirm sells what a reservation holds; ErrState when it was released or has expired.
func (s *Store) Confirm(ctx context.Context, id uuid.UUID, owner string, now func() time.Time) (Reservation, error) {
	r, err := s.end(ctx, id, owner, now, func(tx *sql.Tx, r Reservation) error {
		// The stock first: who reserves waits for us, and sees us.
		for _, product := range ordered(quantities(r)) {
			if err := lockProduct(ctx, tx, product.String()); err != nil {
				return err
			}
		}
		moved, err := move(ctx, tx, r.ID, "held", "confirmed", now())
		if err != nil || !moved {
			return err
		}
		return stock(ctx, tx, r, -1)
	})
	switch {
	case errors.Is(err, ErrStock): // the clock of who sold it was ahead of ours: for them it had expired
		r.State, err = "expired", ErrState
	case err == nil && r.State != "confirmed":
		err = ErrState
	}
	return r, err
}

// Release frees what a reservation holds. An expired one holds nothing. ErrState when it was confirmed.
func (s *Store) Release(ctx context.Context, id uuid.UUID, owner string, now func() time.Time) (Reservation, error) {
	r, err := s.end(ctx, id, owner, now, func(tx *sql.Tx, r Reservation) error {
		_, err := move(ctx, tx, r.ID, "held", "released", now())
		return err
	})
	if err == nil && r.State == "confirmed" {
		err = ErrState
	}
	return r, err
}

// TakeBack puts what a reservation sold back on the shelf; it counts as released then. ErrState when it was not confirmed.
func (s *Store) TakeBack(ctx context.Context, id uuid.UUID, owner string, now func() time.Time) (Reservation, error) {
	r, err := s.end(ctx, id, owner, now, func(tx *sql.Tx, r Reservation) error {
		moved, err := move(ctx, tx, r.ID, "confirmed", "released", now())
		if err != nil || !moved {
			return err
		}
		return stock(ctx, tx, r, 1)
	})
	if err == nil && r.State != "released" {
		err = ErrState
	}
	return r, err
}

// end runs the end of a reservation of an owner in a transaction and returns the reservation as it is then; ErrNotFound
// when there is none.
func (s *Store) end(ctx context.Context, id uuid.UUID, owner string, now func() time.Time, end func(*sql.Tx, Reservation) error) (Reservation, error) {
	var r Reservation
	err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
		if err = owned(ctx, tx, id, owner); err != nil {
			return err
		}
		if r, err = read(ctx, tx, id.String(), now()); err != nil {
			return err
		}
		if err = end(tx, r); err != nil {
			return err
		}
		r, err = read(ctx, tx, id.String(), now())
		return err
	})
	return r, err
}

// move takes a reservation from one state to another, after which it holds nothing. It returns false when the reservation
// is in another state, or held and expired.
func move(ctx context.Context, tx *sql.Tx, id uuid.UUID, from, to string, now time.Time) (bool, error) {
	err := affected(tx.ExecContext(ctx, `UPDATE reservations SET state = $1 WHERE id = $2 AND state = $3
		AND (state <> 'held' OR expires_at > $4)`, to, id.String(), from, millis(now)))
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE reservation_lines SET held_until = 0 WHERE reservation_id = $1`, id.String())
		return err == nil, err
	}
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return false, err
}

func quantities(r Reservation) map[uuid.UUID]int64 {
	all := map[uuid.UUID]int64{}
	for _, l := range r.Lines {
		all[l.ProductID] += l.Quantity
	}
	return all
}

// stock takes what a reservation is about out of the stock (-1) or puts it back (1); ErrStock when there is not enough.
func stock(ctx context.Context, tx *sql.Tx, r Reservation, sign int64) error {
	all := quantities(r)
	for _, id := range ordered(all) {
		err := affected(tx.ExecContext(ctx, `UPDATE products SET stock = stock + CAST($1 AS BIGINT) WHERE id = $2
			AND stock + CAST($1 AS BIGINT) >= 0`, sign*all[id], id.String()))
		if errors.Is(err, ErrNotFound) {
			return ErrStock
		}
		if err != nil {
			return err
		}
	}
	return nil
}
