package schema

import "testing"

func TestDifferencesAgreeWithSubset(t *testing.T) {
	for _, c := range loadPairs(t) {
		before, after := c.Old.parse(t, "http://contract.test/old"), c.New.parse(t, "http://contract.test/new")
		sender, receiver, direction := before, after, Request
		if c.Side == "response" {
			sender, receiver, direction = after, before, Response
		}
		found := Differences(sender, receiver, SubsetOptions{Direction: direction, SenderClosed: true})
		if c.Breaking != (len(found) > 0) {
			t.Errorf("%s: %d differences, breaking is %v", c.Name, len(found), c.Breaking)
		}
		for _, d := range found {
			if d.Answer != No {
				t.Errorf("%s: %s at %q is %s: %s", c.Name, d.Keyword, d.Path, d.Answer, d.Reason)
			}
			t.Logf("%s: %s %s at %q, witness %s; %s vs %s", c.Name, d.Keyword, d.Name, d.Path, jsonText(d.Witness),
				d.Sender.Location, d.Receiver.Location)
		}
	}
}
