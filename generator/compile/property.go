package compile

import (
	"fmt"
	"strings"
	"unicode"
)

// The sets of characters that make up derived properties, by the names that package unicode has for them.
var derivedProperties = map[string][]string{
	"Alphabetic": {"L", "Nl", "Other_Alphabetic"}, "Alpha": {"L", "Nl", "Other_Alphabetic"},
	"Lowercase": {"Ll", "Other_Lowercase"}, "Lower": {"Ll", "Other_Lowercase"},
	"Uppercase": {"Lu", "Other_Uppercase"}, "Upper": {"Lu", "Other_Uppercase"},
	"White_Space": {"White_Space"}, "space": {"White_Space"}, "Whitespace": {"White_Space"}, "WhiteSpace": {"White_Space"},
	"LetterOrDigit": {"L", "Nd"}, "LD": {"L", "Nd"}, // of Java
}

// asciiProperties are the properties that RE2 does not know and whose characters are all ASCII; contracts take those of
// POSIX from Java. Alpha, Lower and Upper are not among them: ECMA-262 has properties of these names.
var asciiProperties = map[string]runeSet{
	"ASCII": {0, 0x7F}, "ASCII_Hex_Digit": {'0', '9', 'A', 'F', 'a', 'f'}, "AHex": {'0', '9', 'A', 'F', 'a', 'f'},
	"XDigit": {'0', '9', 'A', 'F', 'a', 'f'}, "Digit": {'0', '9'}, "Alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "Blank": {'\t', '\t', ' ', ' '},
	"Cntrl": {0, 0x1F, 0x7F, 0x7F}, "Graph": {'!', '~'}, "Print": {' ', '~'}, "Punct": {'!', '/', ':', '@', '[', '`', '{', '~'},
	"Space": {'\t', '\r', ' ', ' '}, "all": {0, maxRune}, "ALL": {0, maxRune}, "Any": {0, maxRune},
}

// property reads a Unicode property and returns its characters, or the property in RE2 syntax.
func (p *regexParser) property(letter rune) (set runeSet, raw string, err error) {
	name, err := p.propertyName(letter)
	if err != nil {
		return nil, "", err
	}
	if kind, value, ok := strings.Cut(name, "="); ok {
		switch kind {
		case "Script", "sc", "General_Category", "gc":
			name = value
		default:
			return nil, "", fmt.Errorf("unknown property %q", kind)
		}
	}
	set, raw, ok := propertyOf(name)
	if is, found := strings.CutPrefix(name, "Is"); !ok && found { // as Java writes it
		set, raw, ok = propertyOf(is)
	}
	switch {
	case !ok:
		return nil, "", fmt.Errorf("unknown property %q", name)
	case raw != "":
		return nil, `\` + string(letter) + "{" + raw + "}", nil
	case letter == 'P':
		set = set.negate()
	}
	return set, "", nil
}

// propertyName reads the name behind \p: in braces, or a single letter as RE2, Java and PCRE have it.
func (p *regexParser) propertyName(letter rune) (string, error) {
	if p.more() && strings.IndexByte("CLMNPSZ", p.text[p.pos]) >= 0 {
		p.pos++
		return p.text[p.pos-1 : p.pos], nil
	}
	if !p.accept("{") {
		return "", fmt.Errorf(`\%c must be followed by a property in braces`, letter)
	}
	end := strings.IndexByte(p.text[p.pos:], '}')
	if end < 0 {
		return "", fmt.Errorf("property without an end")
	}
	name := p.text[p.pos : p.pos+end]
	p.pos += end + 1
	return name, nil
}

// propertyOf returns the characters of a property, or its name as RE2 has it.
func propertyOf(name string) (set runeSet, raw string, ok bool) {
	if set, ok := asciiProperties[name]; ok {
		return set, "", true
	}
	for _, part := range derivedProperties[name] {
		if table, ok := tableNamed(part); ok {
			set = append(set, table...)
		}
	}
	if set != nil {
		return set.normal(), "", true
	}
	if short, ok := unicode.CategoryAliases[name]; ok {
		name = short
	}
	_, category := unicode.Categories[name]
	_, script := unicode.Scripts[name]
	return nil, name, category || script
}

// propertySet returns the characters of a property in RE2 syntax: \p{Lu} or \P{Greek}.
func propertySet(raw string) (runeSet, bool) {
	set, ok := tableNamed(raw[3 : len(raw)-1])
	if ok && raw[1] == 'P' {
		set = set.negate()
	}
	return set, ok
}

// tableNamed returns the characters of a category, script or property of package unicode.
func tableNamed(name string) (runeSet, bool) {
	for _, tables := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts, unicode.Properties} {
		table, ok := tables[name]
		if !ok {
			continue
		}
		var set runeSet
		for _, r := range table.R16 {
			set = appendRange(set, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			set = appendRange(set, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		return set.normal(), true
	}
	return nil, false
}

func appendRange(set runeSet, low, high, stride rune) runeSet {
	if stride == 1 {
		return append(set, low, high)
	}
	for r := low; r <= high; r += stride {
		set = append(set, r, r)
	}
	return set
}
