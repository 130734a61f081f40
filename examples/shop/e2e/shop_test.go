package e2e

import (
	"fmt"
	"net/url"
	"testing"
)

// TestShop is what a customer does: register, sign in, search, ask for a quote, check out, do so again, get the money back.
func TestShop(t *testing.T) {
	onEach(t, func(s *system) {
		shelf := s.introduce("Teapot", 5)
		ada := s.register("")
		page := ada.want(200, "GET", s.products.url+"/v2/products?tag=kitchen&q="+url.QueryEscape("tea"), nil).body
		if found := page["products"].([]any); len(found) != 1 || found[0].(object)["id"] != shelf.id {
			s.Fatalf("found %v", page)
		}
		order := shelf.order(2)
		quote := ada.want(200, "POST", s.payments.url+"/v1/quotes", order["basket"]).body
		order["expectedTotal"] = quote["total"]
		key := random(16)
		first := ada.want(201, "POST", ada.checkoutURL(), order, "Idempotency-Key", key)
		again := ada.want(201, "POST", ada.checkoutURL(), order, "Idempotency-Key", key)
		if fmt.Sprint(first.body) != fmt.Sprint(again.body) {
			s.Errorf("got %v and %v", first.body, again.body)
		}
		if billed := first.body["billedTo"].(object); billed["email"] != ada.email {
			s.Errorf("billed to %v", billed)
		}
		shelf.balance(2, 1, 1)
		ada.want(409, "POST", ada.checkoutURL(), shelf.order(4), "Idempotency-Key", random(16))
		declined := shelf.order(1)
		declined["method"] = object{"kind": "card", "token": "tok_declined"}
		ada.want(402, "POST", ada.checkoutURL(), declined, "Idempotency-Key", random(16))
		shelf.balance(2, 1, 1)

		receipt := s.payments.url + first.header.Get("Location")
		for range 2 {
			if got := ada.want(200, "POST", receipt+"/refund", object{"reason": "It leaks"}).body; got["state"] != "refunded" {
				s.Errorf("got %v", got)
			}
		}
		shelf.balance(0, 0, 1) // what was sold is on the shelf again
		eve := s.register("")
		eve.want(404, "GET", receipt, nil)
		if got := ada.want(200, "GET", s.payments.url+"/v1/receipts", nil).body["receipts"].([]any); len(got) != 1 {
			s.Errorf("got %v", got)
		}
		eve.want(403, "POST", s.products.url+"/v2/products", object{"sku": "ABC-2", "name": "x", "price": object{"amount": 1, "currency": "EUR"}})
	})
}
