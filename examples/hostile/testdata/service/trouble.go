package shop

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	apiv1 "example.com/shop/api/v1"
	"example.com/shop/internal/kit/server"
)

// orderID is the id of an order: "o-" and the quantity of the first item.
func orderID(order apiv1.NewOrder) string {
	return "o-" + strconv.FormatInt(order.Items[0].Quantity, 10)
}

// trouble does what a test asks for: panic, fail, sleep (heeding the context), stick (heeding nothing), or wait
// for the file GATE (heeding nothing, too).
func trouble(ctx context.Context, what string) error {
	name, argument, _ := strings.Cut(what, "=")
	switch name {
	case "panic":
		var products map[string]int
		products["secret-of-the-handler"]++
	case "fail":
		return errors.New("secret-of-the-handler: connection to 10.0.0.1 refused")
	case "sleep":
		d, err := time.ParseDuration(argument)
		if err != nil {
			return err
		}
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return ctx.Err()
		}
	case "stick":
		d, err := time.ParseDuration(argument)
		if err != nil {
			return err
		}
		time.Sleep(d)
	case "wait":
		for _, err := os.Stat(os.Getenv("GATE")); err != nil; _, err = os.Stat(os.Getenv("GATE")) {
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// WithTrouble adds a path that is no operation: a handler that panics when a part of its answer has left.
func WithTrouble(a server.App, err error) (server.App, error) {
	next := a.Handler
	a.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/half-an-answer" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("half of an answer"))
		_ = http.NewResponseController(w).Flush()
		panic("secret-of-the-handler")
	})
	return a, err
}
