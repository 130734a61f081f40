package spec

import "strings"

// near reports whether a looks like a slip of the pen for b: another case, one character too many, too few or wrong,
// two neighbours swapped, or, in long words, two such slips.
func near(a, b string) bool {
	if a == b || len(b) < 3 {
		return false
	}
	if strings.EqualFold(a, b) {
		return true
	}
	allowed := 1
	if len(b) >= 9 {
		allowed = 2
	}
	if len(b) < 4 || len(a)-len(b) > allowed || len(b)-len(a) > allowed {
		return false
	}
	return distance(a, b) <= allowed
}

// distance is the optimal string alignment distance of two short strings.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
