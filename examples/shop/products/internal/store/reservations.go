package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Line is a product of a reservation, at the price when it was reserved.
type Line struct {
	ProductID uuid.UUID
	Name      string
	Quantity  int64
	Price     Money
}

// Reservation is stock on hold. Nobody has to sweep those that expire: whichever replica looks at one, its time tells that
// it holds nothing any more.
type Reservation struct {
	ID        uuid.UUID
	State     string // held, confirmed, released or expired
	ExpiresAt time.Time
	Lines     []Line
}

// Total is what the lines cost together.
func (r Reservation) Total() Money {
	var total Money
	for _, l := range r.Lines {
		total.Amount += l.Price.Amount * l.Quantity
		total.Currency = l.Price.Currency
	}
	return total
}

// Hold is a wish to reserve. The same Owner and Key get the same reservation, when Request is the same too.
type Hold struct {
	Owner, Key, Request string
	Quantities          map[uuid.UUID]int64
	For                 time.Duration
}

// LineError is an error of Reserve about one product.
type LineError struct {
	ProductID uuid.UUID
	Err       error // ErrNotFound, ErrStock or ErrCurrency
}

func (e *LineError) Error() string { return e.ProductID.String() + ": " + e.Err.Error() }

// Unwrap is the kind of the error.
func (e *LineError) Unwrap() error { return e.Err }

// MostTotal is the most that the products of a reservation may cost together: the contract allows no larger amount.
const MostTotal = 1_000_000_000

// Reserve holds all that is wished or nothing (a *LineError or ErrTotal says why). ErrTaken when the key was used for
// another wish.
func (s *Store) Reserve(ctx context.Context, h Hold, now func() time.Time) (Reservation, error) {
	var made Reservation
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		known, err := byKey(ctx, tx, h, now())
		if err == nil || !errors.Is(err, ErrNotFound) {
			made = known
			return err
		}
		made = Reservation{ID: uuid.New(), State: "held", ExpiresAt: now().Add(h.For)}
		_, err = tx.ExecContext(ctx, `INSERT INTO reservations (id, owner, idem_key, request, state, expires_at)
			VALUES ($1, $2, $3, $4, 'held', $5)`, made.ID.String(), h.Owner, h.Key, h.Request, millis(made.ExpiresAt))
		if err != nil {
			return err
		}
		for _, id := range ordered(h.Quantities) {
			line, err := holdLine(ctx, tx, id, h.Quantities[id], now)
			if err == nil && len(made.Lines) > 0 && made.Lines[0].Price.Currency != line.Price.Currency {
				err = &LineError{id, ErrCurrency}
			}
			if err != nil {
				return err
			}
			made.Lines = append(made.Lines, line)
		}
		if made.Total().Amount > MostTotal {
			return ErrTotal
		}
		return insertLines(ctx, tx, made)
	})
	if taken(err) { // two requests with one key at once: the other one made it
		return s.again(ctx, h, now())
	}
	return made, err
}

func (s *Store) again(ctx context.Context, h Hold, now time.Time) (Reservation, error) {
	var known Reservation
	err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
		known, err = byKey(ctx, tx, h, now)
		return err
	})
	return known, err
}

// byKey finds the reservation of an idempotency key.
func byKey(ctx context.Context, tx *sql.Tx, h Hold, now time.Time) (Reservation, error) {
	var id, request string
	err := tx.QueryRowContext(ctx, `SELECT id, request FROM reservations WHERE owner = $1 AND idem_key = $2`, h.Owner, h.Key).Scan(&id, &request)
	if err != nil {
		return Reservation{}, found(err)
	}
	if request != h.Request {
		return Reservation{}, ErrTaken
	}
	return read(ctx, tx, id, now)
}

// ordered returns the products in the order in which everybody locks them, so that nobody waits for ever.
func ordered(quantities map[uuid.UUID]int64) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(quantities))
	for id := range quantities {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return ids
}

// lockProduct keeps others from changing the stock of a product until the transaction ends.
func lockProduct(ctx context.Context, tx *sql.Tx, id string) error {
	return affected(tx.ExecContext(ctx, `UPDATE products SET stock = stock WHERE id = $1`, id))
}

func holdLine(ctx context.Context, tx *sql.Tx, id uuid.UUID, quantity int64, now func() time.Time) (Line, error) {
	if err := lockProduct(ctx, tx, id.String()); err != nil {
		if errors.Is(err, ErrNotFound) {
			return Line{}, &LineError{id, ErrNotFound}
		}
		return Line{}, err
	}
	p, err := scanProduct(tx.QueryRowContext(ctx, selectProduct+`WHERE p.id = $2`, millis(now()), id.String()))
	if err != nil {
		return Line{}, err
	}
	if p.Available < quantity {
		return Line{}, &LineError{id, ErrStock}
	}
	return Line{ProductID: id, Name: p.Name, Quantity: quantity, Price: p.Price}, nil
}

func insertLines(ctx context.Context, tx *sql.Tx, r Reservation) error {
	for i, l := range r.Lines {
		_, err := tx.ExecContext(ctx, `INSERT INTO reservation_lines (reservation_id, position, product_id, name, quantity, amount, currency, held_until)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.ID.String(), i, l.ProductID.String(), l.Name, l.Quantity, l.Price.Amount, l.Price.Currency, millis(r.ExpiresAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// Reservation finds a reservation of an owner; ErrNotFound when there is none.
func (s *Store) Reservation(ctx context.Context, id uuid.UUID, owner string, now time.Time) (Reservation, error) {
	var r Reservation
	err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
		if err = owned(ctx, tx, id, owner); err == nil {
			r, err = read(ctx, tx, id.String(), now)
		}
		return err
	})
	return r, err
}

func owned(ctx context.Context, tx *sql.Tx, id uuid.UUID, owner string) error {
	var one int
	return found(tx.QueryRowContext(ctx, `SELECT 1 FROM reservations WHERE id = $1 AND owner = $2`, id.String(), owner).Scan(&one))
}

func read(ctx context.Context, tx *sql.Tx, id string, now time.Time) (Reservation, error) {
	var r Reservation
	var expires int64
	err := tx.QueryRowContext(ctx, `SELECT state, expires_at FROM reservations WHERE id = $1`, id).Scan(&r.State, &expires)
	if err != nil {
		return r, found(err)
	}
	if r.ID, err = uuid.Parse(id); err != nil {
		return r, err
	}
	r.ExpiresAt = fromMillis(expires)
	if r.State == "held" && !r.ExpiresAt.After(now) {
		r.State = "expired"
	}
	rows, err := tx.QueryContext(ctx, `SELECT product_id, name, quantity, amount, currency FROM reservation_lines
		WHERE reservation_id = $1 ORDER BY position`, id)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	for rows.Next() {
		var l Line
		var product string
		if err := rows.Scan(&product, &l.Name, &l.Quantity, &l.Price.Amount, &l.Price.Currency); err != nil {
			return r, err
		}
		if l.ProductID, err = uuid.Parse(product); err != nil {
			return r, err
		}
		r.Lines = append(r.Lines, l)
	}
	return r, rows.Err()
}
