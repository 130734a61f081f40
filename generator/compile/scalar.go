package compile

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/msgen/msgen/schema"
)

// enum returns the check against the values that are of one of the types.
func (c *compilation) enum(types schema.Types) string {
	var values []any
	onlyStrings := true
	for _, value := range c.schema.Enum {
		if schema.TypesOf(value)&types != 0 {
			values = append(values, value)
			_, isString := value.(string)
			onlyStrings = onlyStrings && isString
		}
	}
	if len(values) == 0 {
		return "s.Never()"
	}
	if onlyStrings && len(values) == 1 {
		keyword := "enum"
		if c.schema.Const {
			keyword = "const"
		}
		return "s.Only(" + strconv.Quote(keyword) + ", " + strconv.Quote(values[0].(string)) + ")"
	}
	if onlyStrings {
		return "s.OneString(" + c.stringSet(values) + ")"
	}
	texts := make([]string, len(values))
	for i, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			panic(fmt.Sprintf("value of an enum at %s: %v", c.schema.Location, err))
		}
		texts[i] = strconv.Quote(string(text))
	}
	return "s.Enum(" + c.unit.variable("enum", "[]string", "{"+strings.Join(texts, ", ")+"}") + ")"
}

// stringSet returns a function that knows the strings.
func (c *compilation) stringSet(values []any) string {
	quoted := make([]string, 0, len(values))
	seen := map[string]bool{}
	for _, value := range values {
		if text := value.(string); !seen[text] {
			seen[text] = true
			quoted = append(quoted, strconv.Quote(text))
		}
	}
	return c.unit.matcher("strings", "switch string(text) {\ncase "+strings.Join(quoted, ", ")+":\nreturn true\n}\nreturn false\n")
}

// matcher returns the name of a function from text to bool.
func (u *Unit) matcher(prefix, body string) string {
	return u.helper(prefix, "bool", body)
}

// helper returns the name of a function over text.
func (u *Unit) helper(prefix, result, body string) string {
	id := "func " + result + body
	if name, ok := u.vars[id]; ok {
		return name
	}
	u.varCount[prefix]++
	name := prefix + strconv.Itoa(u.varCount[prefix])
	u.names[name], u.vars[id] = true, name
	fmt.Fprintf(&u.varSource, "func %s(text []byte) %s {\n%s}\n", name, result, body)
	return name
}

// ranges holds the formats of numbers that are asserted (OpenAPI format registry).
var ranges = map[string]struct{ min, max string }{
	"int8":   {"-128", "127"},
	"int16":  {"-32768", "32767"},
	"int32":  {"-2147483648", "2147483647"},
	"int64":  {"-9223372036854775808", "9223372036854775807"},
	"uint8":  {"0", "255"},
	"uint16": {"0", "65535"},
	"uint32": {"0", "4294967295"},
	"uint64": {"0", "18446744073709551615"},
}

// decimal writes a number exactly; JSON numbers have a finite decimal expansion.
func decimal(r *big.Rat) string {
	if r == nil {
		return ""
	}
	for digits := 0; ; digits++ {
		text := r.FloatString(digits)
		if back, ok := new(big.Rat).SetString(text); ok && back.Cmp(r) == 0 {
			return text
		}
	}
}

func tighter(a, b string, sign int) string {
	x, okA := new(big.Rat).SetString(a)
	y, okB := new(big.Rat).SetString(b)
	switch {
	case !okA:
		return b
	case !okB, x.Cmp(y)*sign >= 0:
		return a
	}
	return b
}

// number returns the check of numbers.
func (c *compilation) number(types schema.Types) string {
	s := c.schema
	integer := types&schema.Number == 0
	lowest, highest := decimal(s.Minimum), decimal(s.Maximum)
	if r, ok := ranges[s.Format]; ok && !c.unit.options.FormatAnnotations {
		integer = true
		lowest, highest = tighter(lowest, r.min, 1), tighter(highest, r.max, -1)
	}
	above, below, multiple := decimal(s.ExclusiveMinimum), decimal(s.ExclusiveMaximum), decimal(s.MultipleOf)
	if multiple == "1" {
		multiple, integer = "", integer || types&schema.Number == 0
		if !integer {
			multiple = "1"
		}
	}
	if above == "" && below == "" && multiple == "" {
		switch {
		case lowest == "" && highest == "" && !integer:
			return ""
		case lowest == "" && highest == "":
			return "s.AnyInteger()"
		case integer && smallInt(lowest) && smallInt(highest):
			return "s.IntegerIn(" + lowest + ", " + highest + ")"
		}
	}
	var fields []string
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, name+": "+strconv.Quote(value))
		}
	}
	if integer {
		fields = append(fields, "Integer: true")
	}
	add("Min", lowest)
	add("Max", highest)
	add("Above", above)
	add("Below", below)
	add("Multiple", multiple)
	return "s.Number(&" + c.unit.variable("number", "schema.Number", "{"+strings.Join(fields, ", ")+"}") + ")"
}

func smallInt(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

// formats maps the asserted formats of strings to their functions in kit/schema.
var formats = map[string]string{
	"date": "Date", "date-time": "DateTime", "time": "Time", "duration": "Duration", "uuid": "UUID", "email": "Email",
	"idn-email": "IDNEmail", "ipv4": "IPv4", "ipv6": "IPv6", "uri": "URI", "url": "URI", "uri-reference": "URIReference",
	"iri": "IRI", "iri-reference": "IRIReference", "uri-template": "URITemplate", "hostname": "Hostname",
	"idn-hostname": "IDNHostname", "byte": "Base64", "json-pointer": "JSONPointer",
	"relative-json-pointer": "RelativeJSONPointer", "regex": "Regex",
}

// text returns the check of strings.
func (c *compilation) text() (string, error) {
	s := c.schema
	least, most := 0, -1
	if s.MinLength != nil {
		least = *s.MinLength
	}
	if s.MaxLength != nil {
		most = *s.MaxLength
	}
	pattern := ""
	if s.HasPattern && s.Pattern != "" {
		match, err := c.unit.pattern(s.Location, s.Pattern)
		if err != nil {
			return "", err
		}
		pattern = match
	}
	format := formats[s.Format]
	if c.unit.options.FormatAnnotations {
		format = ""
	}
	switch {
	case pattern == "" && format == "" && least == 0 && most < 0:
		return "", nil
	case pattern == "" && format == "":
		return fmt.Sprintf("s.String(%d, %d)", least, most), nil
	}
	fields := []string{"Max: " + strconv.Itoa(most)}
	if least > 0 {
		fields = append(fields, "Min: "+strconv.Itoa(least))
	}
	if pattern != "" {
		fields = append(fields, "Pattern: "+pattern, "Source: "+strconv.Quote(s.Pattern))
	}
	if format != "" {
		fields = append(fields, "Format: schema."+format, "Name: "+strconv.Quote(s.Format))
	}
	return "s.Text(&" + c.unit.variable("text", "schema.Text", "{"+strings.Join(fields, ", ")+"}") + ")", nil
}
