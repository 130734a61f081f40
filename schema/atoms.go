package schema

import (
	"fmt"
	"math/big"
	"strings"
)

// affirmAtoms adds the keywords of s that speak of the clause's kind alone.
func (p *prover) affirmAtoms(c *clause, l scoped) bool {
	s := l.schema
	switch c.kind {
	case kindNumber:
		c.numbers.restrict(numbersOf(s))
	case kindString:
		p.affirmString(c, l)
	case kindArray:
		p.affirmArray(c, l)
	case kindObject:
		return p.affirmObject(c, l)
	}
	return true
}

// denyAtoms lists the negations of the keywords of s that speak of the clause's kind alone.
func (p *prover) denyAtoms(c *clause, l scoped) choice {
	switch c.kind {
	case kindNumber:
		return denyNumber(l.schema)
	case kindString:
		return p.denyString(l.schema)
	case kindArray:
		return denyArray(l)
	case kindObject:
		return p.denyObject(l)
	}
	return nil
}

func denyNumber(s *Schema) choice {
	var out choice
	n := numbersOf(s)
	if n.lo != nil {
		out = append(out, ratAtom(func(n *numbers, v *big.Rat) { n.atMost(v, !numbersOf(s).loOpen) }, n.lo))
	}
	if n.hi != nil {
		out = append(out, ratAtom(func(n *numbers, v *big.Rat) { n.atLeast(v, !numbersOf(s).hiOpen) }, n.hi))
	}
	if n.multiple != nil {
		out = append(out, ratAtom(func(n *numbers, v *big.Rat) { n.notMultiples = append(n.notMultiples, v) }, n.multiple))
	}
	return out
}

func (p *prover) pattern(text string) (*language, error) {
	known, ok := p.languages[text]
	if !ok {
		known.language, known.err = compilePattern(text)
		p.languages[text] = known
	}
	return known.language, known.err
}

const maxQuoted = 80

func patternReason(pattern string, err error) string {
	if len(pattern) > maxQuoted {
		pattern = strings.ToValidUTF8(pattern[:maxQuoted], "") + "..."
	}
	return fmt.Sprintf("pattern %q %v", pattern, err)
}

func (p *prover) affirmString(c *clause, l scoped) {
	s := l.schema
	if s.MinLength != nil {
		c.strings.atLeast(*s.MinLength)
	}
	if s.MaxLength != nil {
		c.strings.atMost(*s.MaxLength)
	}
	if s.HasPattern {
		if lang, err := p.pattern(s.Pattern); err != nil {
			c.drop(patternReason(s.Pattern, err))
		} else {
			c.strings.langs = append(c.strings.langs, lang)
		}
	}
	if name, ok := assertedString(s, l.sender); ok {
		c.strings.formats = append(c.strings.formats, name)
	}
}

// assertedString returns the format that strings are checked against. A sender that announces base64 by contentEncoding
// sends what format byte describes; a receiver takes the encoding for an annotation (2020-12 validation section 8.3).
func assertedString(s *Schema, sender bool) (string, bool) {
	if sender && s.ContentEncoding == "base64" {
		return "byte", true
	}
	_, ok := formats()[s.Format]
	return s.Format, ok
}

func (p *prover) denyString(s *Schema) choice {
	var out choice
	if s.MinLength != nil {
		n := *s.MinLength
		if n > 0 {
			out = append(out, atomFact(func(c *clause) bool { c.strings.atMost(n - 1); return true }))
		}
	}
	if s.MaxLength != nil {
		n := *s.MaxLength
		out = append(out, atomFact(func(c *clause) bool { c.strings.atLeast(n + 1); return true }))
	}
	if s.HasPattern {
		lang, err := p.pattern(s.Pattern)
		if err != nil {
			out = append(out, dropFact(patternReason(s.Pattern, err)))
		} else {
			out = append(out, atomFact(func(c *clause) bool {
				c.strings.langs = append(c.strings.langs, lang.not())
				return true
			}))
		}
	}
	if name, ok := assertedString(s, false); ok {
		out = append(out, atomFact(func(c *clause) bool { c.strings.not = append(c.strings.not, name); return true }))
	}
	return out
}

// languageOf returns the set of strings that a schema accepts; false when it can't be expressed.
func (p *prover) languageOf(s *Schema, depth int) (*language, bool) {
	none := &language{op: langNone}
	if s = plain(s); s == nil || depth > 20 || s.DynamicRef != nil || s.If != nil {
		return nil, false
	}
	if s.Never || s.Types != 0 && s.Types&String == 0 {
		return none, true
	}
	out := &language{op: langAnd}
	if s.MinLength != nil || s.MaxLength != nil {
		length := lengthLanguage(0, unbounded)
		if s.MinLength != nil {
			length.lo = *s.MinLength
		}
		if s.MaxLength != nil {
			length.hi = *s.MaxLength
		}
		out.subs = append(out.subs, length)
	}
	if s.HasEnum {
		var list []string
		for _, v := range s.Enum {
			if text, ok := v.(string); ok {
				list = append(list, text)
			}
		}
		out.subs = append(out.subs, wordsLanguage(list...))
	}
	if s.HasPattern {
		lang, err := p.pattern(s.Pattern)
		if err != nil {
			return nil, false
		}
		out.subs = append(out.subs, lang)
	}
	if f, ok := formats()[s.Format]; ok {
		if f.inner != f.outer {
			return nil, false
		}
		out.subs = append(out.subs, f.inner)
	}
	return out, p.combined(s, out, depth)
}

// combined adds the applicators of s to a language.
func (p *prover) combined(s *Schema, out *language, depth int) bool {
	each := func(list []*Schema) ([]*language, bool) {
		var langs []*language
		for _, b := range list {
			l, ok := p.languageOf(b, depth+1)
			if !ok {
				return nil, false
			}
			langs = append(langs, l)
		}
		return langs, true
	}
	all := s.AllOf
	if s.Ref != nil {
		all = append(all[:len(all):len(all)], s.Ref)
	}
	langs, ok := each(all)
	if !ok {
		return false
	}
	out.subs = append(out.subs, langs...)
	if langs, ok = each(s.AnyOf); !ok {
		return false
	}
	if len(langs) > 0 {
		out.subs = append(out.subs, either(langs...))
	}
	if s.Not != nil {
		if langs, ok = each([]*Schema{s.Not}); !ok {
			return false
		}
		out.subs = append(out.subs, langs[0].not())
	}
	if langs, ok = each(s.OneOf); ok && len(langs) > 0 {
		exactly := &language{op: langOr}
		for i := range langs {
			only := &language{op: langAnd}
			for j, l := range langs {
				if i != j {
					l = l.not()
				}
				only.subs = append(only.subs, l)
			}
			exactly.subs = append(exactly.subs, only)
		}
		out.subs = append(out.subs, exactly)
	}
	return ok
}
