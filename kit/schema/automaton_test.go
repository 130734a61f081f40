package schema

import "testing"

// TestAutomatonReadsFromTheEnd runs the automaton of ^(?!-)[-aé]*(?<!-)$, whose classes are -, a and é, and the rest.
func TestAutomatonReadsFromTheEnd(t *testing.T) {
	automaton := &Automaton{
		Bounds: "-.abéê", Classes: "\x02\x00\x02\x01\x02\x01\x02", Width: 3,
		Next: []uint16{
			1, 2, 1, // nothing has been read
			1, 1, 1, // refused
			3, 2, 1, // an allowed first character
			3, 2, 1, // a hyphen that must not be the first character
		},
		Accept: []uint16{0, 2},
	}
	for text, want := range map[string]bool{
		"": true, "a": true, "é-a": true, "aéa": true, "-": false, "a-": false, "-é": false, "aba": false, "aêa": false, "ä": false,
	} {
		if got := automaton.Match([]byte(text)); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
	long := make([]byte, 10_000)
	for i := range long {
		long[i] = 'a'
	}
	if allocs := testing.AllocsPerRun(10, func() { automaton.Match(long) }); allocs > 0 {
		t.Errorf("got %v allocations", allocs)
	}
}
