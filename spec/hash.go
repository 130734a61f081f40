package spec

import (
	"encoding/binary"
	"hash/maphash"
	"strconv"
	"strings"
)

// The seeds are secret to the process, so that no contract can be made to collide on purpose.
var seedLow, seedHigh = maphash.MakeSeed(), maphash.MakeSeed()

// Hash returns a digest of the node's content: equal for equal values wherever they stand, whatever the order of
// members and the spelling of numbers and strings. It is meaningful within one process only and must not be written
// anywhere. It is computed once for every array and object.
func (n *Node) Hash() [16]byte {
	if n == nil {
		return [16]byte{}
	}
	if n.body == nil {
		return n.scalarHash()
	}
	if h := n.body.hash.Load(); h != nil {
		return *h
	}
	h := n.containerHash()
	n.body.hash.Store(&h)
	return h
}

func (n *Node) scalarHash() [16]byte {
	text := n.text
	if n.kind == Number {
		text = canonicalNumber(text)
	}
	return join(uint64(n.kind)+maphash.String(seedLow, text), uint64(n.kind)*0x9e3779b97f4a7c15+maphash.String(seedHigh, text))
}

// containerHash adds the digests of (key, value) pairs for an object, so that their order does not matter, and chains
// those of the items for an array.
func (n *Node) containerHash() [16]byte {
	var low, high uint64
	var buf [24]byte
	for i := range n.Len() {
		key, child := n.at(i)
		h := child.Hash()
		copy(buf[:16], h[:])
		if n.kind == Object {
			binary.LittleEndian.PutUint64(buf[16:], maphash.String(seedLow, key))
			low += maphash.Bytes(seedLow, buf[:])
			high += maphash.Bytes(seedHigh, buf[:])
			continue
		}
		binary.LittleEndian.PutUint64(buf[16:], low^(high<<1))
		low, high = maphash.Bytes(seedLow, buf[:]), maphash.Bytes(seedHigh, buf[:])
	}
	binary.LittleEndian.PutUint64(buf[:8], low)
	binary.LittleEndian.PutUint64(buf[8:16], high)
	binary.LittleEndian.PutUint64(buf[16:], uint64(n.kind)<<32|uint64(n.Len()))
	return join(maphash.Bytes(seedLow, buf[:]), maphash.Bytes(seedHigh, buf[:]))
}

func join(low, high uint64) (out [16]byte) {
	binary.LittleEndian.PutUint64(out[:8], low)
	binary.LittleEndian.PutUint64(out[8:], high)
	return out
}

// Equal reports whether both nodes have the same content: the order of members and the spelling of numbers do not
// matter. Two absent nodes are equal.
func (n *Node) Equal(m *Node) bool {
	if n == m {
		return true
	}
	if n.Kind() != m.Kind() || n.Len() != m.Len() {
		return false
	}
	switch n.kind {
	case Number:
		return n.text == m.text || canonicalNumber(n.text) == canonicalNumber(m.text)
	case Array, Object:
		return n.body == m.body || n.Hash() == m.Hash()
	default:
		return n.text == m.text
	}
}

// canonicalNumber writes a JSON number literal as digits without trailing zeros and an exponent, so that 1, 1.0 and
// 10e-1 are one.
func canonicalNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") && !strings.HasSuffix(s, "0") {
		return s
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	mantissa, exponent := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], strings.TrimPrefix(s[i+1:], "+")
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	shift, ok := smallInt(exponent)
	if !ok {
		return sign + s
	}
	trimmed := strings.TrimRight(digits, "0")
	shift += len(digits) - len(trimmed) - len(fraction)
	if shift == 0 {
		return sign + trimmed
	}
	return sign + trimmed + "e" + itoa(shift)
}

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
