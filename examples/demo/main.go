// Command demo shows what msgen does, end to end, and fails when something does not happen as it says: it generates a
// service from a contract, writes one operation, starts it and calls it; then it starts the shop, buys something, and
// shows how a contract change that would break a caller is refused. It needs nothing but Go, and cleans up behind itself.
package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

//go:embed bookings/*.txt
var behaviour embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	started := time.Now()
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "msgen-demo")
	if err != nil {
		return err
	}
	d := &demo{ctx: ctx, root: root, work: work, msgen: filepath.Join(root, "bin", "msgen")}
	defer os.RemoveAll(work)
	defer d.stopAll()
	for _, part := range []func(*demo){bookings, shop, breakingChange} {
		if err := d.play(part); err != nil {
			return err
		}
	}
	fmt.Printf("\nDone in %s. Nothing is left running, and nothing was written but %s, which is gone.\n", time.Since(started).Round(time.Second), work)
	return nil
}

// bookings is a service from its contract to its end.
func bookings(d *demo) {
	d.title("A service from a contract")
	d.say("msgen writes a service from the small contract that it brings along; --spec takes yours.")
	d.command(d.work, "msgen", "new", "service", "bookings")
	dir := filepath.Join(d.work, "bookings")
	d.say("Two of its operations get their behaviour. Everything else is there already.")
	for _, name := range []string{"store", "request_booking", "show_booking"} {
		d.write(filepath.Join(dir, name+".go"), d.embedded("bookings/"+name+".go.txt"))
	}
	service := filepath.Join(dir, "bookings.go")
	d.replace(service, service, "\tconfig Config\n}", "\tconfig   Config\n\tbookings store\n}")
	d.command(dir, "go", "build", "-o", filepath.Join(d.work, "bookings.bin"), "./cmd/bookings")
	process := d.start("bookings", filepath.Join(d.work, "bookings.bin"), dir, "AUTH_DEV=true",
		"AUTH_DEV_KEY_FILE="+filepath.Join(d.work, "dev.key"))

	booking := `{"resource":"sauna","from":"2027-01-10T18:00:00Z","until":"2027-01-10T20:00:00Z"}`
	d.say("Without a token, before the body is even read:")
	d.call(process, "POST", "/v1/bookings", booking, 401)
	d.say("With a token of the development issuer:")
	d.token = d.output(dir, process.environment, filepath.Join(d.work, "bookings.bin"), "token")
	answer := d.call(process, "POST", "/v1/bookings", booking, 201)
	d.call(process, "GET", "/v1/bookings/"+text(answer, "id"), "", 200)
	d.say("A body that the schema does not allow, every fault with its place:")
	d.call(process, "POST", "/v1/bookings", `{"resource":"Sauna!","from":"tomorrow","until":"2027-01-10T20:00:00Z","colour":"red"}`, 422)
	d.say("An operation that nobody wrote yet:")
	d.call(process, "POST", "/v1/bookings/"+text(answer, "id")+"/confirmation", "", 501)
	d.say("SIGTERM: what is in flight is answered, then it ends with exit code 0.")
	d.stop(process)
}

// breakingChange refuses a change of a contract that breaks a caller.
func breakingChange(d *demo) {
	d.title("A change that would break a caller")
	contract := filepath.Join(d.root, "examples", "shop", "products", "api", "v2", "openapi.yaml")
	changed := filepath.Join(d.work, "openapi.yaml")
	d.say("In a copy of the products contract, a reservation may hold at most 5 lines instead of 50.")
	d.replace(contract, changed, "maxItems: 50", "maxItems: 5")
	d.refused(d.work, "msgen", "check-compat", contract, changed)
	d.say("The witness is a request that payments sends today. In CI the change stops here, with exit code 1.")
}
