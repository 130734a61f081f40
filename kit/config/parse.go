package config

import (
	"errors"
	"fmt"
	"strings"
)

// Parse reads the environment through lookup (os.LookupEnv), then the flags in args up to the first argument that is
// none, and returns the arguments from there on. A flag is --name value or --name=value. An empty variable of the
// environment counts as absent. All faults are reported at once.
func (s *Set) Parse(args []string, lookup func(string) (string, bool)) (rest []string, err error) {
	var errs []error
	for _, v := range s.vars {
		if text, ok := lookup(v.name); ok && text != "" {
			v.value, v.from = text, "environment"
		}
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			rest = args
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append([]string{arg}, args...)
			break
		}
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch name {
		case "help", "h":
			return nil, ErrHelp
		case "print-config":
			s.print = true
			continue
		}
		v := s.find(name)
		if v == nil {
			errs = append(errs, s.unknown(name))
			continue
		}
		if !given {
			switch {
			case v.isBool:
				value = "true"
			case len(args) == 0:
				errs = append(errs, fmt.Errorf("flag %s has no value; write %[1]s=VALUE", flagName(v.name)))
				continue
			default:
				value, args = args[0], args[1:]
			}
		}
		v.value, v.from = value, "flag"
	}
	for _, v := range s.vars {
		if err := v.parse(v.value); err != nil {
			errs = append(errs, v.explain(err))
		}
	}
	return rest, errors.Join(errs...)
}

// explain names the variable, its value unless that is secret, and what to do.
func (v *variable) explain(err error) error {
	name := v.name
	if v.from == "flag" {
		name = flagName(v.name)
	}
	if v.secret {
		return fmt.Errorf("%s: the value %w", name, err)
	}
	return fmt.Errorf("%s: %q %w", name, hideCredentials(v.value), err)
}

// unknown is the fault of a flag that nobody declared, with the nearest that somebody did.
func (s *Set) unknown(name string) error {
	best, distance := "", len(name)/2+1
	for _, v := range s.vars {
		if d := edits(strings.ToLower(name), flagName(v.name)[2:]); d < distance {
			best, distance = flagName(v.name), d
		}
	}
	if best == "" {
		return fmt.Errorf("unknown flag %q; --help lists the flags", "--"+name)
	}
	return fmt.Errorf("unknown flag %q; did you mean %s?", "--"+name, best)
}

// edits is the Levenshtein distance of two short texts.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
