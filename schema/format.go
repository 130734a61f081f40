package schema

import (
	"math/big"
	"sync"
)

// format is one asserted format of strings. inner lists strings that are surely of the format, outer leaves out strings
// that surely are not; where both are equal the format is known exactly.
type format struct {
	inner, outer string
	implies      []string // formats that every string of this one has
}

const (
	datePattern = `(\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|\d{4}-(0[469]|11)-(0[1-9]|[12]\d|30)|` +
		`\d{4}-02-(0[1-9]|1\d|2[0-8])|(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)`
	timePattern      = `([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)`
	timePatternOuter = `([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([zZ]|[+-]([01]\d|2[0-3]):[0-5]\d)`
	octetPattern     = `(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
	uriPattern       = `https?://[a-z0-9]+(\.[a-z0-9]+)*(/[a-z0-9]*)*`
	schemePattern    = `^[A-Za-z][A-Za-z0-9+.-]*:[^]*$`
)

// formatTable returns the asserted formats of strings. Other formats are annotations.
func formatTable() map[string]format {
	exact := func(pattern string, implies ...string) format { return format{pattern, pattern, implies} }
	return map[string]format{
		"date":      exact("^" + datePattern + "$"),
		"time":      {"^" + timePattern + "$", "^" + timePatternOuter + "$", nil},
		"date-time": {"^" + datePattern + "T" + timePattern + "$", "^" + datePattern + "[tT]" + timePatternOuter + "$", nil},
		"duration":  {`^P(\d+D|T\d+[HMS]|\d+W)$`, `^P[0-9YMWDTHS]+$`, nil},
		"uuid":      exact(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`),
		"ipv4":      exact("^" + octetPattern + `(\.` + octetPattern + `){3}$`),
		"ipv6":      {`^(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|::[0-9a-f]{1,4})$`, `^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$`, nil},
		"hostname":  {`^[a-z]([a-z0-9]{0,40})(\.[a-z][a-z0-9]{0,40}){0,3}$`, `^[A-Za-z0-9.-]{1,253}$`, nil},
		"email": {`^[a-z0-9]{1,40}(\.[a-z0-9]{1,20})?@[a-z0-9]{1,40}(\.[a-z][a-z0-9]{0,20}){1,3}$`, `^[^]+@[^]+$`,
			nil},
		"uri":           {"^" + uriPattern + "$", schemePattern, []string{"uri-reference", "iri", "iri-reference"}},
		"iri":           {"^" + uriPattern + "$", schemePattern, []string{"iri-reference"}},
		"uri-reference": {`^(` + uriPattern + `|/[a-z0-9/]*)$`, `^[^\\]*$`, []string{"iri-reference"}},
		"iri-reference": {`^(` + uriPattern + `|/[a-z0-9/]*)$`, `^[^\\]*$`, nil},
		"json-pointer":  exact(`^(/([^~/]|~[01])*)*$`),
		"byte":          exact(bytePattern),
	}
}

const bytePattern = `^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`

// formatLanguages are the two languages of a format.
type formatLanguages struct {
	inner, outer *language
	implies      map[string]bool
}

var formats = sync.OnceValue(func() map[string]formatLanguages {
	out := map[string]formatLanguages{}
	for name, f := range formatTable() {
		inner, err := compilePattern(f.inner)
		if err != nil {
			panic("schema: format " + name + ": " + err.Error())
		}
		outer := inner
		if f.outer != f.inner {
			if outer, err = compilePattern(f.outer); err != nil {
				panic("schema: format " + name + ": " + err.Error())
			}
		}
		implies := map[string]bool{name: true}
		for _, other := range f.implies {
			implies[other] = true
		}
		out[name] = formatLanguages{inner, outer, implies}
	}
	return out
})

// integerFormat returns the bounds of an integer format.
func integerFormat(name string) (lo, hi *big.Rat, ok bool) {
	var bits uint
	switch name {
	case "int32":
		bits = 31
	case "int64":
		bits = 63
	default:
		return nil, nil, false
	}
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	lo = new(big.Rat).SetInt(new(big.Int).Neg(limit))
	return lo, new(big.Rat).SetInt(limit.Sub(limit, big.NewInt(1))), true
}

// AssertedFormat tells whether values are checked against the format; other formats are annotations.
func AssertedFormat(name string) bool {
	if name == "" {
		return false
	}
	_, _, integer := integerFormat(name)
	_, known := formats()[name]
	return integer || known
}
