package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/msgen/msgen/kit/config"
)

// Configuration is the configuration of a service: config.Config, or a struct that embeds it and declares more.
type Configuration interface {
	Register(*config.Set)
	Base() *config.Config
}

// Command is a command beside serving, such as token.
type Command struct {
	Name, Usage string
	Run         func(ctx context.Context, args []string, stdout io.Writer) error
}

// Program is a service as a process.
type Program struct {
	Name    string
	Version string
	Config  Configuration // filled before Start and Commands run
	// Start builds the service. It should not wait for what may come later; Check says when that is there.
	Start    func(ctx context.Context, log *slog.Logger) (App, error)
	Commands []Command
}

// Main runs the program with the arguments and the environment of the process. The result is its exit code.
func (p Program) Main() int {
	return p.Run(context.Background(), os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
}

// Run parses the configuration and serves, or runs the command that args name: healthcheck, or one of p. Logs go to
// stdout, and what ends the program early to stderr, too. The result is 0 for success, 1 for failure and 2 for wrong usage.
func (p Program) Run(ctx context.Context, args []string, lookup func(string) (string, bool), stdout, stderr io.Writer) int {
	set := config.NewSet(p.Name)
	p.Config.Register(set)
	rest, err := set.Parse(args, lookup)
	switch {
	case errors.Is(err, config.ErrHelp):
		p.usage(set, stdout)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "%s: the configuration is wrong:\n%v\n", p.Name, err)
		return 2
	case set.Printing():
		set.Print(stdout)
		return 0
	case len(rest) > 0:
		return p.command(ctx, rest, stdout, stderr)
	}
	log, flush := NewLogger(stdout, p.Config.Base().LogLevel)
	defer flush()
	log = log.With("service", p.Name, "version", p.Version)
	if err := p.serve(ctx, log); err != nil {
		log.Error("exiting", "error", err.Error())
		fmt.Fprintf(stderr, "%s: %v\n", p.Name, err)
		return 1
	}
	return 0
}

func (p Program) serve(ctx context.Context, log *slog.Logger) error {
	app, err := p.Start(ctx, log)
	if err != nil {
		return err
	}
	if app.Docs.Title == "" {
		app.Docs.Title = p.Name
	}
	return Run(ctx, *p.Config.Base(), app, log)
}

// command runs the command that args begin with.
func (p Program) command(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	for _, c := range p.commands() {
		if c.Name != args[0] {
			continue
		}
		if err := c.Run(ctx, args[1:], stdout); err != nil {
			fmt.Fprintf(stderr, "%s %s: %v\n", p.Name, c.Name, err)
			return 1
		}
		return 0
	}
	fmt.Fprintf(stderr, "%s: unknown command %q; --help lists the commands\n", p.Name, args[0])
	return 2
}

func (p Program) commands() []Command {
	return append([]Command{
		{Name: "healthcheck", Usage: "ask /livez (or with the argument ready: /readyz) of the running service; exit 0 when it is fine",
			Run: func(ctx context.Context, args []string, _ io.Writer) error {
				return Healthcheck(ctx, p.Config.Base().AdminAddr, len(args) > 0 && args[0] == "ready")
			}},
		{Name: "version", Usage: "show the version", Run: func(_ context.Context, _ []string, stdout io.Writer) error {
			_, err := fmt.Fprintf(stdout, "%s %s\n", p.Name, p.Version)
			return err
		}},
	}, p.Commands...)
}

func (p Program) usage(set *config.Set, w io.Writer) {
	set.Usage(w)
	fmt.Fprint(w, "\nCommands:\n")
	for _, c := range p.commands() {
		fmt.Fprintf(w, "  %s\n        %s\n", c.Name, c.Usage)
	}
}

// Healthcheck asks the private port at addr, as it was configured, for /livez or /readyz.
func Healthcheck(ctx context.Context, addr string, ready bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("ADMIN_ADDR: %q is no address; use host:port", addr)
	}
	// An image made from scratch may know no localhost.
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.To4() != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	} else if ip != nil && ip.IsUnspecified() {
		host = "::1"
	}
	path := "/livez"
	if ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: this is the same machine
	resp, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("the service doesn't answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // what came says enough
		return fmt.Errorf("%s answers %d: %s", path, resp.StatusCode, text)
	}
	return nil
}
