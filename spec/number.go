package spec

import "strconv"

// smallInt reads an exponent of at most eight digits; "" is 0.
func smallInt(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	if len(s) > 9 {
		return 0, false
	}
	v, err := strconv.Atoi(s)
	return v, err == nil
}

func itoa(i int) string { return strconv.Itoa(i) }
