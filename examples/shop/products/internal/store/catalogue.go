package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Money is an amount in the smallest unit of a currency.
type Money struct {
	Amount   int64
	Currency string
}

// Product is something that the shop sells.
type Product struct {
	ID                     uuid.UUID
	SKU, Name, Description string
	Tags                   []string
	Price                  Money
	Available              int64 // stock that nobody holds; when adding, the stock
}

// AddProduct adds a product with its stock; ErrTaken when another one has the SKU.
func (s *Store) AddProduct(ctx context.Context, p Product) error {
	if err := storable(p.Name, p.Description); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO products (id, sku, name, description, words, tags, amount, currency, stock)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID.String(), p.SKU, p.Name, p.Description, strings.ToLower(p.Name+" "+p.Description), joinTags(p.Tags),
		p.Price.Amount, p.Price.Currency, p.Available)
	if taken(err) {
		return ErrTaken
	}
	return err
}

func joinTags(tags []string) string {
	if len(tags) == 0 {
		return ","
	}
	return "," + strings.Join(tags, ",") + ","
}

func splitTags(text string) []string {
	text = strings.Trim(text, ",")
	if text == "" {
		return []string{}
	}
	return strings.Split(text, ",")
}

// available is the stock of the product p that nobody holds at the time $1.
const available = `p.stock - COALESCE((SELECT SUM(l.quantity) FROM reservation_lines l
	WHERE l.product_id = p.id AND l.held_until > $1), 0)`

const selectProduct = `SELECT p.id, p.sku, p.name, p.description, p.tags, p.amount, p.currency, ` + available + ` FROM products p `

// Product finds a product; ErrNotFound when there is none.
func (s *Store) Product(ctx context.Context, id uuid.UUID, now time.Time) (Product, error) {
	return scanProduct(s.read.QueryRowContext(ctx, selectProduct+`WHERE p.id = $2`, millis(now), id.String()))
}

func scanProduct(row interface{ Scan(...any) error }) (Product, error) {
	var p Product
	var id, tags string
	err := row.Scan(&id, &p.SKU, &p.Name, &p.Description, &tags, &p.Price.Amount, &p.Price.Currency, &p.Available)
	if err != nil {
		return Product{}, found(err)
	}
	p.ID, err = uuid.Parse(id)
	p.Tags = splitTags(tags)
	return p, err
}

// Query says which products to search.
type Query struct {
	Words     []string // all of them in the name or description, without regard to case
	Tags      []string // all of them
	InStock   bool
	AfterName string // the page after this product; empty for the first page
	AfterID   string
	Skip      int
	Limit     int
}

// Search returns a page of products by name. It reads the catalogue in that order until the page is full, and looks into
// every text on the way: beyond some ten thousand products, words want an index of their own (FTS5, tsvector).
func (s *Store) Search(ctx context.Context, q Query, now time.Time) ([]Product, error) {
	if err := storable(append(q.Words, q.AfterName)...); err != nil {
		return nil, err
	}
	where, args := []string{"1 = 1"}, []any{millis(now)}
	arg := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	for _, word := range q.Words {
		where = append(where, `p.words LIKE `+arg("%"+escapeLike(strings.ToLower(word))+"%")+` ESCAPE '\'`)
	}
	for _, tag := range q.Tags {
		where = append(where, `p.tags LIKE `+arg("%,"+escapeLike(tag)+",%")+` ESCAPE '\'`)
	}
	if q.AfterID != "" {
		where = append(where, `(p.name, p.id) > (`+arg(q.AfterName)+`, `+arg(q.AfterID)+`)`)
	}
	if q.InStock {
		where = append(where, available+` > 0`)
	}
	query := selectProduct + `WHERE ` + strings.Join(where, " AND ") + ` ORDER BY p.name, p.id LIMIT ` + arg(q.Limit) + ` OFFSET ` + arg(q.Skip)
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	products := make([]Product, 0, q.Limit)
	for rows.Next() {
		p, err := scanProduct(rows)
		if err != nil {
			return nil, err
		}
		products = append(products, p)
	}
	return products, rows.Err()
}

func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// ChangePrice changes the price of a product; reservations keep theirs. ErrNotFound when there is none.
func (s *Store) ChangePrice(ctx context.Context, id uuid.UUID, price Money) error {
	return affected(s.db.ExecContext(ctx, `UPDATE products SET amount = $1, currency = $2 WHERE id = $3`,
		price.Amount, price.Currency, id.String()))
}

// Delivery is what arrived of a product. The same Owner and Key deliver once; without a Key, each time.
type Delivery struct {
	Owner, Key string
	ProductID  uuid.UUID
	Quantity   int64
}

// Receive adds to the stock of a product; ErrNotFound when there is none, ErrTaken when the key was used for another
// delivery.
func (s *Store) Receive(ctx context.Context, d Delivery) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if d.Key != "" {
			known, err := received(ctx, tx, d)
			if known || err != nil {
				return err
			}
		}
		return affected(tx.ExecContext(ctx, `UPDATE products SET stock = stock + $1 WHERE id = $2`, d.Quantity, d.ProductID.String()))
	})
}

// received remembers a delivery by its key, or tells that it was known.
func received(ctx context.Context, tx *sql.Tx, d Delivery) (bool, error) {
	request := d.ProductID.String() + " " + strconv.FormatInt(d.Quantity, 10)
	err := affected(tx.ExecContext(ctx, `INSERT INTO deliveries (owner, idem_key, request) VALUES ($1, $2, $3)
		ON CONFLICT (owner, idem_key) DO NOTHING`, d.Owner, d.Key, request))
	if !errors.Is(err, ErrNotFound) {
		return false, err
	}
	var before string
	err = tx.QueryRowContext(ctx, `SELECT request FROM deliveries WHERE owner = $1 AND idem_key = $2`, d.Owner, d.Key).Scan(&before)
	if err == nil && before != request {
		err = ErrTaken
	}
	return true, err
}

func affected(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
