// Package config reads the configuration of a service: variables of the environment, and flags of the same name, which
// win. A service declares its variables on a Set, beside those of Config that every service has; what is declared is
// read, checked, explained by --help and shown by --print-config, secrets hidden. Files are left to the environment.
package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrHelp is what Parse returns for --help.
var ErrHelp = errors.New("help was asked for")

// Set is the variables of a program, in the order of their declaration.
type Set struct {
	program string
	vars    []*variable
	print   bool
}

// variable is one setting. parse stores a value or says what is wrong with it and how it is right.
type variable struct {
	name, usage string
	value       string // as text; the default until it is set
	from        string // "default", "environment" or "flag"
	secret      bool
	isBool      bool
	parse       func(text string) error
}

// NewSet is a set without variables. The program's name stands in the usage.
func NewSet(program string) *Set { return &Set{program: program} }

// Printing reports whether --print-config was given.
func (s *Set) Printing() bool { return s.print }

// Func declares a variable that parse reads. The name is that of the environment, in upper case; parse is called with
// the default, too, and its error says what is wrong with a value and what is right.
func (s *Set) Func(name, value, usage string, parse func(text string) error) {
	s.add(&variable{name: name, value: value, usage: usage, parse: parse})
}

// String declares a text.
func (s *Set) String(p *string, name, value, usage string) {
	s.Func(name, value, usage, func(text string) error { *p = text; return nil })
}

// Secret declares a text that is never shown. It has no default.
func (s *Set) Secret(p *string, name, usage string) {
	s.add(&variable{name: name, usage: usage, secret: true, parse: func(text string) error { *p = text; return nil }})
}

// Bool declares a claim; its flag needs no value.
func (s *Set) Bool(p *bool, name string, value bool, usage string) {
	s.add(&variable{name: name, value: strconv.FormatBool(value), usage: usage, isBool: true, parse: func(text string) error {
		v, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("is no truth value; use true or false")
		}
		*p = v
		return nil
	}})
}

// Int declares a whole number of at least low.
func (s *Set) Int(p *int, name string, value, low int, usage string) {
	s.Func(name, strconv.Itoa(value), usage, func(text string) error {
		v, err := strconv.Atoi(text)
		if err != nil || v < low {
			return fmt.Errorf("is no whole number from %d; use one, such as %d", low, max(value, low))
		}
		*p = v
		return nil
	})
}

// Bytes declares a size in bytes, which may be written with KiB, MiB or GiB.
func (s *Set) Bytes(p *int64, name, value, usage string) {
	s.Func(name, value, usage, func(text string) error {
		number, unit := strings.TrimSpace(text), int64(1)
		for _, u := range [...]struct {
			suffix string
			bytes  int64
		}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}} {
			if n, ok := strings.CutSuffix(number, u.suffix); ok {
				number, unit = strings.TrimSpace(n), u.bytes
				break
			}
		}
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil || v < 1 || v > (1<<62)/unit {
			return errors.New("is no size; use bytes, or a number with KiB, MiB or GiB, such as 1MiB")
		}
		*p = v * unit
		return nil
	})
}

// Duration declares a time span, which is never negative.
func (s *Set) Duration(p *time.Duration, name string, value time.Duration, usage string) {
	s.Func(name, value.String(), usage, func(text string) error {
		v, err := time.ParseDuration(text)
		if err != nil || v < 0 {
			return errors.New("is no time span; use a number with a unit, such as 500ms, 30s or 5m")
		}
		*p = v
		return nil
	})
}

// Choice declares one of several words, the first of which is the default.
func (s *Set) Choice(p *string, name, usage string, words ...string) {
	s.Func(name, words[0], usage+" ("+strings.Join(words, ", ")+")", func(text string) error {
		if !slices.Contains(words, strings.ToLower(text)) {
			return errors.New("is none of " + strings.Join(words, ", ") + "; choose one")
		}
		*p = strings.ToLower(text)
		return nil
	})
}

// List declares texts that are separated by commas; blanks around them don't count.
func (s *Set) List(p *[]string, name, value, usage string) {
	s.Func(name, value, usage, func(text string) error {
		*p = nil
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*p = append(*p, item)
			}
		}
		return nil
	})
}

// Address declares a network address to listen on, host:port.
func (s *Set) Address(p *string, name, value, usage string) {
	s.Func(name, value, usage, func(text string) error {
		_, port, err := net.SplitHostPort(text)
		if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
			return errors.New("is no address; use host:port with a port from 0 to 65535, such as :8080 or 127.0.0.1:9090")
		}
		*p = text
		return nil
	})
}

// add declares a variable; a later one of the same name takes the place of an earlier one, so that a service can
// redefine what it inherits.
func (s *Set) add(v *variable) {
	v.from = "default"
	if i := slices.IndexFunc(s.vars, func(o *variable) bool { return o.name == v.name }); i >= 0 {
		s.vars[i] = v
		return
	}
	s.vars = append(s.vars, v)
}

// find is the variable with that name, as it is written in flags or in the environment.
func (s *Set) find(name string) *variable {
	name = strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, v := range s.vars {
		if v.name == name {
			return v
		}
	}
	return nil
}

func flagName(name string) string { return "--" + strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// Print writes each variable with its value and where that comes from, in the form of a file for the environment.
func (s *Set) Print(w io.Writer) {
	for _, v := range s.vars {
		value := v.value
		switch {
		case v.secret && value != "":
			value = "(hidden)"
		default:
			value = hideCredentials(value)
		}
		if strings.ContainsAny(value, " \t\r\n\"'#$\\()") {
			value = strconv.Quote(value)
		}
		fmt.Fprintf(w, "%s=%s # %s\n", v.name, value, v.from)
	}
}

// hideCredentials cuts the user and password out of a URL.
func hideCredentials(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return text
	}
	authority, path, slash := strings.Cut(rest, "/")
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return text
	}
	out := scheme + "://(hidden)" + authority[at:]
	if slash {
		out += "/" + path
	}
	return out
}

// Usage writes what can be configured.
func (s *Set) Usage(w io.Writer) {
	fmt.Fprintf(w, "Usage: %s [flags] [command]\n\nEach flag may be set by the variable of the environment beside it; flags win.\n\n", s.program)
	for _, v := range s.vars {
		fmt.Fprintf(w, "  %s, %s", flagName(v.name), v.name)
		if v.value != "" && v.from == "default" {
			fmt.Fprintf(w, " (default %s)", v.value)
		}
		fmt.Fprintf(w, "\n        %s\n", v.usage)
	}
	fmt.Fprint(w, "  --print-config\n        show the configuration, secrets hidden, and exit\n  --help\n        show this and exit\n")
}
