// Package jx serves the contract as somebody writes it by hand who cares for speed: go-faster/jx decodes, validation is
// written out beside it, net/http routes. Tokens are verified by the same verifier as in the other servers.
package jx

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/go-faster/jx"
	"github.com/google/uuid"

	"bench.test/shop/internal/kit/auth"
)

type address struct{ street, city, zip, country string }

type customer struct {
	name, email string
	phone       *string
	address     address
}

type item struct {
	sku      string
	quantity int
	price    float64
	gift     *bool
}

type payment struct{ kind, token, iban string }

type order struct {
	customer customer
	items    []item
	payment  payment
	note     *string
	labels   map[string]string
}

type product struct {
	id                uuid.UUID
	name, description string
	price             float64
	tags              []string
	stock             int
}

var (
	zip  = regexp.MustCompile(`^[0-9]{5}$`)
	sku  = regexp.MustCompile(`^[A-Z]{3}-[0-9]+$`)
	iban = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
)

var errInvalid = errors.New("invalid")

func text(d *jx.Decoder, low, high int) (string, error) {
	s, err := d.Str()
	if n := utf8.RuneCountInString(s); err == nil && (n < low || n > high) {
		err = errInvalid
	}
	return s, err
}

// members reads an object, refuses repeated and undeclared members, and wants the first n of the names.
func members(d *jx.Decoder, names []string, n int, read func(i int) error) error {
	seen := 0
	err := d.ObjBytes(func(_ *jx.Decoder, key []byte) error {
		for i, name := range names {
			if string(key) == name {
				if seen&(1<<i) != 0 {
					return errInvalid
				}
				seen |= 1 << i
				return read(i)
			}
		}
		return errInvalid
	})
	if err == nil && seen&(1<<n-1) != 1<<n-1 {
		err = errInvalid
	}
	return err
}

var (
	addressNames  = []string{"street", "city", "zip", "country"}
	customerNames = []string{"name", "email", "address", "phone"}
	itemNames     = []string{"sku", "quantity", "price", "gift"}
	orderNames    = []string{"customer", "items", "payment", "note", "labels"}
	paymentNames  = []string{"kind", "token", "iban"}
)

func (a *address) decode(d *jx.Decoder) error {
	return members(d, addressNames, 4, func(i int) (err error) {
		switch i {
		case 0:
			a.street, err = text(d, 1, 200)
		case 1:
			a.city, err = text(d, 1, 100)
		case 2:
			if a.zip, err = d.Str(); err == nil && !zip.MatchString(a.zip) {
				err = errInvalid
			}
		case 3:
			a.country, err = d.Str()
			switch a.country {
			case "DE", "FR", "GB", "US":
			default:
				err = errInvalid
			}
		}
		return err
	})
}

func nullableText(d *jx.Decoder, high int) (*string, error) {
	if d.Next() == jx.Null {
		return nil, d.Null()
	}
	s, err := text(d, 0, high)
	return &s, err
}

func (c *customer) decode(d *jx.Decoder) error {
	return members(d, customerNames, 3, func(i int) (err error) {
		switch i {
		case 0:
			c.name, err = text(d, 1, 100)
		case 1:
			c.email, err = text(d, 0, 254)
		case 2:
			err = c.address.decode(d)
		case 3:
			c.phone, err = nullableText(d, 30)
		}
		return err
	})
}

func (t *item) decode(d *jx.Decoder) error {
	return members(d, itemNames, 3, func(i int) (err error) {
		switch i {
		case 0:
			if t.sku, err = text(d, 0, 20); err == nil && !sku.MatchString(t.sku) {
				err = errInvalid
			}
		case 1:
			if t.quantity, err = d.Int(); err == nil && (t.quantity < 1 || t.quantity > 100) {
				err = errInvalid
			}
		case 2:
			if t.price, err = d.Float64(); err == nil && t.price < 0 {
				err = errInvalid
			}
		case 3:
			var gift bool
			gift, err = d.Bool()
			t.gift = &gift
		}
		return err
	})
}

func (p *payment) decode(d *jx.Decoder) error {
	err := members(d, paymentNames, 1, func(i int) (err error) {
		switch i {
		case 0:
			p.kind, err = d.Str()
		case 1:
			p.token, err = text(d, 4, 100)
		case 2:
			if p.iban, err = d.Str(); err == nil && !iban.MatchString(p.iban) {
				err = errInvalid
			}
		}
		return err
	})
	if err == nil && (p.kind != "card" || p.token == "" || p.iban != "") && (p.kind != "transfer" || p.iban == "" || p.token != "") {
		err = errInvalid
	}
	return err
}

func (o *order) decode(d *jx.Decoder) error {
	return members(d, orderNames, 3, func(i int) (err error) {
		switch i {
		case 0:
			err = o.customer.decode(d)
		case 1:
			err = d.Arr(func(d *jx.Decoder) error {
				o.items = append(o.items, item{})
				return o.items[len(o.items)-1].decode(d)
			})
			if err == nil && (len(o.items) == 0 || len(o.items) > 100) {
				err = errInvalid
			}
		case 2:
			err = o.payment.decode(d)
		case 3:
			o.note, err = nullableText(d, 500)
		case 4:
			o.labels = map[string]string{}
			err = d.Obj(func(d *jx.Decoder, key string) (err error) {
				if _, repeated := o.labels[key]; repeated || len(o.labels) == 20 {
					return errInvalid
				}
				o.labels[key], err = text(d, 0, 100)
				return err
			})
		}
		return err
	})
}

func (p *product) encode(e *jx.Encoder) {
	e.ObjStart()
	e.FieldStart("id")
	e.Str(p.id.String())
	e.FieldStart("name")
	e.Str(p.name)
	e.FieldStart("description")
	e.Str(p.description)
	e.FieldStart("price")
	e.Float64(p.price)
	e.FieldStart("tags")
	e.ArrStart()
	for _, tag := range p.tags {
		e.Str(tag)
	}
	e.ArrEnd()
	e.FieldStart("stock")
	e.Int(p.stock)
	e.ObjEnd()
}

type server struct {
	auth      *auth.Authenticator
	catalogue []product
}

func (s *server) protected(scope string, next http.HandlerFunc) http.HandlerFunc {
	requirement := auth.Requirements{{{Scheme: "bearer", Scopes: []string{scope}}}}
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, err := s.auth.Authenticate(r, requirement)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		next(w, r.WithContext(ctx))
	}
}

func write(w http.ResponseWriter, status int, encode func(*jx.Encoder)) {
	e := jx.GetEncoder()
	defer jx.PutEncoder(e)
	encode(e)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(e.Bytes())
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit := 20
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			http.Error(w, "limit", http.StatusUnprocessableEntity)
			return
		}
		limit = n
	}
	for _, tag := range q["tag"] {
		if utf8.RuneCountInString(tag) > 30 || len(q["tag"]) > 10 {
			http.Error(w, "tag", http.StatusUnprocessableEntity)
			return
		}
	}
	write(w, http.StatusOK, func(e *jx.Encoder) {
		e.ArrStart()
		for i := range s.catalogue[:limit] {
			s.catalogue[i].encode(e)
		}
		e.ArrEnd()
	})
}

func (s *server) get(w http.ResponseWriter, r *http.Request) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		http.Error(w, "id", http.StatusUnprocessableEntity)
		return
	}
	write(w, http.StatusOK, s.catalogue[id[15]%100].encode)
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	d := jx.GetDecoder()
	defer jx.PutDecoder(d)
	d.ResetBytes(raw)
	var o order
	if err := o.decode(d); err != nil {
		http.Error(w, fmt.Sprint(err), http.StatusUnprocessableEntity)
		return
	}
	total := 0.0
	for _, item := range o.items {
		total += item.price * float64(item.quantity)
	}
	write(w, http.StatusCreated, func(e *jx.Encoder) {
		e.ObjStart()
		e.FieldStart("id")
		e.Str(uuid.UUID{1}.String())
		e.FieldStart("total")
		e.Float64(total)
		e.FieldStart("items")
		e.Int(len(o.items))
		e.ObjEnd()
	})
}

// New returns the server.
func New(a *auth.Authenticator) http.Handler {
	s := &server{auth: a}
	for i := range 100 {
		s.catalogue = append(s.catalogue, product{
			id: uuid.UUID{15: byte(i)}, name: "Product with a name", price: 12.5 + float64(i), tags: []string{"home", "garden", "sale"}, stock: i,
			description: "A thing of beauty that is a joy for ever, in three colours and with free returns.",
		})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/products", s.protected("products.read", s.list))
	mux.HandleFunc("GET /v1/products/{id}", s.protected("products.read", s.get))
	mux.HandleFunc("POST /v1/orders", s.protected("orders.write", s.create))
	return mux
}
