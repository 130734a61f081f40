package content

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/msgen/msgen/kit/problem"
)

// The limits of an Accept header; what comes after them is not looked at.
const (
	maxAccept = 4 << 10
	maxRanges = 64
)

// Accept is the Accept header of a request: which media types its sender wants (RFC 9110 section 12.5.1).
type Accept []string

// AcceptOf returns the Accept header of a request.
func AcceptOf(r *http.Request) Accept { return r.Header["Accept"] }

// Best returns the offered media type that is wanted most, the first of several wanted alike, and "" when none is.
func (a Accept) Best(offers ...string) string {
	best, quality := "", 0
	for _, offer := range offers {
		if q := a.quality(offer); q > quality {
			best, quality = offer, q
		}
	}
	return best
}

// quality returns how much the media type is wanted, in thousandths. Entries that are malformed are not there, and a
// header of nothing else is absent.
func (a Accept) quality(offer string) int {
	offer, _, _ = strings.Cut(offer, ";")
	offer = strings.ToLower(trim(offer))
	found, quality, rank, ranges := false, 0, 0, 0
	for _, line := range a {
		if len(line) > maxAccept {
			line = line[:maxAccept]
		}
		for line != "" && ranges < maxRanges {
			var entry string
			entry, line, _ = strings.Cut(line, ",")
			if entry = trim(entry); entry == "" {
				continue
			}
			ranges++
			essence, q, ok := parseRange(entry)
			if !ok {
				continue
			}
			found = true
			if r := fits(essence, offer); r > rank || r == rank && r > 0 && q > quality {
				quality, rank = q, r
			}
		}
	}
	if !found {
		return 1000
	}
	return quality
}

// fits ranks how well a range of an Accept header fits the offer: 0 not at all, 4 exactly. Who accepts
// application/json is content with application/problem+json, and the other way round with a range like */*.
func fits(wanted, offer string) int {
	switch {
	case wanted == offer || isMsgpack(wanted) && isMsgpack(offer):
		return 4
	case wanted == "application/json" && strings.HasSuffix(offer, "+json"):
		return 3
	case wanted == "*/*":
		return 1
	case covers(wanted, offer) || strings.HasSuffix(offer, "/*") && covers(offer, wanted) || offer == "*/*":
		return 2
	}
	return 0
}

// parseRange parses one entry of an Accept header.
func parseRange(entry string) (essence string, quality int, ok bool) {
	essence, params, _ := strings.Cut(entry, ";")
	essence = strings.ToLower(trim(essence))
	quality = 1000
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(trim(p), "=")
		if strings.EqualFold(name, "q") {
			if quality, ok = parseQuality(value); !ok {
				return "", 0, false
			}
		}
	}
	return essence, quality, strings.Contains(essence, "/")
}

// parseQuality parses a weight (RFC 9110 section 12.4.2) in thousandths.
func parseQuality(s string) (int, bool) {
	if len(s) == 0 || len(s) > 5 || s[0] != '0' && s[0] != '1' || len(s) > 1 && s[1] != '.' {
		return 0, false
	}
	digits := ""
	if len(s) > 2 {
		digits = s[2:]
	}
	n, err := strconv.Atoi(s[:1] + digits + "000"[len(digits):])
	return n, err == nil && n <= 1000
}

// Offer is what an operation may answer with: the media types of its successes.
type Offer []string

// Check refuses a request that accepts none of the offered media types with a problem (406).
func (o Offer) Check(r *http.Request) error {
	a := AcceptOf(r)
	if len(a) == 0 || len(o) == 0 || len(a) == 1 && (a[0] == "*/*" || a[0] == o[0]) {
		return nil
	}
	for _, offer := range o {
		if a.quality(offer) > 0 {
			return nil
		}
	}
	return problem.New(http.StatusNotAcceptable, "The Accept header wants none of "+strings.Join(o, ", ")+".")
}

// wantsMsgpack reports whether MessagePack is wanted more than the JSON media type.
func (a Accept) wantsMsgpack(json string) bool {
	for _, line := range a {
		if strings.Contains(strings.ToLower(line), "msgpack") {
			return a.quality(msgpackType) > a.quality(json)
		}
	}
	return false
}
