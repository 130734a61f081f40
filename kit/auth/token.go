package auth

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// devHint is the command that prints a development token.
func devHint(service string) string {
	if len(os.Args) > 0 && os.Args[0] != "" {
		service = filepath.Base(os.Args[0])
	}
	return service + " token"
}

// tokenOptions are the flags of the token command.
type tokenOptions struct {
	subject  string
	scope    string
	audience string
	ttl      time.Duration
	claims   map[string]any
}

// TokenCommand prints a token of the development issuer: the service's `token` subcommand. It works beside a running service
// that has AUTH_DEV=true, as both use the same key file. Scopes are those that the token grants unless --scope names others,
// by custom all that the contract knows. It returns the exit code: 0, or 2 when there is no token.
func TokenCommand(c Config, scopes []string, args []string, stdout, stderr io.Writer) int {
	o, err := parseTokenOptions(c, scopes, args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = printToken(c, o, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "token: %v\n", err)
		return 2
	}
	if !c.Dev {
		fmt.Fprintln(stderr, "note: the service accepts this token only while it runs with AUTH_DEV=true")
	}
	return 0
}

func parseTokenOptions(c Config, scopes []string, args []string, stderr io.Writer) (*tokenOptions, error) {
	audience := ""
	if len(c.Audience) > 0 {
		audience = c.Audience[0]
	} else {
		audience = c.withDefaults().Service
	}
	o := &tokenOptions{claims: map[string]any{}}
	f := flag.NewFlagSet("token", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.subject, "sub", "developer", "subject")
	f.StringVar(&o.scope, "scope", strings.Join(scopes, " "), "scopes, separated by spaces")
	f.StringVar(&o.audience, "audience", audience, "audience")
	f.DurationVar(&o.ttl, "ttl", time.Hour, "how long the token is valid")
	f.Func("claim", "a further claim as `name=value`, where the value may be JSON; may be given several times", func(s string) error {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return errors.New("write name=value")
		}
		var v any
		if json.Unmarshal([]byte(value), &v) != nil {
			v = value
		}
		o.claims[name] = v
		return nil
	})
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q: scopes with spaces need quotes", f.Arg(0))
	}
	if o.ttl <= 0 || o.ttl > 365*24*time.Hour {
		return nil, fmt.Errorf("--ttl %v is out of range: choose up to a year", o.ttl)
	}
	return o, nil
}

func printToken(c Config, o *tokenOptions, stdout io.Writer) error {
	if c.Issuer != "" {
		return errors.New("AUTH_ISSUER is set, and the development issuer can't be used next to a real one: unset AUTH_ISSUER, or " +
			"ask that issuer for a token")
	}
	key, err := OpenDevKey(c.DevKeyFile)
	if err != nil {
		return err
	}
	now := c.withDefaults().Now()
	claims := map[string]any{
		"iss": DevIssuer, "sub": o.subject, "aud": o.audience, "scope": o.scope,
		"iat": now.Unix(), "exp": now.Add(o.ttl).Unix(),
	}
	for name, value := range o.claims {
		claims[name] = value
	}
	token, err := key.Sign(claims)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, token)
	return err
}
