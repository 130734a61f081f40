package schema

import "testing"

func TestSamplesAreAccepted(t *testing.T) {
	for _, c := range loadPairs(t) {
		for _, doc := range []document{c.Old, c.New} {
			s := doc.parse(t, "http://contract.test/old")
			direction := Request
			if c.Side == "response" {
				direction = Response
			}
			judge := NewJudge(direction, true)
			values := Sample(s, SampleOptions{Direction: direction})
			if len(values) == 0 {
				t.Errorf("%s: no sample", c.Name)
			}
			for _, v := range values {
				if ok, err := judge.Sends(s, v); !ok {
					t.Errorf("%s: %s is not accepted: %v", c.Name, jsonText(v), err)
				}
			}
			receiver := NewJudge(direction, false)
			bad := Invalid(s, SampleOptions{Direction: direction})
			for _, b := range bad {
				if ok, err := receiver.Valid(s, b.Value); ok || err != nil {
					t.Errorf("%s: %s at %q: %s is accepted: %v", c.Name, b.Keyword, b.Pointer, jsonText(b.Value), err)
				}
			}
		}
	}
}
