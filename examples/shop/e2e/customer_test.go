package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

type object = map[string]any

// customer is a person who uses the shop.
type customer struct {
	*system
	email, token, refresh string
}

// answer is what a service said.
type answer struct {
	status int
	body   object
	header http.Header
}

// register registers a person and signs in.
func (s *system) register(email string) *customer {
	s.Helper()
	if email == "" {
		email = random(6) + "@example.com"
	}
	c := &customer{system: s, email: email}
	c.want(201, "POST", s.users.url+"/v1/registrations", object{"email": email, "password": "correct horse battery", "name": "Ada"})
	c.signIn()
	return c
}

func (c *customer) signIn() {
	c.Helper()
	tokens := c.want(200, "POST", c.users.url+"/v1/sign-in", object{"email": c.email, "password": "correct horse battery"}).body
	c.token, c.refresh = tokens["accessToken"].(string), tokens["refreshToken"].(string)
}

// send sends a request. Whatever is answered from 400 on must be a problem.
func (c *customer) send(method, url string, body any, header ...string) (answer, error) {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, url, reader)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := (&http.Client{Timeout: 40 * time.Second}).Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	got := answer{status: response.StatusCode, header: response.Header}
	if got.status == http.StatusNoContent {
		return got, nil
	}
	if err := json.Unmarshal(raw, &got.body); err != nil {
		c.Errorf("%s %s: %d with %q: %v", method, url, got.status, raw, err)
	}
	if got.status == http.StatusInternalServerError {
		c.Errorf("%s %s: %s", method, url, raw)
	}
	if got.status >= 400 && response.Header.Get("Content-Type") != "application/problem+json" {
		c.Errorf("%s %s: %d: %s", method, url, got.status, raw)
	}
	return got, nil
}

// want sends a request that must be answered with the status.
func (c *customer) want(status int, method, url string, body any, header ...string) answer {
	c.Helper()
	got, err := c.send(method, url, body, header...)
	if err != nil {
		c.Fatalf("%s %s: %v", method, url, err)
	}
	if got.status != status {
		c.Fatalf("%s %s: got %d, want %d: %v", method, url, got.status, status, got.body)
	}
	if status == http.StatusServiceUnavailable && got.header.Get("Retry-After") == "" {
		c.Errorf("%s %s: 503 without Retry-After", method, url)
	}
	return got
}

// shelf is a product with its stock.
type shelf struct {
	*customer
	id    string
	stock int
}

// introduce puts a product on the shelf.
func (s *system) introduce(name string, stock int) *shelf {
	s.Helper()
	m := s.register(maintainer)
	id := m.want(201, "POST", s.products.url+"/v2/products", object{
		"sku": "ABC-1", "name": name, "tags": []string{"kitchen"}, "stock": stock, "price": object{"amount": 1250, "currency": "EUR"},
	}).body["id"].(string)
	return &shelf{m, id, stock}
}

func (s *shelf) order(quantity int) object {
	return object{"basket": object{"lines": []object{{"productId": s.id, "quantity": quantity}}}, "method": object{"kind": "card", "token": "tok_visa"}}
}

func (c *customer) checkoutURL() string { return c.payments.url + "/v1/checkouts" }

// checkout sends the checkout of a piece and wants a status.
func (c *customer) checkout(s *shelf, key string, status int) answer {
	c.Helper()
	return c.want(status, "POST", c.checkoutURL(), s.order(1), "Idempotency-Key", key)
}

// patiently sends the checkout of a piece until it ends, as a client should that knows what Retry-After means.
func (c *customer) patiently(s *shelf, key string) (answer, error) {
	for end := time.Now().Add(45 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		got, err := c.send("POST", c.checkoutURL(), s.order(1), "Idempotency-Key", key)
		if err == nil && got.status != 503 && (got.status != 409 || got.header.Get("Retry-After") == "") {
			return got, nil
		}
	}
	return answer{}, fmt.Errorf("the checkout %s does not end", key)
}

// balance wants the pieces to be sold that were paid, the charges to stand that were not given back, and nothing to be
// held, before long.
func (s *shelf) balance(sold, standing, taken int) {
	s.Helper()
	s.products.eventually(20*time.Second, "balance", func() error {
		got, err := s.send("GET", s.products.url+"/v2/products/"+s.id, nil)
		if err != nil {
			return err
		}
		charges, made := s.provider.standing()
		if available := got.body["available"]; available != float64(s.stock-sold) || charges != standing || made != taken {
			return fmt.Errorf("%v of %d are available, %d of %d charges stand; want %d sold, and %d of %d to stand",
				available, s.stock, charges, made, sold, standing, taken)
		}
		return nil
	})
}

// receipts wants the customer to have so many before long: what was charged is confirmed, too.
func (c *customer) receipts(count int) {
	c.Helper()
	c.payments.eventually(20*time.Second, "have the receipts", func() error {
		got, err := c.send("GET", c.payments.url+"/v1/receipts", nil)
		if err != nil {
			return err
		}
		if found, _ := got.body["receipts"].([]any); len(found) != count {
			return fmt.Errorf("%d receipts, want %d", len(found), count)
		}
		return nil
	})
}
