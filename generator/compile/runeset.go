package compile

import (
	"slices"
	"unicode/utf8"
)

// runeSet is a set of code points as sorted pairs of inclusive bounds.
type runeSet []rune

const maxRune = utf8.MaxRune

var (
	digitSet = runeSet{'0', '9'}
	wordSet  = runeSet{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	spaceSet = runeSet{'\t', '\r', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF}
	lineEnds = runeSet{'\n', '\n', '\r', '\r', 0x2028, 0x2029}
)

func (s runeSet) normal() runeSet {
	type pair struct{ low, high rune }
	var pairs []pair
	for i := 0; i < len(s); i += 2 {
		pairs = append(pairs, pair{s[i], s[i+1]})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return int(a.low - b.low) })
	var out runeSet
	for _, p := range pairs {
		if n := len(out); n > 0 && p.low <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p.high)
			continue
		}
		out = append(out, p.low, p.high)
	}
	return out
}

func (s runeSet) negate() runeSet {
	var out runeSet
	next := rune(0)
	for i := 0; i < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= maxRune {
		out = append(out, next, maxRune)
	}
	return out
}

func (s runeSet) overlaps(t runeSet) bool {
	for i, j := 0, 0; i < len(s) && j < len(t); {
		switch {
		case s[i+1] < t[j]:
			i += 2
		case t[j+1] < s[i]:
			j += 2
		default:
			return true
		}
	}
	return false
}

func (s runeSet) union(t runeSet) runeSet {
	return append(slices.Clone(s), t...).normal()
}
