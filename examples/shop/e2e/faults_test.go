package e2e

import (
	"syscall"
	"testing"
)

// TestPaymentsKilled kills payments between the reservation and the charge, and between the charge and its answer. The
// next process settles what was begun; the payer's retry ends in one charge.
func TestPaymentsKilled(t *testing.T) {
	onEach(t, func(s *system) {
		shelf, ada := s.introduce("Cup", 10), s.register("")
		paid := 0
		for _, when := range []string{"before the charge", "after the charge"} {
			for _, retried := range []bool{true, false} {
				key := random(16)
				killed := make(chan struct{})
				kill := func() { s.payments.kill(); close(killed) }
				if when == "before the charge" {
					s.provider.hooks(kill, nil)
				} else {
					s.provider.hooks(nil, kill)
				}
				if got, err := ada.send("POST", ada.checkoutURL(), shelf.order(1), "Idempotency-Key", key); err == nil {
					s.Fatalf("%s: the dead answered %v", when, got)
				}
				<-killed
				s.payments.restart()
				if retried {
					got, err := ada.patiently(shelf, key)
					if err != nil || got.status != 201 {
						s.Fatalf("%s: %v, %v", when, got, err)
					}
				}
				if retried || when == "after the charge" {
					paid++ // what was charged before the kill is confirmed by the recovery
				}
				shelf.balance(paid, paid, paid)
			}
		}
		ada.receipts(paid)
	})
}

// TestProductsAway stops products, so that it takes requests and does not answer, and kills it.
func TestProductsAway(t *testing.T) {
	onEach(t, func(s *system) {
		shelf, ada := s.introduce("Bowl", 10), s.register("")
		key := random(16)
		s.products.signal(syscall.SIGSTOP)
		ada.checkout(shelf, key, 503)
		ada.want(503, "POST", s.payments.url+"/v1/quotes", shelf.order(1)["basket"])
		if _, taken := s.provider.standing(); taken != 0 {
			s.Fatalf("%d charges without a reservation", taken)
		}
		s.products.signal(syscall.SIGCONT)
		if got, err := ada.patiently(shelf, key); err != nil || got.status != 201 {
			s.Fatalf("%v, %v", got, err)
		}
		shelf.balance(1, 1, 1)

		// It stops when the money is taken: the payment is confirmed when it is back, asked for or not.
		for i, retried := range []bool{true, false} {
			key := random(16)
			s.provider.hooks(nil, func() { s.products.kill() })
			ada.checkout(shelf, key, 503)
			s.products.restart()
			if retried {
				if got, err := ada.patiently(shelf, key); err != nil || got.status != 201 {
					s.Fatalf("%v, %v", got, err)
				}
			}
			shelf.balance(2+i, 2+i, 2+i)
			ada.receipts(2 + i)
		}

		// It stays away until nobody waits any more: nothing is charged, nothing stays reserved.
		s.products.kill()
		ada.checkout(shelf, random(16), 503)
		s.products.restart()
		shelf.balance(3, 3, 3)
	})
}

// TestUsersAway kills users: tokens are still verified, checkouts wait.
func TestUsersAway(t *testing.T) {
	onEach(t, func(s *system) {
		shelf, ada := s.introduce("Fork", 10), s.register("")
		key := random(16)
		s.users.kill()
		ada.checkout(shelf, key, 503)
		ada.want(200, "GET", s.payments.url+"/v1/receipts", nil)
		s.users.restart()
		if got, err := ada.patiently(shelf, key); err != nil || got.status != 201 {
			s.Fatalf("%v, %v", got, err)
		}
		shelf.balance(1, 1, 1)
		ada.want(204, "POST", s.users.url+"/v1/tokens/revoke", object{"refreshToken": ada.refresh})
		ada.checkout(shelf, random(16), 401) // the token is good, its session has ended
		shelf.balance(1, 1, 1)
	})
}
