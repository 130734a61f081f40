package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// State is how far a checkout has come. Each state is recorded before the call to another service that it names.
type State string

// The states of a checkout, in the order in which it passes them.
const (
	Reserving State = "reserving" // products is asked to hold the stock
	Reserved  State = "reserved"  // the stock is held, nothing is charged
	Charging  State = "charging"  // the charger is asked for the money
	Charged   State = "charged"   // the money is there, products is asked to confirm
	Paid      State = "paid"

	Abandoning State = "abandoning" // nobody waits for it any more: what may be held is released
	Abandoned  State = "abandoned"  // nothing is charged, nothing held; the same key starts again
	Releasing  State = "releasing"  // it failed: the stock is released
	Returning  State = "returning"  // it failed after it was charged: the money is given back
	Failed     State = "failed"

	RefundAsked State = "refund-asked" // the payer wants the money back
	Restocking  State = "restocking"   // the money is given back, products is asked to take back what was sold
	Refunded    State = "refunded"
)

// Final tells whether nothing is left to be done.
func (s State) Final() bool {
	switch s {
	case Paid, Abandoned, Failed, Refunded:
		return true
	}
	return false
}

// Money is an amount in the smallest unit of a currency.
type Money struct {
	Amount   int64
	Currency string
}

// Line is a product of a checkout, at the price when it was reserved.
type Line struct {
	ProductID uuid.UUID
	Name      string
	Quantity  int32
	Price     Money
}

// Item is a product that somebody wants.
type Item struct {
	ProductID uuid.UUID
	Quantity  int32
}

// Fault is one thing that was wrong.
type Fault struct{ Pointer, Detail string }

// Failure is why a checkout failed: what every request with its key is answered.
type Failure struct {
	Status int
	Detail string
	Faults []Fault `json:",omitempty"`
}

// Checkout is one wish to pay, named by its payer and key.
type Checkout struct {
	ID                  uuid.UUID
	Payer, Key, Request string
	State               State
	PaidAt              time.Time // zero when it is not paid
	Record

	lease string // that was got by Lease
}

// Record is what is known of a checkout beside its state.
type Record struct {
	Name, Email  string // of the payer
	Items        []Item
	Expected     *Money `json:",omitempty"` // the total that the payer agreed to
	Method       string `json:",omitempty"` // forgotten when the checkout is finished
	Attempt      int    // counts how often an abandoned checkout was started again
	StartedAt    time.Time
	Reservation  string    `json:",omitempty"`
	HeldUntil    time.Time // when the reservation expires
	Lines        []Line    `json:",omitempty"`
	Total        Money     // of the lines
	Failure      *Failure  `json:",omitempty"`
	RefundReason string    `json:",omitempty"`
	RefundedAt   time.Time // zero when the money was not given back
	Tries        int       // of the recovery, since the last step that succeeded
}

// Begin records a checkout before anything is done for it. It returns the one that the payer and key name, which may be
// an older one.
func (s *Store) Begin(ctx context.Context, c Checkout, due time.Time) (Checkout, error) {
	record, err := json.Marshal(c.Record)
	if err != nil {
		return c, err
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO checkouts (id, payer, idem_key, request, state, record, lease, lease_until, due, paid_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, 0) ON CONFLICT (payer, idem_key) DO NOTHING`,
		c.ID.String(), c.Payer, c.Key, c.Request, string(c.State), string(record), millis(due))
	if err != nil {
		return c, err
	}
	return s.ByKey(ctx, c.Payer, c.Key)
}

const selectCheckout = `SELECT id, payer, idem_key, request, state, record, paid_at, lease FROM checkouts `

func scan(row interface{ Scan(...any) error }) (Checkout, error) {
	var c Checkout
	var id, record string
	var paid int64
	if err := row.Scan(&id, &c.Payer, &c.Key, &c.Request, &c.State, &record, &paid, &c.lease); err != nil {
		return c, found(err)
	}
	if paid > 0 {
		c.PaidAt = fromMillis(paid)
	}
	var err error
	if c.ID, err = uuid.Parse(id); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(record), &c.Record)
}

// ByKey finds the checkout of a payer by its idempotency key; ErrNotFound when there is none.
func (s *Store) ByKey(ctx context.Context, payer, key string) (Checkout, error) {
	return scan(s.db.QueryRowContext(ctx, selectCheckout+`WHERE payer = $1 AND idem_key = $2`, payer, key))
}

// Lease makes the caller the only one to work on a checkout until the given time. It returns false, with the checkout as
// it stands, while somebody else is.
func (s *Store) Lease(ctx context.Context, id uuid.UUID, now, until time.Time) (c Checkout, leased bool, err error) {
	token := uuid.NewString()
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE checkouts SET lease = $1, lease_until = CAST($2 AS BIGINT),
			due = CASE WHEN due = 0 THEN 0 ELSE CAST($2 AS BIGINT) END
			WHERE id = $3 AND lease_until <= $4`, token, millis(until), id.String(), millis(now))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		leased = n == 1
		c, err = scan(tx.QueryRowContext(ctx, selectCheckout+`WHERE id = $1`, id.String()))
		return err
	})
	return c, leased && err == nil, err
}

// Save records a step of a checkout that the caller has leased, and extends the lease. ErrLost when the lease was lost.
func (s *Store) Save(ctx context.Context, c *Checkout, until time.Time) error {
	return s.update(ctx, c, until, until)
}

// Return ends the lease. The recovery looks at the checkout at the time due, unless it is finished.
func (s *Store) Return(ctx context.Context, c *Checkout, due time.Time) error {
	return s.update(ctx, c, time.Time{}, due)
}

func (s *Store) update(ctx context.Context, c *Checkout, until, due time.Time) error {
	known := c.Record
	if c.State.Final() {
		known.Method = ""
	}
	record, err := json.Marshal(known)
	if err != nil {
		return err
	}
	dueAt, paid := millis(due), int64(0)
	if c.State.Final() {
		dueAt = 0
	}
	if !c.PaidAt.IsZero() {
		paid = millis(c.PaidAt)
	}
	leaseUntil := int64(0)
	if !until.IsZero() {
		leaseUntil = millis(until)
	}
	result, err := s.db.ExecContext(ctx, `UPDATE checkouts SET state = $1, record = $2, lease_until = $3, due = $4, paid_at = $5
		WHERE id = $6 AND lease = $7`, string(c.State), string(record), leaseUntil, dueAt, paid, c.ID.String(), c.lease)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return ErrLost
}

// Due lists unfinished checkouts that nobody works on and that it is time to look at.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]uuid.UUID, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id FROM checkouts WHERE due > 0 AND due <= $1 AND lease_until <= $1 ORDER BY due LIMIT $2`,
		millis(now), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []uuid.UUID
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Receipt finds a checkout of a payer that was paid; ErrNotFound when there is none.
func (s *Store) Receipt(ctx context.Context, id uuid.UUID, payer string) (Checkout, error) {
	return scan(s.read.QueryRowContext(ctx, selectCheckout+`WHERE id = $1 AND payer = $2 AND paid_at > 0`, id.String(), payer))
}

// Receipts lists what a payer paid, the newest first, after the given place.
func (s *Store) Receipts(ctx context.Context, payer string, before time.Time, beforeID string, limit int) ([]Checkout, error) {
	rows, err := s.read.QueryContext(ctx, selectCheckout+`WHERE payer = $1 AND paid_at > 0
		AND (paid_at, id) < ($2, $3) ORDER BY paid_at DESC, id DESC LIMIT $4`,
		payer, millis(before), beforeID, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var receipts []Checkout
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, c)
	}
	return receipts, rows.Err()
}

// SimulateCharge makes a charge in the given state unless the key has one, and returns the state of the one that it has.
func (s *Store) SimulateCharge(ctx context.Context, key, state string, m Money) (string, error) {
	_, err := s.db.ExecContext(ctx, `INSERT INTO simulated_charges (charge_key, state, amount, currency) VALUES ($1, $2, $3, $4)
		ON CONFLICT (charge_key) DO NOTHING`, key, state, m.Amount, m.Currency)
	if err != nil {
		return "", err
	}
	var now string
	err = s.db.QueryRowContext(ctx, `SELECT state FROM simulated_charges WHERE charge_key = $1`, key).Scan(&now)
	return now, err
}

// SimulateRefund marks a charge as refunded.
func (s *Store) SimulateRefund(ctx context.Context, key string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE simulated_charges SET state = 'refunded' WHERE charge_key = $1 AND state = 'charged'`, key)
	return err
}
