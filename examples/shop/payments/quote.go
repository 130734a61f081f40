package payments

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	apiv1 "github.com/msgen/msgen/examples/shop/payments/api/v1"
	"github.com/msgen/msgen/examples/shop/payments/internal/clients/products"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/client"
	"github.com/msgen/msgen/examples/shop/payments/internal/kit/problem"
	serverv1 "github.com/msgen/msgen/examples/shop/payments/internal/server/v1"
)

// mostTotal is the largest amount that the contract has room for.
const mostTotal = 100_000_000_000

// Quote answers POST /quotes: What would this basket cost now?
func (v V1) Quote(ctx context.Context, req serverv1.QuoteRequest) (serverv1.QuoteResponse, error) {
	found, err := v.lookUp(ctx, req.Body)
	if err != nil {
		return nil, err
	}
	quote := apiv1.Quote{Lines: make([]apiv1.QuoteLinesItem, len(found))}
	for i, p := range found {
		quantity := req.Body.Lines[i].Quantity
		price := apiv1.Money{Amount: p.Price.Amount, Currency: apiv1.MoneyCurrency(p.Price.Currency)}
		quote.Lines[i] = apiv1.QuoteLinesItem{ProductID: p.ID, Name: p.Name, Quantity: quantity, Price: price}
		if i > 0 && price.Currency != quote.Total.Currency {
			return nil, lineProblem("the basket can't be paid at once", i, "its price is in another currency than that of the others")
		}
		quote.Total.Amount += price.Amount * int64(quantity)
		quote.Total.Currency = price.Currency
	}
	if quote.Total.Amount > mostTotal {
		return nil, problem.New(http.StatusConflict, "the basket costs too much to be paid at once; take things out")
	}
	return serverv1.Quote200{Body: quote}, nil
}

// lookUp asks products for the products of a basket, a few at a time.
func (s *Service) lookUp(ctx context.Context, basket apiv1.Basket) ([]products.Product, error) {
	found, faults := make([]products.Product, len(basket.Lines)), make([]error, len(basket.Lines))
	var wait sync.WaitGroup
	slots := make(chan struct{}, 8)
	for i, line := range basket.Lines {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			answer, err := s.products.ShowProductWithResponse(ctx, line.ProductID)
			if err == nil {
				var p *products.Product
				if p, err = client.Decoded(answer.JSON200, answer); err == nil {
					found[i] = *p
				}
			}
			faults[i] = err
		})
	}
	wait.Wait()
	for i, err := range faults {
		if answered(err, http.StatusNotFound) {
			return nil, lineProblem("the basket can't be had", i, "there is no such product")
		}
		if err != nil {
			s.refused(err)
			return nil, unavailable("products does not answer; ask again", err)
		}
	}
	return found, nil
}

func lineProblem(detail string, line int, fault string) error {
	return problem.New(http.StatusConflict, detail).
		With(problem.FieldError{Pointer: fmt.Sprintf("/lines/%d", line), Detail: fault})
}
