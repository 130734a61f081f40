package compile

import (
	"regexp"
	"strconv"
	"strings"
)

// matchesName tells whether a pattern is found in a name.
func matchesName(pattern, name string) (bool, error) {
	list, err := RE2(pattern)
	if err != nil {
		t, err := tableOf(pattern)
		return err == nil && t.match(name), err
	}
	for _, c := range list {
		if regexp.MustCompile(c.Source).MatchString(name) == c.Negated {
			return false, nil
		}
	}
	return true, nil
}

// tableOf returns a pattern as a deterministic automaton.
func tableOf(pattern string) (*table, error) {
	r, err := parseRegex(pattern)
	if err != nil {
		return nil, err
	}
	return tabled(r, maxWork)
}

func tabled(r *regex, work int) (*table, error) {
	m, err := assemble(r)
	if err != nil {
		return nil, err
	}
	return determined(m, work)
}

// pattern returns the name of a function that tells whether the pattern is found in a text; it is empty when the
// pattern is left out.
func (u *Unit) pattern(location, pattern string) (string, error) {
	if name, known := u.patterns[pattern]; known {
		return name, nil
	}
	test, err := "", u.unmatched[pattern]
	if err == nil {
		test, err = u.test(pattern)
	}
	if err != nil {
		u.unmatched[pattern] = err // which may have taken long to find out
		fault := &PatternError{location, pattern, err.Error()}
		if u.options.SkipPatterns {
			u.warn(fault)
			return "", nil
		}
		return "", fault
	}
	name, ok := strings.CutSuffix(test, "(text)")
	if !ok || !isName(name) {
		name = u.matcher("matches", "return "+test+"\n")
	}
	u.patterns[pattern] = name
	return name, nil
}

func (u *Unit) test(pattern string) (string, error) {
	r, err := parseRegex(pattern)
	if err != nil {
		return "", err
	}
	return u.finds(r)
}

// table is tableOf for an expression that RE2 has no words for. What all patterns of a unit may cost together is bounded,
// too: only so many may take as long as one may, and fewer in vain.
func (u *Unit) table(r *regex) (*table, error) {
	const most, mostInVain = 30, 3
	if u.costly++; u.costly > most || u.inVain >= mostInVain {
		return tabled(r, easyWork)
	}
	t, err := tabled(r, maxWork)
	if err != nil {
		u.inVain++
	}
	return t, err
}

// The bounds of the automata that are taken although RE2 would do.
const (
	easyWork    = 1_000_000
	easyEntries = 300
	easyBounds  = 60
)

// finds returns a Go expression that tells whether r is found in text: straight code where one look at the next
// character decides, a deterministic automaton where it is small, a regular expression of RE2, and an automaton of any
// size for what RE2 has no words for. What is said of the whole text is said in parts, which are smaller.
func (u *Unit) finds(r *regex) (string, error) {
	if body, ok := straight(r); ok {
		return u.matcher("matches", body) + "(text)", nil
	}
	if r.op == opGroup && r.flags == "" {
		return u.finds(r.subs[0])
	}
	if r.op == opSequence && len(r.subs) == 1 {
		return u.finds(r.subs[0])
	}
	if looks, rest := anchored(r); len(looks) > 0 {
		return u.findsAll(looks, rest)
	}
	if t, err := tabled(r, easyWork); err == nil && len(t.next) <= easyEntries && len(t.bounds) <= easyBounds {
		return u.automaton(t), nil
	}
	source, err := write(shortened(r))
	if err == nil {
		return u.variable("pattern", "schema.Regexp", "{Source: "+strconv.Quote(source)+"}") + ".Match(text)", nil
	}
	if r.op == opAlternatives {
		return u.findsAny(r.subs)
	}
	t, err := u.table(r)
	if err != nil {
		return "", err
	}
	return u.automaton(t), nil
}

func (u *Unit) automaton(t *table) string {
	return u.variable("automaton", "schema.Automaton", t.source()) + ".Match(text)"
}

func (u *Unit) findsAll(looks []*regex, rest *regex) (string, error) {
	var tests []string
	for _, look := range looks {
		test, err := u.finds(look.subs[0])
		if err != nil {
			return "", err
		}
		if look.not {
			test = "!(" + test + ")"
		}
		tests = append(tests, test)
	}
	test, err := u.finds(rest)
	return strings.Join(append(tests, test), " && "), err
}

func (u *Unit) findsAny(subs []*regex) (string, error) {
	var tests []string
	for _, sub := range subs {
		test, err := u.finds(sub)
		if err != nil {
			return "", err
		}
		tests = append(tests, test)
	}
	return "(" + strings.Join(tests, " || ") + ")", nil
}
